import { AnnalsError } from '../../domain/errors.ts';
import { beginningOf, parseFullText, type Sought, wordsOf } from '../../domain/full-text.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { COUNTED_MAX } from '../execute/count.ts';
import { fewestRowsWith, fewRowsWith, isIndexable } from './document-frequency.ts';
import { GATHERED_MAX } from '../access-paths/access-path.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A text query with what it costs. */
export type TextQuery = {
  /** What must occur. Where some word of the query is in no text, that word alone: nothing else of the query need be looked for. */
  sought: readonly Sought[];
  /** Upper bound of the rows of the full text that have all of it, counted as far as `COUNTED_MAX` and one more; 0 if some word is in no text. */
  rows: number;
  /** Whether all rows that have it are found within a few milliseconds. */
  isLight: boolean;
};

/**
 * The most words that the beginnings of one query are spelled out to, all together. FTS5 reads all rows of all words with a beginning before
 * it answers one, but those of named words one after the other, as far as they are asked for.
 */
const SPELLED_MAX = 1200;

/** The most beginnings of a query that are left to FTS5, because they have too many words to be spelled out. */
const MERGED_MAX = 2;

/** The most rows that are looked up, each for each word, within a few milliseconds. */
const LIGHT_LOOKUPS_MAX = 1000;

/** The last of all characters: whatever a word goes on with comes before it. */
const LAST_CHARACTER = '\u{10FFFF}';

/**
 * What a text query seeks, and what it costs. Words that are given as a whole are counted first: one that is in no text ends the query before
 * any beginning is spelled out. Throws `invalid-request`, also where more than two beginnings have too many words.
 */
export async function readText(reader: Reader, q: string): Promise<TextQuery> {
  const pieces = parseFullText(q);
  const { exact, begun } = wordsOf(pieces);
  const named = distinct(exact);
  const few = await fewRowsWith(reader, named);
  for (const [index, word] of named.entries()) if (few[index] === 0 && (await isIndexable(reader, word))) return nothingWith(word);
  const indexed = named.filter((_, index) => few[index] !== 0);
  const fewest = Math.min(COUNTED_MAX + 1, ...few.filter((rows) => rows > 0));
  if (begun.length === 0) {
    const rows = fewest <= GATHERED_MAX ? fewest : await fewestRowsWith(reader, indexed);
    return { sought: pieces, rows, isLight: rows * exact.length <= LIGHT_LOOKUPS_MAX };
  }
  const sought = await spelledOut(reader, pieces);
  const absent = sought.find(({ words }) => words?.length === 0);
  if (absent) return nothingWith({ text: absent.text, prefix: true });
  refuseMerges(sought);
  if (fewest <= GATHERED_MAX) return { sought, rows: fewest, isLight: false };
  const known = wordsOf(sought).begun.filter(({ words }) => words !== undefined);
  return { sought, rows: Math.min(await fewestRowsWith(reader, indexed), await fewestRowsWith(reader, known)), isLight: false };
}

/** The words without repetitions, whatever their case. */
const distinct = (words: readonly Sought[]): Sought[] => [...new Map(words.map((word) => [word.text.toLowerCase(), word])).values()];

const nothingWith = (piece: Sought): TextQuery => ({ sought: [piece], rows: 0, isLight: true });

/**
 * The pieces with the words that each beginning stands for. Each may have its share of the words, the longest first, as they have the fewest;
 * those that have more are then spelled out as far as all words that are left suffice. It ends at a beginning that no word has.
 */
async function spelledOut(reader: Reader, pieces: readonly Sought[]): Promise<Sought[]> {
  const sought = [...pieces];
  const beginnings = pieces
    .flatMap((piece, index) => (piece.prefix ? { index, beginning: beginningOf(piece) ?? '' } : []))
    .filter(({ beginning }) => beginning !== '')
    .toSorted((a, b) => b.beginning.length - a.beginning.length);
  const share = Math.floor(SPELLED_MAX / beginnings.length);
  let left = SPELLED_MAX;
  /** Whether a beginning has no more words than `most`; it is then spelled out. */
  async function spell({ index, beginning }: (typeof beginnings)[number], most: number): Promise<boolean> {
    const words = await wordsWith(reader, beginning, most);
    if (words.length > most) return false;
    sought[index] = { ...sought[index]!, words };
    left -= words.length;
    return true;
  }
  const larger: typeof beginnings = [];
  for (const each of beginnings) {
    if (!(await spell(each, share))) larger.push(each);
    if (sought[each.index]!.words?.length === 0) return sought;
  }
  let merged = 0;
  for (const each of larger) if (merged <= MERGED_MAX && !(await spell(each, left))) merged += 1;
  return sought;
}

/** Up to `most` words that begin so, and one more if there are more. The list of words has a row for each place of each: it is read by leaps. */
async function wordsWith(reader: Reader, beginning: string, most: number): Promise<string[]> {
  const named: Statement<[word: string]> = {
    sql: `WITH RECURSIVE w (term) AS (SELECT (SELECT term FROM ${dialect.fullText.words} WHERE term >= :beginning ORDER BY term LIMIT 1)
        UNION ALL SELECT (SELECT term FROM ${dialect.fullText.words} WHERE term >= w.term || char(1) ORDER BY term LIMIT 1) FROM w
          WHERE w.term >= :beginning AND w.term < :end ${dialect.limit(':leaps')})
      SELECT term FROM w WHERE term >= :beginning AND term < :end`,
    params: [{ beginning, end: `${beginning}${LAST_CHARACTER}`, leaps: most + 1 }],
    offload: true,
  };
  const [rows] = await reader.read([named]);
  return rows.map(([word]) => word);
}

function refuseMerges(sought: readonly Sought[]): void {
  const merged = sought.filter(({ prefix, words }) => prefix && words === undefined).map(({ text }) => `${text}*`);
  if (merged.length <= MERGED_MAX) return;
  const message = `q has ${merged.length} beginnings that very many words have (${merged.slice(0, 5).join(', ')}): give more letters of all but ${MERGED_MAX}, or whole words`;
  throw new AnnalsError('invalid-request', message, [{ parameter: 'q', message }]);
}
