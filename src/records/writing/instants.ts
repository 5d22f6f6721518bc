import { statement } from '../../storage/engine.ts';
import type { Annals } from '../annals.ts';

/**
 * The instant of a change that is about to be made, in milliseconds since 1970-01-01: that of the clock, or of the newest change where the clock
 * has been set back since. So the change log never runs backwards, and who asks for what was updated since an instant misses nothing. `key` is the
 * record that is changed, whose own last update is no later either.
 */
export async function instantOfChange({ engine, clock }: Pick<Annals, 'engine' | 'clock'>, key = 0): Promise<number> {
  const last = statement<[at: number]>(
    `SELECT max(coalesce((SELECT at FROM changes ORDER BY sequence DESC LIMIT 1), 0), coalesce((SELECT updated_at FROM records WHERE id = ?), 0))`,
    key,
  );
  const [[row]] = await engine.read([last]);
  return Math.max(clock(), row![0]);
}
