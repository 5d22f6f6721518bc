import { z } from 'zod';
import { matchOf } from '../../domain/full-text/text-query.ts';
import { NAMED_TYPES, type RecordType } from '../../domain/record-type.ts';
import { tagsOfTypes } from '../../index/search-text.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Resolved } from '../../records/names/names.ts';
import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { together } from '../access-paths/postings.ts';
import { type Asked, echoOf, alternatives, valuesIn, wordsIn, resolveAsked } from '../filters/filter.ts';
import { echoedWordsOf, parseText, textParameter } from '../filters/text.ts';
import { instant, updatedSinceParameter } from '../filters/updated-since.ts';
import { citationsHold, verifiedParameter } from '../filters/verified.ts';
import { pageParameters } from '../lists/page.ts';
import type { Fragment, TextQuery } from '../plan/query.ts';
import { unknownWords } from '../plan/warnings.ts';

/** A condition on a record `r`, and the resolved value of the parameter, which is echoed. An index in order of title finds `indexed` conditions. */
type Condition = Fragment & { echo: string | string[]; indexed?: true; warnings?: readonly Warning[] };

/** A filter of actors, places or sources: the schema of its parameter, and the condition that it makes of the value. */
type RecordFilter = {
  schema: z.ZodOptional<z.ZodType<string>>;
  resolve: (value: string, reader: Reader, listed: RecordType) => Condition | Promise<Condition>;
};

/** A filter by references of the record to others. `column` is in `table`. */
const referenceFilter = (name: string, type: RecordType, table: string, column: string, description: string): RecordFilter => ({
  schema: alternatives(description),
  resolve: async (value, reader) => {
    const { any, none } = await resolveAsked(reader, name, type, value);
    const each = <Value>(part: (record: Resolved) => Value): Asked<Value> => ({ any: any.map(part), none: none.map(part) });
    return {
      ...having(
        name,
        'integer',
        each(({ key }) => key),
        ofTable(table, column),
      ),
      echo: echoOf(each(({ id }) => id)).join(','),
    };
  },
});

/** The condition that the record has one of some values in a column of a table, given as SQL of their list. */
const ofTable = (table: string, column: string) => (values: string) =>
  `EXISTS (SELECT 1 FROM ${table} o WHERE o.record_id = r.id AND o.${column} IN ${values})`;

/** The condition to have one of the values that are asked for, if there are any, and none of those left out. */
function having(name: string, type: 'integer' | 'text', { any, none }: Asked<number | string>, has: (values: string) => string): Fragment {
  const parts: Fragment[] = [];
  if (any.length > 0) parts.push({ sql: has(dialect.list(`:${name}`, type)), params: { [name]: JSON.stringify(any) } });
  if (none.length > 0)
    parts.push({ sql: `NOT ${has(dialect.list(`:${name}None`, type))}`, params: { [`${name}None`]: JSON.stringify(none) } });
  return {
    sql: parts.map(({ sql }) => sql).join(' AND '),
    params: Object.assign({}, ...parts.map(({ params }) => params)) as Fragment['params'],
  }; // @NOTE a union of such records
}

/** SQLite uses a partial index only for a statement with the same condition. */
const OF_INDEX_BY_KIND = `r.type IN (${[...NAMED_TYPES].map((type) => `'${type}'`).join(', ')})`;

const kind: RecordFilter = {
  schema: alternatives('Of this kind.'),
  resolve: async (value, reader, listed): Promise<Condition> => {
    const { any, none, warnings: read } = wordsIn('kind', value);
    const echo = echoOf({ any, none });
    const asked = (['any', 'none'] as const).flatMap((side) =>
      ({ any, none })[side].map((word) => ({ parameter: 'kind', value: word, side })),
    );
    const warnings = [...read, ...(await unknownWords(reader, asked, [listed]))];
    // One kind is a range of the index `records_by_kind`.
    if (any.length === 1 && none.length === 0) {
      return { sql: `r.kind = :kind AND ${OF_INDEX_BY_KIND}`, params: { kind: any[0]! }, echo, warnings, indexed: true };
    }
    return { ...having('kinds', 'text', { any, none }, (values) => `(r.kind IN ${values})`), echo, warnings };
  },
};

