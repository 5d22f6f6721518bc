import { list, wordFilter } from './filter.ts';

/** The kind of the entry. */
export const kind = wordFilter('kind', list('Of this kind.'));
