import { guard, type Statement, statement } from '../port.ts';

/** The table `api_keys`. Instants in milliseconds since 1970-01-01. */

/** An API key. */
export type ApiKeyRow = [
  id: string,
  label: string,
  scope: string,
  createdAt: number,
  expiresAt: number | null,
  lastUsedAt: number | null,
  revokedAt: number | null,
  replacedBy: string | null,
];

const KEYS = 'SELECT id, label, scope, created_at, expires_at, last_used_at, revoked_at, replaced_by FROM api_keys';

/** Reads the key with an id. */
export const apiKeyById = (id: string) => statement<ApiKeyRow>(`${KEYS} WHERE id = ?`, id);

/** Reads all keys, oldest first. */
export const apiKeys = statement<ApiKeyRow>(`${KEYS} ORDER BY created_at, id`);

/** A new key as it is stored; `hash` is the SHA-256 of its token. */
export type NewApiKey = { id: string; label: string; scope: string; hash: string; createdAt: number; expiresAt?: number | undefined };

/** Inserts a key. */
export const insertApiKey = ({ id, label, scope, hash, createdAt, expiresAt }: NewApiKey): Statement =>
  statement(
    'INSERT INTO api_keys (id, label, scope, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    id,
    label,
    scope,
    hash,
    createdAt,
    expiresAt ?? null,
  );

/** Ends a key at an instant, as another replaces it; aborts the batch with an error when it was revoked or replaced. */
export const replaceApiKey = (id: string, by: string, endsAt: number, error: Error): Statement =>
  guard(
    1,
    error,
    'UPDATE api_keys SET expires_at = ?, replaced_by = ? WHERE id = ? AND revoked_at IS NULL AND replaced_by IS NULL',
    endsAt,
    by,
    id,
  );

/** Revokes a key at an instant, or leaves the instant at which it was revoked; aborts the batch with an error when there is none. */
export const revokeApiKey = (id: string, at: number, error: Error): Statement =>
  guard(1, error, 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?', at, id);

/** The key that replaced no other, from which rotations led to the key `k`. UNION ends a circle, should there be one. */
const ROOT = `WITH RECURSIVE chain (id) AS (SELECT k.id UNION SELECT p.id FROM chain c JOIN api_keys p ON p.replaced_by = c.id)
  SELECT coalesce(min(c.id), k.id) FROM chain c WHERE NOT EXISTS (SELECT 1 FROM api_keys p WHERE p.replaced_by = c.id)`;

/** Reads the key with the hash of a token. To find it by an index over hashes takes a time that tells nothing of any token. */
export const apiKeyByHash = (hash: string) =>
  statement<[id: string, root: string, scope: string, expiresAt: number | null, revokedAt: number | null, lastUsedAt: number | null]>(
    `SELECT k.id, (${ROOT}), k.scope, k.expires_at, k.revoked_at, k.last_used_at FROM api_keys k WHERE k.hash = ?`,
    hash,
  );

/** Notes the use of a key at an instant, unless one after `unless` is noted. */
export const noteUse = (id: string, at: number, unless: number): Statement =>
  statement('UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)', at, id, unless);
