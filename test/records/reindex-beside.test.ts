import { expect, onTestFinished, test } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { reindexBeside } from '../../src/records/reindex-beside.ts';
import { statement } from '../../src/storage/port.ts';
import { seededCopy, smallCopy } from '../helpers/app.ts';
import { NOW } from '../helpers/fixtures.ts';
import { derivedIn } from '../helpers/derived.ts';
import { EVERY_WRECK, wreck, WRECKS } from '../helpers/wrecks.ts';
import { storeAt } from '../helpers/store.ts';

async function opened(path: string): Promise<Annals> {
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  return openAnnals(engine, () => NOW);
}

async function expectRebuilt(path: string, statements: readonly string[]): Promise<void> {
  const annals = await opened(path);
  const before = derivedIn(path);
  await wreck(annals, statements);
  expect(derivedIn(path)).not.toEqual(before);
  const changes = statement('SELECT * FROM changes');
  const log = await annals.engine.read([changes]);
  const [[count]] = await annals.engine.read([statement<[number]>('SELECT count(*) FROM records')]);
  expect(await reindexBeside(annals, storeAt(path), noProgress)).toBe(count![0]);
  expect(derivedIn(path)).toEqual(before);
  expect(await annals.engine.read([changes])).toEqual(log);
}

test.each(Object.entries(WRECKS))('a rebuild beside writers restores spoilt %s', async (_, statements) => {
  await expectRebuilt(await smallCopy(), statements);
});

test('a rebuild beside writers restores everything that is derived from the seeds', async () => {
  await expectRebuilt(await seededCopy(), EVERY_WRECK);
});

test('a rebuild beside writers does not write rows that are right', async () => {
  const path = await seededCopy();
  const annals = await opened(path);
  let commits = 0;
  annals.engine.onCommit(() => (commits += 1));
  await reindexBeside(annals, storeAt(path), noProgress);
  expect(commits).toBe(0);
});
