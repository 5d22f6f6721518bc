import { modelOf } from '../../model/models.ts';
import type { Total } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { allPositions } from '../access-paths/access-path.ts';
import { countUpTo, totalOfCount } from '../lists/page.ts';
import { countedTerm, isScanHeavy } from '../plan/plan.ts';
import type { Changes, Plan } from '../plan/query.ts';
import { countByMonth } from './monthly-counts.ts';

/**
 * The number of matching records or moments: exact whatever the size where monthly counts answer the plan; otherwise exact up to `COUNTED_MAX`,
 * and of a plan that would scan more than `SCANNED_MAX` rows a lower bound, counted in its first part.
 */
export async function totalOf(reader: Reader, plan: Plan): Promise<Total> {
  if (plan.path === 'nothing') return { total: 0 };
  if (asksForChanges(plan)) return totalOfCount(await sumOf(reader, [countChanged(plan.type!, plan.changes)]));
  const term = countedTerm(plan);
  if (term !== undefined) return { total: await sumOf(reader, countByMonth(plan, term)) };
  const { until } = plan.estimate;
  const total = totalOfCount(await sumOf(reader, countMatching(plan)));
  return until === undefined || 'totalAtLeast' in total ? total : { totalAtLeast: total.total };
}

/** Reads counts from one snapshot and adds them up. */
async function sumOf(reader: Reader, counts: readonly Statement<[count: number | null]>[]): Promise<number> {
  const rows = counts.length > 0 ? await reader.read(counts) : [];
  return rows.reduce((sum, [row]) => sum + (row![0] ?? 0), 0);
}

/** The plan asks only for the changed entries of one type, each once: the index of changes counts them. */
export function asksForChanges(plan: Plan): plan is Plan & { changes: Changes } {
  const { conjuncts, residual, type, text, changes, undated, each } = plan;
  if (!changes || type === undefined || text || undated !== 'with') return false;
  const isOnce = each === 'record' || modelOf[type].timeline?.single === true;
  return isOnce && residual.every((filter) => filter === changes.filter) && conjuncts.every(({ field }) => field === 'type');
}

const countChanged = (type: string, { since }: Changes): Statement<[count: number]> =>
  countUpTo('SELECT 1 FROM records r WHERE r.type = :type AND r.updated_at >= :since', { type, since });

/** Counts the matching positions, up to `COUNTED_MAX` and one more, and up to the day until which the plan is scanned. */
function countMatching(plan: Plan): Statement<[count: number]>[] {
  const { until } = plan.estimate;
  const { dated, undated } = allPositions(
    until === undefined ? plan : { ...plan, window: { ...plan.window, to: until }, undated: 'without' },
  );
  return [...dated, ...undated].map(({ sql, params }) => ({
    ...countUpTo(`SELECT 1 FROM (${sql}) d`, params),
    ...offloadIf(isScanHeavy(plan)),
  }));
}
