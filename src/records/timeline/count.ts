import { civilOf, dayOf, daysInMonth, monthIndexOf } from '../../domain/day.ts';
import type { Reader, Statement, Value } from '../../storage/engine.ts';
import { BEGINLESS_LEVEL, beginlessDay, ENDLESS_LEVEL, LEVELS, positionOf, UNDATED_MONTH } from '../../storage/interval-index.ts';
import { gathered } from './by-date.ts';
import { textSources } from './by-text.ts';
import type { Query } from './query.ts';
import { rangesOf, undatedRange } from './ranges.ts';

/** How many answer a query: exactly, or at least so many. */
export type Total = { total: number } | { totalAtLeast: number };

/** Beyond this a total is not counted, unless the tallies know it. */
export const COUNTED_MAX = 10_000;

/**
 * How many records or moments answer the query. Exact whatever the size for one term and a window, from the tallies; exact up to
 * `COUNTED_MAX` otherwise.
 */
export async function countOf(reader: Reader, query: Query): Promise<Total> {
  if (query.conjuncts.some((terms) => terms.length === 0)) return { total: 0 };
  const term = talliedTerm(query);
  return term === undefined ? countUpTo(reader, query) : { total: await countFromTallies(reader, query, term) };
}

/** The one term whose tallies answer the query, if they do: nothing else is asked but the window and the type. */
export function talliedTerm({ conjuncts, match, sought, updatedSince, each, type }: Query): number | undefined {
  if (match !== 'possible' || sought !== undefined || updatedSince !== undefined || each !== 'moment') return undefined;
  const besideType = conjuncts.filter(([term]) => type === undefined || term!.field !== 'type');
  const [terms = conjuncts[0]!, ...more] = besideType;
  const [term, ...others] = terms;
  const plain = more.length === 0 && others.length === 0 && term!.from === undefined && term!.to === undefined;
  return plain ? term!.key : undefined;
}

async function countUpTo(reader: Reader, query: Query): Promise<Total> {
  const forward = { direction: 'forward' } as const;
  const ranges = [
    ...(query.undated === 'only' ? [] : rangesOf(query.window, forward)),
    ...(query.undated === 'without' ? [] : [undatedRange(forward)]),
  ];
  const sources =
    query.sought === undefined
      ? [gathered(query, ranges)]
      : [
          ...(query.undated === 'only' ? [] : [textSources(query, forward, 'ASC')]),
          ...(query.undated === 'without' ? [] : [textSources(query, forward, 'ASC', undatedRange(forward))]),
        ];
  const counts = sources.map(
    ({ sql, params }): Statement<[count: number]> => ({
      sql: `SELECT count(*) FROM (SELECT 1 FROM (${sql}) LIMIT +:most)`,
      params: [{ ...params, most: COUNTED_MAX + 1 }],
    }),
  );
  const answers = await reader.read(counts);
  const total = answers.reduce((sum, [row]) => sum + row![0], 0);
  return total > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total };
}

/** Those begun by the end of the window less those ended before it. Whole months come from the tallies, the edges from the postings. */
async function countFromTallies(reader: Reader, query: Query, term: number): Promise<number> {
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
  const answers = await reader.read(statements);
  return answers.reduce((sum, [row]) => sum + (row![0] ?? 0), 0);
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
