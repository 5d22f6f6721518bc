import { z } from 'zod';
import { ENTRY_TYPES, RECORD_TYPES } from '../../domain/record-type.ts';
import { snippetOf } from '../../domain/full-text/snippet.ts';
import { integersJson } from '../../domain/json/json.ts';
import { attributeTexts } from '../../index/entry.ts';
import { FIRST_PARAGRAPHS, IS_RECORD, paragraphOfRow, SOURCE_MAX } from '../../index/paragraph-rows.ts';
import { HALVES_OF, MOMENT_MASK } from '../../index/position-sql.ts';
import { tagsOfTypes } from '../../index/search-text.ts';
import { modelOf, SEARCHED_FIELDS } from '../../model/models.ts';
import type { Input } from '../../model/record.ts';
import type { EchoedQuery, Total, Warning } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { anyTag, butNot, matchOf, type TextMatch } from '../../storage/full-text/text-match.ts';
import { paragraphsAt } from '../../storage/tables/texts.ts';
import { echoedWordsOf, parseText, textQuery } from '../filters/text.ts';
import { askedTypes, typesOf } from '../filters/type.ts';
import { BY_RELEVANCE, type RankedPosition } from '../lists/cursors.ts';
import { countUpTo, pageParameters, pageRequest, rowDocument, totalOfCount, withLong } from '../lists/page.ts';
import { LIGHT_LOOKUPS_MAX } from '../plan/costs.ts';
import { rankMatches, type RankedRows, type RankedText, RECORD_OF_ROW, recordsOf, type RowHalves } from './ranking.ts';

/** The parameters of the search over all records. */
export const SearchParameters = z.strictObject({
  q: textQuery,
  type: typesOf(RECORD_TYPES),
  ...pageParameters,
});

/** A record of any type that matches a text. */
export type SearchHit = { type: string; id: string; kind: string; title: string; date?: unknown; paragraph?: number; snippet?: string };

/** One page of search results, best first. */
export type SearchPage = {
  items: SearchHit[];
  next?: string;
  total: Total;
  ranked: RankedRows['ranked'];
  warnings?: readonly Warning[];
  echo: EchoedQuery;
};

/** Searches the text of all records for those that have all terms, best first. Throws `invalid-request` for a text without words. */
export async function search(reader: Reader, parameters: z.infer<typeof SearchParameters>): Promise<SearchPage> {
  const { warnings, documentFrequency, isLight, ...text } = await parseText(reader, parameters.q);
  const { types, echo } = parameters.type === undefined ? {} : askedTypes(parameters.type, RECORD_TYPES);
  const match: TextMatch = types ? { all: [matchOf(text), anyTag(tagsOfTypes(types))] } : matchOf(text);
  const { after, limit, paginate } = pageRequest(BY_RELEVANCE, 'search', parameters);
  const weight = offloadIf(!isLight);
  const ranked = await rankMatches(reader, {
    text,
    after,
    candidates: (most) => ({
      records: [{ ...namedRecords(match, most, after), ...weight }],
      moments: [{ ...moments(match, most, after), ...weight }],
      paragraphs: [{ ...paragraphs(match, most, after), ...weight }],
    }),
    documentFrequency: types ? undefined : documentFrequency,
  });
  const found = { ...ranked, rows: await codesLast(reader, ranked.rows) };
  const [documents, [counted]] = await reader.read([
    recordsOf(found, limit + 1, rowDocument(SHORTENED, 'octet_length(r.document)')),
    { ...(found.ranked === 'all' ? countRecordsOf(found.rows) : countMatches(match)), ...weight },
  ]);
  const { kept, next } = paginate(documents, found.positionOf, ([, , bytes]) => bytes);
  const records = await withLong(
    kept.map(([record, document]) => ({ record, document })),
    ({ record }) => record,
    async (keys) => (await reader.read([shortenedOf(keys)]))[0],
  );
  return {
    items: await hitsOf(reader, records, found.rows, text),
    next,
    total: totalOfCount(counted![0]),
    ranked: found.ranked,
    ...(warnings.length > 0 && { warnings }),
    echo: { q: parameters.q, words: echoedWordsOf(text), ...(echo ? { type: echo } : {}) },
  };
}

