import { around, type Range } from '../../domain/time/position-ranges.ts';
import { CHANGED_ENTRIES } from '../filters/updated-since.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { conditionsOf } from './postings.ts';

/** The positions of all moments of the changed entries. */
export const CHANGED_POSITIONS = `SELECT m.position FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE ${CHANGED_ENTRIES}`;

/** The moments of the changed entries, in no order: those of the dated ranges, or of the undated one. */
export function changeScan(plan: Plan, ranges: readonly Range[]): Fragment {
  const residual = plan.residual.filter((each) => each !== plan.changes!.filter);
  const at = { level: 'm.level', position: 'm.position', end: 'm.end_max' };
  const conditions = conditionsOf(plan, at, plan.conjuncts, { residual });
  const { low, high } = around(ranges);
  const name = ranges.length > 1 ? 'Dated' : 'Undated';
  return {
    sql: `${CHANGED_POSITIONS}
      AND m.position BETWEEN :low${name} AND :high${name} AND m.start_min <= :to AND m.end_max >= :from${conditions.sql}`,
    params: { ...conditions.params, ...plan.changes!.filter.params, [`low${name}`]: low, [`high${name}`]: high },
  };
}
