import { RECORD_TYPES, type RecordType } from '../../resources/parts.ts';
import { guard, Overtaken, type Reader, type Statement, statement } from '../../storage/engine.ts';
import { takenIdentifier } from '../writing/identifiers.ts';
import type { Faults } from './faults.ts';
import type { Gathered } from './gather.ts';
import { chunksOf, type Links } from './link.ts';

/**
 * Adds a fault for each line that gives its record an identifier which another record of the type has: one of the database, or one of an
 * earlier line. A record that the lines replace counts with the identifiers that it has there, one that is kept with those of the database. What the database holds already may stay:
 * two records that shared an identifier before this was refused are found as they are.
 */
export async function refuseTakenIdentifiers(reader: Reader, gathered: Gathered, links: Links, faults: Faults): Promise<void> {
  for (const [type, keys] of filedIdentifiers(gathered)) {
    const [rows] = await reader.read([holdersOf(type, keys)]);
    const holders = new Map<string, string[]>();
    for (const [key, id] of rows) holders.set(key, [...(holders.get(key) ?? []), id]);
    for (const key of keys) refuseTaken(type, key, holders.get(key) ?? [], { gathered, links, faults });
  }
}

/** `stored` are the ids of the records of the database that have the identifier. */
function refuseTaken(
  type: RecordType,
  key: string,
  stored: readonly string[],
  { gathered, links, faults }: { gathered: Gathered; links: Links; faults: Faults },
): void {
  const ids = gathered.ids[type];
  const claiming = gathered.names[type].get(key)!.filter((id) => links.isStated(type, id));
  const staying = stored.filter((id) => !links.isStated(type, id) || claiming.includes(id));
  const [holder, ...others] = [...staying.slice(0, 1), ...claiming.filter((id) => !stored.includes(id))];
  if (others.length === 0) return;
  const number = links.isStated(type, holder!) ? ids.get(holder!) : undefined;
  for (const id of others) {
    const place = gathered.placeOf(ids.get(id)!);
    const where = number === undefined ? '' : ` in ${gathered.whereIs(number, place.file)}`;
    faults.add(place, takenIdentifier(key, `of the ${type} "${holder}"${where}`, '/identifiers'));
  }
}

/** Aborts the batch when a record that was changed after `since` has one of the identifiers of the lines. */
export function* guardTakenIdentifiers(gathered: Gathered, since: number): Generator<Statement> {
  const held = `SELECT 1 FROM json_each(?) j CROSS JOIN lookups l ON l.type = ? AND l.key = j.value CROSS JOIN records r ON r.id = l.record_id
    CROSS JOIN changes c ON c.type = r.type AND c.slug = r.slug AND c.revision = r.revision WHERE c.sequence > ? LIMIT 1`;
  for (const [type, keys] of filedIdentifiers(gathered)) yield guard(0, new Overtaken(), held, JSON.stringify(keys), type, since);
}

/** The identifiers that lines file records under, as many at a time as are asked for at once. The key of a name holds no colon. */
function* filedIdentifiers({ names }: Gathered): Generator<[type: RecordType, keys: string[]]> {
  for (const type of RECORD_TYPES) for (const keys of chunksOf(withColon(names[type].keys()))) yield [type, keys];
}

function* withColon(keys: Iterable<string>): Generator<string> {
  for (const key of keys) if (key.includes(':')) yield key;
}

const holdersOf = (type: RecordType, keys: readonly string[]) =>
  statement<[key: string, id: string]>(
    `SELECT l.key, r.slug FROM json_each(?) j CROSS JOIN lookups l ON l.type = ? AND l.key = j.value
       CROSS JOIN records r ON r.id = l.record_id ORDER BY r.slug`,
    JSON.stringify(keys),
    type,
  );
