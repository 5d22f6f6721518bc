import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { askedTerms, echoedList, echoOf, filter, alternatives, readScope, resolveList } from './filter.ts';

/** The place of the moment or of the entry. A country includes its places. */
export const place = filter(
  { place: alternatives('At this place, by id, name or `scheme:value`; a country stands for its places too.') },
  async ({ place: value = '' }, { reader }) => {
    const found = await resolveList(reader, 'place', 'place', value);
    const withPlaces = { any: await withPlacesIn(reader, found.any), none: await withPlacesIn(reader, found.none) };
    return { ...askedTerms('place', withPlaces, 'by-moment'), echo: { place: echoOf(found) } };
  },
  { place: echoedList },
);

/** The ids of places, and of those that lie in them. */
async function withPlacesIn(reader: Reader, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const sql = `SELECT p.slug FROM ${dialect.elements('j', ':ids')} CROSS JOIN records r ON r.type = 'place' AND r.slug = ${dialect.value('j', 'text')}
      CROSS JOIN places c ON c.country_id = r.id CROSS JOIN records p ON p.id = c.record_id`;
  const rows = await readScope<[id: string]>(reader, { sql, ids, parameter: 'place', included: 'places' });
  return [...ids, ...rows.map(([id]) => id)];
}
