import { AnnalsError, type Issue } from '../domain/errors.ts';
import { guard, WriteConflict, type Reader, type Statement } from '../storage/port.ts';
import type { Ready } from './rows.ts';

/** Depth up to which the actors that an actor is part of are followed. */
const DEPTH = 1000;

/** The actor `:whole`, the one it is part of, and so on, up to the actor `:part` or one that is part of none. */
const ABOVE = `WITH RECURSIVE above (key, depth) AS (
  SELECT :whole, 0
  UNION ALL SELECT a.part_of_id, b.depth + 1 FROM above b CROSS JOIN actors a ON a.record_id = b.key
    WHERE a.part_of_id IS NOT NULL AND b.key <> :part AND b.depth < ${DEPTH})`;

/** Refuses an actor that would be part of itself by way of others. Throws `invalid-request` with the chain. */
export async function refuseCycle(reader: Reader, ready: Ready): Promise<void> {
  const keys = partAndWhole(ready);
  if (!keys) return;
  const above: Statement<[id: string]> = {
    sql: `${ABOVE} SELECT r.slug FROM above b CROSS JOIN records r ON r.id = b.key ORDER BY b.depth`,
    params: [keys],
  };
  const [rows] = await reader.read([above]);
  const chain = rows.map(([id]) => id);
  if (chain.at(-1) !== ready.input.id) return;
  const issue = cycleIssue([ready.input.id, ...chain]);
  throw new AnnalsError('invalid-request', issue.message, [issue]);
}

/** Aborts the batch when the actor has become part of itself since `refuseCycle`. */
export function guardCycle(ready: Ready): Statement[] {
  const keys = partAndWhole(ready);
  return keys ? [{ ...guard(0, new WriteConflict(), `${ABOVE} SELECT 1 FROM above WHERE key = :part`), params: [keys] }] : [];
}

function partAndWhole({ model, input, key, keyOf }: Ready): { part: number; whole: number } | undefined {
  const whole = input.partOf;
  return model.type === 'actor' && whole !== undefined ? { part: key, whole: keyOf('actor', whole) } : undefined;
}

/** Links of a chain that a message shows. */
const SHOWN = 8;

/** The issue of an actor that is part of itself: `chain` leads from it, each part of the next, back to it. */
export function cycleIssue(chain: readonly string[]): Issue {
  const shown = chain.length > SHOWN ? [...chain.slice(0, SHOWN - 2), '…', ...chain.slice(-1)] : chain;
  return { pointer: '/partOf', message: `makes "${chain[0]}" part of itself: ${shown.join(' → ')}: name another, or leave it out` };
}
