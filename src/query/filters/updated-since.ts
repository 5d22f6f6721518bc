import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { daysInMonth } from '../../domain/time/day.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { Statement } from '../../storage/port.ts';
import { CHANGED_MAX } from '../plan/costs.ts';
import type { ResidualFilter } from '../plan/query.ts';
import { filter } from './filter.ts';

/** The schema of `updatedSince`, also of lists of other records. */
export const updatedSinceParameter = z
  .string()
  .max(40)
  .regex(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/,
    'give an instant such as 2026-11-21T10:00:00Z, or a day',
  )
  .optional()
  .describe(
    'Changed at or after this instant (RFC 3339) or day (UTC). Of changes made at the same time, one may be logged up to a second after another whose instant is later: follow `GET /v1/changes` to miss none.',
  );

/** Condition on a record `r`: an entry changed since `:updatedSince`. */
export const CHANGED_ENTRIES = `r.type IN (${ENTRY_TYPES.map((type) => `'${type}'`).join(', ')}) AND r.updated_at >= :updatedSince`;

/** Entries changed since an instant. */
export const updatedSince = filter({ updatedSince: updatedSinceParameter }, async ({ updatedSince: value = '' }, { reader }) => {
  const since = instant(value);
  const changed: ResidualFilter = { sql: ({ position }) => isChanged(position), params: { updatedSince: since }, ofRecord: true };
  const [[row]] = await reader.read([countChanged(since)]);
  return { residual: [changed], changes: { since, count: row![0], filter: changed }, echo: { updatedSince: value } };
});

const CHANGED_MOMENTS = MOMENTS_IN_BRIEF('u');

const isChanged = (position: string): string => `EXISTS (SELECT 1 FROM ${CHANGED_MOMENTS} CROSS JOIN records v ON v.id = u.record_id
  WHERE u.id = ${position} & ${MOMENT_MASK} AND v.updated_at >= :updatedSince)`;

/** Counts the entries changed since an instant, up to `CHANGED_MAX` and one more. */
const countChanged = (since: number): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM records r WHERE ${CHANGED_ENTRIES} LIMIT ${CHANGED_MAX + 1})`,
  params: [{ updatedSince: since }],
});

/** Milliseconds since 1970-01-01 UTC of an instant or a day. Throws `invalid-request` for one that does not exist. */
export function instant(text: string): number {
  const at = Date.parse(text);
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  // Date.parse takes 30 February for 2 March.
  if (!Number.isNaN(at) && day! <= daysInMonth(year!, month!)) return at;
  throw invalidParameter('updatedSince', `updatedSince=${text} does not exist: give an instant such as 2026-11-21T10:00:00Z`);
}
