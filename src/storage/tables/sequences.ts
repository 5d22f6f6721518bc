import { dialect } from '../dialect.ts';
import { guard, type Statement } from '../port.ts';

/** The table `sequences`: the next integer key of each kind. */

/** Terms that another program made without this sequence count as taken. */
const TAKE = `UPDATE sequences SET next = ${dialect.greater('next', "CASE WHEN name = 'term' THEN (SELECT coalesce(max(id), 0) + 1 FROM terms) ELSE 0 END")} + :size
  WHERE name = :of AND next + :size <= CAST(:last AS BIGINT) + 1 RETURNING next`;

/** Takes a block of keys up to the highest, `last`, and returns the key after the block. Aborts the batch with an error when fewer are left. */
export const takeKeys = (block: { of: string; size: number; last: number }, error: Error): Statement => ({
  ...guard(1, error, TAKE),
  params: [block],
});
