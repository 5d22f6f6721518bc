import { parseFullText, type Sought, toMatch } from '../../domain/full-text.ts';
import { snippetOf } from '../../domain/snippet.ts';
import type { Reader, Statement, Value } from '../../storage/engine.ts';
import { MOMENT_MASK } from '../../storage/interval-index.ts';
import { COUNTED_MAX, type Total } from '../timeline/count.ts';
import type { Understood } from '../timeline/understand.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';
import { RANKED_MAX, type Ranking, WEIGHTS } from './relevance.ts';

/** A record of any type that was found by its text. */
export type SearchHit = { type: string; id: string; kind: string; title: string; date?: unknown; snippet?: string };

/** A page of them, best first. */
export type SearchPage = { items: SearchHit[]; next?: string; total: Total; ranked: Ranking<SearchHit>['ranked']; understood: Understood };

type Row = [record: number, document: Buffer];

/** Searches the text of all records: every word, phrase and prefix must occur. Best first. Throws `invalid-request` for a text without words. */
export async function search(
  reader: Reader,
  parameters: { q: string; type?: string; limit?: string; cursor?: string },
): Promise<SearchPage> {
  const sought = parseFullText(parameters.q);
  const types = parameters.type?.split(',');
  const match = [toMatch(sought), ...(types ? [`tags : (${types.map((type) => `y${type}`).join(' OR ')})`] : [])].join(' AND ');
  const identity = identityOf('search', parameters);
  const limit = limitOf(parameters);
  const offset = Number(placeOf(parameters.cursor, identity)?.[0] ?? 0);
  const [rows, [counted], [entries]] = await reader.read([ranked(match, limit + 1, offset), COUNT(match), ENTRIES(match)]);
  const { kept, next } = cut(rows, limit, identity, () => [offset + limit]);
  return {
    items: kept.map(([, document]) => hitOf(document, sought)),
    next,
    total: counted![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: counted![0] },
    ranked: entries![0] > RANKED_MAX ? 'newest' : 'all',
    understood: { q: parameters.q, ...(types ? { type: types } : {}) },
  };
}

/** The key of the record behind a row of the full text. */
const RECORD = `iif(s.rowid < 0, -s.rowid, (SELECT m.record_id FROM moments m WHERE m.id = s.rowid & ${MOMENT_MASK}))`;

const COUNT = (match: string): Statement<[count: number]> => ({
  sql: `SELECT count(DISTINCT record) FROM (SELECT ${RECORD} AS record FROM search s WHERE search MATCH :match LIMIT ${COUNTED_MAX + 1})`,
  params: [{ match }],
});

const ENTRIES = (match: string): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH :match AND rowid > 0 LIMIT ${RANKED_MAX + 1})`,
  params: [{ match }],
});

/** Ranks the newest moments and the other records that match, and answers a page of their records, each once. */
function ranked(match: string, limit: number, offset: number): Statement<Row> {
  const params: Record<string, Value> = { match, limit, offset };
  const scored = (range: string, order: string) => `SELECT * FROM (
    SELECT ${RECORD} AS record, bm25(search, ${WEIGHTS}) AS score FROM search s WHERE search MATCH :match AND ${range} ORDER BY s.rowid ${order} LIMIT ${RANKED_MAX})`;
  return {
    sql: `SELECT r.id, r.document FROM (
        SELECT record, min(score) AS best FROM (${scored('s.rowid > 0', 'DESC')} UNION ALL ${scored('s.rowid < 0', 'DESC')}) GROUP BY record) x
      CROSS JOIN records r ON r.id = x.record ORDER BY x.best, r.id LIMIT +:limit OFFSET +:offset`,
    params: [params],
  };
}

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

/** The fields of a record that hold words rather than references. */
const PROSE = new Set(['summary', 'description', 'note', 'asStated', 'authors', 'publisher', 'symbol', 'symbols', 'label']);

/** Every such text in a record, in reading order; what its citations quote is not its own. */
function textsIn(value: object): string[] {
  return Object.entries(value).flatMap(([field, each]: [string, unknown]) => {
    if (typeof each === 'string') return PROSE.has(field) ? [each] : [];
    if (Array.isArray(each) && PROSE.has(field)) return each.map(String);
    return typeof each === 'object' && each !== null && field !== 'citations' ? textsIn(each) : [];
  });
}
