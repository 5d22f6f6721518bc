import { integersJson } from '../../domain/json/json.ts';
import { memo } from '../../domain/caches/memo.ts';
import {
  AFTER_ALL_DAYS,
  BEFORE_ALL_DAYS,
  GAPS_LEVEL,
  NO_START_LEVEL,
  NO_END_LEVEL,
  lastPositionOf,
  POSITION_MAX,
  positionOf,
  UNDATED_LEVEL,
} from '../../domain/time/levels.ts';
import { least, type Range, REACH } from '../../domain/time/position-ranges.ts';
import { hasWindow, limitsOf } from '../../domain/time/window.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { Parameter } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { At, Conjunct, Fragment, KnownTerm, Plan, ResidualFilter } from '../plan/query.ts';

const AT: At = { level: 'p.level', position: 'p.position', end: 'p.end_day' };

const NOTHING: Fragment = { sql: '', params: {} };

/** Maximum number of SQL texts kept: filters choose among a few hundred shapes. */
const SHAPES_MAX = 1000;

/**
 * A memo of SQL by shape: statements are found by their text, and a text made anew is hashed anew. A merge of all levels, made each time, takes
 * as long as some of its rows (25 us of a page, 9 us with this).
 */
export const sqlByShape = () => memo<string>(SHAPES_MAX);

/**
 * The postings of one term of the first conjunct in timeline order: a range scan for each level, which SQLite merges lazily. `also` is a
 * further condition on a posting `p`.
 */
export function postingScan(plan: Plan, term: KnownTerm, ranges: readonly Range[], also = NOTHING): Fragment {
  const conditions = conditionsOf(plan, AT, plan.conjuncts.slice(1), { also });
  const params: Record<string, Parameter> = { ...conditions.params, term: term.key };
  params['since'] = Math.max(term.from ?? BEFORE_ALL_DAYS, plan.window.from ?? BEFORE_ALL_DAYS);
  const until = lastPosition(term.to);
  for (const { level, low, high } of ranges) {
    if (level === UNDATED_LEVEL) Object.assign(params, { undatedLow: low, undatedHigh: high });
    else params['high'] = least(high, until);
    if (level === NO_END_LEVEL) params['low'] = low;
    if (level === NO_START_LEVEL) params['withoutStart'] = low;
  }
  // The dated levels, the long ones and the undated one differ in number.
  return { sql: scanOfShape(`${ranges.length}${conditions.sql}`, () => mergeOfLevels(ranges, conditions.sql)), params };
}

const scanOfShape = sqlByShape();

const mergeOfLevels = (ranges: readonly Range[], conditions: string): string =>
  dialect.eachSpan(
    `SELECT p.position FROM postings p
      WHERE p.term = :term AND p.level = span.level AND p.position BETWEEN span.low AND span.high AND p.end_day >= :since${conditions}`,
    ranges.map(({ level }) => ({ level, ...spanOf(level) })),
  );

/** The positions of a level, as `rangesOf` gives them: of 28 bounded levels from one parameter, as SQLite looks each up by its name. */
function spanOf(level: number): { low: string; high: string } {
  if (level === UNDATED_LEVEL) return { low: ':undatedLow', high: ':undatedHigh' };
  if (level === NO_START_LEVEL) return { low: ':withoutStart', high: ':high' };
  const reach = REACH[level];
  return { low: reach === undefined ? ':low' : dialect.greater(':low', `:within - ${reach}`), high: ':high' };
}

/** The postings of all terms of the first conjunct, each position once, in no order: in the dated ranges, or in the undated one. */
export function lookup(plan: Plan, ranges: readonly Range[], also = NOTHING): Fragment {
  const conditions = conditionsOf(plan, AT, plan.conjuncts.slice(1), { also });
  const name = ranges.length > 1 ? 'rangesDated' : 'rangesUndated';
  return {
    sql: `SELECT DISTINCT p.position FROM ${dialect.elements('t', ':terms')} CROSS JOIN ${dialect.elements('l', `:${name}`)} CROSS JOIN postings p
      WHERE p.term = ${ofTerm(0)} AND p.level = ${ofRange(0)} AND p.position BETWEEN ${ofRange(1)} AND ${ofRange(2)}
        AND (p.level = ${UNDATED_LEVEL} OR (p.end_day >= :from AND p.end_day >= ${ofTerm(2)} AND p.position <= ${ofTerm(1)}))${conditions.sql}`,
    params: {
      ...conditions.params,
      terms: termsJson(plan.conjuncts[0]!.terms),
      [name]: integersJson(ranges.map(({ level, low, high }) => [level, low, high])),
    },
  };
}

const ofTerm = (index: number): string => dialect.column('t', index, 'integer');
const ofRange = (index: number): string => dialect.column('l', index, 'integer');

/** Terms with the last position and the first day of their periods. */
const termsJson = (terms: readonly KnownTerm[]): string =>
  integersJson(terms.map(({ key, from, to }) => [key, lastPosition(to), from ?? BEFORE_ALL_DAYS]));

/** The last position that starts by a day. */
const lastPosition = (to: number | undefined): bigint => (to === undefined ? POSITION_MAX : lastPositionOf(to));

/** Conditions other than those of the plan: a further one, and the residual filters and excluded terms that are left to check. */
type Conditions = { also?: Fragment; residual?: readonly ResidualFilter[]; excluded?: readonly KnownTerm[] };

/**
 * The conditions on a moment besides its place in the window: the given conjuncts, probed in the postings by primary key; the residual filters;
 * being the first moment of its record. The SQL begins with AND, or is empty.
 */
