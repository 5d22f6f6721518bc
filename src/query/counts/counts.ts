import { invalidParameter } from '../../domain/errors.ts';
import { BEFORE_ALL_DAYS } from '../../domain/time/levels.ts';
import { limitsOf } from '../../domain/time/window.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import type { Reader } from '../../storage/port.ts';
import { spanOf, type Span } from '../execute/buckets.ts';
import { totalOf } from '../execute/count.ts';
import { beginningsOf } from '../execute/histogram.ts';
import { parseQuery } from '../filters/parse.ts';
import { BY_GROUP, FIRST_BUCKET } from '../lists/cursors.ts';
import { pageRequest } from '../lists/page.ts';
import { GROUPED_MOMENTS_MAX, GROUPED_VALUES_MAX, LACKING_MOMENTS_MAX, MATCHED_MOMENTS_MAX } from '../plan/costs.ts';
import { countedTerm, planOf } from '../plan/plan.ts';
import type { Plan, ResolvedQuery } from '../plan/query.ts';
import { ATTRIBUTE, type Grouping } from './dimensions.ts';
import {
  type Group,
  type Numbers,
  pageOfFound,
  pageOfTerms,
  type PlaceInGroups,
  repeatsByBucket,
  severalMomentsOnly,
  withoutOf,
} from './groups.ts';
import { type Reference, referencesOf } from './references.ts';
import { type CountsFilters, readBy } from './parameters.ts';
import { readSum, type Sum } from './sums.ts';
import { isOfPostings, isOfTerms, numberOfValues } from './terms.ts';
import { unknownKeys, unknownLabel } from './unknown-words.ts';

/** A value of a group: a word, a record, a value of an attribute with its key, or a span of time. */
type Value = string | Reference | { key: string; value: string } | Span;

/** Moments that have the same values, with these values: the number of them, of the entries that they belong to where that is counted, and sums of figures. */
export type CountedGroup = { [dimension: string]: Value | number | Sum[] | undefined; moments: number; entries?: number; sums?: Sum[] };

/** A page of groups, with the numbers of all of them and of the moments in none. */
export type Counts = {
  by: readonly string[];
  sum?: string;
  items: CountedGroup[];
  next?: string;
  groups: number;
  before?: number;
  without?: number;
  total: number;
  sums?: Sum[];
  warnings?: readonly Warning[] | undefined;
  query: EchoedQuery;
};

/**
 * A question for a page of groups: at most `most` moments are read and `mostValues` values counted, and the figures with the label `figure` are summed.
 */
type Asked = {
  query: ResolvedQuery;
  plan: Plan;
  grouping: Grouping;
  after: PlaceInGroups | undefined;
  limit: number;
  most: number;
  mostValues: number;
  figure: string | undefined;
};

/**
 * Counts the moments of the timeline by one or two dimensions. Throws `invalid-request` where too many moments would have to be read one by one, or too
 * many values counted, and for the moments of actors.
 */
export async function timelineCounts(
  reader: Reader,
  parameters: CountsFilters,
  most = GROUPED_MOMENTS_MAX,
  mostValues = GROUPED_VALUES_MAX,
): Promise<Counts> {
  const grouping = readBy(parameters.by);
  const { figure, warnings } = readSum(parameters.sum);
  const { limit, after, paginate } = pageRequest(BY_GROUP, 'timeline/counts', parameters);
  const { query, echo } = await parseQuery(reader, parameters, 'moment');
  if (query.type === 'actor') throw invalidParameter('type', OF_ACTORS);
  const plan = await planOf(reader, query);
  const { rows, groups, earlier, without, total, sums } = await groupsOf(reader, {
    query,
    plan,
    grouping,
    after: after && placeOf(after),
    limit: limit + 1,
    most,
    mostValues,
    figure,
  });
  const warned = [...(plan.warnings ?? []), ...warnings, ...(await unknownKeys(reader, grouping)), ...(await unknownLabel(reader, figure))];
  const { kept, next } = paginate(rows, ({ bucket, moments, one, other }) => ({
    values: `${one}${BETWEEN_VALUES}${other}`,
    bucket: bucket - FIRST_BUCKET,
    moments,
  }));
  const { fromMin } = limitsOf(plan.window);
  const hasBefore = grouping.unit !== undefined && fromMin !== BEFORE_ALL_DAYS;
  return {
    by: grouping.by,
    ...(figure !== undefined && { sum: figure }),
    items: await described(reader, kept, grouping, fromMin),
    ...(next !== undefined && { next }),
    groups,
    ...(hasBefore && { before: earlier }),
    ...(without !== undefined && { without }),
    total,
    ...(sums && { sums }),
    ...(warned.length > 0 && { warnings: warned }),
    query: echo,
  };
}

