import { AnnalsError } from '../../domain/errors.ts';
import { RECORD_TYPES, type RecordType } from '../../resources/parts.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import type { Progress } from '../progress.ts';
import { unrender } from '../writing/render.ts';

const PAGE = 500;

/**
 * Every record of the given types as clients write it, with its type: lines of NDJSON that `importRecords` reads, each with its newline.
 * What is referred to comes before what refers to it; within a type they are in the order of their ids. Throws `storage-busy` after the
 * last line when records were changed meanwhile, since the lines may then not fit together.
 */
export async function* exportRecords(reader: Reader, types: readonly RecordType[], progress: Progress): AsyncGenerator<string> {
  const before = await lastChange(reader);
  let done = 0;
  for (const type of RECORD_TYPES.filter((each) => types.includes(each))) {
    for (let after = ''; ; ) {
      const page = statement<[id: string, document: Buffer]>(
        'SELECT slug, document FROM records WHERE type = ? AND slug > ? ORDER BY slug LIMIT +?',
        type,
        after,
        PAGE,
      );
      const [rows] = await reader.read([page]);
      if (rows.length === 0) break;
      yield rows.map(([, document]) => lineOf(type, document)).join('');
      after = rows.at(-1)![0];
      progress('exporting', (done += rows.length));
    }
  }
  if ((await lastChange(reader)) !== before)
    throw new AnnalsError('storage-busy', 'records were changed while they were exported: export them again');
}

const lineOf = (type: RecordType, document: Buffer): string => `${JSON.stringify({ type, ...unrender(document) })}\n`;

async function lastChange(reader: Reader): Promise<number | null> {
  const [[row]] = await reader.read([statement<[sequence: number | null]>('SELECT max(sequence) FROM changes')]);
  return row?.[0] ?? null;
}
