import type { Value } from '../../storage/port.ts';
import { BEFORE_ALL_DAYS, BEGINLESS_LEVEL, ENDLESS_LEVEL, LEVELS, positionOf, UNDATED_LEVEL } from '../../domain/time/levels.ts';
import type { KnownTerm, Query } from '../plan/query.ts';
import { conditionsOf, type Fragment, lastPosition } from './residual-filter.ts';
import type { Range } from '../../domain/time/position-ranges.ts';
import { textsByShape } from './sql-by-shape.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

const AT = { level: 'p.level', position: 'p.position', end: 'p.end_day' };

const NOTHING: Fragment = { sql: '', params: {} };

/** What a posting must fulfil besides having a term of the first conjunct. */
function conditionsBeside(query: Query, beside: Fragment): Fragment {
  const { sql, params } = conditionsOf(query, AT, query.conjuncts.slice(1));
  return { sql: `${sql}${beside.sql}`, params: { ...params, ...beside.params } };
}

/** The postings of one term of the first conjunct in timeline order: a range scan per level, which SQLite merges lazily. */
export function merged(query: Query, term: KnownTerm, ranges: readonly Range[], beside = NOTHING): Fragment {
  const conditions = conditionsBeside(query, beside);
  const params: Record<string, Value> = { ...conditions.params, term: term.key };
  params['since'] = Math.max(term.from ?? BEFORE_ALL_DAYS, query.window.from ?? BEFORE_ALL_DAYS);
  const until = lastPosition(term.to);
  for (const { level, low, high } of ranges) {
    if (level === UNDATED_LEVEL) Object.assign(params, { undatedLow: low, undatedHigh: high });
    else params['high'] = Math.min(high, until);
    if (level === ENDLESS_LEVEL) params['low'] = low;
    if (level === BEGINLESS_LEVEL) params['beginless'] = low;
  }
  // The levels of what is long, of what is undated and of all that is dated differ in number.
  return { sql: textOf(`${ranges.length}${conditions.sql}`, () => mergedText(ranges, conditions.sql)), params };
}

const textOf = textsByShape();

/** The positions of a level, as `rangesOf` gives them: of 29 bounded levels from one parameter, as each has to be looked up by its name. */
function between(level: number): string {
  if (level === UNDATED_LEVEL) return ':undatedLow AND :undatedHigh';
  if (level === BEGINLESS_LEVEL) return ':beginless AND :high';
  const days = LEVELS[level];
  return days === undefined ? ':low AND :high' : `max(:low, :within - ${positionOf(days) - positionOf(0)}) AND :high`;
}

const mergedText = (ranges: readonly Range[], conditions: string): string =>
  dialect.merge(
    ranges.map(
      ({ level }) =>
        `SELECT p.position FROM postings p WHERE p.term = :term AND p.level = ${level} AND p.position BETWEEN ${between(level)} AND p.end_day >= :since${conditions}`,
    ),
  );

const ofTerm = (index: number): string => dialect.column('t', index, 'integer');
const ofRange = (index: number): string => dialect.column('l', index, 'integer');

/** The postings of all terms of the first conjunct, each position once, without order: in the dated ranges, or in the undated one. */
export function gathered(query: Query, ranges: readonly Range[], beside = NOTHING): Fragment {
  const conditions = conditionsBeside(query, beside);
  const terms = query.conjuncts[0]!.map(({ key, from, to }) => [key, lastPosition(to), from ?? BEFORE_ALL_DAYS]);
  const name = ranges.length > 1 ? 'rangesDated' : 'rangesUndated';
  return {
    sql: `SELECT DISTINCT p.position FROM ${dialect.elements('t', ':terms')} CROSS JOIN ${dialect.elements('l', `:${name}`)} CROSS JOIN postings p
      WHERE p.term = ${ofTerm(0)} AND p.level = ${ofRange(0)} AND p.position BETWEEN ${ofRange(1)} AND ${ofRange(2)}
        AND (p.level = ${UNDATED_LEVEL} OR (p.end_day >= :from AND p.end_day >= ${ofTerm(2)} AND p.position <= ${ofTerm(1)}))${conditions.sql}`,
    params: {
      ...conditions.params,
      terms: JSON.stringify(terms),
      [name]: JSON.stringify(ranges.map(({ level, low, high }) => [level, low, high])),
    },
  };
}
