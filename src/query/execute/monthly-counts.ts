import { civilOf, daysInMonth, firstDayOfMonth, monthIndexOf } from '../../domain/time/day.ts';
import {
  AFTER_ALL_DAYS,
  BEFORE_ALL_DAYS,
  GAPS_LEVEL,
  lastPositionOf,
  LEVELS,
  NO_END_LEVEL,
  NO_START_LEVEL,
  noStartDay,
  positionOf,
  UNDATED_MONTH,
} from '../../domain/time/levels.ts';
import { REACH } from '../../domain/time/position-ranges.ts';
import { hasWindow } from '../../domain/time/window.ts';
import type { Parameter, Statement } from '../../storage/port.ts';
import { hasMemberIn, sqlByShape } from '../access-paths/postings.ts';
import type { Fragment, Plan } from '../plan/query.ts';

/** Statements whose counts add up to the moments of a term in the window: monthly counts of whole months, postings of the months it cuts. */
export function countByMonth(plan: Plan, term: number): Statement<[count: number | null]>[] {
  const { from } = plan.window;
  const first = from === undefined ? -UNDATED_MONTH : monthIndexOf(from);
  return [
    ...(plan.undated === 'only'
      ? []
      : [countMonths(plan, term, first, lastWholeMonth(plan)), ...Object.values(edgesOf(plan, term)), ...gapsOf(plan, term)]),
    ...(plan.undated === 'without' ? [] : [countUndated(plan, term)]),
  ];
}

/** The window cuts no month, so that monthly counts alone tell which moments of a term it has, but for dates with gaps. */
export const hasWholeMonths = ({ window: { from, to } }: Plan): boolean =>
  (from === undefined || from === firstOfMonth(from)) && (to === undefined || isLastOfMonth(to));

/**
 * SQL of the number of moments in the window of the term of a row `t`, as `countByMonth` has it, for a plan that has no conjunct but that of the type and
 * a window of whole months.
 */
export function countOfEach(plan: Plan): Fragment {
  const counts = countByMonth(plan, NO_TERM).map(({ sql, params }) => ({
    sql: `coalesce((${sql}), 0)`,
    params: params[0] as Fragment['params'],
  })); // @NOTE by name
  return {
    sql: counts.map(({ sql }) => sql.replaceAll(/:term\b/g, 't.id')).join(' + '),
    params: Object.assign({}, ...counts.map(({ params: { term: _term, ...params } }) => params)) as Fragment['params'], // @NOTE their union
  };
}

/** A key that no term has, for statements in which the term of a row stands instead. */
const NO_TERM = 0;

/** The last month with all its days in the window, or before it. */
export const lastWholeMonth = ({ window: { to } }: Plan): number =>
  to === undefined ? UNDATED_MONTH - 1 : isLastOfMonth(to) ? monthIndexOf(to) : monthIndexOf(to) - 1;

/** Counts the postings in a month that the window cuts. */
export type Edge = Statement<[count: number | null]>;

/** Corrections for the partial first and last month: rows that start in the month of `to` (+), and rows that end in that of `from` (-). */
export function edgesOf(plan: Plan, term: number): { started?: Edge; ended?: Edge } {
  const { from, to } = plan.window;
  return {
    ...(to === undefined || isLastOfMonth(to) ? {} : { started: startedInEdge(plan, term, firstOfMonth(to), to) }),
    ...(from === undefined || from === firstOfMonth(from) ? {} : { ended: endedInEdge(plan, term, firstOfMonth(from), from - 1) }),
  };
}

/** Corrects the counts for dates with gaps that begin before the window and end after its beginning, without a day in it; their number is negative. */
export function gapsOf(plan: Plan, term: number): Edge[] {
  if (!hasWindow(plan.window)) return [];
  const { from = BEFORE_ALL_DAYS, to = AFTER_ALL_DAYS } = plan.window;
  const { sql, params } = ofType(plan, term);
  return [
    {
      sql: `SELECT -count(*) FROM postings p WHERE p.term = :term AND p.level = ${GAPS_LEVEL} AND p.position <= :until AND p.end_day >= :from
        AND NOT ${hasMemberIn('p.position')}${sql}`,
      params: [{ ...params, term, from, to, until: lastPositionOf(to) }],
    },
  ];
}

