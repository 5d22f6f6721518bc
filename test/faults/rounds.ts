import { randomInt } from 'node:crypto';
import { type Random, randomFrom } from '../bench/world/random.ts';

/** Number of rounds; the configuration of `npm run test:faults` has the default. */
export const ROUNDS = Number(process.env['FAULT_ROUNDS']);

/** For how long rounds are begun, in milliseconds: a machine that is busy with other things does fewer of them. */
export const ROUNDS_TIME = 480_000;

/** The seed of all that is random, printed so that a run can be repeated: `FAULT_SEED=7 npm run test:faults`. */
export const SEED = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));

/** A source of randomness for one test, and the seed said. What the processes do with time is not repeated by it. */
export function seededRandom(what: string): Random {
  console.log(`${what}: FAULT_SEED=${SEED}`);
  return randomFrom(SEED);
}