export function conditionsOf(
  plan: Plan,
  at: At,
  probed: readonly Conjunct[],
  { also = NOTHING, residual = plan.residual, excluded = plan.excluded.terms }: Conditions = {},
): Fragment {
  const parts = probed.map((conjunct) => hasAny(conjunct.terms, at, `probed${plan.conjuncts.indexOf(conjunct)}`));
  const { ofMoment, ofRecord } = excludedTerms(plan, excluded);
  parts.push(...hasNone(ofMoment, at), ...isOfRecordWithout(ofRecord, at), ...hasDay(plan, at));
  for (const { sql, params } of residual) parts.push({ sql: sql(at), params });
  if (plan.each === 'record') parts.push(isFirst(plan, at));
  const { sql, params } = together(parts);
  return { sql: `${sql}${also.sql}`, params: { ...params, ...also.params, ...windowParameters(plan) } };
}

/** The days of the window, where a side without a limit is beyond every day, sentinels included; `within` is the first position of `from`. */
function windowParameters({ window }: Plan): Record<string, Parameter> {
  const from = window.from ?? BEFORE_ALL_DAYS;
  return { from, to: window.to ?? AFTER_ALL_DAYS, within: positionOf(from), ...limitsOf(window) };
}

/** The excluded terms that concern a moment alone and, where records are listed, those that concern a record as a whole. */
export function excludedTerms({ each }: Pick<Plan, 'each'>, terms: readonly KnownTerm[]) {
  const isOfRecord = ({ ofRecord }: KnownTerm): boolean => each === 'record' && ofRecord === true;
  return { ofMoment: terms.filter((term) => !isOfRecord(term)), ofRecord: terms.filter(isOfRecord) };
}

/** The moment has none of the terms. */
function hasNone(terms: readonly KnownTerm[], at: At): Fragment[] {
  if (terms.length === 0) return [];
  const { sql, params } = hasAny(terms, at, 'excluded');
  return [{ sql: `NOT ${sql}`, params }];
}

/** No moment of its record has any of the terms. */
function isOfRecordWithout(terms: readonly KnownTerm[], { position }: At): Fragment[] {
  if (terms.length === 0) return [];
  const { sql, params } = hasAny(terms, { level: 'w.level', position: 'w.position' }, 'excludedOfRecord');
  const moments = `${MOMENTS_IN_BRIEF('v')} CROSS JOIN moments w ON w.record_id = v.record_id`;
  return [{ sql: `NOT EXISTS (SELECT 1 FROM ${moments} WHERE v.id = (${position} & ${MOMENT_MASK}) AND ${sql})`, params }];
}

/** The window holds a day of the moment: a date with gaps may have none in it. */
const hasDay = ({ window }: Plan, { level, position }: At): Fragment[] =>
  hasWindow(window)
    ? [{ sql: gapSql(`${level} ${position}`, () => `(${level} <> ${GAPS_LEVEL} OR ${hasMemberIn(position)})`), params: {} }]
    : [];

const gapSql = sqlByShape();

/** One of the dates of the moment at a position lies in the window. */
export const hasMemberIn = (position: string): string =>
  `EXISTS (SELECT 1 FROM moments g CROSS JOIN ${dialect.elements('e', 'g.members')} WHERE g.id = (${position} & ${MOMENT_MASK})
    AND ${dialect.column('e', 0, 'integer')} <= :to AND ${dialect.column('e', 1, 'integer')} >= :from)`;

/** Joins conditions by AND. */
export function together(parts: readonly Fragment[]): Fragment {
  const sql = parts.map((part) => (part.sql === '' ? '' : ` AND ${part.sql}`)).join('');
  return { sql, params: Object.assign({}, ...parts.map(({ params }) => params)) as Record<string, Parameter> }; // @NOTE a union of such records
}

const ofProbe = (index: number): string => dialect.column('j', index, 'integer');

/** The moment has any of the terms. One term without a period of its own, the usual case, is a single probe. */
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
      WHERE q.term = ${ofProbe(0)} AND q.level = ${level} AND q.position = ${position}
        AND (q.level = ${UNDATED_LEVEL} OR (q.position <= ${ofProbe(1)} AND q.end_day >= ${ofProbe(2)})))`,
    params: { [name]: termsJson(terms) },
  };
}

/** No earlier moment of the same record matches too. */
function isFirst(plan: Plan, { position }: At): Fragment {
  const sibling: At = { level: 's.level', position: 's.position', row: 's' };
  const inWindow = plan.undated === 'only' ? ` AND s.level = ${UNDATED_LEVEL}` : ' AND (s.start_min <= :to AND s.end_max >= :from)';
  const conjuncts = plan.conjuncts.map((conjunct, index) => hasAny(conjunct.terms, sibling, `has${index}`));
  const residual = plan.residual.filter(({ ofRecord }) => !ofRecord).map(({ sql, params }) => ({ sql: sql(sibling), params }));
  const { ofMoment } = excludedTerms(plan, plan.excluded.terms);
  const matches = together([...conjuncts, ...hasNone(ofMoment, sibling), ...hasDay(plan, sibling), ...residual]);
  return {
    sql: `NOT EXISTS (SELECT 1 FROM ${MOMENTS_IN_BRIEF('o')} CROSS JOIN moments s ON s.record_id = o.record_id
      WHERE o.id = (${position} & ${MOMENT_MASK}) AND s.position < ${position}${inWindow}${matches.sql})`,
    params: matches.params,
  };
}
