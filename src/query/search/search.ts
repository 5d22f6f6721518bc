import { z } from 'zod';
import { matchOf } from '../../domain/full-text/text-query.ts';
import { ENTRY_TYPES, RECORD_TYPES } from '../../domain/record-type.ts';
import { snippetOf } from '../../domain/full-text/snippet.ts';
import { FIRST_PARAGRAPHS, IS_RECORD, paragraphOfRow } from '../../index/paragraph-rows.ts';
import { MOMENT_MASK } from '../../index/position-sql.ts';
import { tagsOfTypes } from '../../index/search-text.ts';
import { modelOf, SEARCHED_FIELDS } from '../../model/models.ts';
import type { EchoedQuery, Total, Warning } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { paragraphsAt } from '../../storage/tables/texts.ts';
import { echoedWordsOf, parseText, textQuery } from '../filters/text.ts';
import { askedTypes, typesOf } from '../filters/type.ts';
import { BY_RELEVANCE, type RankedPosition } from '../lists/cursors.ts';
import { countUpTo, pageParameters, pageRequest, totalOfCount } from '../lists/page.ts';
import { rankMatches, type RankedRows, type RankedText, RECORD_OF_ROW, recordsOf } from './ranking.ts';

const { fullText } = dialect;

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
  const ofTypes = types ? ` AND (${tagsOfTypes(types).join(' OR ')})` : '';
  const match = `${matchOf(text)}${ofTypes}`;
  const { after, limit, paginate } = pageRequest(BY_RELEVANCE, 'search', parameters);
  const weight = offloadIf(!isLight);
  const found = await rankMatches(reader, {
    text,
    after,
    candidates: (most) => ({
      records: [{ ...namedRecords(match, most, after), ...weight }],
      moments: [{ ...moments(match, most, after), ...weight }],
      paragraphs: [{ ...paragraphs(match, most, after), ...weight }],
    }),
    documentFrequency: types ? undefined : documentFrequency,
  });
  const [documents, [counted]] = await reader.read([
    recordsOf(found, limit + 1, SHORTENED),
    { ...(found.ranked === 'all' ? countRecordsOf(found.rows) : countMatches(match)), ...weight },
  ]);
  const { kept, next } = paginate(documents, found.positionOf);
  return {
    items: await hitsOf(reader, kept, found.rows, text),
    next,
    total: totalOfCount(counted![0]),
    ranked: found.ranked,
    ...(warnings.length > 0 && { warnings }),
    echo: { q: parameters.q, words: echoedWordsOf(text), ...(echo ? { type: echo } : {}) },
  };
}

const ROW = fullText.row('s');

const ROWS = `SELECT ${ROW} FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':match')}`;

/** Reads the rows of records that are no entries, numbered downwards as they were added, the newest first. */
function namedRecords(match: string, most: number, after: RankedPosition | undefined): Statement<[row: number]> {
  return {
    sql: `${ROWS} AND ${IS_RECORD(ROW)}${after ? ` AND ${ROW} >= :newest` : ''} ORDER BY ${ROW} LIMIT ${most}`,
    // FTS5 uses a bound of the row's number only where it is bound as an integer.
    params: [{ match, ...(after ? { newest: BigInt(-after.newestRecord) } : {}) }],
  };
}

/** Reads the row of the first paragraph that matches of each stored text, those of the newest sources first. */
const paragraphs = (match: string, most: number, after: RankedPosition | undefined): Statement<[row: number]> => ({
  sql: FIRST_PARAGRAPHS(':match', most, after && ':newest'),
  params: [{ match, ...(after ? { newest: BigInt(after.newestRecord) } : {}) }],
});

