import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { LIGHT_LOOKUPS_MAX, MATCHED_MOMENTS_MAX } from '../plan/costs.ts';
import { isScanHeavy, planOf } from '../plan/plan.ts';
import type { Fragment, Plan, ResolvedQuery } from '../plan/query.ts';
import { type Grouping, parametersOf } from './dimensions.ts';
import {
  foundMoments,
  groupsOfFound,
  leftOverOf,
  matchingPositions,
  OF_SEVERAL_MOMENTS,
  sumsOfAll,
  sumsOfGroups,
  valuedMoments,
} from './scan.ts';
import { type Sum, sumOf, type SumRow } from './sums.ts';
import { groupsOfPostings, groupsOfTerms } from './terms.ts';

/** A group: the key of its bucket, 0 without a unit of time, the keys of its values, and its numbers. */
export type Group = { bucket: number; one: string; other: string; moments: number; entries?: number; sums?: Sum[] };

/** The place of a group in the order of groups. */
export type PlaceInGroups = Omit<Group, 'entries' | 'sums'>;

/**
 * Groups of a page, and the numbers of all groups, of the moments that had begun before the window, of those in no group where known, and of all; and the
 * sums of figures of all, where they are asked for.
 */
export type Numbers = { rows: Group[]; groups: number; earlier: number; without?: number; total: number; sums?: Sum[] };

/** A page of groups: the plan, the grouping, where the page begins, how many groups and moments are read at most, and the label of figures to sum. */
type PageRequest = {
  plan: Plan;
  grouping: Grouping;
  after: PlaceInGroups | undefined;
  limit: number;
  most: number;
  figure?: string | undefined;
};

type PageRow = [
  groups: number,
  total: number,
  earlier: number,
  without: number,
  bucket: number | null,
  one: string,
  other: string,
  moments: number,
  entries: number | null,
  ...sum: SumRow | [null, null, null, null, null] | [],
];

/** In time order, then most moments first. */
const ORDER = 'ORDER BY g.bucket, g.moments DESC, g.one, g.other';

const BEYOND = `(g.bucket > :bucket OR (g.bucket = :bucket AND (g.moments < :moments OR (g.moments = :moments AND (g.one > :one OR (g.one = :one AND g.other > :other))))))`;

/** The statement of a page of the groups in `tallied`, which the WITH makes, and of some numbers. */
function pageStatement(
  ctes: string,
  numbers: { total: string; earlier: string; without: string },
  params: Fragment['params'],
  { plan, after, limit, figure }: PageRequest,
): Statement<PageRow> {
  const sums = figure !== undefined && {
    columns: ', u.unit, u.value, u.low, u.high, u.figures',
    joined: ' LEFT JOIN summed u ON u.bucket = g.bucket AND u.one = g.one AND u.other = g.other',
    order: ', u.unit',
  };
  return {
    sql: `WITH ${ctes}
      SELECT s.amount, s.total, s.earlier, s.without, g.bucket, g.one, g.other, g.moments, g.entries${sums ? sums.columns : ''}
      FROM (SELECT (SELECT count(*) FROM tallied) AS amount, ${numbers.total} AS total, ${numbers.earlier} AS earlier, ${numbers.without} AS without) s
        LEFT JOIN (SELECT * FROM tallied g${after ? ` WHERE ${BEYOND}` : ''} ${ORDER} ${dialect.limit(':limit')}) g ON TRUE${sums ? sums.joined : ''} ${ORDER}${sums ? sums.order : ''}`,
    params: [{ ...params, ...after, limit }],
    ...offloadIf(isScanHeavy(plan) || plan.estimate.rows > LIGHT_LOOKUPS_MAX),
  };
}

/** Adds the group of a row, or a further sum of the last group, to groups. */
function addRow(groups: Group[], [, , , , bucket, one, other, moments, entries, ...sum]: PageRow): Group[] {
  if (bucket === null) return groups;
  const last = groups.at(-1);
  const sums = sum.length === 0 ? undefined : sumOf(sum);
  if (last?.sums && last.bucket === bucket && last.one === one && last.other === other) last.sums.push(...(sums ?? []));
  else groups.push({ bucket, one, other, moments, ...(entries !== null && { entries }), ...(sums && { sums }) });
  return groups;
}

