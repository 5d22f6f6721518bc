import { type Sought, toMatch, wordsOf } from '../../domain/full-text.ts';
import type { Reader, Statement } from '../../storage/engine.ts';
import { COUNTED_MAX } from './count.ts';
import { GATHERED_MAX } from './sources/source.ts';

/** How many rows of the full text have the rarest word of what is sought: no more can have all of it. Counted as far as totals are. */
export async function rowsWithRarest(reader: Reader, sought: readonly Sought[]): Promise<number> {
  const { exact, begun } = wordsOf(sought);
  const rows = await fewestWith(reader, exact);
  return begun.length === 0 || rows <= GATHERED_MAX ? rows : Math.min(rows, await fewestWith(reader, begun));
}

async function fewestWith(reader: Reader, words: readonly Sought[]): Promise<number> {
  const counts = words.map(
    (word): Statement<[rows: number]> => ({
      sql: `SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ${COUNTED_MAX + 1})`,
      params: [toMatch([word])],
      // FTS5 reads all words with that beginning before it answers one row.
      ...(word.prefix ? { heavy: true } : {}),
    }),
  );
  const answers = await reader.read(counts);
  return Math.min(COUNTED_MAX + 1, ...answers.map(([row]) => row![0]));
}
