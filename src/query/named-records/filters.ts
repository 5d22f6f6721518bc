import type { Understood } from '../../model/page.ts';
import { type SearchTerm, toMatch } from '../../domain/full-text.ts';
import { NAMED_TYPES } from '../../domain/record-type.ts';
import type { RecordFilters } from '../filters/parameters.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Reader, Value } from '../../storage/port.ts';
import { resolveParameter } from '../../records/names.ts';
import { together } from '../access-paths/postings.ts';
import { parseText } from '../filters/text.ts';
import { listedWords } from '../filters/filter.ts';
import { instant } from '../filters/updated-since.ts';
import type { Fragment } from '../plan/query.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** SQLite takes a partial index only for a query that repeats its condition. */
const OF_INDEX_BY_KIND = `r.type IN (${[...NAMED_TYPES].map((type) => `'${type}'`).join(', ')})`;

/** What a record `r` must fulfil, the text searchTerms if any, and what was understood of the parameters. */
export type RecordCondition = Fragment & {
  searchTerms?: readonly SearchTerm[];
  understood: Understood;
  /** Whether it is asked of record after record, or of a text, so that few may be found among very many. */
  offload?: true;
};

/** The filters that only some types have: which type they name, and what a record must fulfil then. */
const OWN_FILTERS = {
  partOf: { names: 'actor', sql: 'EXISTS (SELECT 1 FROM actors o WHERE o.record_id = r.id AND o.part_of_id = :partOf)' },
  memberOf: { names: 'actor', sql: 'EXISTS (SELECT 1 FROM memberships o WHERE o.record_id = r.id AND o.organization_id = :memberOf)' },
  country: { names: 'place', sql: 'EXISTS (SELECT 1 FROM places o WHERE o.record_id = r.id AND o.country_id = :country)' },
} as const;

/** The filter that the parameters ask for. Throws for names, texts and instants that cannot be understood. */
export async function recordCondition(reader: Reader, { type }: RecordModel, parameters: RecordFilters): Promise<RecordCondition> {
  const parts: Fragment[] = [];
  const understood: Understood = {};
  if (parameters.kind !== undefined) {
    const kinds = listedWords('kind', parameters.kind);
    // One kind is a range of `records_by_kind`, in order of title.
    const [kind, ...more] = kinds;
    if (more.length === 0) parts.push({ sql: `r.kind = :kind AND ${OF_INDEX_BY_KIND}`, params: { kind: kind! } });
    else parts.push({ sql: `r.kind IN ${dialect.list(':kinds', 'text')}`, params: { kinds: JSON.stringify(kinds) } });
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
  let searchTerms: readonly SearchTerm[] | undefined;
  const params: Record<string, Value> = { type };
  if (parameters.q !== undefined) {
    ({ searchTerms } = await parseText(reader, parameters.q));
    params['match'] = `${toMatch(searchTerms)} AND tags : y${type}`;
    understood['q'] = parameters.q;
  }
  const rest = together(parts);
  const isInOrder = Object.keys(understood).every((name) => name === 'kind') && rest.params['kinds'] === undefined;
  return {
    sql: `r.type = :type${rest.sql}`,
    params: { ...params, ...rest.params },
    understood,
    ...(searchTerms ? { searchTerms } : {}),
    ...(isInOrder ? {} : { offload: true }),
  };
}
