import { LRUCache } from 'lru-cache';
import { hashOfToken, hasRightChecksum, hasTokenForm } from '../../domain/token.ts';
import { apiKeyByHash, noteUse } from '../../storage/tables/api-keys.ts';
import type { Annals } from '../annals.ts';
import { type Scope, scopeOf } from '../../domain/scope.ts';

/** The key of a token and its scope, or the instant in milliseconds since which it is not valid. `root` is the first of the keys that replaced each other. */
export type AuthenticatedKey = { state: 'valid'; id: string; root: string; scope: Scope } | { state: 'expired' | 'revoked'; since: number };

type CachedKey = { id: string; root: string; scope: Scope; expiresAt: number | null; revokedAt: number | null; lastUsedAt: number | null };

/**
 * The time, in milliseconds, for which a key is not looked up again. A revocation by any process holds after it and the time of a read; users are told
 * "within a second". It is measured by the cache's monotonic clock, as the wall clock may be set back.
 */
const KNOWN_FOR = 500;

/** Keys in the cache at most. Keys that do not exist are never cached, so no one can fill memory with them. */
const KNOWN_MOST = 1000;

/** Shortest time between two notes of the use of a key, in milliseconds. */
const NOTED_EVERY = 60_000;

/**
 * Returns a function that finds the key of a token; undefined if it is mistyped or unknown. The checksum reveals a typing error without a read. The
 * use of a valid key is noted at most once a minute, and the request does not wait for it.
 */
export function keyAuthenticator({
  engine,
  clock,
}: Pick<Annals, 'engine' | 'clock'>): (token: string) => Promise<AuthenticatedKey | undefined> {
  const known = new LRUCache<string, CachedKey>({ max: KNOWN_MOST, ttl: KNOWN_FOR, ttlResolution: 0 });

  async function lookUp(hash: string): Promise<CachedKey | undefined> {
    const [[row]] = await engine.read([apiKeyByHash(hash)]);
    if (!row) return undefined;
    const [id, root, scope, expiresAt, revokedAt, lastUsedAt] = row;
    const key = { id, root, scope: scopeOf(scope), expiresAt, revokedAt, lastUsedAt };
    known.set(hash, key);
    return key;
  }

  function note(key: CachedKey, now: number): void {
    if (key.lastUsedAt !== null && now - key.lastUsedAt < NOTED_EVERY) return;
    key.lastUsedAt = now;
    // A database that cannot be written refuses writes; reads go on.
    engine.write([noteUse(key.id, now, now - NOTED_EVERY)]).catch(() => undefined);
  }

  return async (token) => {
    if (!hasTokenForm(token)) return undefined;
    const hash = hashOfToken(token);
    const key = known.get(hash) ?? (hasRightChecksum(token) ? await lookUp(hash) : undefined);
    if (!key) return undefined;
    const { id, root, scope, expiresAt, revokedAt } = key;
    const now = clock();
    if (revokedAt !== null) return { state: 'revoked', since: revokedAt };
    if (expiresAt !== null && expiresAt <= now) return { state: 'expired', since: expiresAt };
    note(key, now);
    return { state: 'valid', id, root, scope };
  };
}
