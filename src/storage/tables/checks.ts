import type { RecordType } from '../../domain/record-type.ts';
import { statement } from '../port.ts';
import { dialect } from '../dialect.ts';

/** Reads of a whole database, for its check and for the rebuild of what is derived. */

/** Reads the number of changes and the number of the newest. */
export const logSize = statement<[changes: number, last: number]>('SELECT count(*), coalesce(max(sequence), 0) FROM changes');

/** Reads the number of the change after which the first one is missing. */
export const firstGap = statement<[before: number]>(
  'SELECT coalesce(min(sequence), 0) FROM changes c WHERE NOT EXISTS (SELECT 1 FROM changes n WHERE n.sequence = c.sequence + 1)',
);

/** The number of all records with a fault, and one of the first ten of them. */
export type FaultyRow = [total: number, type: string, id: string];

/** Reads the records whose changes are fewer than their revisions. */
export const lostRevisions = statement<FaultyRow>(
  'SELECT count(*) OVER (), type, slug FROM changes GROUP BY type, slug HAVING count(*) <> max(revision) ORDER BY type, slug LIMIT 10',
);

/** Reads the records whose revision is not in the log. */
export const unloggedRevisions = statement<FaultyRow>(
  `SELECT count(*) OVER (), r.type, r.slug FROM records r WHERE NOT EXISTS (SELECT 1 FROM changes c
     WHERE c.type = r.type AND c.slug = r.slug AND c.revision = r.revision AND c.action <> 'deleted') ORDER BY r.type, r.slug LIMIT 10`,
);

/** Reads the records that are not as the last change of the log left them. */
export const lostChanges = statement<FaultyRow>(
  `SELECT count(*) OVER (), c.type, c.slug FROM changes c
     WHERE c.action <> 'deleted' AND NOT EXISTS (SELECT 1 FROM changes n WHERE n.type = c.type AND n.slug = c.slug AND n.revision > c.revision)
       AND NOT EXISTS (SELECT 1 FROM records r WHERE r.type = c.type AND r.slug = c.slug AND r.revision = c.revision)
     ORDER BY c.type, c.slug LIMIT 10`,
);

/** Reads the first ten identifiers that several records of a type have, with the ids of those records, and the number of all such identifiers. */
export const sharedIdentifiers = statement<[total: number, type: RecordType, key: string, ids: string]>(
  `SELECT count(*) OVER (), l.type, l.key, ${dialect.jsonArray('r.slug')} FROM lookups l CROSS JOIN records r ON r.id = l.record_id
     WHERE l.key LIKE '%:%' AND l.key NOT LIKE '=%' AND l.key NOT LIKE '~%' GROUP BY l.type, l.key HAVING count(*) > 1 ORDER BY l.type, l.key LIMIT 10`,
);

/** Reads the number of the newest change, the number of records, and the last of their keys; 0 where there are none. */
export const databaseSize = statement<[sequence: number, records: number, last: number]>(
  'SELECT (SELECT coalesce(max(sequence), 0) FROM changes), (SELECT count(*) FROM records), (SELECT coalesce(max(id), 0) FROM records)',
);

/** Reads the first and the last of the keys of the next records after one, at most so many. */
export const nextKeys = (after: number, most: number) =>
  statement<[first: number | null, last: number]>(
    `SELECT min(id), max(id) FROM (SELECT id FROM records WHERE id > ? ORDER BY id ${dialect.limit('?')}) next`,
    after,
    most,
  );

/** Reads the keys of the records of some moments that are there, each once. */
export const ownersOfMoments = (moments: readonly number[]) =>
  statement<[record: number]>(
    `SELECT DISTINCT record_id FROM moments WHERE id IN ${dialect.list('?', 'integer')}`,
    JSON.stringify(moments),
  );

/** The rows of a table in the order of their key, whose columns come first: for a comparison with the same rows of another database. */
export const rowsByKey = (table: string, key: readonly string[], columns: readonly string[]) => ({
  sql: `SELECT ${[...key, ...columns].join(', ')} FROM ${table} ORDER BY ${key.join(', ')}`,
  key: key.length,
});
