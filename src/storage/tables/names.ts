import type { RecordType } from '../../domain/record-type.ts';
import { SLUG_MAX } from '../../domain/text/slug.ts';
import { conflictUnless, type Statement, statement } from '../port.ts';
import { dialect } from '../dialect.ts';
import type { TextMatch } from '../full-text/text-match.ts';

/** Records by their ids, and by their names and identifiers, whose keys are in `lookups`. */

type KeyRow = [index: number, key: number, id: string];

const KEYS = `SELECT ${dialect.ordinal('j')}, r.id, r.slug FROM ${dialect.elements('j', '?')}
  CROSS JOIN records r ON r.type = ${dialect.column('j', 0, 'text')} AND r.slug = ${dialect.column('j', 1, 'text')}`;

/** Reads the keys of the records with some ids, each with its index in the list; an id that no record has is left out. */
export function keysOfIds(ids: readonly (readonly [type: RecordType, id: string])[]): Statement<KeyRow> {
  const [only, ...others] = ids;
  // A parameter is mostly alone, and the same in many requests.
  if (only && others.length === 0)
    return { ...statement('SELECT 0, id, slug FROM records WHERE type = ? AND slug = ?', ...only), cacheable: true };
  return statement(KEYS, JSON.stringify(ids));
}

/** A record to be looked up by its id (`slug`), the key of a name, or the sort key of its title. */
type WantedRecord = { index: number; type: RecordType } & ({ slug: string } | { key: string } | { title: string });

/** Number of records of one name that are read at most, and one more: beyond, no rule decides among them. */
export const HOLDERS_MAX = 50;

const INDEX = dialect.column('j', 'index', 'integer');
const TYPE = dialect.column('j', 'type', 'text');
const WANTED = `FROM ${dialect.elements('j', '?')}`;
const BY_ID = `SELECT ${INDEX}, 'id', r.id, r.slug ${WANTED} CROSS JOIN records r ON r.type = ${TYPE} AND r.slug = ${dialect.column('j', 'slug', 'text')}`;
const BY_NAME = `SELECT ${INDEX}, 'name', r.id, r.slug ${WANTED} CROSS JOIN records r ON r.id IN (SELECT l.record_id FROM lookups l
    WHERE l.type = ${TYPE} AND l.key = ${dialect.column('j', 'key', 'text')} ORDER BY l.record_id LIMIT ${HOLDERS_MAX + 1})`;
const BY_TITLE = `SELECT ${INDEX}, 'title', r.id, r.slug ${WANTED} CROSS JOIN records r ON r.id IN (SELECT t.id FROM records t
    WHERE t.type = ${TYPE} AND t.sort_title = ${dialect.column('j', 'title', 'text')} ORDER BY t.id LIMIT ${HOLDERS_MAX + 1})`;
const BY_ID_OR_NAME = `${BY_ID} UNION ALL ${BY_NAME}`;

/** A record that was found: the index of what was looked up, by what it was found, and its key and id. */
export type NamedRow = [index: number, by: 'id' | 'name' | 'title', key: number, id: string];

/** One id and one name of a type: without lists it takes a third of the time. */
const BY_ONE_ID_OR_NAME = `SELECT 0, 'id', id, slug FROM records WHERE type = ? AND slug = ?
  UNION ALL SELECT 0, 'name', r.id, r.slug FROM (SELECT record_id FROM lookups WHERE type = ? AND key = ? ORDER BY record_id LIMIT ${HOLDERS_MAX + 1}) l
    CROSS JOIN records r ON r.id = l.record_id`;

/** Reads the records with some ids, names and titles, up to 51 of each name or title. */
export function recordsByIdOrName(wanted: readonly WantedRecord[]): Statement<NamedRow> {
  const [one, other, ...others] = wanted;
  if (one && other && others.length === 0 && 'slug' in one && 'key' in other)
    return { ...statement(BY_ONE_ID_OR_NAME, one.type, one.slug, other.type, other.key), cacheable: true };
  const list = JSON.stringify(wanted);
  return wanted.some((each) => 'title' in each)
    ? statement(`${BY_ID_OR_NAME} UNION ALL ${BY_TITLE}`, list, list, list)
    : statement(BY_ID_OR_NAME, list, list);
}

const NAMED_ALREADY = `SELECT ${dialect.ordinal('j')} FROM ${dialect.elements('j', '?')}
  WHERE EXISTS (SELECT 1 FROM lookups l WHERE l.type = ${dialect.column('j', 0, 'text')} AND l.key = ${dialect.column('j', 1, 'text')})
    OR EXISTS (SELECT 1 FROM records r WHERE r.type = ${dialect.column('j', 0, 'text')} AND r.slug = ${dialect.column('j', 2, 'text')})`;

/** Reads which of some names are those of any record, by their indexes in the list: each is the key of a name, and an id that is spelt so. */
export const namesInUse = (names: readonly (readonly [type: RecordType, key: string, id: string])[]): Statement<[index: number]> =>
  statement(NAMED_ALREADY, JSON.stringify(names));

/** Reads the keys of the records of a type whose names match letters best: those of the best hundred names of all types. */
export const recordsNear = (type: RecordType, match: TextMatch): Statement<[key: number]> => ({
  sql: `SELECT l.record_id FROM (${dialect.nearestNames(':match', 100)}) n CROSS JOIN lookups l ON l.id = n.id WHERE l.type = :type`,
  params: [{ match, type }],
  // The rows of each trigram are scored one by one, and thousands of names may have it.
  offload: true,
});

