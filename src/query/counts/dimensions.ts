import { ENTRY_TYPES } from '../../domain/record-type.ts';
import type { CalendarUnit } from '../../domain/time/day.ts';
import { ATTRIBUTE_VALUE_MAX, attributeTerm } from '../../model/attributes.ts';
import { modelOf } from '../../model/models.ts';
import { dialect } from '../../storage/dialect.ts';
import type { Fragment } from '../plan/query.ts';

/** The type of the records that are the values of a dimension. */
export type ReferredType = 'actor' | 'place' | 'source';

/** A unit of time by which moments are counted. */
type TimeDimension = { name: string; description: string; unit: CalendarUnit };

/**
 * A dimension whose values are terms of the index, of its field. `values` is a select of the values of a moment `f`, which has the columns `moment` and
 * `record`; of records it selects the keys. It may repeat a value, and has no NULL.
 */
type ValueDimension = {
  name: string;
  description: string;
  field: string;
  values: string;
  of?: ReferredType;
  /** A moment has at most one value. */
  isSingle?: true;
  /** The key of the attribute whose values are counted, the parameter `:attribute` of `values`. */
  attribute?: string;
};

/** A way to put moments into groups. */
export type Dimension = TimeDimension | ValueDimension;

/** The participations that concern a moment: in its entry as a whole, and in the moment. */
const TAKING_PART = 'FROM participations p WHERE p.record_id = f.record AND (p.moment_id IS NULL OR p.moment_id = f.moment)';

const STATUSES = ENTRY_TYPES.map((type) => `SELECT e.status AS value FROM ${modelOf[type].path} e WHERE e.record_id = f.record`).join(
  ' UNION ALL ',
);

const VALUE_DIMENSIONS = [
  {
    name: 'type',
    description: 'the type of the entry',
    field: 'type',
    values: 'SELECT r.type AS value FROM records r WHERE r.id = f.record',
    isSingle: true,
  },
  {
    name: 'kind',
    description: 'the kind of the entry',
    field: 'kind',
    values: 'SELECT r.kind AS value FROM records r WHERE r.id = f.record',
    isSingle: true,
  },
  { name: 'status', description: 'the status of the entry', field: 'status', values: STATUSES, isSingle: true },
  {
    name: 'moment',
    description: 'the role of the moment',
    field: 'moment',
    values: 'SELECT m.role AS value FROM moments m WHERE m.id = f.moment AND m.role IS NOT NULL',
    isSingle: true,
  },
  {
    name: 'topic',
    description: 'each topic of the entry',
    field: 'topic',
    values: 'SELECT t.topic AS value FROM topics t WHERE t.record_id = f.record',
  },
  {
    name: 'role',
    description: 'each role in which an actor takes part',
    field: 'role',
    values: `SELECT p.role AS value ${TAKING_PART}`,
  },
  {
    name: 'actor',
    description: 'each actor that takes part, or for which another does',
    field: 'actor',
    values: `SELECT p.actor_id AS value ${TAKING_PART} UNION ALL SELECT p.on_behalf_of_id AS value ${TAKING_PART} AND p.on_behalf_of_id IS NOT NULL`,
    of: 'actor',
  },
  {
    name: 'place',
    description: 'each place itself, and not those in which it lies',
    field: 'place',
    values: `SELECT e.place_id AS value FROM entry_places e WHERE e.record_id = f.record
      UNION ALL SELECT m.place_id AS value FROM moments m WHERE m.id = f.moment AND m.place_id IS NOT NULL`,
    of: 'place',
  },
  {
    name: 'source',
    description: 'each source that is cited',
    field: 'source',
    values: 'SELECT c.source_id AS value FROM citations c WHERE c.record_id = f.record',
    of: 'source',
  },
] as const satisfies readonly ValueDimension[];

/** All dimensions, in the order of the reference. */
export const DIMENSIONS: readonly Dimension[] = [
  ...VALUE_DIMENSIONS,
  { name: 'year', description: 'the year in which it begins', unit: 'year' },
  { name: 'decade', description: 'its decade', unit: 'decade' },
  { name: 'century', description: 'its century', unit: 'century' },
  { name: 'month', description: 'its month', unit: 'month' },
];

/** The name of the dimensions that are attributes: each has a key, and is written with it, as `attribute:key`. */
export const ATTRIBUTE = 'attribute';

