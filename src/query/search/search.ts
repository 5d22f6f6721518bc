import { type Sought, toMatch } from '../../domain/full-text.ts';
import type { Total, Understood } from '../../model/page.ts';
import { snippetOf } from '../../domain/snippet.ts';
import { modelOf, SEARCHED_FIELDS } from '../../model/models.ts';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { MOMENT_MASK } from '../../index/position-sql.ts';
import { COUNTED_MAX } from '../execute/count.ts';
import { readText } from '../filters/text.ts';
import { identityOf, limitOf } from '../lists/page.ts';
import { cutRanked, newestKeys, RANKED_AGAIN_MAX, rankedBefore, rankedFirst, rankedOf, type RankedRows } from './ranked-pages.ts';
import { rank, type Ranked, RANKED_MAX, RECORD_AT } from './ranking.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

const { fullText } = dialect;

/** A record of any type that was found by its text. */
export type SearchHit = { type: string; id: string; kind: string; title: string; date?: unknown; snippet?: string };

/** A page of them, best first. */
export type SearchPage = { items: SearchHit[]; next?: string; total: Total; ranked: Ranked; understood: Understood };

/** Searches the text of all records: every word, phrase and prefix must occur. Best first. Throws `invalid-request` for a text without words. */
export async function search(
  reader: Reader,
  parameters: { q: string; type?: string; limit?: string; cursor?: string },
): Promise<SearchPage> {
  const { sought, rows: rarest, isLight } = await readText(reader, parameters.q);
  const types = parameters.type?.split(',');
  const ofTypes = types ? ` AND tags : (${types.map((type) => `y${type}`).join(' OR ')})` : '';
  const match = `${toMatch(sought)}${ofTypes}`;
  const identity = identityOf('search', parameters);
  const limit = limitOf(parameters);
  const before = rankedBefore(parameters.cursor, identity);
  const weigh = <Row extends readonly unknown[]>(statement: Statement<Row>): Statement<Row> =>
    isLight ? statement : { ...statement, offload: true };
  const [others, entries, keys] = await reader.read([weigh(OTHERS(match, before)), weigh(ENTRIES(match, before)), newestKeys]);
  const rankedRows = before ?? firstRows(keys, others, entries);
  const rows = rowsWithin(rankedRows, others, entries);
  const ranked = rankedOf(rankedRows);
  // Rows that were added since the first page are not ranked, but bm25 would read them.
  const best = await rank(reader, sought, rows, types || before ? undefined : { ranked, rarest });
  const [documents, [counted]] = await reader.read([
    DOCUMENTS(best, rankedRows.listed, limit + 1),
    weigh(ranked === 'all' ? COUNT_BEHIND(rows) : COUNT(match)),
  ]);
  const { kept, next } = cutRanked(documents, limit, identity, rankedRows, ([record]) => record);
  return {
    items: kept.map(([, document]) => hitOf(document, sought)),
    next,
    total: counted![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: counted![0] },
    ranked,
    understood: { q: parameters.q, ...(types ? { type: types } : {}) },
  };
}

/** The rows of records that are no entries, numbered downwards as they were added: the newest first. */
function OTHERS(match: string, before: RankedRows | undefined): Statement<[row: number]> {
  if (!before) return { sql: `${ROWS} AND ${ROW} < 0 ORDER BY ${ROW} LIMIT ${RANKED_MAX + 1}`, params: [{ match }] };
  return {
    sql: `${ROWS} AND ${ROW} < 0 AND ${ROW} >= :newest ORDER BY ${ROW} LIMIT ${RANKED_AGAIN_MAX}`,
    // FTS5 uses a bound of the row's number only where it is bound as an integer.
    params: [{ match, newest: BigInt(-before.newestRecord) }],
  };
}

/** The rows of entries, numbered in order of time: the latest first. */
function ENTRIES(match: string, before: RankedRows | undefined): Statement<[row: number]> {
  if (!before) return { sql: `${ROWS} AND ${ROW} > 0 ORDER BY ${ROW} DESC LIMIT ${RANKED_MAX + 1}`, params: [{ match }] };
  return {
    sql: `${ROWS} AND ${ROW} > 0 AND ${ROW} & ${MOMENT_MASK} <= :newest ORDER BY ${ROW} DESC LIMIT ${RANKED_AGAIN_MAX}`,
    params: [{ match, newest: before.newestMoment }],
  };
}

const ROW = fullText.row('s');

const ROWS = `SELECT ${ROW} FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':match')}`;

type Rows = readonly (readonly [row: number])[];

/** What the first page ranks: of the records and of the entries, as many as can be ranked. */
function firstRows(keys: readonly (readonly [record: number, moment: number])[], others: Rows, entries: Rows): RankedRows {
  const oldest = (rows: Rows): number => (rows.length > RANKED_MAX ? rows[RANKED_MAX - 1]![0] : 0);
  return { ...rankedFirst(keys), oldestRecord: Math.abs(oldest(others)), oldestPosition: oldest(entries) };
}