const OF_ACTORS =
  'type=actor asks for the moments of actors, and counts are about those of entries: leave it out, or count by time with GET /v1/timeline/histogram?type=actor';

/** The character between the values of a group in a cursor: no value has a control character. */
const BETWEEN_VALUES = '\u001f';

/** The place of a group that a cursor has. */
function placeOf({ values, bucket, moments }: { values: string; bucket: number; moments: number }): PlaceInGroups {
  const [one = '', other = ''] = values.split(BETWEEN_VALUES);
  return { bucket: bucket + FIRST_BUCKET, moments, one, other };
}

/** A page of groups, by the cheapest way that counts them exactly. */
async function groupsOf(reader: Reader, asked: Asked): Promise<Numbers> {
  const { plan, grouping, most, mostValues, figure } = asked;
  if (plan.path === 'nothing') return { rows: [], groups: 0, earlier: 0, without: 0, total: 0, ...(figure !== undefined && { sums: [] }) };
  if (figure !== undefined) return groupsByMoment(reader, asked);
  const isLarge = plan.estimate.rows > most;
  const byTerms = isOfTerms(plan, grouping);
  if ((byTerms || isLarge) && grouping.facets.length === 1 && (await hasMoreValues(reader, grouping, mostValues))) {
    if (isLarge) throw tooManyValues(grouping, mostValues);
    return groupsByMoment(reader, asked);
  }
  if (byTerms) return groupsByTerms(reader, asked);
  if (grouping.facets.length === 0 && countedTerm(plan) !== undefined && plan.undated !== 'only') return groupsByMonth(reader, asked);
  if (isLarge && isOfPostings(grouping)) return groupsByPostings(reader, asked);
  return groupsByMoment(reader, asked);
}

async function hasMoreValues(reader: Reader, grouping: Grouping, most: number): Promise<boolean> {
  const [[row]] = await reader.read([numberOfValues(grouping, most)]);
  return row![0] > most;
}

const tooManyValues = ({ by }: Grouping, most: number) =>
  invalidParameter(
    'by',
    `by=${by.join(',')} would count more than ${most.toLocaleString('en')} values: ask for a shorter window, or add a filter`,
  );

/** Groups of moments that are read one by one. */
async function groupsByMoment(reader: Reader, asked: Asked): Promise<Numbers> {
  const found = await pageOfFound(reader, asked);
  refuseTooMany(found.total, asked.most, asked);
  return found;
}

function refuseTooMany(moments: number, most: number, { grouping: { by }, figure }: Pick<Asked, 'grouping' | 'figure'>): void {
  if (moments <= most) return;
  const sum = figure === undefined ? '' : `&sum=${figure}`;
  const message = `by=${by.join(',')}${sum} with these filters would read more than ${most.toLocaleString('en')} moments: ask for a shorter window, or add a filter`;
  throw invalidParameter('by', message);
}

/** Groups by the counts of terms, of any number of moments. Those that share an entry are read, as long as they are not too many. */
async function groupsByTerms(reader: Reader, { query, ...asked }: Asked): Promise<Numbers> {
  const [several, total] = await Promise.all([severalMomentsOnly(reader, query), totalOf(reader, asked.plan)]);
  const page = await pageOfTerms(reader, { ...asked, several, isCounted: true });
  return withTotal(reader, asked, page, exactly(total));
}

