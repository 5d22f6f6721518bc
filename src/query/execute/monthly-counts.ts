import { civilOf, dayOf, daysInMonth, monthIndexOf } from '../../domain/time/day.ts';
import type { Statement, Value } from '../../storage/port.ts';
import { BEGINLESS_LEVEL, beginlessDay, ENDLESS_LEVEL, LEVELS, positionOf, UNDATED_MONTH } from '../../domain/time/levels.ts';
import { type Asked, asked } from '../query-batch.ts';
import type { Query } from '../plan/query.ts';
import { textsByShape } from '../access-paths/sql-by-shape.ts';

/** Those begun by the end of the window less those ended before it. Whole months come from the tallies, the edges from the postings. */
export function countFromTallies(query: Query, term: number): Asked<number> {
  const { from } = query.window;
  const statements: Statement<[count: number | null]>[] = [];
  if (query.undated !== 'only') {
    statements.push(tallied(query, term, from === undefined ? -UNDATED_MONTH : monthIndexOf(from), lastWholeMonth(query)));
    for (const { sql, params } of Object.values(edgesOf(query, term))) statements.push({ sql, params });
  }
  if (query.undated !== 'without') statements.push(undatedTally(query, term));
  return asked(statements, (answers) => answers.reduce((sum, [row]) => sum + (row![0] ?? 0), 0));
}

/** The last month that lies in the window with all its days, or before it. */
export const lastWholeMonth = ({ window: { to } }: Pick<Query, 'window'>): number =>
  to === undefined ? UNDATED_MONTH - 1 : isLastOfMonth(to) ? monthIndexOf(to) : monthIndexOf(to) - 1;

/** A count of postings in a month that the window cuts; `beside` is what they must fulfil besides lying there. */
export type Edge = { sql: string; params: [Record<string, Value>]; beside: string };

/** What begins in the month that the end of the window cuts, and what ends, as less than nothing, in the one that its beginning cuts. */
export function edgesOf(query: Query, term: number): { begun?: Edge; ended?: Edge } {
  const { from, to } = query.window;
  return {
    ...(to === undefined || isLastOfMonth(to) ? {} : { begun: begunInEdge(query, term, firstOfMonth(to), to) }),
    ...(from === undefined || from === firstOfMonth(from) ? {} : { ended: endedInEdge(query, term, firstOfMonth(from), from - 1) }),
  };
}

const OF_TYPE = ({ type }: Query): string => (type === undefined ? '' : ' AND type = :type');

/** Those begun by the end of a month less those ended before another. */
function tallied(query: Query, term: number, first: number, last: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(started) - sum(CASE WHEN month < :first THEN ended ELSE 0 END) FROM monthly_counts WHERE term = :term AND month <= :last${OF_TYPE(query)}`,
    params: [{ term, first, last, ...typed(query) }],
  };
}

function undatedTally(query: Query, term: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(started) FROM monthly_counts WHERE term = :term AND month = ${UNDATED_MONTH}${OF_TYPE(query)}`,
    params: [{ term, ...typed(query) }],
  };
}

/** Where a term has moments of other types too, those of the type asked for are looked up. */
function beside({ conjuncts }: Query, term: number): { sql: string; params: Record<string, Value> } {
  const type = conjuncts.find(([first]) => first!.field === 'type' && first!.key !== term)?.[0];
  if (type === undefined) return { sql: '', params: {} };
  return {
    sql: ' AND EXISTS (SELECT 1 FROM postings q WHERE q.term = :ofType AND q.level = p.level AND q.position = p.position)',
    params: { ofType: type.key },
  };
}

/** Adds up what a range of each level holds. */
const summed = (ranges: readonly (readonly [level: number, range: string])[], condition: string): string =>
  ranges
    .map(
      ([level, range]) =>
        `(SELECT count(*) FROM postings p WHERE p.term = :term AND p.level = ${level} AND p.position BETWEEN ${range}${condition})`,
    )
    .join(' + ');

const [begunText, endedText] = [textsByShape(), textsByShape()];

const BEGUN = [...LEVELS.keys(), ENDLESS_LEVEL].map((level) => [level, ':low AND :high'] as const);

/** What ends on a day has begun earlier by the bound of its level at the most. */
const ENDED = [
  ...LEVELS.map((days, level) => [level, `:low - ${positionOf(days) - positionOf(0)} AND :high`] as const),
  [BEGINLESS_LEVEL, ':beginlessLow AND :beginlessHigh'] as const,
];

/** Those that begin within the first days of the month in which the window ends. */
function begunInEdge(query: Query, term: number, first: number, last: number): Edge {
  const { sql, params } = beside(query, term);
  return {
    sql: begunText(sql, () => `SELECT ${summed(BEGUN, sql)}`),
    beside: sql,
    params: [{ ...params, term, low: positionOf(first), high: positionOf(last + 1) - 1 }],
  };
}

/** Those that end within the first days of the month in which the window begins, before it does; counted as less than nothing. */
function endedInEdge(query: Query, term: number, first: number, last: number): Edge {
  const { sql, params } = beside(query, term);
  return {
    sql: endedText(sql, () => `SELECT -(${summed(ENDED, ` AND p.end_day BETWEEN :first AND :last${sql}`)})`),
    beside: sql,
    params: [
      {
        ...params,
        term,
        low: positionOf(first),
        high: positionOf(last + 1) - 1,
        beginlessLow: positionOf(beginlessDay(first)),
        beginlessHigh: positionOf(beginlessDay(last) + 1) - 1,
        first,
        last,
      },
    ],
  };
}

const typed = ({ type }: Query): Record<string, Value> => (type === undefined ? {} : { type });

function firstOfMonth(day: number): number {
  const { year, month } = civilOf(day);
  return dayOf(year, month, 1);
}

function isLastOfMonth(day: number): boolean {
  const { year, month, day: ofMonth } = civilOf(day);
  return ofMonth === daysInMonth(year, month);
}