/** A page of the groups of the moments of a plan, each of which is read. Of more than `most`, the total alone is found, as one more. */
export async function pageOfFound(reader: Reader, request: PageRequest): Promise<Numbers> {
  const { figure } = request;
  const { ctes, params, numbers } = foundGroups(request);
  if (figure === undefined) {
    const [rows] = await reader.read([pageStatement(ctes.join(', '), numbers, params, request)]);
    return numbersOf(rows);
  }
  const withSums = [...ctes, `summed AS MATERIALIZED (${sumsOfGroups(request.grouping, 'valued')})`].join(', ');
  const [rows, all] = await reader.read([pageStatement(withSums, numbers, { ...params, figure }, request), allSums(request, figure)]);
  return { ...numbersOf(rows), sums: all.flatMap(sumOf) };
}

const numbersOf = (rows: readonly PageRow[]): Numbers => {
  const [groups, total, earlier, without] = rows[0]!;
  return { rows: rows.reduce(addRow, []), groups, total, earlier, without };
};

/** The selects of a WITH that make `tallied` of the moments of a plan, each of which is read, with `valued` apart where sums are made of it, too. */
function foundGroups({ plan, grouping, most, figure }: PageRequest) {
  const matching = matchingPositions(plan, most + 1);
  const found = foundMoments(plan, grouping, unlessTooMany(most));
  const ctes = [
    `matching AS MATERIALIZED (${matching.sql})`,
    `found AS MATERIALIZED (${found.sql})`,
    ...(figure === undefined ? [] : [`valued AS MATERIALIZED (${valuedMoments(grouping)})`]),
    `tallied AS MATERIALIZED (${groupsOfFound(grouping, figure === undefined ? undefined : 'valued')})`,
  ];
  const numbers = { total: '(SELECT count(*) FROM matching)', ...leftOverOf(grouping) };
  return { ctes, numbers, params: { ...matching.params, ...found.params, ...parametersOf(grouping) } };
}

/** A select of the positions in `matching`, unless there are more than `most`. */
const unlessTooMany = (most: number): Fragment => ({
  sql: `SELECT position FROM matching WHERE (SELECT count(*) FROM matching) <= ${most}`,
  params: {},
});

/** The sums of the figures of a label over all entries of a plan. */
function allSums({ plan, most }: PageRequest, figure: string): Statement<SumRow> {
  const matching = matchingPositions(plan, most + 1);
  return {
    sql: `WITH matching AS MATERIALIZED (${matching.sql}) ${sumsOfAll(unlessTooMany(most))}`,
    params: [{ ...matching.params, figure }],
    ...offloadIf(isScanHeavy(plan) || plan.estimate.rows > LIGHT_LOOKUPS_MAX),
  };
}

/**
 * A page of the groups by the terms of a field, and the sum of the moments of all. Of all moments, or those of a type, it is made of counts that the index
 * has; of others, whose number is returned as `matching`, of postings. The entries of a group are its moments without those that share an entry with another,
 * which `several` finds: unknown where these are too many.
 */
export async function pageOfTerms(
  reader: Reader,
  request: PageRequest & { several: Plan; isCounted: boolean },
): Promise<Pick<Numbers, 'rows' | 'groups'> & { sum: number; matching: number }> {
  const { plan, grouping, isCounted } = request;
  const counted = isCounted ? groupsOfTerms(plan, grouping) : groupsOfPostings(grouping);
  const matching = isCounted ? undefined : matchingPositions(plan, MATCHED_MOMENTS_MAX + 1);
  const tallied = talliedOf(request);
  const ctes = [...(matching ? [`matching AS MATERIALIZED (${matching.sql})`] : []), `counted AS (${counted.sql})`, tallied.sql].join(', ');
  const numbers = {
    total: matching ? '(SELECT count(*) FROM matching)' : '0',
    earlier: '0',
    without: 'CAST((SELECT coalesce(sum(moments), 0) FROM tallied) AS BIGINT)',
  };
  const [rows] = await reader.read([pageStatement(ctes, numbers, { ...matching?.params, ...counted.params, ...tallied.params }, request)]);
  const { groups, total, without: sum = 0, ...page } = numbersOf(rows);
  return { rows: page.rows, groups, sum, matching: total };
}

