import type { Value } from '../../storage/port.ts';
import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS, positionOf, UNDATED_LEVEL } from '../../domain/time/levels.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { KnownTerm, Query } from '../plan/query.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** SQL with the named parameters it uses. */
export type Fragment = { sql: string; params: Record<string, Value> };

/** The SQL names of a moment's level, position and last day where a condition stands; the last day where it is at hand. */
export type At = { level: string; position: string; end?: string };

/**
 * What a moment must fulfil besides lying in the window: the conjuncts that nothing else has ensured, by primary key in the postings;
 * certainty; freshness; age; being its record's first. The SQL begins with AND, or is empty.
 */
export function conditionsOf(query: Query, at: At, unsure: readonly KnownTerm[][]): Fragment {
  const parts = unsure.map((terms) => hasAny(terms, at, `unsure${query.conjuncts.indexOf(terms)}`));
  if (query.match === 'certain') parts.push(isCertain(at));
  if (query.updatedSince !== undefined) parts.push({ sql: UPDATED(at), params: { updatedSince: query.updatedSince } });
  if (query.newestMoment !== undefined) parts.push(isNoNewer(query.newestMoment, at));
  if (query.each === 'record') parts.push(isFirst(query, at));
  return together([...parts, windowParameters(query)]);
}

/** Fragments one after the other, joined by AND. */
export function together(parts: readonly Fragment[]): Fragment {
  const sql = parts.map((part) => (part.sql === '' ? '' : ` AND ${part.sql}`)).join('');
  return { sql, params: Object.assign({}, ...parts.map(({ params }) => params)) as Record<string, Value> }; // @NOTE a union of such records
}

/** The days of the window as the parameters `from` and `to`, a side without a limit being beyond every day, sentinels included; `within` is the first position of `from`. */
function windowParameters({ window }: Query): Fragment {
  const from = window.from ?? BEFORE_ALL_DAYS;
  return { sql: '', params: { from, to: window.to ?? AFTER_ALL_DAYS, within: positionOf(from) } };
}

const UPDATED = ({ position }: At) => `EXISTS (SELECT 1 FROM ${MOMENTS_IN_BRIEF('u')} CROSS JOIN records v ON v.id = u.record_id
  WHERE u.id = ${position} & ${MOMENT_MASK} AND v.updated_at >= :updatedSince)`;

const isNoNewer = (newestMoment: number, { position }: At): Fragment => ({
  sql: `${position} & ${MOMENT_MASK} <= :newestMoment`,
  params: { newestMoment },
});

/** What lies in the window as a whole, or on one day, is certain without looking at its moment, which lies elsewhere in the file. */
function isCertain({ level, position, end }: At): Fragment {
  const plain = end === undefined ? `${level} = 0` : `(${position} >= :within AND ${end} <= :to)`;
  return {
    sql: `(${plain} OR EXISTS (SELECT 1 FROM ${MOMENTS_IN_BRIEF('c')} WHERE c.id = ${position} & ${MOMENT_MASK} AND c.start_max <= :to AND c.end_min >= :from))`,
    params: {},
  };
}

const ofTerm = (index: number): string => dialect.column('j', index, 'integer');

/** That the moment has any of the terms. One term without a period of its own, the usual case, is a single probe. */
function hasAny(terms: readonly KnownTerm[], { level, position }: At, name: string): Fragment {
  const [only] = terms;
  if (only && terms.length === 1 && only.from === undefined && only.to === undefined) {
    return {
      sql: `EXISTS (SELECT 1 FROM postings q WHERE q.term = :${name} AND q.level = ${level} AND q.position = ${position})`,
      params: { [name]: only.key },
    };
  }
  return {
    sql: `EXISTS (SELECT 1 FROM ${dialect.elements('j', `:${name}`)} CROSS JOIN postings q
      WHERE q.term = ${ofTerm(0)} AND q.level = ${level} AND q.position = ${position}
        AND (q.level = ${UNDATED_LEVEL} OR (q.position <= ${ofTerm(1)} AND q.end_day >= ${ofTerm(2)})))`,
    params: { [name]: JSON.stringify(terms.map(({ key, from, to }) => [key, lastPosition(to), from ?? BEFORE_ALL_DAYS])) },
  };
}

/** The last position that starts by a day. */
export function lastPosition(to: number | undefined): number {
  return to === undefined ? Number.MAX_SAFE_INTEGER : positionOf(to + 1) - 1;
}

/** That no earlier moment of the same record answers the query too. */
function isFirst(query: Query, { position }: At): Fragment {
  const sibling = { level: 's.level', position: 's.position' };
  const inWindow = query.undated === 'only' ? ` AND s.level = ${UNDATED_LEVEL}` : ' AND (s.start_min <= :to AND s.end_max >= :from)';
  const has = query.conjuncts.map((terms, index) => hasAny(terms, sibling, `has${index}`));
  const certain = query.match === 'certain' ? [{ sql: '(s.start_max <= :to AND s.end_min >= :from)', params: {} }] : [];
  const also = together([...has, ...certain]);
  return {
    sql: `NOT EXISTS (SELECT 1 FROM ${MOMENTS_IN_BRIEF('o')} CROSS JOIN moments s ON s.record_id = o.record_id
      WHERE o.id = ${position} & ${MOMENT_MASK} AND s.position < ${position}${inWindow}${also.sql})`,
    params: also.params,
  };
}
