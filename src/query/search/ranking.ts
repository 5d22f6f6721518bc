import { type AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { phrasesIn, type TextCondition, type TextExpression } from '../../domain/full-text/text-query.ts';
import { hasAll } from '../../domain/full-text/snippet.ts';
import { integersJson } from '../../domain/json/json.ts';
import { positionAt } from '../../domain/time/levels.ts';
import { IS_PARAGRAPH, SOURCE_OF_ROW } from '../../index/paragraph-rows.ts';
import { HALVES_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { offloadIf, type Parameter, type Reader, type Statement, statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { TextMatch } from '../../storage/full-text/text-match.ts';
import { countMatches } from '../filters/text.ts';
import { RANKED_MAX, type RankedPosition } from '../lists/cursors.ts';
import type { RowDocument } from '../lists/page.ts';
import type { TextQuery } from '../plan/query.ts';

/** Maximum number of candidates of a later page: keys are taken in blocks, so a row added later may have a key from before the first page. */
const RANKED_AGAIN_MAX = 2 * RANKED_MAX;

/**
 * BM25 reads, for each term of a query, every row that has it. It is used only where at most this many rows have each term; more frequent
 * terms do not tell records apart anyway.
 */
const BM25_ROWS_MAX = 5000;

/** Weight of a term in the title, in the names and in the text; tags do not count. */
const WEIGHTS = [8, 6, 1, 0];

/** The number of rows that are ranked within a few milliseconds. */
const LIGHT_ROWS_MAX = 100;

/** The number of words of which the rows of each are counted up to `BM25_ROWS_MAX` within a few milliseconds. */
const LIGHT_TERMS_MAX = 4;

/** A text query, as far as it ranks. */
export type RankedText = Pick<TextQuery, 'clauses' | 'excluded' | 'asked'>;

/** The number of a row of the full text, in two safe integers. */
export type RowHalves = [slot: number, moment: number];

/** A query whose matches are ranked. Rows of the full text are numbered: moments by their position, other records by their key below zero. */
export type RankedQuery = {
  text: RankedText;
  /** The end of the page before. No candidate is newer than its first page. */
  after: RankedPosition | undefined;
  /** Statements that read the newest candidates, at most `most`, newest first: of records that are no entries, of moments and of stored texts. */
  candidates: (most: number) => {
    records?: Statement<[row: number]>[];
    moments?: Statement<RowHalves>[];
    paragraphs?: Statement<[row: number]>[];
  };
  /** Tells that a candidate is not older than the oldest that the first page ranked; by default by its number. */
  isRanked?: (row: bigint, bounds: RankedPosition) => boolean;
  /** Upper bound of the rows that match, if the terms are all that is asked for. */
  documentFrequency?: number | undefined;
};

/** Rows in order of relevance. */
export type RankedRows = {
  rows: bigint[];
  /** Tells whether all matches were ranked, or only the newest because there are too many. */
  ranked: 'all' | 'newest';
  /** Keys of the records on the pages before. */
  listed: readonly number[];
  /** The position after a page of records, each with its key first. */
  positionOf: (last: unknown, page: readonly (readonly [record: number, ...unknown[]])[]) => RankedPosition;
};

/**
 * Ranks the matches of a query for one page. A rank is not stable: BM25 weighs a term by the number of rows that have it, so a new row may
 * change the order of all others. So each page ranks anew, within the bounds of the first page, and leaves out the records listed before.
 */
export async function rankMatches(reader: Reader, query: RankedQuery): Promise<RankedRows> {
  const { after, text, documentFrequency } = query;
  const { records = [], moments = [], paragraphs = [] } = query.candidates(after ? RANKED_AGAIN_MAX : RANKED_MAX + 1);
  const [[newest], ...found] = await reader.read([NEWEST_KEYS, ...records, ...moments, ...paragraphs]);
  const candidates = found.map((rows) => rows.map(rowOf));
  const ofRecords = candidates.slice(0, records.length).flat();
  const ofMoments = candidates.slice(records.length, records.length + moments.length).flat();
  const ofParagraphs = candidates
    .slice(records.length + moments.length)
    .flat()
    .slice(0, RANKED_MAX);
  const bounds = after ?? {
    newestRecord: newest![0],
    newestMoment: newest![1],
    oldestRecord: Math.abs(Number(oldestOf(ofRecords))),
    oldestPosition: oldestOf(ofMoments),
    listed: [],
  };
  const { isRanked = isWithin } = query;
  const rows = [...[...ofRecords, ...ofMoments].filter((row) => isRanked(row, bounds)), ...ofParagraphs];
  const areAll = bounds.oldestRecord === 0 && bounds.oldestPosition === 0n && ofParagraphs.length < RANKED_MAX;
  const ranked: RankedRows['ranked'] = areAll ? 'all' : 'newest';
  // Later pages leave out rows added since the first page, but BM25 would read them: the estimate holds for first pages only.
  const known = after || documentFrequency === undefined ? undefined : { ranked, documentFrequency };
  return {
    rows: rows.length < 2 ? rows : await inOrderOfRank(reader, text, rows, known),
    ranked,
    listed: bounds.listed,
    positionOf: (_last, page) => ({ ...bounds, listed: [...bounds.listed, ...page.map(([record]) => record)] }),
  };
}

const NEWEST_KEYS = statement<[record: number, moment: number]>(
  'SELECT coalesce((SELECT max(id) FROM records), 0), coalesce((SELECT max(id) FROM moments), 0)',
);

/** The oldest candidate that is ranked if there are more than can be, else 0. */
const oldestOf = (rows: readonly bigint[]): bigint => (rows.length > RANKED_MAX ? rows[RANKED_MAX - 1]! : 0n);

/** The number of a row that was read whole, where it is below zero, or in halves. */
const rowOf = ([first, moment]: readonly [row: number] | RowHalves): bigint =>
  moment === undefined ? BigInt(first) : positionAt(first, moment);

const isWithin = (row: bigint, { oldestRecord, oldestPosition }: RankedPosition): boolean =>
  row < 0 ? -row >= oldestRecord : row >= oldestPosition;

type Estimate = { ranked: RankedRows['ranked']; documentFrequency: number };

/** Ranks by field and BM25 if the terms are selective; otherwise by the field that has all terms: title, names, then any, each in the order given. */
async function inOrderOfRank(reader: Reader, text: RankedText, rows: readonly bigint[], known?: Estimate): Promise<bigint[]> {
  return (await areSelective(reader, text, known)) ? byScore(reader, text, rows) : byField(reader, text, rows);
}

async function areSelective(reader: Reader, { clauses }: TextCondition, known?: Estimate): Promise<boolean> {
  // A phrase is found by its words: if all of them are frequent, BM25 would read all their rows once more.
  if (known && known.documentFrequency > BM25_ROWS_MAX) return false;
  if (known?.ranked === 'all' && clauses.length === 1) return true;
  // A prefix that is not expanded has very many words.
  if (clauses.some((clause) => phrasesIn(clause).some(({ prefix }) => prefix))) return false;
  const counts = clauses.map((clause) => ({
    ...countMatches(clause, BM25_ROWS_MAX),
    ...offloadIf(!areLight(clauses)),
  }));
  const answers = await reader.read(counts);
  return answers.every(([row]) => row![0] <= BM25_ROWS_MAX);
}

/**
 * Rows that match in their title or names first, each in the order of BM25: it adds up the forms of a word, and a rare form in a text would outweigh the
 * usual one in a title. Records that match by another row of theirs come last.
 */
async function byScore(reader: Reader, text: TextCondition, rows: readonly bigint[]): Promise<bigint[]> {
  const sql = text.clauses.every(isPlain) ? SCORED : SCORED_BY_PHRASES;
  const scored = (match: TextMatch, phrases: TextMatch): Statement<RowHalves> => ({
    sql,
    params: [{ match, phrases, rows: integersJson(rows) }],
    ...offloadIf(!areLight(text.clauses) || rows.length > LIGHT_ROWS_MAX),
  });
  // The rows have none of the terms that are left out. FTS5 loses the places of some phrases where a condition leaves others out.
  const match: TextMatch = { all: text.clauses };
  const phrases: TextMatch = { any: text.clauses.flatMap(phrasesIn) };
  const [named, found] = await reader.read([scored({ inTitleOrNames: match }, { inTitleOrNames: phrases }), scored(match, phrases)]);
  return [...new Set([...[...named, ...found].map(rowOf), ...rows])];
}

const scoredRows = (match: string, rows: string): string => `SELECT ${HALVES_OF(dialect.textRow('f'))} FROM ${dialect.textFrom('f')}
  WHERE ${dialect.textMatches('f', match)} AND ${dialect.textCheckedRow('f')} IN ${rows}
  ORDER BY ${dialect.textRank('f', match, WEIGHTS)}, ${dialect.textRow('f')} DESC`;

const AMONG = dialect.list(':rows', 'integer');
const SCORED = scoredRows(':match', AMONG);

/**
 * Rows that match, by all phrases of the query, each of which counts wherever it stands. Of a condition among alternatives, FTS5 would forget phrases,
 * depending on the rows before.
 */
const SCORED_BY_PHRASES = scoredRows(
  ':phrases',
  `(SELECT ${dialect.textRow('g')} FROM ${dialect.textFrom('g')} WHERE ${dialect.textMatches('g', ':match')} AND ${dialect.textCheckedRow('g')} IN ${AMONG})`,
);

/** Returns whether the alternatives of an expression are phrases, of which FTS5 counts all. */
const isPlain = (clause: TextExpression): boolean => !('any' in clause) || clause.any.every((part) => 'words' in part);

/** Reads the titles and names of the rows: asked for one column, FTS5 would read all rows that have the term anywhere. */
async function byField(reader: Reader, { asked }: RankedText, rows: readonly bigint[]): Promise<bigint[]> {
  const fields: Statement<[index: number, title: string, names: string | null]> = {
    sql: `SELECT ${dialect.ordinal('j')}, r.title, (SELECT string_agg(n.name, ' ; ') FROM names n WHERE n.record_id = r.id)
      FROM ${dialect.integers('j', ':rows')} CROSS JOIN records r ON r.id = ${RECORD_OF_ROW(dialect.integer('j'))}`,
    params: [{ rows: integersJson(rows) }],
    ...offloadOfRows(rows),
  };
  const [found] = await reader.read([fields]);
  const matches = hasAll(asked);
  const classes = new Map(found.map(([index, title, names]) => [index, matches(title) ? 0 : matches(names ?? '') ? 1 : 2]));
  return [0, 1, 2].flatMap((each) => rows.filter((_, index) => (classes.get(index) ?? 2) === each));
}

const areLight = (clauses: readonly TextExpression[]): boolean => {
  const phrases = clauses.flatMap(phrasesIn);
  return phrases.length <= LIGHT_TERMS_MAX && phrases.every(({ words, prefix }) => words.length === 1 && !prefix);
};

/** Offloads a statement that looks at each of many rows. */
export const offloadOfRows = (rows: readonly bigint[]): { offload?: true } => offloadIf(rows.length > LIGHT_ROWS_MAX);

/** SQL of the key of the record that a row of the full text belongs to. */
export const RECORD_OF_ROW = (row: string): string =>
  `CASE WHEN ${IS_PARAGRAPH(row)} THEN ${SOURCE_OF_ROW(row)} WHEN ${row} < 0 THEN -${row} ELSE (SELECT m.record_id FROM ${MOMENTS_IN_BRIEF('m')} WHERE m.id = (${row} & ${MOMENT_MASK})) END`;

/** The number of documents that are shortened and read within a few milliseconds. */
const LIGHT_DOCUMENTS_MAX = 60;

/** Reads the next `limit` records in order of relevance, each once, without those listed before; no other row is looked up. `columns` begin with those of `rowDocument`. */
export const recordsOf = <More extends readonly unknown[] = []>(
  { rows, listed }: Pick<RankedRows, 'rows' | 'listed'>,
  limit: number,
  columns: string,
  params: Record<string, Parameter> = {},
): Statement<[record: number, ...RowDocument, ...More]> => ({
  sql: `SELECT x.record, ${columns} FROM (${dialect.firstDistinct({ value: RECORD_OF_ROW(dialect.integer('j')), name: 'record', alias: 'j', of: ':rows', except: ':listed', limit: ':limit' })}) x
    CROSS JOIN records r ON r.id = x.record ${dialect.inOrderOfFirst('x')}`,
  params: [{ rows: integersJson(rows), listed: JSON.stringify(listed), limit, ...params }],
  ...offloadIf(Math.min(rows.length, limit) > LIGHT_DOCUMENTS_MAX),
});

/** The error of a list by relevance without a text. */
export function nothingToRank(): AnnalsError {
  return invalidParameter('sort', 'sort=relevance needs a text to be relevant to: give q, or another sort');
}
