import { type TextColumns, toMatch } from '../../domain/full-text.ts';
import type { Value } from '../../storage/engine.ts';
import { BEGINLESS_LEVEL, ENDLESS_LEVEL, LEVELS, MOMENT_MASK } from '../../storage/interval-index.ts';
import { conditionsOf, type Fragment } from './conditions.ts';
import type { KnownTerm, Query } from './query.ts';
import { type Progress, type Range, rangesOf } from './ranges.ts';

/**
 * The levels in groups that are scanned together: the more groups, the fewer rows that end before the window, the fewer, the fewer
 * full-text queries. One ends where the bounds jump: at a month, a year, a decade, a century.
 */
const GROUPS: readonly number[][] = [
  [0, 9],
  [10, 15],
  [16, 20],
  [21, 25],
  [26, LEVELS.length - 1],
  [ENDLESS_LEVEL, ENDLESS_LEVEL],
  [BEGINLESS_LEVEL, BEGINLESS_LEVEL],
].map(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, index) => first! + index));

/**
 * The positions of moments whose record has the text, in timeline order: the full text is indexed by position, and holds each moment's
 * terms and level as tags. `only` restricts it to one range, that of the undated.
 */
export function textSources(query: Query, progress: Progress, order: string, only?: Range): Fragment {
  const ranges = only ? [only] : rangesOf(query.window, progress);
  const groups = only ? [[only.level]] : hasLimits(query) ? GROUPS : [ranges.map(({ level }) => level)];
  const conditions = conditionsOf(
    query,
    { level: 'm.level', position: 'm.position' },
    query.conjuncts.filter((terms) => !isTagged(terms)),
  );
  const params: Record<string, Value> = { ...conditions.params };
  const branches = groups.map((levels, index) => {
    const own = ranges.filter(({ level }) => levels.includes(level));
    const name = `${only ? 'undated' : 'dated'}${index}`;
    params[`match${name}`] = matchOf(query, undefined, groups.length > 1 || only ? levels : undefined);
    params[`low${name}`] = BigInt(Math.min(...own.map(({ low }) => low)));
    params[`high${name}`] = BigInt(Math.max(...own.map(({ high }) => high)));
    return `SELECT * FROM (SELECT s.rowid AS position FROM search s CROSS JOIN moments m ON m.id = s.rowid & ${MOMENT_MASK}
      WHERE s.search MATCH :match${name} AND s.rowid BETWEEN :low${name} AND :high${name}
        AND ${only ? 'true' : 'm.end_max >= :from'}${conditions.sql} ORDER BY s.rowid ${order})`;
  });
  return { sql: branches.join(' UNION ALL '), params };
}

/** Whether the window has a lower limit, so that how long before it a moment may begin matters. */
const hasLimits = ({ window }: Query): boolean => window.from !== undefined;

/** Whether the full text's tags alone say that a moment has one of the terms; what a record is related to changes too often to be one. */
const isTagged = (terms: readonly KnownTerm[]): boolean =>
  terms.every(({ field, from, to }) => field !== 'related' && from === undefined && to === undefined);

/** The FTS5 expression for the text, the terms that have no period of their own, and the levels. */
export function matchOf({ sought = [], conjuncts }: Query, columns?: TextColumns, levels?: readonly number[]): string {
  const tags = conjuncts.filter(isTagged).map((terms) => terms.map(({ key }) => `t${key}`));
  if (levels) tags.push(levels.map((level) => `l${level}`));
  return [toMatch(sought, columns), ...tags.map((any) => `tags : (${any.join(' OR ')})`)].join(' AND ');
}