/** Groups by the postings of a field, of more moments than are read one by one. */
async function groupsByPostings(reader: Reader, { query, ...asked }: Asked): Promise<Numbers> {
  const several = await severalMomentsOnly(reader, query);
  const { matching, ...page } = await pageOfTerms(reader, { ...asked, several, isCounted: false });
  refuseTooMany(matching, MATCHED_MOMENTS_MAX, asked);
  return withTotal(reader, asked, page, matching);
}

/** Groups by a field with the number of moments that have no value of it, unless too many would be read to know it. */
async function withTotal(
  reader: Reader,
  { plan, grouping, most }: Pick<Asked, 'plan' | 'grouping' | 'most'>,
  { rows, groups, sum }: Pick<Numbers, 'rows' | 'groups'> & { sum: number },
  total: number,
): Promise<Numbers> {
  const isSingle = grouping.facets.every((facet) => facet.isSingle);
  const isRead = total <= Math.min(most, LACKING_MOMENTS_MAX);
  const without = isSingle ? total - sum : isRead ? await withoutOf(reader, { plan, grouping, most }) : undefined;
  return { rows, groups, earlier: 0, ...(without !== undefined && { without }), total };
}

/** Groups by time alone, by monthly counts. */
async function groupsByMonth(reader: Reader, { query, plan, grouping, after, limit, most }: Asked): Promise<Numbers> {
  const several = await severalMomentsOnly(reader, query);
  const [{ buckets, outside }, counted, repeats] = await Promise.all([
    beginningsOf(reader, plan, grouping.unit!),
    totalOf(reader, plan),
    repeatsByBucket(reader, { plan: several, grouping, most }),
  ]);
  const total = exactly(counted);
  const all = [...buckets].filter(([, { count }]) => count > 0).toSorted(([a], [b]) => a - b);
  const begun = all.reduce((sum, [, { count }]) => sum + count, 0);
  const earlier = limitsOf(plan.window).fromMin === BEFORE_ALL_DAYS ? 0 : outside;
  const rows = all
    .filter(([bucket]) => after === undefined || bucket > after.bucket)
    .slice(0, limit)
    .map(
      ([bucket, { count: moments }]): Group => ({
        bucket,
        one: '',
        other: '',
        moments,
        ...(repeats && { entries: moments - (repeats.get(bucket) ?? 0) }),
      }),
    );
  return { rows, groups: all.length, earlier, without: total - begun - earlier, total };
}

/** The total of a plan that monthly counts answer, which is exact. */
function exactly(total: Awaited<ReturnType<typeof totalOf>>): number {
  if ('total' in total) return total.total;
  throw new Error('monthly counts have no exact total');
}

/** Groups as they are answered: values by the names of their dimensions, records with their names, buckets as spans. */
async function described(reader: Reader, rows: readonly Group[], { unit, facets }: Grouping, windowStart: number): Promise<CountedGroup[]> {
  const valued = rows.map((row) => ({
    row,
    values: facets.flatMap(({ dimensions }, index) => {
      const text = index === 0 ? row.one : row.other;
      const texts = dimensions.length === 1 ? [text] : text.split('/');
      return dimensions.map(({ name, of, attribute }, place) => ({ name, of, attribute, value: texts[place]! }));
    }),
  }));
  const references = await referencesOf(
    reader,
    valued.flatMap(({ values }) => values.flatMap(({ of, value }) => (of === undefined ? [] : [{ type: of, id: value }]))),
  );
  return valued.map(({ row: { bucket, moments, entries, sums }, values }) => ({
    ...(unit !== undefined && { time: spanOf(bucket, unit, windowStart) }),
    ...Object.fromEntries(
      values.map(({ name, of, attribute, value }) => {
        if (attribute !== undefined) return [ATTRIBUTE, { key: attribute, value }];
        return [name, of === undefined ? value : references.get(`${of}/${value}`)];
      }),
    ),
    moments,
    ...(entries !== undefined && { entries }),
    ...(sums && { sums }),
  }));
}
