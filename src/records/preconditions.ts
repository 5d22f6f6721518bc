import { guard, WriteConflict, type Statement } from '../storage/port.ts';
import type { Stored } from './prepare.ts';

/**
 * What a change of a record depends on. It is given the type and the record as stored, each time that the change is tried, and throws
 * `stale-revision` or `precondition-failed` when the change must not be made to it. `isThere` says whether what is written exists, which a
 * text of a source that is stored may not: true unless given.
 */
export type Preconditions = (type: string, current: Stored, isThere?: boolean) => void;

/**
 * The statements that make preconditions exact: the batch is tried anew when the generation has changed since the record was read. Its revision is
 * guarded by the change itself.
 */
export function guardPreconditions(preconditions: Preconditions | undefined, { generation }: Stored): Statement[] {
  return preconditions ? [guard(1, new WriteConflict(), 'SELECT 1 FROM generation WHERE word = ?', generation)] : [];
}
