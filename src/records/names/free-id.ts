import { SLUG_MAX } from '../../domain/text/slug.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Reader } from '../../storage/port.ts';
import { freeNumber } from '../../storage/tables/names.ts';

/**
 * An id that no record of the type has: the one that is given, or the same with a number from 2 on, whose predecessor is taken. `revision` is that of
 * the last change of a deleted record with this id, 0 without any.
 */
export async function freeId(reader: Reader, type: RecordType, id: string): Promise<{ id: string; number: number; revision: number }> {
  const [[row]] = await reader.read([freeNumber(type, id)]);
  const [number, revision] = row!;
  return { id: numbered(id, number), number, revision: revision ?? 0 };
}

/** The id of that number: the first has none. */
export function numbered(id: string, number: number): string {
  if (number === 1) return id;
  const suffix = `-${number}`;
  return `${id.slice(0, SLUG_MAX - suffix.length).replace(/-+$/, '')}${suffix}`;
}
