import type { Reader } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { askedTerms, echoedList, echoOf, filter, alternatives, readScope, resolveList, SCOPE_MAX } from './filter.ts';

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
  const sql = `WITH RECURSIVE inside (key) AS (
        SELECT r.id FROM ${dialect.elements('j', ':ids')} CROSS JOIN records r ON r.type = 'place' AND r.slug = ${dialect.value('j', 'text')}
        UNION SELECT p.record_id FROM inside i CROSS JOIN places p ON p.country_id = i.key
        LIMIT ${SCOPE_MAX + 1})
      SELECT r.slug FROM inside i CROSS JOIN records r ON r.id = i.key`;
  const rows = await readScope<[id: string]>(reader, { sql, ids, parameter: 'place', included: 'places' });
  return [...new Set([...ids, ...rows.map(([id]) => id)])];
}
