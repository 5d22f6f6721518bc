import { list, wordFilter } from './filter.ts';

/** The role of the moment. */
export const moment = wordFilter('moment', list('Of moments with this role: `signed`, `adopted`, `held`.'));
