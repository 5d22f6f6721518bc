import { askedTerms, echoedList, echoOf, filter, alternatives, resolveList } from './filter.ts';

/** A source that the entry cites. */
export const source = filter(
  { source: alternatives('Citing this source.') },
  async ({ source: value = '' }, { reader }) => {
    const found = await resolveList(reader, 'source', 'source', value);
    return { ...askedTerms('source', found), echo: { source: echoOf(found) } };
  },
  { source: echoedList },
);
