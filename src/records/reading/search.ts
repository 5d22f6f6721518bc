import { parseFullText, type Sought, type TextColumns, toMatch } from '../../domain/full-text.ts';
import { snippetOf } from '../../domain/snippet.ts';
import { type Reader, type Statement, statement } from '../../storage/engine.ts';
import { MOMENT_MASK } from '../../storage/interval-index.ts';
import { COUNTED_MAX, type Total } from '../timeline/count.ts';
import type { Understood } from '../timeline/understand.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';
import { rank, type Ranked, RANKED_MAX } from './ranking.ts';

/** A record of any type that was found by its text. */
export type SearchHit = { type: string; id: string; kind: string; title: string; date?: unknown; snippet?: string };

/** A page of them, best first. */
export type SearchPage = { items: SearchHit[]; next?: string; total: Total; ranked: Ranked; understood: Understood };

/** Searches the text of all records: every word, phrase and prefix must occur. Best first. Throws `invalid-request` for a text without words. */
export async function search(
  reader: Reader,
  parameters: { q: string; type?: string; limit?: string; cursor?: string },
): Promise<SearchPage> {
  const sought = parseFullText(parameters.q);
  const types = parameters.type?.split(',');
  const ofTypes = types ? ` AND tags : (${types.map((type) => `y${type}`).join(' OR ')})` : '';
  const matchIn = (columns?: TextColumns) => `${toMatch(sought, columns)}${ofTypes}`;
  const identity = identityOf('search', parameters);
  const limit = limitOf(parameters);
  const offset = Number(placeOf(parameters.cursor, identity)?.[0] ?? 0);
  const [others, entries, [counted]] = await reader.read([
    NEWEST(matchIn(), 'rowid < 0 ORDER BY rowid'),
    NEWEST(matchIn(), 'rowid > 0 ORDER BY rowid DESC'),
    COUNT(matchIn()),
  ]);
  const rows = [...others.slice(0, RANKED_MAX), ...entries.slice(0, RANKED_MAX)].map(([row]) => row);
  const records = await recordsOf(reader, await rank(reader, { sought, matchIn }, rows));
  const { kept, next } = cut(records.slice(offset, offset + limit + 1), limit, identity, () => [offset + limit]);
  const [documents] = await reader.read([DOCUMENTS(kept)]);
  return {
    items: documents.map(([document]) => hitOf(document, sought)),
    next,
    total: counted![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: counted![0] },
    ranked: entries.length > RANKED_MAX || others.length > RANKED_MAX ? 'newest' : 'all',
    understood: { q: parameters.q, ...(types ? { type: types } : {}) },
  };
}

/** Moments are numbered in order of time, other records downwards as they were added. */
const NEWEST = (match: string, range: string): Statement<[row: number]> => ({
  sql: `SELECT rowid FROM search WHERE search MATCH :match AND ${range} LIMIT ${RANKED_MAX + 1}`,
  params: [{ match }],
});

/** The key of the record behind a row of the full text. */
const RECORD = (row: string) => `iif(${row} < 0, -${row}, (SELECT m.record_id FROM moments m WHERE m.id = ${row} & ${MOMENT_MASK}))`;

const COUNT = (match: string): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (SELECT DISTINCT ${RECORD('s.rowid')} FROM search s WHERE search MATCH :match LIMIT ${COUNTED_MAX + 1})`,
  params: [{ match }],
});

/** The records behind rows of the full text, in the same order, each once. */
async function recordsOf(reader: Reader, rows: readonly number[]): Promise<number[]> {
  const [records] = await reader.read([
    statement<[record: number]>(`SELECT ${RECORD('j.value')} FROM json_each(?) j`, JSON.stringify(rows)),
  ]);
  return [...new Set(records.map(([record]) => record))];
}

const DOCUMENTS = (records: readonly number[]) =>
  statement<[document: Buffer]>('SELECT r.document FROM json_each(?) j CROSS JOIN records r ON r.id = j.value', JSON.stringify(records));

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
