import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { guard, WriteConflict, type Reader, type Statement } from '../storage/port.ts';
import { identifiersIn, readHolders, takenIdentifier } from '../records/identifiers.ts';
import { type Read, withSent } from './check.ts';
import type { Faults, LinePlace } from './faults.ts';
import type { Gathered } from './gather.ts';
import { chunksOf } from '../domain/chunks.ts';
import type { Links } from './link.ts';

/** An identifier of a line that another record has: its key, and whose it is, as `takenIdentifier` takes it. */
type Taken = { place: LinePlace; key: string; whose: string };

/**
 * Adds a fault for each line that gives its record an identifier which another record of the type has: one of the database, or one of an
 * earlier line. A record that the lines replace counts with the identifiers that it has there, one that is kept with those of the database.
 * What the database holds already may stay: two records that shared an identifier before this was refused are found as they are.
 */
export async function refuseTakenIdentifiers(reader: Reader, gathered: Gathered, links: Links, faults: Faults): Promise<void> {
  const taken: Taken[] = [];
  for (const [type, keys] of filedIdentifiers(gathered)) {
    const holders = await readHolders(reader, type, keys);
    for (const key of keys) taken.push(...takenOf(type, key, holders.get(key) ?? [], gathered, links));
  }
  if (taken.length > 0) addFaults(taken, gathered, faults);
}

/** Lines that may not have an identifier. `stored` are the ids of the records of the database that have it. */
function takenOf(type: RecordType, key: string, stored: readonly string[], gathered: Gathered, links: Links): Taken[] {
  const ids = gathered.ids[type];
  const claiming = gathered.names[type].get(key)!.filter((id) => links.isStated(type, id));
  const staying = stored.filter((id) => !links.isStated(type, id) || claiming.includes(id));
  const [holder, ...others] = [...staying.slice(0, 1), ...claiming.filter((id) => !stored.includes(id))];
  const number = holder !== undefined && links.isStated(type, holder) ? ids.get(holder) : undefined;
  return others.map((id) => {
    const place = gathered.placeOf(ids.get(id)!);
    const where = number === undefined ? '' : ` in ${gathered.whereIs(number, place.file)}`;
    return { place, key, whose: `of the ${type} "${holder}"${where}` };
  });
}

/** Adds the faults, with each identifier as it is written in its line and its place there, which only the record of the line says. */
function addFaults(taken: readonly Taken[], { chunks, records }: Gathered, faults: Faults): void {
  const byLine = new Map<string, Taken[]>();
  for (const each of taken) {
    const name = `${each.place.file}:${each.place.line}`;
    byLine.set(name, [...(byLine.get(name) ?? []), each]);
  }
  const texts = records.texts();
  for (const { file, lines } of chunks.items()) {
    const text = String(texts.next().value); // @NOTE one for each chunk
    const faulty = lines.flatMap((line, index) => {
      const ofLine = byLine.get(`${file}:${line}`);
      return ofLine ? [{ index, ofLine }] : [];
    });
    if (faulty.length === 0) continue;
    const read = JSON.parse(text) as Read[]; // @NOTE `checkLines` wrote it
    for (const { index, ofLine } of faulty) {
      const { input } = read[index]!;
      const identifiers = identifiersIn(input);
      for (const { place, key, whose } of ofLine) {
        const identifier = identifiers.find((each) => each.key === key)!;
        faults.add(place, withSent(takenIdentifier(identifier.text, whose, `/identifiers/${identifier.index}`), input));
      }
    }
  }
}

/** Aborts the batch when a record that was changed after `since` has one of the identifiers of the lines. */
export function* guardTakenIdentifiers(gathered: Gathered, since: number): Generator<Statement> {
  const held = `SELECT 1 FROM json_each(?) j CROSS JOIN lookups l ON l.type = ? AND l.key = j.value CROSS JOIN records r ON r.id = l.record_id
    CROSS JOIN changes c ON c.type = r.type AND c.slug = r.slug AND c.revision = r.revision WHERE c.sequence > ? LIMIT 1`;
  for (const [type, keys] of filedIdentifiers(gathered)) yield guard(0, new WriteConflict(), held, JSON.stringify(keys), type, since);
}

/** Identifiers that lines file records under, as many at a time as are asked for at once. The key of a name holds no colon. */
function* filedIdentifiers({ names }: Gathered): Generator<[type: RecordType, keys: string[]]> {
  for (const type of RECORD_TYPES) for (const keys of chunksOf(withColon(names[type].keys()))) yield [type, keys];
}

function* withColon(keys: Iterable<string>): Generator<string> {
  for (const key of keys) if (key.includes(':')) yield key;
}