/** Rows in the same order, those of codes behind all others: who searches for a word looks for what bears it first. */
async function codesLast(reader: Reader, rows: readonly bigint[]): Promise<bigint[]> {
  const records = rows.filter((row) => row < 0n);
  if (records.length === 0) return [...rows];
  const [codes] = await reader.read([codesAmong(records)]);
  const areCodes = new Set(codes.map(([record]) => BigInt(-record)));
  return [...rows.filter((row) => !areCodes.has(row)), ...rows.filter((row) => areCodes.has(row))];
}

/** Reads which rows of records are of codes, by their keys. */
const codesAmong = (rows: readonly bigint[]): Statement<[record: number]> => ({
  sql: `SELECT r.id FROM ${dialect.integers('j', ':rows')} CROSS JOIN records r ON r.id = -${dialect.integer('j')} WHERE r.type = 'code'`,
  params: [{ rows: integersJson(rows) }],
  ...offloadIf(rows.length > LIGHT_LOOKUPS_MAX),
});

const ROW = dialect.textRow('s');

const MATCHING = `FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':match')}`;

/** Reads the rows of records that are no entries, numbered downwards as they were added, the newest first. */
function namedRecords(match: TextMatch, most: number, after: RankedPosition | undefined): Statement<[row: number]> {
  return {
    sql: `SELECT ${ROW} ${MATCHING} AND ${IS_RECORD(ROW)}${after ? ` AND ${ROW} >= :newest` : ''} ORDER BY ${ROW} LIMIT ${most}`,
    // FTS5 uses a bound of the row's number only where it is bound as an integer.
    params: [{ match, ...(after ? { newest: BigInt(-after.newestRecord) } : {}) }],
  };
}

/** Reads the row of the first paragraph that matches of each stored text, those of the newest sources first. */
const paragraphs = (match: TextMatch, most: number, after: RankedPosition | undefined): Statement<[row: number]> => ({
  sql: FIRST_PARAGRAPHS(':match', most, after && ':newest'),
  params: [{ match, ...(after ? { newest: BigInt(Math.min(after.newestRecord, SOURCE_MAX)) } : {}) }],
});

/** Reads the rows of moments, numbered in order of time, the latest first. */
function moments(match: TextMatch, most: number, after: RankedPosition | undefined): Statement<RowHalves> {
  return {
    sql: `SELECT ${HALVES_OF(ROW)} ${MATCHING} AND ${ROW} > 0${after ? ` AND (${ROW} & ${MOMENT_MASK}) <= :newest` : ''} ORDER BY ${ROW} DESC LIMIT ${most}`,
    params: [{ match, ...(after ? { newest: after.newestMoment } : {}) }],
  };
}

/** The types with several rows a record. */
const SEVERAL = anyTag(tagsOfTypes([...ENTRY_TYPES.filter((type) => !modelOf[type].timeline?.single), 'source']));

/** Counts the records that match. Most have one row; the record of a row is looked up only if there may be more. */
const countMatches = (match: TextMatch): Statement<[count: number]> =>
  countUpTo(
    `SELECT 1 FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':single')} UNION ALL SELECT 1 FROM (
      SELECT DISTINCT ${RECORD_OF_ROW(ROW)} FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':several')}) others`,
    { single: butNot(match, [SEVERAL]), several: { all: [match, SEVERAL] } },
  );

/** Counts the records of rows. */
const countRecordsOf = (rows: readonly bigint[]): Statement<[count: number]> => ({
  sql: `SELECT count(DISTINCT ${RECORD_OF_ROW(dialect.integer('j'))}) FROM ${dialect.integers('j', ':rows')}`,
  params: [{ rows: integersJson(rows) }],
});

