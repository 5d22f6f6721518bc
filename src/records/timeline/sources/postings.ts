import type { Value } from '../../../storage/engine.ts';
import { BEFORE_ALL_DAYS, UNDATED_LEVEL } from '../../../storage/interval-index.ts';
import type { KnownTerm, Query } from '../query.ts';
import { conditionsOf, type Fragment, lastPosition } from './conditions.ts';
import type { Range } from './ranges.ts';

const AT = { level: 'p.level', position: 'p.position', end: 'p.end_day' };

/** The postings of one term of the first conjunct in timeline order: a range scan per level, which SQLite merges lazily. */
export function merged(query: Query, term: KnownTerm, ranges: readonly Range[]): Fragment {
  const conditions = conditionsOf(query, AT, query.conjuncts.slice(1));
  const params: Record<string, Value> = { ...conditions.params, term: term.key, since: term.from ?? BEFORE_ALL_DAYS };
  const until = lastPosition(term.to);
  const branches = ranges.map(({ level, low, high }) => {
    params[`low${level}`] = low;
    params[`high${level}`] = level === UNDATED_LEVEL ? high : Math.min(high, until);
    return `SELECT p.position FROM postings p WHERE p.term = :term AND p.level = ${level} AND p.position BETWEEN :low${level} AND :high${level}
      AND p.end_day >= :from AND p.end_day >= :since${conditions.sql}`;
  });
  return { sql: branches.join(' UNION ALL '), params };
}

/** The postings of all terms of the first conjunct, each position once, without order: in the dated ranges, or in the undated one. */
export function gathered(query: Query, ranges: readonly Range[]): Fragment {
  const conditions = conditionsOf(query, AT, query.conjuncts.slice(1));
  const terms = query.conjuncts[0]!.map(({ key, from, to }) => [key, lastPosition(to), from ?? BEFORE_ALL_DAYS]);
  const name = ranges.length > 1 ? 'rangesDated' : 'rangesUndated';
  return {
    sql: `SELECT DISTINCT p.position FROM json_each(:terms) t CROSS JOIN json_each(:${name}) l CROSS JOIN postings p
      WHERE p.term = t.value ->> 0 AND p.level = l.value ->> 0 AND p.position BETWEEN l.value ->> 1 AND l.value ->> 2
        AND (p.level = ${UNDATED_LEVEL} OR (p.end_day >= :from AND p.end_day >= t.value ->> 2 AND p.position <= t.value ->> 1))${conditions.sql}`,
    params: {
      ...conditions.params,
      terms: JSON.stringify(terms),
      [name]: JSON.stringify(ranges.map(({ level, low, high }) => [level, low, high])),
    },
  };
}
