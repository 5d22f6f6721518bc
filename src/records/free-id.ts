import { SLUG_MAX } from '../domain/slug.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { RecordModel } from '../model/record-model.ts';
import { type Reader, statement } from '../storage/port.ts';

/** How many numbers are asked for at once. */
const SPAN = 64;

/** What is asked first: the numbers that most titles need, then powers up to more records of one title than there will ever be. */
const FIRST = [...spread(0, SPAN), ...[2, 3, 4, 5, 6].map((power) => SPAN ** power)];

/**
 * An id that no record of the type has: the one that is given, or the same with a number from 2 on, whose predecessor is taken. One query
 * where at most 63 records bear the title, seven at most.
 */
export async function freeId(reader: Reader, { type }: RecordModel, id: string): Promise<string> {
  return numbered(id, await freeNumber(reader, type, id));
}

/** The number of that id, from 1 on. */
export async function freeNumber(reader: Reader, type: RecordType, id: string): Promise<number> {
  let { taken, free } = await firstFree(reader, type, id, 0, FIRST);
  while (free - taken > 1) ({ taken, free } = await firstFree(reader, type, id, taken, spread(taken, free)));
  return free;
}

/** At most `SPAN` whole numbers, evenly from above `from` up to `to`. */
function spread(from: number, to: number): number[] {
  const steps = Math.min(SPAN, to - from);
  return Array.from({ length: steps }, (_, index) => from + Math.floor(((to - from) * (index + 1)) / steps));
}

/** The first of these numbers whose id is free, and the one before it. The last counts as free: it was so, or is beyond all there are. */
async function firstFree(
  reader: Reader,
  type: string,
  id: string,
  before: number,
  numbers: readonly number[],
): Promise<{ taken: number; free: number }> {
  const unused = statement<[index: number]>(
    `SELECT j.key FROM json_each(?) j WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.type = ? AND r.slug = j.value) ORDER BY j.key LIMIT 1`,
    JSON.stringify(numbers.map((number) => numbered(id, number))),
    type,
  );
  const [[row]] = await reader.read([unused]);
  const index = row?.[0] ?? numbers.length - 1;
  return { taken: numbers[index - 1] ?? before, free: numbers[index]! };
}

/** The id of that number: the first has none. */
export function numbered(id: string, number: number): string {
  if (number === 1) return id;
  const suffix = `-${number}`;
  return `${id.slice(0, SLUG_MAX - suffix.length).replace(/-+$/, '')}${suffix}`;
}
