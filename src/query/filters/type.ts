import { ENTRY_TYPES, type EntryType } from '../../domain/record-type.ts';
import { asCode, filter, alternativesIn, oneOrSeveralOf, termsOf } from './filter.ts';

/** The schema of one or several types of records. */
export const typesOf = (types: readonly string[]) =>
  oneOrSeveralOf(types).describe(`Only of these types: ${asCode(types)}. Separate several by commas: any of them.`);

/** The type of the entry. */
export const type = filter({ type: typesOf(ENTRY_TYPES) }, ({ type: value }) => {
  const types = alternativesIn('type', value) as EntryType[]; // @NOTE the pattern of the parameter has entry types only
  const [only, ...others] = types;
  return { conjuncts: [termsOf('type', types)], ...(others.length === 0 ? { type: only! } : {}), echo: { type: types } };
});
