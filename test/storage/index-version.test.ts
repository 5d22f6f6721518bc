import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { letterOrderDigest } from '../../src/domain/text/sort-key.ts';
import { reindexOutdated } from '../../src/records/reindex.ts';
import { INDEX_VERSION, notedVersion } from '../../src/storage/index-version.ts';
import { statement } from '../../src/storage/port.ts';
import { smallCopy } from '../helpers/app.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase } from '../helpers/database.ts';
import { derivedIn } from '../helpers/derived.ts';
import { NOW, RANDOM } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';
import { serve } from '../helpers/server.ts';
import { smallRecords } from '../helpers/small-records.ts';
import { tamper } from '../helpers/tamper.ts';
import { EVERY_WRECK } from '../helpers/wrecks.ts';

const versionIn = (path: string): unknown => {
  const connection = new Database(path, { readonly: true });
  const version = connection.prepare('SELECT version FROM index_definition').pluck().get();
  connection.close();
  return version;
};

const setVersion = (version: number): string => `UPDATE index_definition SET version = ${version}`;

/** The version that this program would note on a release of Node with another order of letters, and on a newer release of Annals. */
const OTHER_ORDER = INDEX_VERSION * 2 ** 32 + ((letterOrderDigest() + 1) % 2 ** 32);
const NEWER = (INDEX_VERSION + 1) * 2 ** 32 + letterOrderDigest();

test('a new database and one with imported records have the version of this program', async () => {
  expect(versionIn(await temporaryDatabase())).toBe(notedVersion());
  expect(versionIn(await smallCopy())).toBe(notedVersion());
});

describe.each([
  ['an older definition', 'an older Annals', INDEX_VERSION - 1],
  ['another order of letters', 'an Annals on another release of Node, which orders letters otherwise,', OTHER_ORDER],
])('a database whose index %s made', (_, maker, version) => {
  let path = '';
  let sound: ReturnType<typeof derivedIn>;
  beforeEach(async () => {
    path = await smallCopy();
    sound = derivedIn(path);
    tamper(path, [...EVERY_WRECK, setVersion(version)].join(';'));
  });

  test('is not opened', async () => {
    await expect(storeAt(path).open()).rejects.toThrow(
      new RegExp(`^${maker} made the index of .+: run "annals migrate", which rebuilds it$`),
    );
  });

  test('is rebuilt by "annals migrate", once', async () => {
    expect(await runOn(path, ['migrate'])).toMatchObject({
      code: 0,
      output: expect.stringContaining(`rebuilt the derived data of ${smallRecords.length} records\n`),
    });
    expect(versionIn(path)).toBe(notedVersion());
    expect(derivedIn(path)).toEqual(sound);
    expect(await runOn(path, ['migrate'])).toMatchObject({ code: 0, output: `${path} is at the newest migration already\n` });
  });

  test('is rebuilt by "annals serve" before the first response', async () => {
    const { address, child, end } = await serve(path);
    const answer = await fetch(`${address}/v1/timeline?actor=UNRCCA&on=2022-01`);
    expect(await answer.text()).toContain('"id":"full"');
    child.kill('SIGTERM');
    await end;
    expect(derivedIn(path)).toEqual(sound);
  });

  test('does not change when the rebuild is cut off, and is rebuilt the next time', async () => {
    const cutOff = reindexOutdated(storeAt(path), (stage, done) => {
      if (stage === 'writing' && done > 10) throw new Error('cut off');
    });
    await expect(cutOff).rejects.toThrow('cut off');
    expect(versionIn(path)).toBe(version);
    expect(await reindexOutdated(storeAt(path), noProgress)).toBe(smallRecords.length);
    expect(derivedIn(path)).toEqual(sound);
    expect(await reindexOutdated(storeAt(path), noProgress)).toBeUndefined();
  });
});

describe('a database whose index a newer definition made', () => {
  const newer = {
    code: 'storage-unusable',
    reason: 'newer',
    message: expect.stringMatching(new RegExp(`newer than this program: its index is of version ${INDEX_VERSION + 1},`)) as unknown,
  };

  test('is refused, and does not change', async () => {
    const path = await smallCopy();
    tamper(path, setVersion(NEWER));
    await expect(storeAt(path).open()).rejects.toThrow(expect.objectContaining(newer));
    await expect(storeAt(path).migrate({ now: NOW, random: RANDOM })).rejects.toMatchObject(newer);
    expect(versionIn(path)).toBe(NEWER);
  });

  test('gets no more rows from a program that had it open before', async () => {
    const path = await smallCopy();
    const engine = await storeAt(path).open();
    onTestFinished(() => engine.close());
    tamper(path, setVersion(NEWER));
    const refused = {
      code: 'storage-migrated',
      message: expect.stringMatching(/^a newer Annals has rebuilt the index, which is of version/) as unknown,
    };
    await expect(engine.write([statement("UPDATE records SET title = 'x'")])).rejects.toMatchObject(refused);
    await expect(engine.load([statement("UPDATE records SET title = 'x'")])).rejects.toMatchObject(refused);
    await expect(engine.refuseSuperseded()).rejects.toMatchObject(refused);
  });
});

test('a program gets no more rows into a database whose index another order of letters made after it was opened', async () => {
  const path = await smallCopy();
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  tamper(path, setVersion(OTHER_ORDER));
  const refused = {
    code: 'storage-migrated',
    message: expect.stringMatching(/^an Annals on another release of Node, which orders letters/) as unknown,
  };
  await expect(engine.write([statement("UPDATE records SET title = 'x'")])).rejects.toMatchObject(refused);
});
