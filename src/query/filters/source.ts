import { filter, alternatives, resolveList, termsOf } from './filter.ts';

/** A source that the entry cites. */
export const source = filter({ source: alternatives('Citing this source.') }, async ({ source: value = '' }, { reader }) => {
  const found = await resolveList(reader, 'source', 'source', value);
  return { conjuncts: [termsOf('source', found)], echo: { source: found } };
});
