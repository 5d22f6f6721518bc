import { z } from 'zod';
import { AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { ENTRY_TYPES } from '../../domain/record-type.ts';
import { INSTANT, readInstant } from '../../domain/time/instant.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { Statement } from '../../storage/port.ts';
import { CHANGED_MAX } from '../plan/costs.ts';
import type { ResidualFilter } from '../plan/query.ts';
import { filter } from './filter.ts';

/** The schema of `updatedSince`, also of lists of other records. */
export const updatedSinceParameter = z
  .string()
  .max(40)
  .optional()
  .meta({
    description:
      'Changed at or after this instant (RFC 3339; in an address, write `%2B` for the `+` of an offset) or day (UTC). Of changes made at the same time, one may be logged up to a second after another whose instant is later: follow `GET /v1/changes` to miss none.',
    override: { pattern: INSTANT.source },
  });

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
  WHERE u.id = (${position} & ${MOMENT_MASK}) AND v.updated_at >= :updatedSince)`;

/** Counts the entries changed since an instant, up to `CHANGED_MAX` and one more. */
const countChanged = (since: number): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (SELECT 1 FROM records r WHERE ${CHANGED_ENTRIES} LIMIT ${CHANGED_MAX + 1}) changed`,
  params: [{ updatedSince: since }],
});

/** Milliseconds since 1970-01-01 UTC of the value of `updatedSince`. Throws `invalid-request` as `readInstant`. */
export function instant(text: string): number {
  try {
    return readInstant(text);
  } catch (error) {
    throw error instanceof AnnalsError ? invalidParameter('updatedSince', error.message) : error;
  }
}
