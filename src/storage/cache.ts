/**
 * How many KiB of pages the connection of the thread that answers keeps, the one that writes, and that one while many records are written: a page
 * that does not fit is written again each time it changes. To read, more gains a few percent: what is not here, the system has.
 */
export const CACHE = { reading: 24_576, writing: 65_536, bulk: 196_608 };
