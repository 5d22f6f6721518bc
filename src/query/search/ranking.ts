import { AnnalsError } from '../../domain/errors.ts';
import { type Sought, toMatch } from '../../domain/full-text.ts';
import { hasAll } from '../../domain/snippet.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

const { fullText } = dialect;

/** What was ranked: all that match, or only the newest, because there are too many. */
export type Ranked = 'all' | 'newest';

/** What is known of rows that have a text, whatever else they are, before they are ranked: how many more there are, and have its rarest word. */
export type Known = { ranked: Ranked; rarest: number };

/** How many matches are ranked at the most. */
export const RANKED_MAX = 1000;

/**
 * FTS5's bm25 counts, for each word of a query, every row that has it. So it is asked only for words that at most this many rows have;
 * the others are too common to tell one record from another anyway.
 */
const TELLING_MAX = 5000;

/** How much a match in the title and in the names counts against one in the text; tags do not count. */
const WEIGHTS = [8, 6, 1, 0];

/** The error of a list that is asked for by relevance, but without a text. */
export function nothingToRank(): AnnalsError {
  const message = 'sort=relevance needs a text to be relevant to: give q, or another sort';
  return new AnnalsError('invalid-request', message, [{ parameter: 'sort', message }]);
}

/**
 * Rows of the full text, best first: by bm25 when every word tells; otherwise those that have all of it in the title, then in the names,
 * then anywhere, each in the order given.
 */
export async function rank(reader: Reader, sought: readonly Sought[], rows: readonly number[], known?: Known): Promise<number[]> {
  if (rows.length < 2) return [...rows];
  return (await allTell(reader, sought, known)) ? byScore(reader, sought, rows) : byField(reader, sought, rows);
}

async function allTell(reader: Reader, sought: readonly Sought[], known?: Known): Promise<boolean> {
  // A phrase is found by its words: where all of them are common, bm25 would read all their rows once more.
  if (known && known.rarest > TELLING_MAX) return false;
  if (known?.ranked === 'all' && sought.length === 1) return true;
  // A beginning that is not spelled out has very many words.
  if (sought.some(({ prefix, words }) => prefix && words === undefined)) return false;
  const counts = sought.map(
    (piece): Statement<[count: number]> => ({
      sql: `SELECT count(*) FROM (SELECT 1 FROM ${fullText.from('f')} WHERE ${fullText.matches('f', '?')} LIMIT ${TELLING_MAX + 1})`,
      params: [toMatch([piece])],
      ...(sought.length > LIGHT_PIECES || piece.prefix || !isWord(piece) ? { offload: true } : {}),
    }),
  );
  const answers = await reader.read(counts);
  return answers.every(([row]) => row![0] <= TELLING_MAX);
}

async function byScore(reader: Reader, sought: readonly Sought[], rows: readonly number[]): Promise<number[]> {
  const scored: Statement<[row: number]> = {
    sql: `SELECT ${fullText.row('f')} FROM ${fullText.from('f')}
      WHERE ${fullText.matches('f', ':match')} AND ${fullText.checkedRow('f')} IN ${dialect.list(':rows', 'integer')}
      ORDER BY ${fullText.rank('f', WEIGHTS)}, ${fullText.row('f')} DESC`,
    params: [{ match: toMatch(sought), rows: JSON.stringify(rows) }],
    ...(sought.length > LIGHT_PIECES || !sought.every(isWord) ? { offload: true } : heavyOf(rows)),
  };
  const [found] = await reader.read([scored]);
  return found.map(([row]) => row);
}

/** Asked for one column, FTS5 would read all rows with the word until one has it there: so the fields of the rows themselves are read. */
async function byField(reader: Reader, sought: readonly Sought[], rows: readonly number[]): Promise<number[]> {
  const fields: Statement<[row: number, title: string, names: string | null]> = {
    sql: `SELECT ${dialect.value('j', 'integer')}, r.title, (SELECT group_concat(n.name, ' ; ') FROM names n WHERE n.record_id = r.id)
      FROM ${dialect.elements('j', ':rows')} CROSS JOIN records r ON r.id = ${RECORD_AT(dialect.value('j', 'integer'))}`,
    params: [{ rows: JSON.stringify(rows) }],
    ...heavyOf(rows),
  };
  const [found] = await reader.read([fields]);
  const matches = hasAll(sought);
  const classes = new Map(found.map(([row, title, names]) => [row, matches(title) ? 0 : matches(names ?? '') ? 1 : 2]));
  return rows.toSorted((a, b) => (classes.get(a) ?? 2) - (classes.get(b) ?? 2));
}

/** So many rows are ranked in a few milliseconds. */
const LIGHT_MAX = 100;

/** Of so many words, all rows are counted in a few milliseconds, as many as a word that tells may have. */
const LIGHT_PIECES = 4;

const isWord = ({ text, prefix }: Sought): boolean => !prefix && /^[\p{L}\p{N}\p{M}]+$/u.test(text);

/** Marks a statement that looks at each of the rows as heavy where these are many. */
export const heavyOf = (rows: readonly number[]): { offload?: true } => (rows.length > LIGHT_MAX ? { offload: true } : {});

/** The key of the record behind a row of the full text, in SQL: moments have positive rows, other records negative ones. */
export const RECORD_AT = (row: string): string =>
  `CASE WHEN ${row} < 0 THEN -${row} ELSE (SELECT m.record_id FROM ${MOMENTS_IN_BRIEF('m')} WHERE m.id = ${row} & ${MOMENT_MASK}) END`;
