import { Status } from '../../model/fields.ts';
import { anyOrNoneOf, asCode, SEVERAL, wordFilter } from './filter.ts';

/** The status of the entry. */
export const status = wordFilter('status', anyOrNoneOf(Status.options).describe(`${asCode(Status.options)}. ${SEVERAL}`));
