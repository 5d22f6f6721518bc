import { z } from 'zod';
import type { RecordType } from '../../domain/record-type.ts';
import { tagsOfTypes } from '../../index/search-text.ts';
import { VOCABULARIES } from '../../model/code.ts';
import { formerNames } from '../../model/former-names.ts';
import { modelOf } from '../../model/models.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Resolved } from '../../records/names/names.ts';
import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { anyTag, matchOf } from '../../storage/full-text/text-match.ts';
import { together } from '../access-paths/postings.ts';
import { type Asked, echoedText, echoOf, alternatives, anyOrNoneOf, codedWordsIn, valuesIn, resolveAsked } from '../filters/filter.ts';
import { echoedWordsOf, parseText, textParameter } from '../filters/text.ts';
import { instant, updatedSinceParameter } from '../filters/updated-since.ts';
import { areaParameters, areasIn, keysWithin } from '../filters/area.ts';
import { attributeParameter, attributesIn, echoOfAttributes, termsAsked } from '../filters/attribute.ts';
import { citationsHold, verifiedParameter } from '../filters/verified.ts';
import { pageParameters } from '../lists/page.ts';
import type { Fragment, TextQuery } from '../plan/query.ts';
import { askedWords, unknownWords } from '../plan/warnings.ts';
import { actorsInTime, actorsInTimeEchoes, actorsInTimeParameters } from './actors-in-time.ts';
import type { DatedCondition } from './dated-condition.ts';
import { having, ofTable } from './having.ts';
import { publicationParameters, publications } from './publications.ts';

/** A condition on a record `r`, and the resolved value of the parameter, which is echoed. An index in order of title finds `indexed` conditions. */
type Condition = Fragment & { echo: string | string[]; indexed?: true; warnings?: readonly Warning[] };

