import type { Reader } from '../../storage/port.ts';
import { askedTerms, echoedList, echoOf, filter, alternatives, readWithin, resolveList } from './filter.ts';

/** The place of the moment or of the entry. A place includes those that lie in it. */
export const place = filter(
  { place: alternatives('At this place, by id, name or `scheme:value`; a country or another place stands for those that lie in it too.') },
  async ({ place: value = '' }, { reader }) => {
    const found = await resolveList(reader, 'place', 'place', value);
    const withPlaces = { any: await withPlacesIn(reader, found.any), none: await withPlacesIn(reader, found.none) };
    return { ...askedTerms('place', withPlaces, 'by-moment'), echo: { place: echoOf(found) } };
  },
  { place: echoedList },
);

/** The ids of places, and of those that lie in them, at any depth. */
async function withPlacesIn(reader: Reader, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const inside = await readWithin(
    reader,
    { type: 'place', table: 'place_wholes', column: 'whole_id' },
    { ids, parameter: 'place', included: 'places' },
  );
  return [...new Set([...ids, ...inside])];
}