/** Reads the rows of moments, numbered in order of time, the latest first. */
function moments(match: string, most: number, after: RankedPosition | undefined): Statement<[row: number]> {
  return {
    sql: `${ROWS} AND ${ROW} > 0${after ? ` AND ${ROW} & ${MOMENT_MASK} <= :newest` : ''} ORDER BY ${ROW} DESC LIMIT ${most}`,
    params: [{ match, ...(after ? { newest: after.newestMoment } : {}) }],
  };
}

/** FTS5 expression of the types with several rows a record. */
const SEVERAL = `(${tagsOfTypes([...ENTRY_TYPES.filter((type) => !modelOf[type].timeline?.single), 'source']).join(' OR ')})`;

/** Counts the records that match. Most have one row; the record of a row is looked up only if there may be more. */
const countMatches = (match: string): Statement<[count: number]> =>
  countUpTo(
    `SELECT 1 FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':single')} UNION ALL SELECT 1 FROM (
      SELECT DISTINCT ${RECORD_OF_ROW(ROW)} FROM ${fullText.from('s')} WHERE ${fullText.matches('s', ':several')})`,
    { single: `(${match}) NOT ${SEVERAL}`, several: `(${match}) AND ${SEVERAL}` },
  );

/** Counts the records of rows. */
const countRecordsOf = (rows: readonly number[]): Statement<[count: number]> => ({
  sql: `SELECT count(DISTINCT ${RECORD_OF_ROW(dialect.value('j', 'integer'))}) FROM ${dialect.elements('j', ':rows')}`,
  params: [{ rows: JSON.stringify(rows) }],
});

/** Size above which a document is read without the fields that snippets are seldom taken from: it may have hundreds of participants. */
const WHOLE_MAX = 8192;

const WORDLESS = ['participants', 'citations', 'relations', 'topics', 'links', 'memberships'];

const SHORTENED = `CASE WHEN ${dialect.bytes('r.document')} <= ${WHOLE_MAX} THEN r.document ELSE ${dialect.without('r.document', WORDLESS)} END`;

type Document = {
  type: string;
  id: string;
  kind: string;
  title?: string;
  name?: string;
  date?: object;
  dates?: { edtf?: string }[];
  names?: { name: string }[];
};

/** The hits of records. One whose best row is a paragraph of its text names it, and has its snippet from there. */
async function hitsOf(
  reader: Reader,
  records: readonly (readonly [record: number, document: Buffer])[],
  rows: readonly number[],
  text: RankedText,
): Promise<SearchHit[]> {
  /** The best row of each record that is no entry: the number of a paragraph, or 0 for the row of the record itself. */
  const best = new Map<number, number>();
  for (const row of rows) {
    const { source, number } = paragraphOfRow(row) ?? { source: -row, number: 0 };
    if (!best.has(source)) best.set(source, number);
  }
  const hits = records.map(([, document]) => hitOf(document, text));
  const inTexts = records.flatMap(([record], index) => {
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
  const { type, id, kind, title, name, names = [], date, dates, ...rest } = document;
  const texts = [...names.map((each) => each.name), ...textsIn(rest)];
  const snippet = snippetOf([...texts, title ?? name ?? ''], asked);
  const first = date ?? dates?.find(({ edtf }) => edtf !== undefined);
  return { type, id, kind, title: title ?? name ?? id, date: first && dateOf(first), snippet };
}

/** Fields of a date of an agreement that say more than the date. */
const BESIDE_DATE = new Set(['role', 'place', 'participants']);

const dateOf = (date: object): object => Object.fromEntries(Object.entries(date).filter(([field]) => !BESIDE_DATE.has(field)));

/** The searched texts of a record in reading order. */
function textsIn(value: object): string[] {
  return Object.entries(value).flatMap(([field, each]: [string, unknown]) => {
    if (typeof each === 'string' || typeof each === 'number') return SEARCHED_FIELDS.has(field) ? [String(each)] : [];
    if (Array.isArray(each) && SEARCHED_FIELDS.has(field)) return each.map(String);
    return typeof each === 'object' && each !== null ? textsIn(each) : [];
  });
}
