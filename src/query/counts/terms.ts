import { monthIndexOf, EARLIEST_DAY } from '../../domain/time/day.ts';
import { UNDATED_MONTH } from '../../domain/time/levels.ts';
import { hasWindow } from '../../domain/time/window.ts';
import { FIRST_MONTH_OF } from '../../index/position-sql.ts';
import { dialect } from '../../storage/dialect.ts';
import type { Statement } from '../../storage/port.ts';
import { countOfEach, hasWholeMonths, typed, typeSql } from '../execute/monthly-counts.ts';
import { countedTerm } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import type { Grouping } from './dimensions.ts';

/**
 * The counts of the terms of the index answer a grouping: it is by one field, of all moments or those of a type, in a window of whole months, and by time
 * only without a window.
 */
export function isOfTerms(plan: Plan, { unit, facets }: Grouping): boolean {
  const areAll = plan.conjuncts.every(({ field }) => field === 'everything' || field === 'type');
  if (facets.length !== 1 || !areAll || countedTerm(plan) === undefined) return false;
  return unit === undefined ? hasWholeMonths(plan) : !hasWindow(plan.window) && plan.undated !== 'only';
}

/** The postings of a field answer a grouping: it is by that field alone. */
export const isOfPostings = ({ unit, facets }: Grouping): boolean => unit === undefined && facets.length === 1;

/** The number of values of the only facet of a grouping, counted up to one more than `most`. */
export const numberOfValues = ({ facets: [facet] }: Grouping, most: number): Statement<[values: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM terms t WHERE ${facet!.terms.where} ${dialect.limit(':most')}) counted`,
  params: [{ ...facet!.terms.params, most: most + 1 }],
  offload: true,
});

/** A select of the groups of the moments in `matching`, positions, by the postings of a field, with the columns of `groupsOfTerms`. */
export const groupsOfPostings = ({ facets: [facet] }: Grouping): Fragment => ({
  sql: `SELECT 0 AS bucket, ${facet!.terms.key} AS one, count(*) AS moments FROM terms t CROSS JOIN postings q
    WHERE ${facet!.terms.where} AND q.term = t.id AND q.position IN (SELECT position FROM matching) GROUP BY t.value`,
  params: facet!.terms.params,
});

/** A select of the groups by the terms of a field: their `bucket`, the key of their value `one`, and the number of their `moments`. */
export function groupsOfTerms(plan: Plan, { unit, facets: [facet] }: Grouping): Fragment {
  const { where, key, params } = facet!.terms;
  if (unit !== undefined) {
    return {
      sql: `SELECT ${FIRST_MONTH_OF('c.month', unit)} AS bucket, ${key} AS one, sum(c.started) AS moments
        FROM terms t CROSS JOIN monthly_counts c WHERE ${where} AND c.term = t.id AND c.month BETWEEN :firstMonth AND :lastMonth${typeSql(plan)}
        GROUP BY 1, t.value HAVING sum(c.started) > 0`,
      params: { ...params, firstMonth: monthIndexOf(EARLIEST_DAY), lastMonth: UNDATED_MONTH - 1, ...typed(plan) },
    };
  }
  const isPlain = !hasWindow(plan.window) && plan.undated === 'with' && plan.type === undefined;
  const moments = isPlain ? { sql: 't.count', params: {} } : countOfEach(plan);
  return {
    sql: `SELECT 0 AS bucket, n.one, n.moments FROM (SELECT ${key} AS one, ${moments.sql} AS moments FROM terms t WHERE ${where}) n WHERE n.moments > 0`,
    params: { ...moments.params, ...params },
  };
}
