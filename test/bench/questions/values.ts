import { isoOfDay } from '../../../src/domain/time/day.ts';
import { actorId, FIRST_DAY, LAST_DAY, word } from '../world/lines.ts';
import { type Random } from '../world/random.ts';

/** The question for the events of an actor within some years, which Annals and every peer get. Days are `YYYY-MM-DD`. */
export type PageQuestion = { actor: string; from: string; to: string };

/** A day of the world. */
export const someDay = (random: Random): string => isoOfDay(random.between(FIRST_DAY, LAST_DAY));

/** A year of the world. */
export const someYear = (random: Random): string => someDay(random).slice(0, 4);

/** A month of the world. */
export const someMonth = (random: Random): string => someDay(random).slice(0, 7);

/** One of the hundred busiest actors. */
export const busyActor = (random: Random): string => actorId(random.between(0, 99));

/** A word that one text in thousands has. */
export const rareWord = (random: Random): string => word(random.between(5000, 19_999));

/** A word that every second to every twentieth text has. */
export const commonWord = (random: Random): string => word(random.between(0, 19));

/**
 * A page never asked before: of the 40 busiest actors, who have fifty events in most decades of a world of 100,000, and of 42,000 times
 * 2,000 windows of about a decade; no cache of answers helps.
 */
export function someDecade(random: Random): PageQuestion {
  const start = random.between(FIRST_DAY, LAST_DAY - 4600);
  return { actor: actorId(random.between(0, 39)), from: isoOfDay(start), to: isoOfDay(start + random.between(2600, 4600)) };
}
