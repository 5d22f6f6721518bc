import { AnnalsError, type Issue } from '../domain/errors.ts';
import { guard, WriteConflict, type Reader, type Statement } from '../storage/port.ts';
import type { Ready } from './rows.ts';

/** How far up the wholes of an actor are followed. */
const DEPTH = 1000;

/** The actor that `:whole` is, the one it is part of, and so on, up to the actor that `:part` is or one that is part of none. */
const ABOVE = `WITH RECURSIVE above (key, depth) AS (
  SELECT :whole, 0
  UNION ALL SELECT a.part_of_id, b.depth + 1 FROM above b CROSS JOIN actors a ON a.record_id = b.key
    WHERE a.part_of_id IS NOT NULL AND b.key <> :part AND b.depth < ${DEPTH})`;

/** Refuses an actor that would be part of itself by way of others. Throws `invalid-request` with the chain. */
export async function refuseCircle(reader: Reader, ready: Ready): Promise<void> {
  const keys = partAndWhole(ready);
  if (!keys) return;
  const above: Statement<[id: string]> = {
    sql: `${ABOVE} SELECT r.slug FROM above b CROSS JOIN records r ON r.id = b.key ORDER BY b.depth`,
    params: [keys],
  };
  const [rows] = await reader.read([above]);
  const chain = rows.map(([id]) => id);
  if (chain.at(-1) !== ready.input.id) return;
  const issue = circle([ready.input.id, ...chain]);
  throw new AnnalsError('invalid-request', issue.message, [issue]);
}

/** Aborts the batch when the actor has become part of itself since that was looked at. */
export function guardCircle(ready: Ready): Statement[] {
  const keys = partAndWhole(ready);
  return keys ? [{ ...guard(0, new WriteConflict(), `${ABOVE} SELECT 1 FROM above WHERE key = :part`), params: [keys] }] : [];
}

function partAndWhole({ model, input, key, keyOf }: Ready): { part: number; whole: number } | undefined {
  const whole = input.partOf;
  return model.type === 'actor' && whole !== undefined ? { part: key, whole: keyOf('actor', whole) } : undefined;
}

/** How many links of a chain are shown. */
const SHOWN = 8;

/** What is wrong with an actor that is part of itself: `chain` leads from it, each part of the next, back to it. */
export function circle(chain: readonly string[]): Issue {
  const shown = chain.length > SHOWN ? [...chain.slice(0, SHOWN - 2), '…', ...chain.slice(-1)] : chain;
  return { pointer: '/partOf', message: `makes "${chain[0]}" part of itself: ${shown.join(' → ')}: name another, or leave it out` };
}
