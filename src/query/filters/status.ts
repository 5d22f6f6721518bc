import { Status } from '../../model/fields.ts';
import { asCode, oneOrSeveralOf, wordFilter } from './filter.ts';

/** The status of the entry. */
export const status = wordFilter(
  'status',
  oneOrSeveralOf(Status.options).describe(`${asCode(Status.options)}. Separate several by commas: any of them.`),
);
