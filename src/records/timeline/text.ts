import { beginningOf, parseFullText, type Sought } from '../../domain/full-text.ts';
import type { Reader, Statement } from '../../storage/engine.ts';

/**
 * A beginning that no more words than these have is sought as those words: FTS5 reads all rows of all of them before it answers one, but
 * those of named words one after the other, as far as they are asked for.
 */
const NAMED_MAX = 1200;

/** The last of all characters: whatever a word goes on with comes before it. */
const LAST_CHARACTER = '\u{10FFFF}';

/** What a text query seeks, with the words that each beginning stands for, where they are few. Throws `invalid-request`. */
export async function readText(reader: Reader, q: string): Promise<Sought[]> {
  const sought: Sought[] = [];
  for (const piece of parseFullText(q)) {
    const words = piece.prefix ? await wordsWith(reader, beginningOf(piece)) : [];
    sought.push(words.length > 0 ? { ...piece, words } : piece);
  }
  return sought;
}

/** The words that begin so; none when there are too many. The list of words has a row for each place of each: it is read by leaps. */
async function wordsWith(reader: Reader, beginning: string | undefined): Promise<string[]> {
  if (beginning === undefined) return [];
  const named: Statement<[word: string]> = {
    sql: `WITH RECURSIVE w (term) AS (SELECT (SELECT term FROM temp.words WHERE term >= :beginning ORDER BY term LIMIT 1)
        UNION ALL SELECT (SELECT term FROM temp.words WHERE term >= w.term || char(1) ORDER BY term LIMIT 1) FROM w
          WHERE w.term >= :beginning AND w.term < :end LIMIT ${NAMED_MAX + 2})
      SELECT term FROM w WHERE term >= :beginning AND term < :end`,
    params: [{ beginning, end: `${beginning}${LAST_CHARACTER}` }],
    heavy: true,
  };
  const [rows] = await reader.read([named]);
  return rows.length > NAMED_MAX ? [] : rows.map(([word]) => word);
}