/** The rows that are ranked, of those that were found. */
const rowsWithin = ({ oldestRecord, oldestPosition }: RankedRows, others: Rows, entries: Rows): number[] => [
  ...others.map(([row]) => row).filter((row) => -row >= oldestRecord),
  ...entries.map(([row]) => row).filter((row) => row >= oldestPosition),
];

/** The types of which a record may have several rows, as an expression over their tags. */
const SEVERAL = `tags : (${ENTRY_TYPES.filter((type) => !modelOf[type].timeline?.single)
  .map((type) => `y${type}`)
  .join(' OR ')})`;

/** Most records have one row; only where there may be more, the record behind each is looked up. */
const COUNT = (match: string): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':single')} UNION ALL SELECT 1 FROM (
      SELECT DISTINCT ${RECORD_AT(ROW)} FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':several')}) LIMIT ${COUNTED_MAX + 1})`,
  params: [{ single: `(${match}) NOT ${SEVERAL}`, several: `(${match}) AND ${SEVERAL}` }],
});

/** How many records are behind all the rows there are. */
const COUNT_BEHIND = (rows: readonly number[]): Statement<[count: number]> => ({
  sql: `SELECT count(DISTINCT ${RECORD_AT(dialect.value('j', 'integer'))}) FROM ${dialect.elements('j', ':rows')}`,
  params: [{ rows: JSON.stringify(rows) }],
});

/** So many documents are shortened and read within a few milliseconds. */
const LIGHT_DOCUMENTS_MAX = 60;

/** Beyond so many bytes, a document is read without what snippets are seldom taken from: it may have hundreds of participants. */
const WHOLE_MAX = 8192;

const WORDLESS = ['participants', 'citations', 'relations', 'topics', 'links', 'memberships'];

const SHORTENED = `CASE WHEN ${dialect.bytes('r.document')} <= ${WHOLE_MAX} THEN r.document ELSE ${dialect.without('r.document', WORDLESS)} END`;

/**
 * The documents of the records behind rows of the full text, in the same order, each once, without those that are listed already; as many as a
 * page needs, no other is looked up.
 */
const DOCUMENTS = (rows: readonly number[], listed: readonly number[], limit: number): Statement<[record: number, document: Buffer]> => ({
  sql: `SELECT x.record, ${SHORTENED} FROM (SELECT DISTINCT ${RECORD_AT(dialect.value('j', 'integer'))} AS record FROM ${dialect.elements('j', ':rows')}
      WHERE record NOT IN ${dialect.list(':listed', 'integer')} ${dialect.limit(':limit')}) x
    CROSS JOIN records r ON r.id = x.record`,
  params: [{ rows: JSON.stringify(rows), listed: JSON.stringify(listed), limit }],
  ...(Math.min(rows.length, limit) > LIGHT_DOCUMENTS_MAX ? { offload: true } : {}),
});

type Document = {
  type: string;
  id: string;
  kind: string;
  title?: string;
  name?: string;
  date?: unknown;
  dates?: { edtf?: string }[];
  names?: { name: string }[];
};

function hitOf(bytes: Buffer, sought: readonly Sought[]): SearchHit {
  const document = JSON.parse(bytes.toString('utf8')) as Document; // @NOTE rendered by us
  const { type, id, kind, title, name, names = [], date, dates, ...rest } = document;
  const texts = [...names.map((each) => each.name), ...textsIn(rest)];
  const snippet = snippetOf(texts, sought) ?? snippetOf([title ?? name ?? ''], sought);
  const first = date ?? dates?.find(({ edtf }) => edtf !== undefined);
  return {
    type,
    id,
    kind,
    title: title ?? name ?? id,
    ...(first === undefined ? {} : { date: dateOf(first) }),
    ...(snippet === undefined ? {} : { snippet }),
  };
}

/** A date without what an agreement's date says besides. */
function dateOf(date: object): object {
  const {
    role: _role,
    place: _place,
    participants: _participants,
    ...rest
  } = date as { role?: string; place?: string; participants?: unknown }; // @NOTE rendered by us
  return rest;
}

/** Every searched text in a record, in reading order; what its citations quote is not its own. */
function textsIn(value: object): string[] {
  return Object.entries(value).flatMap(([field, each]: [string, unknown]) => {
    if (typeof each === 'string') return SEARCHED_FIELDS.has(field) ? [each] : [];
    if (Array.isArray(each) && SEARCHED_FIELDS.has(field)) return each.map(String);
    return typeof each === 'object' && each !== null && field !== 'citations' ? textsIn(each) : [];
  });
}
