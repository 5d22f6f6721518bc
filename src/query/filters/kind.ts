import { alternatives, wordFilter } from './filter.ts';

/** The kind of the entry. */
export const kind = wordFilter('kind', alternatives('Of this kind.'));
