import { toMatch } from '../../domain/full-text.ts';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import type { Value } from '../../storage/port.ts';
import { BEGINLESS_LEVEL, LEVELS, positionOf } from '../../domain/time/levels.ts';
import { LEVEL_OF } from '../../index/position-sql.ts';
import { areFewChanged, CHANGED_POSITIONS } from './change-scan.ts';
import { conditionsOf, type Fragment } from './residual-filter.ts';
import { type KnownTerm, ofConjunct, type Query, total } from '../plan/query.ts';
import { gathered, merged } from './posting-scan.ts';
import { around, type Range } from '../../domain/time/position-ranges.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

const { fullText } = dialect;
const ROW = fullText.row('f');

/** Whatever of these levels overlaps a window starts at most so many days before it. */
const NEAR = LEVELS[9]!;

/**
 * The other levels in groups that are scanned together: up to a year, which reach a year before the window, and all that reach farther. With
 * more groups fewer rows would be read that end before the window; but FTS5 joins words from the first row there is and heeds the end of a
 * range only where they meet, so that each group reads most of their rows once more.
 */
const FAR: readonly number[][] = [
  [10, 15],
  [16, BEGINLESS_LEVEL],
].map(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, index) => first! + index));

/** Positions that are looked at, of all levels or of some. */
type Span = { low: number; high: number; levels?: readonly number[] };

/**
 * The positions of moments that have the text and the terms, in timeline order: the full text is indexed by position, and holds each
 * moment's terms and level as tags. The ranges are the dated ones, or that of the undated.
 */
export function matches(query: Query, ranges: readonly Range[], order: 'ASC' | 'DESC'): Fragment {
  const isUndated = ranges.length === 1;
  const { from } = query.window;
  if (isUndated || from === undefined) return matchesIn(query, [around(ranges)], order, isUndated ? 'undated' : 'dated');
  if (query.searchTerms !== undefined && !areFewBegun(query)) return matchesIn(query, spansOf(query, ranges), order, 'dated');
  const [near] = spansOf(query, ranges);
  return inTurn(matchesIn(query, [near!], order, 'dated'), longPostings(query, ranges));
}

/** A moment is looked up in the full text in the time in which so many rows are joined. */
const ROWS_PER_LOOKUP = 3000;

/** Whether it is cheaper to look up in the full text each moment of the rarest terms that has begun before the window than to join all rows there. */
const areFewBegun = ({ begun, everything }: Query): boolean => begun !== undefined && begun * ROWS_PER_LOOKUP <= everything;

/** What begins long before the window is found by its postings: few moments are long, and fewer of the rarest term. */
function longPostings(query: Query, ranges: readonly Range[]): Fragment {
  const before = nearOf(query.window.from!) - 1;
  const long = ranges.filter(({ level }) => level >= FAR[0]![0]!).map((range) => ({ ...range, high: Math.min(range.high, before) }));
  const [term, ...others] = query.conjuncts[0]!;
  return others.length === 0 ? merged(query, term!, long, hasText(query)) : gathered(query, long, hasText(query));
}

/** That a posting has the text. */
function hasText({ searchTerms }: Query): Fragment {
  if (searchTerms === undefined) return { sql: '', params: {} };
  const sql = ` AND EXISTS (SELECT 1 FROM ${fullText.from('g')} WHERE ${fullText.matches('g', ':text')} AND ${fullText.row('g')} = p.position)`;
  return { sql, params: { text: toMatch(searchTerms) } };
}

function inTurn(first: Fragment, second: Fragment): Fragment {
  return { sql: dialect.merge([first.sql, second.sql]), params: { ...first.params, ...second.params } };
}

function matchesIn(query: Query, spans: readonly Span[], order: 'ASC' | 'DESC', name: 'dated' | 'undated'): Fragment {
  const conditions = conditionsWithin(query);
  const params: Record<string, Value> = { ...conditions.params };
  const { from } = query.window;
  const endsInTime = name === 'undated' || from === undefined ? '' : ENDS_IN_TIME;
  if (from !== undefined) params['near'] = nearOf(from);
  const branches = spans.map(({ low, high, levels }, index) => {
    params[`match${name}${index}`] = matchOf(query, levels);
    params[`low${name}${index}`] = BigInt(low);
    params[`high${name}${index}`] = BigInt(high);
    return `SELECT * FROM (SELECT ${ROW} AS position FROM ${fullText.from('f')} WHERE ${fullText.matches('f', `:match${name}${index}`)}
      AND ${ROW} BETWEEN :low${name}${index} AND :high${name}${index}${endsInTime}${conditions.sql} ORDER BY ${ROW} ${order})`;
  });
  return { sql: dialect.merge(branches), params };
}

