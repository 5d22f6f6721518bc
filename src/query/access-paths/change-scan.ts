import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { type Statement, statement } from '../../storage/port.ts';
import type { Query } from '../plan/query.ts';
import { conditionsOf, type Fragment } from './residual-filter.ts';
import { around, type Range } from '../../domain/time/position-ranges.ts';

/** Up to this many changed records are looked at one by one. */
export const CHANGED_MAX = 10_000;

const ENTRIES = `r.type IN (${ENTRY_TYPES.map((type) => `'${type}'`).join(', ')})`;

/** Counts the entries that have changed since an instant, as far as `CHANGED_MAX` and one more. */
export const countChanged = (since: number): Statement<[count: number]> =>
  statement(`SELECT count(*) FROM (SELECT 1 FROM records r WHERE ${ENTRIES} AND r.updated_at >= ? LIMIT ${CHANGED_MAX + 1})`, since);

/** Whether the query asks for what has changed, and that is so little. */
export const areFewChanged = ({ changes }: Pick<Query, 'changes'>): boolean => changes !== undefined && changes <= CHANGED_MAX;

/** The moments of the entries that have changed since an instant, without order: those of the dated ranges, or of the undated one. */
export function changed(query: Query, ranges: readonly Range[]): Fragment {
  const { updatedSince = 0, ...others } = query;
  const conditions = conditionsOf(others, { level: 'm.level', position: 'm.position', end: 'm.end_max' }, query.conjuncts);
  const { low, high } = around(ranges);
  const name = ranges.length > 1 ? 'Dated' : 'Undated';
  return {
    sql: `SELECT m.position FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE ${ENTRIES} AND r.updated_at >= :updatedSince
      AND m.position BETWEEN :low${name} AND :high${name} AND m.start_min <= :to AND m.end_max >= :from${conditions.sql}`,
    params: { ...conditions.params, updatedSince, [`low${name}`]: low, [`high${name}`]: high },
  };
}

/** The positions of all moments of the entries that have changed since `:updatedSince`. */
export const CHANGED_POSITIONS = `SELECT m.position FROM records r CROSS JOIN moments m ON m.record_id = r.id WHERE ${ENTRIES} AND r.updated_at >= :updatedSince`;
