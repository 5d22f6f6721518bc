import { asCode, oneOrSeveralOf, wordFilter } from './filter.ts';

const STATUSES = ['occurred', 'planned', 'claimed', 'disputed'];

/** The status of the entry. */
export const status = wordFilter(
  'status',
  oneOrSeveralOf(STATUSES).describe(`${asCode(STATUSES)}. Separate several by commas: any of them.`),
);
