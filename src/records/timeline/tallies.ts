import { civilOf, dayOf, daysInMonth, monthIndexOf } from '../../domain/day.ts';
import type { Statement, Value } from '../../storage/engine.ts';
import { BEGINLESS_LEVEL, beginlessDay, ENDLESS_LEVEL, LEVELS, positionOf, UNDATED_MONTH } from '../../storage/interval-index.ts';
import { type Asked, asked } from './asked.ts';
import type { Query } from './query.ts';

/** Those begun by the end of the window less those ended before it. Whole months come from the tallies, the edges from the postings. */
export function countFromTallies(query: Query, term: number): Asked<number> {
  const { from, to } = query.window;
  const statements: Statement<[count: number | null]>[] = [];
  if (query.undated !== 'only') {
    const months = to === undefined ? UNDATED_MONTH - 1 : isLastOfMonth(to) ? monthIndexOf(to) : monthIndexOf(to) - 1;
    statements.push(tallied('started', query, term, months));
    if (to !== undefined && !isLastOfMonth(to)) statements.push(begunInEdge(query, term, firstOfMonth(to), to));
    if (from !== undefined) {
      statements.push(tallied('-ended', query, term, monthIndexOf(from) - 1));
      if (from !== firstOfMonth(from)) statements.push(endedInEdge(query, term, firstOfMonth(from), from - 1));
    }
  }
  if (query.undated !== 'without') statements.push(undatedTally(query, term));
  return asked(statements, (answers) => answers.reduce((sum, [row]) => sum + (row![0] ?? 0), 0));
}

const OF_TYPE = ({ type }: Query): string => (type === undefined ? '' : ' AND type = :type');

function tallied(what: 'started' | '-ended', query: Query, term: number, lastMonth: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(${what}) FROM tallies WHERE term = :term AND month <= :lastMonth${OF_TYPE(query)}`,
    params: [{ term, lastMonth, ...typed(query) }],
  };
}

function undatedTally(query: Query, term: number): Statement<[number | null]> {
  return {
    sql: `SELECT sum(started) FROM tallies WHERE term = :term AND month = ${UNDATED_MONTH}${OF_TYPE(query)}`,
    params: [{ term, ...typed(query) }],
  };
}

const IS_TYPE = ({ type }: Query): string =>
  type === undefined
    ? ''
    : ` AND EXISTS (SELECT 1 FROM terms k CROSS JOIN postings q WHERE k.field = 'type' AND k.value = :type
        AND q.term = k.id AND q.level = p.level AND q.position = p.position)`;

/** Those that begin within the first days of the month in which the window ends. */
function begunInEdge(query: Query, term: number, first: number, last: number): Statement<[number]> {
  const ranges = [...LEVELS.keys(), ENDLESS_LEVEL].map((level) => [level, positionOf(first), positionOf(last + 1) - 1]);
  return {
    sql: `SELECT count(*) FROM json_each(:ranges) l CROSS JOIN postings p WHERE p.term = :term AND p.level = l.value ->> 0
      AND p.position BETWEEN l.value ->> 1 AND l.value ->> 2${IS_TYPE(query)}`,
    params: [{ term, ranges: JSON.stringify(ranges), ...typed(query) }],
  };
}

/** Those that end within the first days of the month in which the window begins, before it does; counted as less than nothing. */
function endedInEdge(query: Query, term: number, first: number, last: number): Statement<[number]> {
  const ranges = [...LEVELS.entries()].map(([level, bound]) => [level, positionOf(first - bound), positionOf(last + 1) - 1]);
  ranges.push([BEGINLESS_LEVEL, positionOf(beginlessDay(first)), positionOf(beginlessDay(last) + 1) - 1]);
  return {
    sql: `SELECT -count(*) FROM json_each(:ranges) l CROSS JOIN postings p WHERE p.term = :term AND p.level = l.value ->> 0
      AND p.position BETWEEN l.value ->> 1 AND l.value ->> 2 AND p.end_day BETWEEN :first AND :last${IS_TYPE(query)}`,
    params: [{ term, ranges: JSON.stringify(ranges), first, last, ...typed(query) }],
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
