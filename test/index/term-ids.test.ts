import { expect, onTestFinished, test } from 'vitest';
import type { Term } from '../../src/index/entry.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { statement, WriteConflict } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { storeAt } from '../helpers/store.ts';

const WATER: Term = ['topic', 'water'];
const TRADE: Term = ['topic', 'trade'];

/** Two processes on one database. */
async function twoProcesses() {
  const annals = await temporaryAnnals();
  const engine = await storeAt(annals.path).open();
  onTestFinished(() => engine.close());
  return [annals, openAnnals(engine, () => NOW)] as const;
}

test('new terms get ids of their own, which they keep when they are inserted', async () => {
  const { engine, index } = await temporaryAnnals();
  const first = await index.terms.resolve([WATER, TRADE, WATER]);
  await engine.write(first.insertNew);
  const again = await index.terms.resolve([TRADE, WATER]);
  expect([WATER, TRADE].map(again.idOf)).toEqual([WATER, TRADE].map(first.idOf));
  expect(first.idOf(WATER)).not.toBe(first.idOf(TRADE));
  expect((await index.terms.resolve([TRADE, WATER])).insertNew).toEqual([]);
});

test('concurrent writes share the id of a new term, whichever commits', async () => {
  const { engine, index } = await temporaryAnnals();
  const [one, other] = await Promise.all([index.terms.resolve([WATER]), index.terms.resolve([TRADE, WATER])]);
  expect(one.idOf(WATER)).toBe(other.idOf(WATER));
  await engine.write(other.insertNew);
  await engine.write(one.insertNew);
});

test('a term that another process inserts first aborts the batch, and then has that id', async () => {
  const [one, other] = await twoProcesses();
  const mine = await one.index.terms.resolve([WATER]);
  const theirs = await other.index.terms.resolve([WATER]);
  await other.engine.write(theirs.insertNew);
  await expect(one.engine.write(mine.insertNew)).rejects.toBeInstanceOf(WriteConflict);
  const again = await one.index.terms.resolve([WATER]);
  expect(again.idOf(WATER)).toBe(theirs.idOf(WATER));
  expect(again.insertNew).toEqual([]);
});

test('a term whose id was given to another term meanwhile gets a new id', async () => {
  const { engine, index } = await temporaryAnnals();
  const first = await index.terms.resolve([WATER]);
  await engine.write([statement('INSERT INTO terms (id, field, value) VALUES (?, ?, ?)', first.idOf(WATER), ...TRADE)]);
  await expect(engine.write(first.insertNew)).rejects.toBeInstanceOf(WriteConflict);
  const again = await index.terms.resolve([WATER]);
  expect(again.idOf(WATER)).not.toBe(first.idOf(WATER));
  await engine.write(again.insertNew);
});
