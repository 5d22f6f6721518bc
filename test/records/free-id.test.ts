import { expect, test } from 'vitest';
import { freeId } from '../../src/records/free-id.ts';
import { create } from '../../src/records/write.ts';
import { modelOf } from '../../src/model/models.ts';
import type { Reader } from '../../src/storage/port.ts';
import { temporaryAnnals } from '../helpers/database.ts';

const { event } = modelOf;

/** The number that an id ends with; 1 without one. */
const numberOf = (id: string): number => Number(/-([0-9]+)$/.exec(id)?.[1] ?? 1);

/** A reader for which these ids of events are taken, and how often it was asked. */
function readerWith(isTaken: (number: number) => boolean): { reader: Reader; asked: () => number } {
  let asked = 0;
  const read = async (statements: readonly { params: readonly unknown[] }[]): Promise<unknown> => {
    asked += 1;
    const ids = JSON.parse(String(statements[0]!.params[0])) as string[];
    const index = ids.findIndex((id) => !isTaken(numberOf(id)));
    return [index === -1 ? [] : [[index]]];
  };
  return { reader: { read } as Reader, asked: () => asked }; // @NOTE only the statement of `freeId` is read with it
}

test('records of one title are numbered one after the other', async () => {
  const annals = await temporaryAnnals();
  const ids: string[] = [];
  for (let number = 0; number < 70; number += 1) ids.push((await create(annals, event, { kind: 'visit', title: 'A visit' })).id);
  expect(ids).toEqual(['a-visit', ...Array.from({ length: 69 }, (_, index) => `a-visit-${index + 2}`)]);
});

test.each([
  [0, 1],
  [1, 1],
  [63, 1],
  [64, 3],
  [65, 3],
  [4096, 4],
  [5000, 4],
  [1_000_000, 5],
  [60_000_000_000, 7],
])('after %i of them, the next number is found in %i queries at most', async (count, queries) => {
  const { reader, asked } = readerWith((number) => number <= count);
  expect(await freeId(reader, event, 'same')).toBe(count === 0 ? 'same' : `same-${count + 1}`);
  expect(asked()).toBeLessThanOrEqual(queries);
});

test('a number that became free is found again where it is low, and no taken one is given where there are gaps', async () => {
  const annals = await temporaryAnnals();
  for (const id of ['gap', 'gap-2', 'gap-4']) await create(annals, event, { id, kind: 'visit', title: id });
  expect(await freeId(annals.engine, event, 'gap')).toBe('gap-3');
  const { reader } = readerWith((number) => number <= 64 || number % 3 !== 0);
  expect(Number((await freeId(reader, event, 'same')).split('-')[1]) % 3).toBe(0);
});

test('a long id is cut for its number and stays within 80 characters', async () => {
  const annals = await temporaryAnnals();
  const long = `${'word-'.repeat(15)}wordy`;
  await create(annals, event, { id: long, kind: 'visit', title: 'Long' });
  expect(long).toHaveLength(80);
  expect(await freeId(annals.engine, event, long)).toBe(`${long.slice(0, 78)}-2`);
});
