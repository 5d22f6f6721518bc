import { AnnalsError } from '../../domain/errors.ts';
import { parseFullText, toMatch } from '../../domain/full-text.ts';
import type { RecordFilters } from '../../resources/filters.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Reader, Statement, Value } from '../../storage/engine.ts';
import { resolveParameter } from '../names.ts';
import { COUNTED_MAX, type Total } from '../timeline/count.ts';
import { type Fragment, together } from '../timeline/conditions.ts';
import { instant, type Understood } from '../timeline/understand.ts';
import { cut, identityOf, limitOf, type Page, placeOf } from './page.ts';
import { RANKED_MAX, WEIGHTS } from './relevance.ts';

/** The filters that only some types have: which type they name, and what a record must fulfil then. */
const OWN_FILTERS = {
  partOf: { names: 'actor', sql: 'EXISTS (SELECT 1 FROM actors o WHERE o.record_id = r.id AND o.part_of_id = :partOf)' },
  memberOf: { names: 'actor', sql: 'EXISTS (SELECT 1 FROM memberships o WHERE o.record_id = r.id AND o.organization_id = :memberOf)' },
  country: { names: 'place', sql: 'EXISTS (SELECT 1 FROM places o WHERE o.record_id = r.id AND o.country_id = :country)' },
} as const;

type Row = [record: number, value: string | number, document: Buffer];

/** A page of records of a type that does not stand on the timeline. Throws for filters that cannot be understood. */
export async function listRecords(reader: Reader, resource: Resource, parameters: RecordFilters): Promise<Page> {
  const { filter, understood } = await filterOf(reader, resource, parameters);
  const sort = parameters.sort ?? (parameters.q === undefined ? 'title' : 'relevance');
  const identity = identityOf(resource.path, parameters);
  const limit = limitOf(parameters);
  const place = placeOf(parameters.cursor, identity);
  const from = parameters.q === undefined ? 'records r' : CANDIDATES;
  const count: Statement<[number]> = {
    sql: `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${filter.sql} LIMIT ${COUNTED_MAX + 1})`,
    params: [filter.params],
  };
  const page = sort === 'relevance' ? byRelevance(filter, parameters, limit, place) : byField(filter, from, sort, limit, place);
  const [rows, [counted]] = await reader.read([page, count]);
  const offset = Number(place?.[0] ?? 0);
  const { kept, next } = cut(rows, limit, identity, ([record, value]) => (sort === 'relevance' ? [offset + limit] : [value, record]));
  const total: Total = counted![0] > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: counted![0] };
  return { items: kept.map(([record, , document]) => ({ record, document })), next, total, understood };
}

/** The records whose text matches, at most as many as are counted. */
const CANDIDATES = `(SELECT -rowid AS id FROM search WHERE search MATCH :match AND rowid < 0 LIMIT ${COUNTED_MAX + 1}) x CROSS JOIN records r ON r.id = x.id`;

async function filterOf(
  reader: Reader,
  { type }: Resource,
  parameters: RecordFilters,
): Promise<{ filter: Fragment; understood: Understood }> {
  const parts: Fragment[] = [];
  const understood: Understood = {};
  if (parameters.kind !== undefined) {
    const kinds = parameters.kind.split(',');
    parts.push({ sql: 'r.kind IN (SELECT value FROM json_each(:kinds))', params: { kinds: JSON.stringify(kinds) } });
    understood['kind'] = kinds;
  }
  if (parameters.updatedSince !== undefined) {
    parts.push({ sql: 'r.updated_at >= :updatedSince', params: { updatedSince: instant(parameters.updatedSince) } });
    understood['updatedSince'] = parameters.updatedSince;
  }
  if (parameters.language !== undefined) {
    parts.push({
      sql: 'EXISTS (SELECT 1 FROM sources o WHERE o.record_id = r.id AND o.language = :language)',
      params: { language: parameters.language },
    });
    understood['language'] = parameters.language;
  }
  for (const [name, { names, sql }] of Object.entries(OWN_FILTERS)) {
    const value = parameters[name as keyof typeof OWN_FILTERS];
    if (value === undefined) continue;
    const found = await resolveParameter(reader, name, { type: names, value });
    parts.push({ sql, params: { [name]: found.key } });
    understood[name] = found.id;
  }
  const params: Record<string, Value> = { type };
  if (parameters.q !== undefined) {
    params['match'] = `${toMatch(parseFullText(parameters.q))} AND tags : y${type}`;
    understood['q'] = parameters.q;
  }
  const rest = together(parts);
  return { filter: { sql: `r.type = :type${rest.sql}`, params: { ...params, ...rest.params } }, understood };
}

function byField(
  filter: Fragment,
  from: string,
  sort: string,
  limit: number,
  place: readonly (string | number)[] | undefined,
): Statement<Row> {
  const field = sort.endsWith('title') ? 'sort_title' : 'updated_at';
  const order = sort.startsWith('-') ? 'DESC' : 'ASC';
  const beyond = place ? ` AND (r.${field}, r.id) ${order === 'ASC' ? '>' : '<'} (:value, :record)` : '';
  return {
    sql: `SELECT r.id, r.${field}, r.document FROM ${from} WHERE ${filter.sql}${beyond} ORDER BY r.${field} ${order}, r.id ${order} LIMIT +:limit`,
    params: [{ ...filter.params, limit: limit + 1, ...(place ? { value: place[0]!, record: place[1]! } : {}) }],
  };
}

function byRelevance(
  filter: Fragment,
  { q }: RecordFilters,
  limit: number,
  place: readonly (string | number)[] | undefined,
): Statement<Row> {
  if (q === undefined) {
    const message = 'sort=relevance needs a text to be relevant to: give q, or another sort';
    throw new AnnalsError('invalid-request', message, [{ parameter: 'sort', message }]);
  }
  return {
    sql: `SELECT r.id, 0, r.document FROM (SELECT -rowid AS id, bm25(search, ${WEIGHTS}) AS score FROM search WHERE search MATCH :match AND rowid < 0 LIMIT ${RANKED_MAX}) x
      CROSS JOIN records r ON r.id = x.id WHERE ${filter.sql} ORDER BY x.score, r.id LIMIT +:limit OFFSET +:offset`,
    params: [{ ...filter.params, limit: limit + 1, offset: Number(place?.[0] ?? 0) }],
  };
}
