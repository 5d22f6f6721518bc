import { type TextColumns, toMatch } from '../../domain/full-text.ts';
import type { Value } from '../../storage/engine.ts';
import { BEGINLESS_LEVEL, ENDLESS_LEVEL, LEVELS, positionOf } from '../../storage/interval-index.ts';
import { conditionsOf, type Fragment } from './conditions.ts';
import type { KnownTerm, Query } from './query.ts';
import { type Progress, type Range, rangesOf } from './ranges.ts';

/** Whatever of these levels overlaps a window starts at most so many days before it. */
const NEAR = LEVELS[9]!;

/**
 * The other levels in groups that are scanned together: the more groups, the fewer rows that end before the window; the fewer, the
 * fewer full-text queries. One ends where the bounds jump: at a year, a few, a decade, a century.
 */
const FAR: readonly number[][] = [
  [10, 15],
  [16, 17],
  [18, 20],
  [21, 21],
  [22, 22],
  [23, 25],
  [26, LEVELS.length - 1],
  [ENDLESS_LEVEL, ENDLESS_LEVEL],
  [BEGINLESS_LEVEL, BEGINLESS_LEVEL],
].map(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, index) => first! + index));

/** Positions that are looked at, of all levels or of some. */
type Span = { low: number; high: number; levels?: readonly number[] };

/**
 * The positions of moments whose record has the text, in timeline order: the full text is indexed by position, and holds each moment's
 * terms and level as tags. `only` restricts it to one range, that of the undated.
 */
export function textSources(query: Query, progress: Progress, order: string, only?: Range): Fragment {
  // A few rows are cheaper to look up than to join with the tags of a term that most rows have.
  const untagged = query.isRare ? query.conjuncts : query.conjuncts.filter((terms) => !isTagged(terms));
  const conditions = conditionsOf(query, AT, untagged);
  const params: Record<string, Value> = { ...conditions.params };
  const endsInTime = only || query.window.from === undefined ? '' : ENDS_IN_TIME;
  const branches = (only ? [only] : spansOf(query, rangesOf(query.window, progress))).map(({ low, high, levels }: Span, index) => {
    const name = `${only ? 'undated' : 'dated'}${index}`;
    params[`match${name}`] = query.isRare ? toMatch(query.sought ?? []) : matchOf(query, undefined, levels);
    params[`low${name}`] = BigInt(low);
    params[`high${name}`] = BigInt(high);
    return `SELECT * FROM (SELECT f.rowid AS position FROM search f WHERE f.search MATCH :match${name}
      AND f.rowid BETWEEN :low${name} AND :high${name}${endsInTime}${conditions.sql} ORDER BY f.rowid ${order})`;
  });
  return { sql: branches.join(' UNION ALL '), params };
}

/**
 * The spans that hold whatever overlaps the window: near it moments of every level, and before that, where most have ended, those of
 * the levels that reach far enough. Of a text that few have, everything until the window ends is looked at.
 */
function spansOf({ window: { from }, isRare }: Query, ranges: readonly Range[]): Span[] {
  const whole = around(ranges);
  if (from === undefined || isRare) return [whole];
  const near = positionOf(from - NEAR);
  const far = FAR.map((levels): Span => {
    const { low, high } = around(ranges.filter(({ level }) => levels.includes(level)));
    return { low, high: Math.min(high, near - 1), levels };
  });
  return [{ ...whole, low: Math.max(whole.low, near) }, ...far];
}

function around(ranges: readonly Range[]): Span {
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

/** A position holds its level (storage/interval-index.ts). */
const AT = { level: `(f.rowid >> 25 & 31)`, position: 'f.rowid' };

/** What begins in the window needs no look; of the rest, the postings of everything know the end: short rows, neighbours in time are neighbours there. */
const ENDS_IN_TIME = ` AND (f.rowid >= :within OR EXISTS (SELECT 1 FROM postings e
  WHERE e.term = (SELECT id FROM terms WHERE field = 'everything' AND value = '') AND e.level = ${AT.level} AND e.position = f.rowid AND e.end_day >= :from))`;

/** Whether the full text's tags alone say that a moment has one of the terms; what a record is related to changes too often to be one. */
const isTagged = (terms: readonly KnownTerm[]): boolean =>
  terms.every(({ field, from, to }) => field !== 'related' && from === undefined && to === undefined);

/** The FTS5 expression for the text, the terms that have no period of their own, and the levels. */
export function matchOf({ sought = [], conjuncts }: Query, columns?: TextColumns, levels?: readonly number[]): string {
  const tags = conjuncts.filter(isTagged).map((terms) => terms.map(({ key }) => `t${key}`));
  if (levels) tags.push(levels.map((level) => `l${level}`));
  return [toMatch(sought, columns), ...tags.map((any) => `tags : (${any.join(' OR ')})`)].join(' AND ');
}