/** The condition on the type of monthly counts. */
export const typeSql = ({ type }: Plan): string => (type === undefined ? '' : ' AND type = :type');

/** Moments that started by the end of the last month, less those that ended before the first. */
function countMonths(plan: Plan, term: number, first: number, last: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(started) - sum(CASE WHEN month < :first THEN ended ELSE 0 END) FROM monthly_counts WHERE term = :term AND month <= :last${typeSql(plan)}`,
    params: [{ term, first, last, ...typed(plan) }],
  };
}

function countUndated(plan: Plan, term: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(started) FROM monthly_counts WHERE term = :term AND month = ${UNDATED_MONTH}${typeSql(plan)}`,
    params: [{ term, ...typed(plan) }],
  };
}

/** The type of a posting `p`, where the term has moments of other types too. */
export function ofType({ conjuncts }: Plan, term: number): Fragment {
  const type = conjuncts.find(({ field, terms }) => field === 'type' && terms[0]!.key !== term)?.terms[0];
  if (type === undefined) return { sql: '', params: {} };
  return {
    sql: ' AND EXISTS (SELECT 1 FROM postings q WHERE q.term = :ofType AND q.level = p.level AND q.position = p.position)',
    params: { ofType: type.key },
  };
}

/** SQL that adds up the postings in a range of each level. */
const summed = (ranges: readonly (readonly [level: number, range: string])[], condition: string): string =>
  ranges
    .map(
      ([level, range]) =>
        `(SELECT count(*) FROM postings p WHERE p.term = :term AND p.level = ${level} AND p.position BETWEEN ${range}${condition})`,
    )
    .join(' + ');

const [startedSql, endedSql] = [sqlByShape(), sqlByShape()];

const STARTED = [...LEVELS.keys(), GAPS_LEVEL, NO_END_LEVEL].map((level) => [level, ':low AND :high'] as const);

/** A moment that ends on a day started earlier by at most the bound of its level. */
const ENDED = [
  ...REACH.map((reach, level) => [level, `:low - ${reach} AND :high`] as const),
  [GAPS_LEVEL, '0 AND :high'] as const,
  [NO_START_LEVEL, ':withoutStartLow AND :withoutStartHigh'] as const,
];

/** Moments that start in the first days of the month in which the window ends. */
function startedInEdge(plan: Plan, term: number, first: number, last: number): Edge {
  const { sql, params } = ofType(plan, term);
  return {
    sql: startedSql(sql, () => `SELECT ${summed(STARTED, sql)}`),
    params: [{ ...params, term, low: positionOf(first), high: lastPositionOf(last) }],
  };
}

/** Moments that end in the first days of the month in which the window begins, before it; their number is negative. */
function endedInEdge(plan: Plan, term: number, first: number, last: number): Edge {
  const { sql, params } = ofType(plan, term);
  return {
    sql: endedSql(sql, () => `SELECT -(${summed(ENDED, ` AND p.end_day BETWEEN :first AND :last${sql}`)})`),
    params: [
      {
        ...params,
        term,
        low: positionOf(first),
        high: lastPositionOf(last),
        withoutStartLow: positionOf(noStartDay(first)),
        withoutStartHigh: lastPositionOf(noStartDay(last)),
        first,
        last,
      },
    ],
  };
}

/** The parameters of `typeSql`. */
export const typed = ({ type }: Plan): Record<string, Parameter> => (type === undefined ? {} : { type });

/** The first day of the month with a day. */
export const firstOfMonth = (day: number): number => firstDayOfMonth(monthIndexOf(day));

/** Returns true for the last day of a month. */
export function isLastOfMonth(day: number): boolean {
  const { year, month, day: ofMonth } = civilOf(day);
  return ofMonth === daysInMonth(year, month);
}