/** What the expression does not say. Of few changed records, the positions are compared rather than each match looked up. */
function conditionsWithin(query: Query): Fragment {
  const unsure = query.conjuncts.filter((terms) => !isMatched(query, terms));
  const { updatedSince, ...others } = query;
  if (updatedSince === undefined || !areFewChanged(query)) return conditionsOf(query, AT, unsure);
  const { sql, params } = conditionsOf(others, AT, unsure);
  return { sql: ` AND ${fullText.checkedRow('f')} IN (${CHANGED_POSITIONS})${sql}`, params: { ...params, updatedSince } };
}

/** The first position at which every moment begins so short a time before the window that its level does not matter. */
const nearOf = (from: number): number => positionOf(from - NEAR);

/**
 * The spans that hold whatever overlaps the window: near it moments of every level, and before that, where most have ended, those of
 * the levels that reach far enough. Everything until the window ends is looked at when few have the text, and when the text has a
 * beginning of a word: FTS5 then reads all words that begin so, once for each span. So are the changed records.
 */
function spansOf(query: Query, ranges: readonly Range[]): Span[] {
  const whole = around(ranges);
  const { from } = query.window;
  if (from === undefined || query.isSelective || query.hasPrefix || areFewChanged(query)) return [whole];
  const far = FAR.map((levels): Span => {
    const { low, high } = around(ranges.filter(({ level }) => levels.includes(level)));
    return { low, high: Math.min(high, nearOf(from) - 1), levels };
  });
  return [{ ...whole, low: Math.max(whole.low, nearOf(from)) }, ...far];
}

const AT = { level: LEVEL_OF(ROW), position: ROW };

/**
 * What begins in the window needs no look, and what begins long before it must be of a far level; of the rest, the postings of everything
 * know the end: short rows, neighbours in time are neighbours there.
 */
const ENDS_IN_TIME = ` AND (${ROW} >= :within OR ((${ROW} >= :near OR ${AT.level} >= ${FAR[0]![0]}) AND EXISTS (SELECT 1 FROM postings e
  WHERE e.term = (SELECT id FROM terms WHERE field = 'everything' AND value = '') AND e.level = ${AT.level} AND e.position = ${ROW} AND e.end_day >= :from)))`;

/** Whether the full text's tags alone say that a moment has one of the terms; what a record is related to changes too often to be one. */
export const hasTags = ofConjunct((terms) =>
  terms.every(({ field, from, to }) => field !== 'related' && from === undefined && to === undefined),
);

/** So many rows with a tag are read in the time of one probe of the postings. */
const ROWS_PER_PROBE = 25;

/** Up to so many terms are looked up for each row of a rare text; with thousands of them, each row would take milliseconds. */
const LOOKED_UP_MAX = 50;

/**
 * Whether a conjunct is part of the expression, rather than looked up for each row. A few rows are cheaper to look up than to join with
 * the tags of a term that most rows have; how many have a common text, nobody knows.
 */
function isMatched(query: Query, terms: readonly KnownTerm[]): boolean {
  if (!hasTags(terms) || (query.isSelective && terms.length <= LOOKED_UP_MAX)) return false;
  return query.searchTerms !== undefined || isOfTypes(terms) || total(terms) <= ROWS_PER_PROBE * total(query.conjuncts.find(hasTags)!);
}

const isOfTypes = (terms: readonly KnownTerm[]): boolean => terms[0]!.field === 'type';

/** The FTS5 expression for the text, the terms that it can say, and the levels. */
function matchOf(query: Query, levels?: readonly number[]): string {
  const terms = query.conjuncts.filter((each) => isMatched(query, each));
  const parts = [
    ...(query.searchTerms === undefined ? [] : [toMatch(query.searchTerms)]),
    ...terms.filter((each) => !isOfTypes(each)).map((each) => tagged(each.map(({ key }) => `t${key}`))),
    ...(levels ? [tagged(levels.map((level) => `l${level}`))] : []),
  ];
  const types = terms.find(isOfTypes);
  if (types === undefined) return parts.join(' AND ');
  // What most have is slow to join: what is of another type is left out instead.
  const areMost = parts.length > 0 && total(types) * 2 > query.everything;
  if (!areMost) return [...parts, tagged(types.map(({ value }) => `y${value}`))].join(' AND ');
  const others = ENTRY_TYPES.filter((type) => types.every(({ value }) => value !== type)).map((type) => `y${type}`);
  return others.length === 0 ? parts.join(' AND ') : `(${parts.join(' AND ')}) NOT ${tagged(others)}`;
}

const tagged = (any: readonly string[]): string => `tags : (${any.join(' OR ')})`;