/** Reads the keys of the records with the first fifty ids that begin as a text does. */
export const idsBeginning = (type: RecordType, beginning: string): Statement<[key: number]> =>
  statement('SELECT id FROM records WHERE type = ? AND slug BETWEEN ? AND ? ORDER BY slug LIMIT 50', type, beginning, `${beginning}~`);

/** The id with a number in SQL, as `numbered` makes it. */
const numberedSql = (n: string): string => {
  const digits = `CAST(${n} AS TEXT)`;
  return `CASE ${n} WHEN 1 THEN CAST(:id AS TEXT) ELSE rtrim(substr(CAST(:id AS TEXT), 1, ${SLUG_MAX - 1} - length(${digits})), '-') || '-' || ${digits} END`;
};

/**
 * Doubles the number until its id is free, then halves the interval between the last taken and the first free one: 20 look-ups among a thousand
 * records of one title.
 */
const FREE_NUMBER = `WITH RECURSIVE search (taken, free, n) AS (
    SELECT 0, CAST(NULL AS INTEGER), 1
    UNION ALL
    SELECT CASE WHEN r.id IS NULL THEN s.taken ELSE s.n END, CASE WHEN r.id IS NULL THEN s.n ELSE s.free END,
        CASE WHEN r.id IS NULL THEN (s.taken + s.n) / 2 ELSE coalesce((s.n + s.free) / 2, s.n * 2) END
      FROM search s LEFT JOIN records r ON r.type = :type AND r.slug = ${numberedSql('s.n')}
      WHERE s.free IS NULL OR s.free - s.taken > 1)
  SELECT s.free, (SELECT max(c.revision) FROM changes c WHERE c.type = :type AND c.slug = ${numberedSql('s.free')})
    FROM search s WHERE s.free - s.taken = 1`;

/** Reads a number with which an id is free and whose predecessor is taken, and the last revision of a deleted record that had that id. */
export const freeNumber = (type: RecordType, id: string): Statement<[number: number, revision: number | null]> => ({
  sql: FREE_NUMBER,
  params: [{ id, type }],
});

/** The record with an id, or the last revision of the deleted one that had it. */
const STATES = `SELECT ${dialect.value('j', 'text')}, r.id,
    CASE WHEN r.id IS NULL THEN (SELECT max(c.revision) FROM changes c WHERE c.type = ? AND c.slug = ${dialect.value('j', 'text')}) END
  FROM ${dialect.elements('j', '?')} LEFT JOIN records r ON r.type = ? AND r.slug = ${dialect.value('j', 'text')}`;

/** Reads for each of some ids the key of its record, or the last revision of a deleted record that had it. */
export const statesOfIds = (type: RecordType, ids: readonly string[]) =>
  statement<[id: string, key: number | null, revision: number | null]>(STATES, type, JSON.stringify(ids), type);

/** Reads the records of some types and titles, as `sort_title` has these. */
export const recordsTitled = (titles: readonly (readonly [type: RecordType, title: string])[]) =>
  statement<[type: RecordType, title: string, key: number, id: string]>(
    `SELECT r.type, r.sort_title, r.id, r.slug FROM ${dialect.elements('j', '?')} CROSS JOIN records r
      ON r.type = ${dialect.column('j', 0, 'text')} AND r.sort_title = ${dialect.column('j', 1, 'text')}`,
    JSON.stringify(titles),
  );

/** The statements that delete the names and identifiers of some records, by which they are found. */
export function deleteNamesOf(records: readonly number[]): Statement[] {
  const names = `record_id IN ${dialect.list('?', 'integer')}`;
  const list = JSON.stringify(records);
  return [
    statement(`DELETE FROM nearby WHERE ${dialect.nameRow()} IN (SELECT id FROM lookups WHERE ${names})`, list),
    statement(`DELETE FROM lookups WHERE ${names}`, list),
  ];
}

const HELD = `${dialect.elements('j', '?')} CROSS JOIN lookups l ON l.type = ? AND l.key = ${dialect.value('j', 'text')}`;

/** Reads the ids of the records of a type that have each of some identifiers, in the order of the ids. */
export const holdersOf = (type: RecordType, keys: readonly string[]) =>
  statement<[key: string, id: string]>(
    `SELECT l.key, r.slug FROM ${HELD} CROSS JOIN records r ON r.id = l.record_id ORDER BY r.slug`,
    JSON.stringify([...new Set(keys)]),
    type,
  );

/** Aborts the batch when a record besides the one with the key `holder` has one of some identifiers. */
export const guardHolders = (type: RecordType, keys: readonly string[], holder: number): Statement =>
  conflictUnless(0, `SELECT 1 FROM ${HELD} WHERE l.record_id <> ? LIMIT 1`, JSON.stringify(keys), type, holder);

/** Aborts the batch when a record that was changed after the change `since` has one of some identifiers. */
export const guardNewHolders = (type: RecordType, keys: readonly string[], since: number): Statement =>
  conflictUnless(
    0,
    `SELECT 1 FROM ${HELD} CROSS JOIN records r ON r.id = l.record_id
       CROSS JOIN changes c ON c.type = r.type AND c.slug = r.slug AND c.revision = r.revision WHERE c.sequence > ? LIMIT 1`,
    JSON.stringify(keys),
    type,
    since,
  );
