import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { IS_OF_ONE_DAY, LEVEL_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { modelOf } from '../../model/models.ts';
import { dialect } from '../../storage/dialect.ts';
import { allPositions } from '../access-paths/access-path.ts';
import { bucketOfStart, BEFORE_WINDOW } from '../execute/beginnings.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import type { Facet, Grouping } from './dimensions.ts';

/** The types of which an entry may have several moments. */
export const OF_SEVERAL_MOMENTS = ENTRY_TYPES.filter((type) => modelOf[type].timeline?.single === false);

/** The condition that the entry of the moment at `d.position` may have several. */
const MAY_HAVE_OTHERS = `EXISTS (SELECT 1 FROM postings q WHERE q.term IN (SELECT id FROM terms WHERE field = 'type' AND value IN (${OF_SEVERAL_MOMENTS.map((type) => `'${type}'`).join(', ')}))
      AND q.level = ${LEVEL_OF('d.position')} AND q.position = d.position)`;

/** A select of the `position` of each matching moment, at most so many. */
export function matchingPositions(plan: Plan, most: number): Fragment {
  const { dated, undated } = allPositions(plan);
  const arms = [...dated, ...undated].map(({ sql }, index) => `SELECT position FROM (${sql}) arm${index}`);
  return {
    sql: `SELECT position FROM (${arms.join(' UNION ALL ')}) every LIMIT ${most}`,
    params: Object.assign({}, ...[...dated, ...undated].map(({ params }) => params)) as Fragment['params'], // @NOTE a union of such records
  };
}

/**
 * A select of moments by their positions, of which a select is given: their key `moment`, their `record`, which is also `shared` where other moments may have it, their
 * `bucket`, which is 0 without a unit of time, and the values of the facets of which a moment has one at most, by the names of their columns.
 */
export function foundMoments(plan: Plan, { unit, facets }: Grouping, positions: Fragment): Fragment {
  const bucket = unit === undefined ? { sql: '0', params: {} } : bucketOfStart(plan, unit);
  const row = unit === undefined ? '' : ` LEFT JOIN moments m ON m.id = CASE WHEN ${IS_OF_ONE_DAY('d.position')} THEN NULL ELSE b.id END`;
  const singles = facets.flatMap(({ isSingle, values }, index) => (isSingle ? [`, (${values}) AS ${columnOf(index)}`] : []));
  const found = `SELECT b.id AS moment, b.record_id AS record, CASE WHEN ${MAY_HAVE_OTHERS} THEN b.record_id END AS shared, ${bucket.sql} AS bucket
      FROM (${positions.sql}) d
        CROSS JOIN ${MOMENTS_IN_BRIEF('b')} ON b.id = (d.position & ${MOMENT_MASK})${row}`;
  return {
    sql: `SELECT f.*${singles.join('')} FROM (${found}) f`,
    params: { ...positions.params, ...bucket.params },
  };
}

/** The column of the value of a facet, by its place; `column` is that within the facet. */
const columnOf = (facet: number, column = 0): string => `value${facet}${column}`;

/** The numbers that are made of each group of moments `f`; an entry counts once in a group. */
const AGGREGATES = 'count(*) AS moments, count(*) - count(f.shared) + count(DISTINCT f.shared) AS entries';

/** The condition that a moment `f` begins in the window, where it is counted by time. */
const HAS_BUCKET = `f.bucket > ${BEFORE_WINDOW}`;

/** The names of the keys of a group, one for each facet. */
const KEYS = ['one', 'other'] as const;

/** The columns of a facet, with their places, and the type of the records that are its values. */
const columnsOf = ({ dimensions }: Facet, facet: number) =>
  dimensions.map(({ of }, column) => ({ of, name: columnOf(facet, column), column }));

/** A select of the moments in `found` that are in groups, once for each group: their `bucket`, `record`, `shared` and the values of their facets. */
export function valuedMoments({ facets }: Grouping): string {
  const joins = facets.map((facet, index) =>
    facet.isSingle ? '' : ` CROSS JOIN ${dialect.eachDistinct(`v${index}`, facet.values, widthOf(facet))}`,
  );
  const values = facets.flatMap((facet, index) =>
    columnsOf(facet, index).map(({ name, column }) =>
      facet.isSingle ? `f.${name}` : `${dialect.distinctColumn(`v${index}`, KEYS[column]!, widthOf(facet))} AS ${name}`,
    ),
  );
  const known = facets.flatMap(({ isSingle }, index) => (isSingle ? [` AND f.${columnOf(index)} IS NOT NULL`] : []));
  return `SELECT ${['f.bucket', 'f.record', 'f.shared', ...values].join(', ')} FROM found f${joins.join('')} WHERE ${HAS_BUCKET}${known.join('')}`;
}

/**
 * A select of the groups of the moments in `found`: their bucket, the keys of their values, `one` and `other`, which are empty where there are none, and
 * their numbers. `valued` is the source of the rows of `valuedMoments`.
 */
export function groupsOfFound(grouping: Grouping, valued = `(${valuedMoments(grouping)})`): string {
  const grouped = groupedBy(grouping);
  return keyed(grouping, `SELECT ${grouped}, ${AGGREGATES} FROM ${valued} f GROUP BY ${grouped}`, ['moments', 'entries']);
}

/** A select of the sums of the figures with the label `:figure` in each group, by unit, of the rows of `valuedMoments`. An entry counts once in a group. */
export function sumsOfGroups(grouping: Grouping, valued: string): string {
  const grouped = groupedBy(grouping);
  const sums = `SELECT ${grouped}, x.unit, ${SUMS} FROM (SELECT DISTINCT ${grouped}, f.record FROM ${valued} f) f
    CROSS JOIN figures x ON x.record_id = f.record AND x.key = :figure GROUP BY ${grouped}, x.unit`;
  return keyed(grouping, sums, ['unit', 'value', 'low', 'high', 'figures']);
}

/** A select of the sums of the figures with the label `:figure` of all entries with a moment in `positions`, by unit. */
export const sumsOfAll = (
  positions: Fragment,
): string => `SELECT x.unit, ${SUMS} FROM (SELECT DISTINCT b.record_id AS record FROM (${positions.sql}) d
      CROSS JOIN ${MOMENTS_IN_BRIEF('b')} ON b.id = (d.position & ${MOMENT_MASK})) f
    CROSS JOIN figures x ON x.record_id = f.record AND x.key = :figure GROUP BY x.unit ORDER BY x.unit`;

/** The sums of figures `x`. Without a best value, a figure counts in its range only; without a range, by its value. */
const SUMS = `${dialect.exactSum('x.value')} AS value, ${dialect.exactSum('coalesce(x.low, x.value)')} AS low,
  ${dialect.exactSum('coalesce(x.high, x.value)')} AS high, count(*) AS figures`;

/** The columns by which moments `f` are grouped. */
const groupedBy = ({ facets }: Grouping): string => ['f.bucket', ...facets.flatMap(columnsOf).map(({ name }) => `f.${name}`)].join(', ');

/** A select of groups with the keys of their values in the place of these, and some more of their columns. */
function keyed({ facets }: Grouping, groups: string, columns: readonly string[]): string {
  const records = facets.flatMap(columnsOf).filter(({ of }) => of !== undefined);
  const keys = KEYS.map((key, index) => `${keyOf(facets[index], index)} AS ${key}`);
  return `SELECT ${['g.bucket', ...keys, ...columns.map((column) => `g.${column}`)].join(', ')} FROM (${groups}) g
    ${records.map(({ name }) => `CROSS JOIN records r${name} ON r${name}.id = g.${name}`).join(' ')}`;
}

const widthOf = ({ dimensions }: Facet): 1 | 2 => (dimensions.length === 1 ? 1 : 2);

/** The key of the value of a facet of a group `g`: an id, a word, or an id and a word with a stroke between them. */
function keyOf(facet: Facet | undefined, index: number): string {
  if (!facet) return "CAST('' AS TEXT)";
  return columnsOf(facet, index)
    .map(({ of, name }) => (of === undefined ? `g.${name}` : `r${name}.slug`))
    .join(" || '/' || ");
}

/** Subqueries of the number of the moments in `found` that had begun before the window, and of those that are in no group. */
export function leftOverOf({ facets }: Grouping): { earlier: string; without: string } {
  const lacks = facets.map(({ isSingle, values }, index) => (isSingle ? `f.${columnOf(index)} IS NULL` : `NOT EXISTS (${values})`));
  return {
    earlier: `(SELECT count(*) FROM found f WHERE f.bucket = ${BEFORE_WINDOW})`,
    without: `(SELECT count(*) FROM found f WHERE ${['f.bucket IS NULL', ...lacks.map((lack) => `(${HAS_BUCKET} AND ${lack})`)].join(' OR ')})`,
  };
}