/** A select of the values of the attribute of the entry of a moment `f` that have terms. */
const ATTRIBUTE_VALUES = ENTRY_TYPES.map((type) => {
  const [column, key] = ['e.attributes', ':attribute'];
  const value = dialect.valueAt('a', column, key);
  return `SELECT ${dialect.composed(value)} AS value FROM ${modelOf[type].path} e CROSS JOIN ${dialect.valuesAt('a', column, key)}
    WHERE e.record_id = f.record AND ${dialect.unitsOf(value)} <= ${ATTRIBUTE_VALUE_MAX}`;
}).join(' UNION ALL ');

/** The dimension of the values of an attribute. */
export const attributeDimension = (key: string): Dimension => ({
  name: `${ATTRIBUTE}:${key}`,
  description: `each value of the attribute ${key}`,
  field: ATTRIBUTE,
  values: ATTRIBUTE_VALUES,
  attribute: key,
});

/** The terms of the values of a facet in the index: a condition on a term `t`, and the key of its value. */
type FacetTerms = { where: string; key: string; params: Fragment['params'] };

const termsOfField = (field: string): FacetTerms => ({ where: 't.field = :field', key: 't.value', params: { field } });

/** The terms of an attribute: they begin with its key and a colon, which a semicolon follows in the order of characters. */
function termsOfAttribute(attribute: string): FacetTerms {
  const prefix = attributeTerm(attribute, '');
  return {
    where: 't.field = :field AND t.value >= :prefix AND t.value < :behind',
    key: 'substr(t.value, CAST(:valueFrom AS INTEGER))',
    params: { field: ATTRIBUTE, prefix, behind: `${attribute};`, valueFrom: prefix.length + 1 },
  };
}

/**
 * Values of a moment that are counted together: those of one dimension or, where two are about the same thing, of both: an actor and its role are one
 * participation. Their term in the index, and the key of their group, has them with `/` between them. `values` selects a column for each, `one` and `other`.
 */
export type Facet = {
  terms: FacetTerms;
  dimensions: readonly ValueDimension[];
  values: string;
  params: Fragment['params'];
  isSingle: boolean;
};

/** Dimensions that are counted together, by the field of their terms. */
const JOINT = [
  {
    names: ['actor', 'role'],
    field: 'actor-role',
    values: `SELECT p.actor_id AS one, p.role AS other ${TAKING_PART}
      UNION ALL SELECT p.on_behalf_of_id AS one, p.role AS other ${TAKING_PART} AND p.on_behalf_of_id IS NOT NULL`,
  },
] as const;

/** Dimensions as they are counted: a unit of time, and facets. */
export type Grouping = { by: readonly string[]; unit?: CalendarUnit; facets: readonly Facet[] };

/** The grouping by some dimensions, of which one at most is a unit of time. */
export function groupingOf(dimensions: readonly Dimension[]): Grouping {
  const by = dimensions.map(({ name }) => name);
  const units = dimensions.flatMap((each) => ('unit' in each ? [each.unit] : []));
  const values = dimensions.flatMap((each) => ('unit' in each ? [] : [each]));
  const joint = JOINT.find(({ names }) => names.every((name) => by.includes(name)));
  const facets = joint
    ? [
        {
          terms: termsOfField(joint.field),
          dimensions: joint.names.map((name) => values.find((each) => each.name === name)!),
          values: joint.values,
          params: {},
          isSingle: false,
        },
      ]
    : values.map(facetOf);
  return { by, ...(units.length > 0 && { unit: units[0]! }), facets };
}

/** The facet of one dimension. */
const facetOf = (dimension: ValueDimension): Facet => ({
  terms: dimension.attribute === undefined ? termsOfField(dimension.field) : termsOfAttribute(dimension.attribute),
  dimensions: [dimension],
  values: `SELECT value AS one FROM (${dimension.values}) each`,
  params: dimension.attribute === undefined ? {} : { attribute: dimension.attribute },
  isSingle: dimension.isSingle === true,
});

/** The parameters of the values of a grouping. */
export const parametersOf = ({ facets }: Grouping): Fragment['params'] =>
  Object.assign({}, ...facets.map(({ params }) => params)) as Fragment['params']; // @NOTE a union of such records
