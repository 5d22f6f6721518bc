/**
 * How many KiB of pages each of the two connections of the thread that answers keeps, and the one that writes while many records are written:
 * a page that does not fit is written again each time it changes.
 */
export const CACHE = { usual: 65_536, bulk: 196_608 };
