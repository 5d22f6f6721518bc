import { AnnalsError } from '../../domain/errors.ts';
import { type Sought, type TextColumns, toMatch } from '../../domain/full-text.ts';
import { type Reader, type Statement, statement } from '../../storage/engine.ts';

/** What was ranked: all that match, or only the newest, because there are too many. */
export type Ranked = 'all' | 'newest';

/** How many matches are ranked at the most. */
export const RANKED_MAX = 1000;

/**
 * FTS5's bm25 counts, for each word of a query, every row that has it. So it is asked only for words that at most this many rows have;
 * the others are too common to tell one record from another anyway.
 */
const TELLING_MAX = 5000;

/** How much a match in the title and in the names counts against one in the text; tags do not count. */
const WEIGHTS = '8.0, 6.0, 1.0, 0.0';

/** A text that is sought, and the FTS5 expression for it in given columns, with whatever else must hold. */
export type TextQuery = { sought: readonly Sought[]; matchIn: (columns: TextColumns) => string };

/** The error of a list that is asked for by relevance, but without a text. */
export function nothingToRank(): AnnalsError {
  const message = 'sort=relevance needs a text to be relevant to: give q, or another sort';
  return new AnnalsError('invalid-request', message, [{ parameter: 'sort', message }]);
}

/**
 * Rows of the full text, best first: by bm25 when every word tells; otherwise those that have all of it in the title, then in the names,
 * then anywhere, each in the order given.
 */
export async function rank(reader: Reader, query: TextQuery, rows: readonly number[]): Promise<number[]> {
  if (rows.length < 2) return [...rows];
  return (await allTell(reader, query)) ? byScore(reader, query, rows) : byColumn(reader, query, rows);
}

async function allTell(reader: Reader, { sought }: TextQuery): Promise<boolean> {
  const counts = sought.map((piece) =>
    statement<[count: number]>(
      `SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ${TELLING_MAX + 1})`,
      toMatch([piece]),
    ),
  );
  const answers = await reader.read(counts);
  return answers.every(([row]) => row![0] <= TELLING_MAX);
}

async function byScore(reader: Reader, { sought }: TextQuery, rows: readonly number[]): Promise<number[]> {
  // The plus keeps FTS5 from running one query for each of the rowids.
  const scored: Statement<[row: number]> = {
    sql: `SELECT rowid FROM search WHERE search MATCH :match AND +rowid IN (SELECT value FROM json_each(:rows)) ORDER BY bm25(search, ${WEIGHTS}), rowid DESC`,
    params: [{ match: toMatch(sought), rows: JSON.stringify(rows) }],
  };
  const [found] = await reader.read([scored]);
  return found.map(([row]) => row);
}

async function byColumn(reader: Reader, { matchIn }: TextQuery, rows: readonly number[]): Promise<number[]> {
  // Moments have positive rows, other records negative ones; asked for together, the many moments would leave no room for the others.
  const kinds = [rows.filter((row) => row < 0), rows.filter((row) => row > 0)].filter((some) => some.length > 0);
  const having = async (columns: TextColumns) => {
    const answers = await reader.read(kinds.map((some) => within(matchIn(columns), some)));
    return new Set(answers.flatMap((found) => found.map(([row]) => row)));
  };
  const inTitle = await having('title');
  const inNames = await having('names');
  const classOf = (row: number) => (inTitle.has(row) ? 0 : inNames.has(row) ? 1 : 2);
  return rows.toSorted((a, b) => classOf(a) - classOf(b));
}

/** The newest matches in the span of some rows of one sign. */
function within(match: string, rows: readonly number[]): Statement<[row: number]> {
  return {
    sql: `SELECT rowid FROM search WHERE search MATCH :match AND rowid BETWEEN :low AND :high ORDER BY rowid ${rows[0]! > 0 ? 'DESC' : 'ASC'} LIMIT +:most`,
    params: [{ match, low: BigInt(Math.min(...rows)), high: BigInt(Math.max(...rows)), most: RANKED_MAX }],
  };
}
