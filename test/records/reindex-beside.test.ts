import { expect, onTestFinished, test } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { reindexBeside } from '../../src/records/reindex-beside.ts';
import { statement } from '../../src/storage/port.ts';
import { seededCopy } from '../helpers/app.ts';
import { NOW } from '../helpers/fixtures.ts';
import { derivedIn } from '../helpers/derived.ts';
import { EVERY_WRECK, wreck, WRECKS } from '../helpers/wrecks.ts';
import { storeAt } from '../helpers/store.ts';

function opened(path: string): Annals {
  const engine = storeAt(path).open();
  onTestFinished(() => engine.close());
  return openAnnals(engine, () => NOW);
}

test.each([...Object.entries(WRECKS), ['all', EVERY_WRECK] as const])('mends what is derived when %s are spoilt', async (_, statements) => {
  const path = await seededCopy();
  const annals = opened(path);
  const before = derivedIn(path);
  await wreck(annals, statements);
  const changes = statement('SELECT * FROM changes');
  const log = await annals.engine.read([changes]);
  const [[count]] = await annals.engine.read([statement<[number]>('SELECT count(*) FROM records')]);
  expect(await reindexBeside(annals, storeAt(path), noProgress)).toBe(count![0]);
  expect(derivedIn(path)).toEqual(before);
  expect(await annals.engine.read([changes])).toEqual(log);
});

test('what is right is not written', async () => {
  const path = await seededCopy();
  const annals = opened(path);
  let commits = 0;
  annals.engine.onCommit(() => (commits += 1));
  await reindexBeside(annals, storeAt(path), noProgress);
  expect(commits).toBe(0);
});
