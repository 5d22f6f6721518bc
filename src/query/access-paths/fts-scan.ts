import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { NO_START_LEVEL, LEVELS, positionOf } from '../../domain/time/levels.ts';
import { around, least, most, type Range } from '../../domain/time/position-ranges.ts';
import { LEVEL_OF } from '../../index/position-sql.ts';
import { levelTag, termTag, typeTag } from '../../index/search-text.ts';
import type { Parameter } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { anyTag, butNot, matchOf as matchOfText, type TextMatch } from '../../storage/full-text/text-match.ts';
import { PROBED_TERMS_MAX, ROWS_PER_LOOKUP, ROWS_PER_PROBE } from '../plan/costs.ts';
import { areFew, conjunctOf } from '../plan/plan.ts';
import type { At, Conjunct, Fragment, KnownTerm, Plan } from '../plan/query.ts';
import { CHANGED_POSITIONS } from './change-scan.ts';
import { conditionsOf, excludedTerms, lookup, postingScan } from './postings.ts';

const ROW = dialect.textRow('f');
const AT: At = { level: LEVEL_OF(ROW), position: ROW };

/** Moments of the levels up to this number of days that overlap a window start at most that long before it. */
const NEAR = LEVELS[8]!;

/**
 * The other levels in groups that are scanned together: up to a year, which reach a year before the window, and all longer ones. With more
 * groups, fewer rows would be read that end before the window; but FTS5 joins words from the first row on and applies the end of a
 * range only where they meet, so that each group reads most of their rows once more.
 */
const FAR: readonly number[][] = [
  [9, 14],
  [15, NO_START_LEVEL],
].map(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, index) => first! + index));

const FIRST_FAR = FAR[0]![0]!;

/** Positions to scan, of all levels or of some. */
type Span = { low: bigint; high: bigint; levels?: readonly number[] };

/**
 * The positions of moments with the text and the terms, in timeline order: the rows of the full text are numbered by position, and have the
 * terms and the level of the moment as tags. The ranges are the dated ones, or the undated one.
 */
export function ftsScan(plan: Plan, ranges: readonly Range[], order: 'ASC' | 'DESC'): Fragment {
  const isUndated = ranges.length === 1;
  const { from } = plan.window;
  if (isUndated || from === undefined) return scanOf(plan, [around(ranges)], order, isUndated ? 'undated' : 'dated');
  const spans = spansOf(plan, ranges, from);
  if (plan.text && !areFewOpen(plan)) return scanOf(plan, spans, order, 'dated');
  const near = scanOf(plan, spans.slice(0, 1), order, 'dated');
  const long = longPostings(plan, ranges, from);
  return { sql: dialect.merge([near.sql, long.sql]), params: { ...near.params, ...long.params } };
}

/** Looking up each moment of the most selective conjunct that started before the window is cheaper than joining all rows there. */
const areFewOpen = ({ text, everything }: Plan): boolean => text?.open !== undefined && text.open * ROWS_PER_LOOKUP <= everything;

/** Moments that start long before the window, by their postings: few moments are long, and fewer have the most selective term. */
function longPostings(plan: Plan, ranges: readonly Range[], from: number): Fragment {
  const before = nearOf(from) - 1n;
  const long = ranges.filter(({ level }) => level >= FIRST_FAR).map((range) => ({ ...range, high: least(range.high, before) }));
  const [term, ...others] = plan.conjuncts[0]!.terms;
  return others.length === 0 ? postingScan(plan, term!, long, hasText(plan)) : lookup(plan, long, hasText(plan));
}

/** The posting `p` has the text. */
function hasText({ text }: Plan): Fragment | undefined {
  if (!text) return undefined;
  const sql = ` AND EXISTS (SELECT 1 FROM ${dialect.textFrom('g')} WHERE ${dialect.textMatches('g', ':text')} AND ${dialect.textRow('g')} = p.position)`;
  return { sql, params: { text: matchOfText(text) } };
}

function scanOf(plan: Plan, spans: readonly Span[], order: 'ASC' | 'DESC', name: 'dated' | 'undated'): Fragment {
  const conditions = conditionsWithin(plan);
  const params: Record<string, Parameter> = { ...conditions.params };
  const { from } = plan.window;
  const endsInTime = name === 'undated' || from === undefined ? '' : ENDS_IN_TIME;
  if (from !== undefined) params['near'] = nearOf(from);
  const branches = spans.map(({ low, high, levels }, index) => {
    const match = `match${name}${index}`;
    const has = index === 0 && isCommon(plan) ? dialect.textChecked : dialect.textMatches;
    params[match] = matchOf(plan, levels);
    params[`low${name}${index}`] = low;
    params[`high${name}${index}`] = high;
    return `SELECT * FROM (SELECT ${ROW} AS position FROM ${dialect.textFrom('f', plan.text?.isSelective ? `:${match}` : '')} WHERE ${has('f', `:${match}`)}
      AND ${ROW} BETWEEN :low${name}${index} AND :high${name}${index}${endsInTime}${conditions.sql} ORDER BY ${ROW} ${order}) branch`;
  });
  return { sql: dialect.merge(branches), params };
}