/** Size above which a document is read without the fields that snippets are seldom taken from: it may have hundreds of participants. */
const WHOLE_MAX = 8192;

const WORDLESS = ['participants', 'citations', 'relations', 'topics', 'links', 'memberships'];

const SHORTENED = `CASE WHEN octet_length(r.document) <= ${WHOLE_MAX} THEN r.document ELSE ${dialect.without('r.document', WORDLESS)} END`;

/** Reads the documents of records by their keys, without these fields. */
const shortenedOf = (keys: readonly number[]): Statement<[key: number, document: Buffer]> => ({
  sql: `SELECT r.id, ${SHORTENED} FROM records r WHERE r.id IN ${dialect.list('?', 'integer')}`,
  params: [JSON.stringify(keys)],
  offload: true,
});

type Document = {
  type: string;
  id: string;
  kind?: string;
  vocabulary?: string;
  title?: string;
  name?: string;
  label?: string;
  date?: object;
  dates?: { edtf?: string }[];
  names?: { name: string }[];
};

/** The hits of records. One whose best row is a paragraph of its text names it, and has its snippet from there. */
async function hitsOf(
  reader: Reader,
  records: readonly { record: number; document: Buffer }[],
  rows: readonly bigint[],
  text: RankedText,
): Promise<SearchHit[]> {
  /** The best row of each record that is no entry: the number of a paragraph, or 0 for the row of the record itself. */
  const best = new Map<number, number>();
  for (const row of rows.filter((each) => each < 0n).map(Number)) {
    const { source, number } = paragraphOfRow(row) ?? { source: -row, number: 0 };
    if (!best.has(source)) best.set(source, number);
  }
  const hits = records.map(({ document }) => hitOf(document, text));
  const inTexts = records.flatMap(({ record }, index) => {
    const paragraph = best.get(record) ?? 0;
    return paragraph > 0 ? [{ record, paragraph, hit: hits[index]! }] : [];
  });
  if (inTexts.length === 0) return hits;
  const [found] = await reader.read([paragraphsAt(inTexts.map(({ record, paragraph }) => [record, paragraph]))]);
  for (const [index, content] of found) {
    const { hit, paragraph } = inTexts[index]!;
    hit.paragraph = paragraph;
    hit.snippet = snippetOf([content ?? ''], text.asked);
  }
  return hits;
}

function hitOf(bytes: Buffer, { asked }: RankedText): SearchHit {
  const document = JSON.parse(bytes.toString('utf8')) as Document; // @NOTE rendered by us
  const {
    type,
    id,
    vocabulary = '',
    kind = vocabulary,
    label = id,
    name = label,
    title = name,
    names = [],
    date,
    dates,
    ...rest
  } = document;
  const texts = [...names.map((each) => each.name), ...textsIn(rest)];
  const snippet = snippetOf([...texts, title], asked);
  const first = date ?? dates?.find(({ edtf }) => edtf !== undefined);
  return { type, id, kind, title, date: first && dateOf(first), snippet };
}

/** Fields of a date of an agreement that say more than the date. */
const BESIDE_DATE = new Set(['role', 'place', 'participants']);

const dateOf = (date: object): object => Object.fromEntries(Object.entries(date).filter(([field]) => !BESIDE_DATE.has(field)));

/** The searched texts of a record in reading order. */
function textsIn(value: object): string[] {
  return Object.entries(value).flatMap(([field, each]: [string, unknown]) => {
    if (field === 'attributes') return attributeTexts(each as Input['attributes']); // @NOTE the schema of the field
    if (typeof each === 'string' || typeof each === 'number') return SEARCHED_FIELDS.has(field) ? [String(each)] : [];
    if (Array.isArray(each) && SEARCHED_FIELDS.has(field)) return each.map(String);
    return typeof each === 'object' && each !== null ? textsIn(each) : [];
  });
}
