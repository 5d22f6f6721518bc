import { statement } from '../storage/port.ts';
import { GENERATION } from '../storage/generation.ts';

/** A position in the change log: the generation and the sequence number of a change, 0 for before the first. The generation says whose numbers these are. */
export const positionOf = (generation: string, sequence: number): string => `${generation}-${sequence}`;

/** The form of a position, and 0 for the beginning in every generation, as the source of a regular expression. */
export const POSITION = `^(?:0|(?:${GENERATION}-)?(?:0|[1-9][0-9]{0,14}))$`;

/** Reads the number of the newest change; every list's ETag is made from it. */
export const latestSequence = statement<[sequence: number | null]>('SELECT max(sequence) FROM changes');