const updatedSince: RecordFilter = {
  schema: updatedSinceParameter,
  resolve: (value) => ({ sql: 'r.updated_at >= :updatedSince', params: { updatedSince: instant(value) }, echo: value }),
};

const language: RecordFilter = {
  schema: alternatives('In this language.'),
  resolve: (value) => {
    const asked = valuesIn('language', value);
    return { ...having('language', 'text', asked, ofTable('sources', 'language')), echo: echoOf(asked).join(',') };
  },
};

const verified: RecordFilter = {
  schema: verifiedParameter,
  // @NOTE the values of the schema
  resolve: (value) => ({ sql: `(${citationsHold(value as 'true' | 'false', 'r.id')})`, params: {}, echo: value }),
};

/** The filters of one type only. */
const OWN_FILTERS = {
  actor: {
    partOf: referenceFilter('partOf', 'actor', 'actors', 'part_of_id', 'Bodies of this actor, by id or name.'),
    memberOf: referenceFilter('memberOf', 'actor', 'memberships', 'organization_id', 'Members of this actor, at any time, by id or name.'),
  },
  place: { country: referenceFilter('country', 'place', 'places', 'country_id', 'In this country, by id or name.') },
  source: { language },
} satisfies Partial<Record<RecordType, Record<string, RecordFilter>>>;

type OwnFilters = typeof OWN_FILTERS;

const filtersOf: Partial<Record<RecordType, Record<string, RecordFilter>>> = OWN_FILTERS;

/** The parameters of the list of actors, places or sources. */
export const recordListParameters = ({ type }: RecordModel): z.ZodObject =>
  z.strictObject({
    kind: kind.schema,
    q: textParameter,
    updatedSince: updatedSince.schema,
    verified: verified.schema,
    sort: z
      .enum(['title', '-title', 'updated', '-updated', 'relevance'])
      .optional()
      .describe(
        '`title` when not said, which sorts words of any script, and numbers by value; `relevance` needs `q` and is the default with it.',
      ),
    ...pageParameters,
    ...Object.fromEntries(Object.entries(filtersOf[type] ?? {}).map(([name, { schema }]) => [name, schema])),
  });

type OwnName = { [Type in keyof OwnFilters]: keyof OwnFilters[Type] }[keyof OwnFilters];

/** Values of these parameters. */
export type RecordFilters = Partial<Record<'kind' | 'q' | 'updatedSince' | 'verified' | 'sort' | 'limit' | 'cursor' | OwnName, string>>;

/** The condition that all parameters make on a record `r`, that on its text, and the echo of the parameters. */
export type RecordCondition = Fragment & {
  text?: TextQuery;
  echo: EchoedQuery;
  warnings?: readonly Warning[];
  /** Few records may match among very many that are read. */
  offload?: true;
};

/** Resolves the parameters of a list. Throws `invalid-request` and the errors of names for values that cannot be understood. */
export async function recordCondition(reader: Reader, { type }: RecordModel, parameters: RecordFilters): Promise<RecordCondition> {
  const conditions: Condition[] = [];
  const echo: EchoedQuery = {};
  const warnings: Warning[] = [];
  for (const [name, filter] of Object.entries({ kind, updatedSince, verified, ...filtersOf[type] })) {
    const value = parameters[name as keyof RecordFilters]; // @NOTE the names of the filters are parameters
    if (value === undefined) continue;
    const condition = await filter.resolve(value, reader, type);
    conditions.push(condition);
    warnings.push(...(condition.warnings ?? []));
    echo[name] = condition.echo;
  }
  const { q } = parameters;
  const text = q === undefined ? undefined : await parseText(reader, q);
  warnings.push(...(text?.warnings ?? []));
  const { sql, params } = together(conditions);
  return {
    sql: `r.type = :type${sql}`,
    params: { type, ...(text ? { match: `${matchOf(text)} AND (${tagsOfTypes([type]).join(' OR ')})` } : {}), ...params },
    echo: { ...echo, ...(text ? { q, words: echoedWordsOf(text) } : {}) },
    ...(warnings.length > 0 && { warnings }),
    ...(text ? { text } : {}),
    ...(!text && conditions.every(({ indexed }) => indexed) ? {} : { offload: true }),
  };
}