/** A filter of records that are no entries: the schema of its parameter, and the condition that it makes of the value. */
type RecordFilter<Value extends string | string[] = string> = {
  schema: z.ZodOptional<z.ZodType<Value>>;
  resolve: (value: Value, reader: Reader, listed: RecordType) => Condition | Promise<Condition>;
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

/** SQLite uses a partial index only for a statement with the same condition. Codes are too few for an index. */
const OF_INDEX_BY_KIND = `r.type IN ('place', 'actor', 'source')`;

const kind: RecordFilter = {
  schema: alternatives('Of this kind.'),
  resolve: async (value, reader, listed): Promise<Condition> => {
    const words = await codedWordsIn(reader, 'kind', value);
    const { any, none } = words;
    const echo = echoOf(words);
    const warnings = [...words.warnings, ...(await unknownWords(reader, askedWords('kind', words), [listed]))];
    // One kind is a range of the index `records_by_kind`.
    if (any.length === 1 && none.length === 0) {
      return { sql: `r.kind = :kind AND ${OF_INDEX_BY_KIND}`, params: { kind: any[0]! }, echo, warnings, indexed: true };
    }
    return { ...having('kinds', 'text', words, (values) => `(r.kind IN ${values})`), echo, warnings };
  },
};

const vocabulary: RecordFilter = {
  schema: anyOrNoneOf(VOCABULARIES).describe(
    'Words of this vocabulary. Separate several by commas: any of them, and none with `!` before it.',
  ),
  resolve: (value) => {
    const asked = valuesIn('vocabulary', value);
    return { ...having('vocabulary', 'text', asked, (values) => `(r.kind IN ${values})`), echo: echoOf(asked).join(',') };
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

/** Values of attributes: each parameter has alternatives, and what is left out. */
const attribute: RecordFilter<string[]> = {
  schema: attributeParameter,
  resolve: (values, _reader, listed) => {
    const asked = values.map(attributesIn);
    const has = (terms: string) =>
      `EXISTS (SELECT 1 FROM ${modelOf[listed].path} o CROSS JOIN ${dialect.elements('t', 'o.attribute_terms')} WHERE o.record_id = r.id AND ${dialect.value('t', 'text')} IN ${terms})`;
    const conditions = asked.map(({ any, none }, index) =>
      having(`attribute${index}`, 'text', { any: any.flatMap(termsAsked), none: none.flatMap(termsAsked) }, has),
    );
    const { sql, params } = together(conditions);
    return { sql: `TRUE${sql}`, params, echo: asked.map(echoOfAttributes) };
  },
};

/** The places whose coordinates lie in an area. */
const areaFilter = (name: 'near' | 'bbox'): RecordFilter => ({
  schema: areaParameters[name],
  resolve: async (value, reader) => {
    const [area] = areasIn({ [name]: value });
    const keys = await keysWithin(reader, area!);
    return { sql: `r.id IN ${dialect.list(`:${name}`, 'integer')}`, params: { [name]: JSON.stringify(keys) }, echo: value };
  },
});

/** The filters of one type only. */
const OWN_FILTERS = {
  code: { vocabulary },
  actor: {
    partOf: referenceFilter('partOf', 'actor', 'actors', 'part_of_id', 'Bodies of this actor, by id or name.'),
  },
  place: {
    partOf: referenceFilter('partOf', 'place', 'place_wholes', 'whole_id', 'Lying in this place, such as a country, by id or name.'),
    near: areaFilter('near'),
    bbox: areaFilter('bbox'),
  },
  source: { language },
} satisfies Partial<Record<RecordType, Record<string, RecordFilter>>>;

type OwnFilters = typeof OWN_FILTERS;

const filtersOf: Partial<Record<RecordType, Record<string, RecordFilter>>> = OWN_FILTERS;

/** The filters by date, and what is asked together with them, of one type only. */
const DATED_FILTERS: Partial<
  Record<RecordType, { parameters: z.ZodRawShape; condition: (reader: Reader, parameters: RecordFilters) => Promise<DatedCondition> }>
> = {
  actor: { parameters: actorsInTimeParameters, condition: actorsInTime },
  source: { parameters: publicationParameters, condition: publications },
};

/** The parameters of the list of actors, places or sources. */
export function recordListParameters({ type, kindField, former }: RecordModel): z.ZodObject {
  const parameters = z.strictObject({
    ...(kindField === 'kind' && { kind: kind.schema }),
    q: textParameter,
    updatedSince: updatedSince.schema,
    verified: verified.schema,
    attribute: attribute.schema,
    sort: z
      .enum(['title', '-title', 'updated', '-updated', 'relevance'])
      .optional()
      .describe(
        '`title` when not said, which sorts words of any script, and numbers by value; `relevance` needs `q` and is the default with it.',
      ),
    ...pageParameters,
    ...Object.fromEntries(Object.entries(filtersOf[type] ?? {}).map(([name, { schema }]) => [name, schema])),
    ...DATED_FILTERS[type]?.parameters,
  });
  formerNames.add(parameters, former);
  return parameters;
}

/** The schemas of the echo of these parameters that no filter of entries has. */
export const recordListEchoes = {
  partOf: echoedText,
  memberOf: echoedText,
  ...actorsInTimeEchoes,
  language: echoedText,
  vocabulary: echoedText,
  author: echoedText,
};

type DatedName = keyof typeof actorsInTimeParameters | keyof typeof publicationParameters;

type OwnName = { [Type in keyof OwnFilters]: keyof OwnFilters[Type] }[keyof OwnFilters];

/** Values of these parameters. */
export type RecordFilters = Partial<
  Record<'kind' | 'q' | 'updatedSince' | 'verified' | 'sort' | 'limit' | 'cursor' | OwnName | DatedName, string>
> & {
  attribute?: string[] | undefined;
};

/** The condition that all parameters make on a record `r`, that on its text, and the echo of the parameters. */
export type RecordCondition = Fragment & {
  text?: TextQuery;
  echo: EchoedQuery;
  warnings?: readonly Warning[];
  /** The SQL of whether a record certainly meets the dates that are asked, and its parameters; absent where none is. */
  certainty?: Fragment;
  /** Few records may match among very many that are read. */
  offload?: true;
};

/** Resolves the parameters of a list. Throws `invalid-request` and the errors of names for values that cannot be understood. */
export async function recordCondition(reader: Reader, { type }: RecordModel, parameters: RecordFilters): Promise<RecordCondition> {
  const conditions: (Fragment & Pick<Condition, 'indexed'>)[] = [];
  const echo: EchoedQuery = {};
  const warnings: Warning[] = [];
  const filters: Record<string, RecordFilter | RecordFilter<string[]>> = { kind, updatedSince, verified, attribute, ...filtersOf[type] };
  for (const [name, filter] of Object.entries(filters)) {
    const value = parameters[name as keyof RecordFilters]; // @NOTE the names of the filters are parameters
    if (value === undefined) continue;
    const condition = await filter.resolve(value as never, reader, type); // @NOTE the value of the schema of the filter
    conditions.push(condition);
    warnings.push(...(condition.warnings ?? []));
    echo[name] = condition.echo;
  }
  const dated = await DATED_FILTERS[type]?.condition(reader, parameters);
  if (dated) {
    if (dated.sql !== '') conditions.push(dated);
    warnings.push(...dated.warnings);
    Object.assign(echo, dated.echo);
  }
  const { q } = parameters;
  const text = q === undefined ? undefined : await parseText(reader, q);
  warnings.push(...(text?.warnings ?? []));
  const { sql, params } = together(conditions);
  return {
    sql: `r.type = :type${sql}`,
    params: { type, ...(text ? { match: { all: [matchOf(text), anyTag(tagsOfTypes([type]))] } } : {}), ...params },
    echo: { ...echo, ...(text ? { q, words: echoedWordsOf(text) } : {}) },
    ...(warnings.length > 0 && { warnings }),
    ...(text ? { text } : {}),
    ...(dated?.certainty !== undefined && { certainty: { sql: dated.certainty, params: dated.params } }),
    ...(!text && conditions.every(({ indexed }) => indexed) ? {} : { offload: true }),
  };
}
