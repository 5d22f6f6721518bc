import { isObject, type JsonObject } from '../domain/json.ts';
import { contentHash } from './check.ts';
import { canonical } from './differences.ts';

/** A record of the database: its integer key, and its id. */
export type Known = { key: number; id: string };

/** Records of one type and title by the hash of what they hold in the fields of one signature. */
export type Contents = Map<string, Known>;

/** Number of records of one title beyond which they are kept for the lines to come. */
const WORTH_KEEPING = 8;

/** Number of hashes that are kept at most, some 100 bytes each. */
const KEPT = 500_000;

/**
 * Fields that a line states, as a text: its fields, and those of its objects such as dates. Lists count as a whole. Lines of one signature are
 * compared with a record by one hash of the record.
 */
export function signatureOf(input: JsonObject): string {
  return JSON.stringify(
    Object.entries(input)
      .filter(([field]) => field !== 'id')
      .map(([field, value]) => [field, isObject(value) ? Object.keys(value) : 0] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A hash of what a record holds in the fields of a signature. */
export function hashUnder(signature: string, record: JsonObject): string {
  const fields = JSON.parse(signature) as [field: string, parts: string[] | 0][]; // @NOTE `signatureOf` made it
  const held = fields.map(([field, parts]) => {
    const value = record[field];
    return [field, parts !== 0 && isObject(value) ? Object.fromEntries(parts.map((part) => [part, value[part]])) : value];
  });
  return contentHash(canonical(Object.fromEntries(held)));
}

/** Contents by type, title and signature. Those of many records are kept, so that a thousand lines of one title do not read them a thousand times. */
export function contentPool() {
  const kept = new Map<string, Contents>();
  let size = 0;
  return {
    get: (name: string): Contents | undefined => kept.get(name),
    keep(name: string, contents: Contents): void {
      if (contents.size <= WORTH_KEEPING || contents.size > KEPT) return;
      if (size + contents.size > KEPT) {
        kept.clear();
        size = 0;
      }
      kept.set(name, contents);
      size += contents.size;
    },
  };
}
