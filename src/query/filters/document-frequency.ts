import { type Sought, toMatch } from '../../domain/full-text.ts';
import { RECORD_TYPES } from '../../domain/record-type.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { COUNTED_MAX } from '../execute/count.ts';
import { GATHERED_MAX } from '../access-paths/access-path.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

const { fullText } = dialect;

/** Beyond this many words, counting each as far as totals are counted takes more than some 5 ms. */
const LIGHT_WORDS = 4;

/** The number of rows of the full text that have each word, in order, as far as `GATHERED_MAX` and one more. */
export async function fewRowsWith(reader: Reader, words: readonly Sought[]): Promise<number[]> {
  return rowsWith(reader, words, GATHERED_MAX);
}

/** The fewest rows of the full text that any of the words has, as far as `COUNTED_MAX` and one more. */
export async function fewestRowsWith(reader: Reader, words: readonly Sought[]): Promise<number> {
  return Math.min(COUNTED_MAX + 1, ...(await rowsWith(reader, words, COUNTED_MAX)));
}

/** A letter or digit that every version of the full text's tokenizer knows as one. */
const SURE_LETTER = /[a-z0-9а-я]/iu;

/**
 * Tells whether a word that no row has is a word to the full text at all. Its tokenizer reads a character that it does not know as a space,
 * within a phrase too: after the tag that every record has, a space changes nothing, and a word finds nothing.
 */
export async function isIndexable(reader: Reader, { text }: Sought): Promise<boolean> {
  if (SURE_LETTER.test(text)) return true;
  const anyRecord = `tags : (${RECORD_TYPES.map((type) => `"y${type} ${text}"`).join(' OR ')})`;
  const [rows] = await reader.read([countOf(anyRecord, 1)]);
  return rows[0]![0] === 0;
}

async function rowsWith(reader: Reader, words: readonly Sought[], most: number): Promise<number[]> {
  // The full text merges the rows of all words with one beginning before it answers the first of them.
  const isHeavy = words.some(({ prefix }) => prefix) || (most > GATHERED_MAX && words.length > LIGHT_WORDS);
  const counts = words.map((word) => ({ ...countOf(toMatch([word]), most + 1), ...(isHeavy ? { offload: true as const } : {}) }));
  const answers = await reader.read(counts);
  return answers.map(([row]) => row![0]);
}

const countOf = (match: string, most: number): Statement<[rows: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM ${fullText.from('f')} WHERE ${fullText.matches('f', ':match')} ${dialect.limit(':most')})`,
  params: [{ match, most }],
});