/** The select that makes `tallied` of `counted`, by the SQL of entries and what is joined for it. */
const tallied = (entries: string, joined = ''): string =>
  `tallied AS MATERIALIZED (SELECT c.bucket, c.one, CAST('' AS TEXT) AS other, c.moments, ${entries} AS entries FROM counted c${joined})`;

/** The selects of a WITH that make `tallied`, groups with their entries, of `counted`. Their parameters are named apart from those of other selects. */
function talliedOf({ grouping, several, most }: PageRequest & { several: Plan }): Fragment {
  if (several.path === 'nothing') return { sql: tallied('c.moments'), params: {} };
  if (several.estimate.rows > most) return { sql: tallied('NULL'), params: {} };
  const { sql, params } = apart(foundMoments(several, grouping, matchingPositions(several, most)));
  const repeated = ' LEFT JOIN repeated r ON r.bucket = c.bucket AND r.one = c.one';
  return {
    sql: `found AS MATERIALIZED (${sql}), repeated AS MATERIALIZED (${groupsOfFound(grouping)}), ${tallied('c.moments - coalesce(r.moments - r.entries, 0)', repeated)}`,
    params: { ...params, ...parametersOf(grouping) },
  };
}

/** A select whose parameters have names that no other has. */
const apart = ({ sql, params }: Fragment): Fragment => ({
  sql: sql.replaceAll(/:(\w+)/g, ':several_$1'),
  params: Object.fromEntries(Object.entries(params).map(([name, value]) => [`several_${name}`, value])),
});

/** The plan of a query for the entries of which the timeline may have several moments. */
export async function severalMomentsOnly(reader: Reader, { warnings: _warnings, type, conjuncts, ...query }: ResolvedQuery): Promise<Plan> {
  const types = OF_SEVERAL_MOMENTS.filter((each) => type === undefined || each === type);
  const ofTypes = types.length > 0 ? types : [''];
  const others = conjuncts.filter(([term]) => term!.field !== 'type');
  return planOf(reader, { ...query, conjuncts: [...others, ofTypes.map((value) => ({ field: 'type', value }))] });
}

/** The number of moments of a bucket that share an entry with another in it, by its key; undefined where too many may. */
export async function repeatsByBucket(
  reader: Reader,
  { plan, grouping, most }: Pick<PageRequest, 'plan' | 'grouping' | 'most'>,
): Promise<ReadonlyMap<number, number> | undefined> {
  if (plan.path === 'nothing') return new Map();
  if (plan.estimate.rows > most) return undefined;
  const { sql, params } = foundMoments(plan, grouping, matchingPositions(plan, most));
  const repeats: Statement<[bucket: number, repeats: number]> = {
    sql: `WITH found AS MATERIALIZED (${sql}) SELECT g.bucket, g.moments - g.entries FROM (${groupsOfFound(grouping)}) g`,
    params: [params],
    ...offloadIf(isScanHeavy(plan) || plan.estimate.rows > LIGHT_LOOKUPS_MAX),
  };
  const [rows] = await reader.read([repeats]);
  return new Map(rows);
}

/** The number of moments of a plan that have no value. */
export async function withoutOf(
  reader: Reader,
  { plan, grouping, most }: Pick<PageRequest, 'plan' | 'grouping' | 'most'>,
): Promise<number> {
  const { sql, params } = foundMoments(plan, grouping, matchingPositions(plan, most));
  const statement: Statement<[without: number]> = {
    sql: `WITH found AS MATERIALIZED (${sql}) SELECT ${leftOverOf(grouping).without}`,
    params: [{ ...params, ...parametersOf(grouping) }],
    ...offloadIf(isScanHeavy(plan) || plan.estimate.rows > LIGHT_LOOKUPS_MAX),
  };
  const [rows] = await reader.read([statement]);
  return rows[0]![0];
}
