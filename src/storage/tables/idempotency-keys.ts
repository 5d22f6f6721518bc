import type { RecordType } from '../../domain/record-type.ts';
import { guard, type Statement, statement, type Value } from '../port.ts';

/** The table `idempotency_keys`: which change of the log a request made. Instants in milliseconds since 1970-01-01. */

/** A request: the API key and the Idempotency-Key that came with it, and the SHA-256 of what it asked. */
export type NotedRequest = { owner: string; key: string; fingerprint: Buffer };

/** The change that a request made: a revision of a record, or the newest change of the log. */
export type NotedChange = 'newest' | { type: RecordType; id: string; revision: number };

/** Expired keys that each write deletes at most: more than it inserts, so that they never pile up. */
const PRUNED = 10;

const NEWEST = 'sequence = (SELECT max(sequence) FROM changes)';

/**
 * Notes the change that a request made at an instant, and forgets the oldest of the requests up to the instant `forgotten`. Aborts the batch with an
 * error when another change is noted for the same keys.
 */
export function noteRequest(
  { owner, key, fingerprint }: NotedRequest,
  change: NotedChange,
  { at, forgotten }: { at: number; forgotten: number },
  error: Error,
): Statement[] {
  const [where, params]: [string, Value[]] =
    change === 'newest' ? [NEWEST, []] : ['type = ? AND slug = ? AND revision = ?', [change.type, change.id, change.revision]];
  const noted = `INSERT INTO idempotency_keys (owner, key, fingerprint, type, slug, revision, at)
    SELECT ?, ?, ?, type, slug, revision, ? FROM changes WHERE ${where}
    ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, type = excluded.type, slug = excluded.slug,
      revision = excluded.revision, at = excluded.at WHERE idempotency_keys.at <= ?`;
  const oldest = `SELECT owner, key FROM idempotency_keys WHERE at <= ? ORDER BY at LIMIT ${PRUNED}`;
  return [
    guard(1, error, noted, owner, key, fingerprint, at, ...params, forgotten),
    statement(`DELETE FROM idempotency_keys WHERE (owner, key) IN (${oldest})`, forgotten),
  ];
}

/**
 * Reads the change that an earlier request with the same keys made after the instant `forgotten`, with the record at that revision: as it stands,
 * or as the next change replaced it.
 */
export const notedChange = ({ owner, key }: NotedRequest, forgotten: number) =>
  statement<[fingerprint: Buffer, type: RecordType, id: string, revision: number, document: Buffer]>(
    `SELECT k.fingerprint, k.type, k.slug, k.revision, coalesce(n.replaced, r.document) FROM idempotency_keys k
       LEFT JOIN changes n ON n.type = k.type AND n.slug = k.slug AND n.revision = k.revision + 1
       LEFT JOIN records r ON r.type = k.type AND r.slug = k.slug AND r.revision = k.revision
       WHERE k.owner = ? AND k.key = ? AND k.at > ?`,
    owner,
    key,
    forgotten,
  );
