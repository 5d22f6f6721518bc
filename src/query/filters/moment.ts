import { alternatives, wordFilter } from './filter.ts';

/** The role of the moment. */
export const moment = wordFilter(
  'moment',
  alternatives('Of moments with this role: `date` (of events and meetings), `signed`, `adopted`.'),
  'by-moment',
);