/** More rows have the text than moments lie in the window, and no terms are asked for with it. */
const isCommon = ({ text, conjuncts, estimate }: Plan): boolean =>
  text !== undefined &&
  estimate.rows < text.documentFrequency &&
  conjuncts.every(({ field }) => field === 'everything' || field === 'type');

/** The conditions that are not in the match. Positions of few changed entries are compared, instead of each row looked up. */
function conditionsWithin(plan: Plan): Fragment {
  const { changes } = plan;
  const probed = plan.conjuncts.filter((conjunct) => !isMatched(plan, conjunct));
  const tags = excludedTags(plan);
  const excluded = plan.excluded.terms.filter((term) => !tags.includes(term));
  if (!areFew(changes)) return conditionsOf(plan, AT, probed, { excluded });
  const residual = plan.residual.filter((each) => each !== changes.filter);
  const { sql, params } = conditionsOf(plan, AT, probed, { excluded, residual });
  return { sql: ` AND ${dialect.textCheckedRow('f')} IN (${CHANGED_POSITIONS})${sql}`, params: { ...params, ...changes.filter.params } };
}

/** The first position from which on moments start so short a time before the window that their level does not matter. */
const nearOf = (from: number): bigint => positionOf(from - NEAR);

/**
 * The spans with all moments that overlap the window: near it those of every level, before that, where most have ended, those of the levels
 * that reach far enough. One span until the end of the window if the text is selective, if it has a prefix, as FTS5 then reads all words with
 * it once for each span, and for few changed entries.
 */
function spansOf({ text, changes }: Plan, ranges: readonly Range[], from: number): Span[] {
  const whole = around(ranges);
  if (text?.isSelective || text?.hasPrefix || areFew(changes)) return [whole];
  const far = FAR.map((levels): Span => {
    const { low, high } = around(ranges.filter(({ level }) => levels.includes(level)));
    return { low, high: least(high, nearOf(from) - 1n), levels };
  });
  return [{ ...whole, low: most(whole.low, nearOf(from)) }, ...far];
}

/**
 * Overlap with the window. A row that starts in it passes. An earlier row must start near it or have a far level, and its end is read from the posting
 * of the term of all moments: those rows are short and in time order.
 */
const ENDS_IN_TIME = ` AND (${ROW} >= :within OR ((${ROW} >= :near OR ${AT.level} >= ${FIRST_FAR}) AND EXISTS (SELECT 1 FROM postings e
  WHERE e.term = (SELECT id FROM terms WHERE field = 'everything' AND value = '') AND e.level = ${AT.level} AND e.position = ${ROW} AND e.end_day >= :from)))`;

/**
 * A conjunct that is part of the expression, rather than probed for each row. Few rows are cheaper to probe than to join with the tags of a
 * term that most rows have; for a common text, their number is not known.
 */
function isMatched({ text, conjuncts }: Plan, { field, terms, count, isTagged }: Conjunct): boolean {
  if (!isTagged || (text?.isSelective && terms.length <= PROBED_TERMS_MAX)) return false;
  return text !== undefined || field === 'type' || count <= ROWS_PER_PROBE * conjuncts.find((each) => each.isTagged)!.count;
}

/** The excluded terms that are part of the expression, where they are tags: moments of a record apart, and members of a time, they are not. */
function excludedTags(plan: Plan): readonly KnownTerm[] {
  const terms = excludedTerms(plan, plan.excluded.terms).ofMoment.filter(
    ({ field, from, to }) => field !== 'related' && from === undefined && to === undefined,
  );
  return terms.length > 0 && isMatched(plan, conjunctOf('excluded', terms)) ? terms : [];
}

/** The condition of the text, the conjuncts and excluded terms that are part of it, and the levels. */
function matchOf(plan: Plan, levels?: readonly number[]): TextMatch {
  const conjuncts = plan.conjuncts.filter((conjunct) => isMatched(plan, conjunct));
  const parts: TextMatch[] = [
    ...(plan.text ? [matchOfText(plan.text)] : []),
    ...conjuncts.filter(({ field }) => field !== 'type').map(({ terms }) => anyTag(tagsOf(terms))),
    ...(levels ? [anyTag(levels.map(levelTag))] : []),
  ];
  const without = tagsOf(excludedTags(plan));
  const types = conjuncts.find(({ field }) => field === 'type');
  // A type of most moments is slow to join: the other types are left out instead.
  const areMost = parts.length > 0 && types !== undefined && types.count * 2 > plan.everything;
  if (areMost) without.push(...ENTRY_TYPES.filter((type) => types.terms.every(({ value }) => value !== type)).map(typeTag));
  else if (types) parts.push(anyTag(types.terms.map(({ value }) => typeTag(value))));
  return butNot({ all: parts }, without.length === 0 ? [] : [anyTag(without)]);
}

const tagsOf = (terms: readonly KnownTerm[]): string[] => terms.map(({ key }) => termTag(key));
