import { generationOf, positionOf } from '../domain/generation.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import type { Reader } from '../storage/port.ts';
import type { Progress } from '../domain/progress.ts';
import { currentGeneration, latestSequence, recordsAt } from '../storage/tables/records.ts';
import { inputOfDocument } from './document/render.ts';

/** Records that are parsed at a time on the thread that answers: they hold it for some milliseconds only. */
const PAGE = 100;

/** The number of the newest change, of which an export that begins now is, and its position, from which the change log goes on. */
export async function newestChange(reader: Reader): Promise<{ at: number; position: string }> {
  const [[row], generations] = await reader.read([latestSequence, currentGeneration]);
  const at = row?.[0] ?? 0;
  return { at, position: positionOf(generationOf(generations), at) };
}

/**
 * Yields the records of the given types as clients write them, with their types: lines of NDJSON that `importRecords` reads, each with its newline.
 * A record comes after those that it refers to; within a type they are in the order of their ids. All are as they stood at the
 * change `at`, whatever is written meanwhile; between two pages nothing is held.
 */
export async function* exportRecords(
  reader: Reader,
  { types, at }: { types: readonly RecordType[]; at: number },
  progress: Progress,
): AsyncGenerator<string> {
  let done = 0;
  for (const type of RECORD_TYPES.filter((each) => types.includes(each))) {
    for (let after = ''; ; ) {
      const [rows] = await reader.read([recordsAt({ at, type, after, limit: PAGE })]);
      if (rows.length === 0) break;
      yield rows.map(([, document]) => lineOf(type, document)).join('');
      after = rows.at(-1)![0];
      progress('exporting', (done += rows.length));
    }
  }
}

const lineOf = (type: RecordType, document: Buffer): string => `${JSON.stringify({ type, ...inputOfDocument(document) })}\n`;
