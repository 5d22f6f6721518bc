import { type Statement, statement } from './engine.ts';

/**
 * How many KiB of pages each of the two connections of the thread that answers keeps, and the one that writes while many records are written:
 * a page that does not fit is written to the log again each time it changes.
 */
export const CACHE = { usual: 65_536, bulk: 196_608 };

/** Sets how many KiB of pages the connection that writes keeps. */
export const cachePages = (size: number): Statement => statement(`PRAGMA cache_size = -${size}`);
