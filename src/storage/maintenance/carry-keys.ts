import type Database from 'better-sqlite3';
import { instantOf } from '../../domain/time/instant.ts';
import { hasTable } from '../has-table.ts';

/** A row of `api_keys`, of whichever migration: older ones lack the end. Instants in milliseconds since 1970-01-01 UTC. */
type CarriedKey = { id: string; label: string; scope: string; hash: string; revoked_at: number | null; expires_at?: number | null };

/**
 * Makes the API keys of a restored database as useless as they are in the database that it replaces: what was revoked there stays revoked, and
 * what ends earlier there ends as early. Returns a sentence for every key that differs, those that cannot be carried over among them; none
 * holds a token or its hash. Throws SQLite's errors.
 */
export function carryKeys(replaced: Database.Database, restored: Database.Database, now: number): string[] {
  const [before, after] = [keysOf(replaced), keysOf(restored)];
  const sentences: string[] = [];
  for (const [id, key] of after) {
    const known = before.get(id);
    if (known) sentences.push(...carryKey(restored, known, key, now));
    else if (isAlive(key, now)) sentences.push(`the key ${nameOf(key)} is not in the database that was replaced, and works now`);
  }
  for (const [id, key] of before)
    if (!after.has(id) && isAlive(key, now)) sentences.push(`the key ${nameOf(key)} is not in the backup, and works no more: make another`);
  return sentences;
}

/** A sentence for each key that can be used at `now`, in milliseconds since 1970-01-01 UTC. */
export const workingKeys = (restored: Database.Database, now: number): string[] =>
  [...keysOf(restored).values()].filter((key) => isAlive(key, now)).map((key) => `the key ${nameOf(key)} works now`);

function keysOf(connection: Database.Database): Map<string, CarriedKey> {
  const rows = hasTable(connection, 'api_keys')
    ? (connection.prepare('SELECT * FROM api_keys ORDER BY created_at, id').all() as CarriedKey[])
    : []; // @NOTE its columns
  return new Map(rows.map((row) => [row.id, row]));
}

function carryKey(restored: Database.Database, before: CarriedKey, key: CarriedKey, now: number): string[] {
  const sentences: string[] = [];
  const [endsBefore, ends] = [before.expires_at ?? Number.POSITIVE_INFINITY, key.expires_at ?? Number.POSITIVE_INFINITY];
  if (before.hash !== key.hash) {
    sentences.push(`the key ${nameOf(key)} has another token than in the database that was replaced`);
  } else if (before.revoked_at !== null && key.revoked_at === null) {
    restored.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ?').run(BigInt(before.revoked_at), key.id);
    sentences.push(`the key ${nameOf(key)} stays revoked, since ${instantOf(before.revoked_at)}`);
  } else if (endsBefore < ends) {
    // A backup from before keys had ends has no column for one.
    const [column, at] = key.expires_at === undefined ? ['revoked_at', now] : ['expires_at', endsBefore];
    restored.prepare(`UPDATE api_keys SET ${column} = ? WHERE id = ?`).run(BigInt(at), key.id);
    const how =
      endsBefore <= now ? 'stays ended, since' : column === 'expires_at' ? 'ends at' : 'is revoked, as the backup cannot keep its end at';
    sentences.push(`the key ${nameOf(key)} ${how} ${instantOf(endsBefore)}`);
  } else if (ends < endsBefore && isAlive(before, now)) {
    sentences.push(`the key ${nameOf(key)} ends earlier than in the database that was replaced, at ${instantOf(ends)}`);
  } else if (key.revoked_at !== null && isAlive(before, now)) {
    sentences.push(`the key ${nameOf(key)} is revoked, and was not in the database that was replaced`);
  }
  if (before.scope !== key.scope || before.label !== key.label)
    sentences.push(`the key ${nameOf(key)} was ${nameOf(before)} in the database that was replaced`);
  return sentences;
}

const isAlive = ({ revoked_at, expires_at }: CarriedKey, now: number): boolean =>
  revoked_at === null && (expires_at ?? Number.POSITIVE_INFINITY) > now;

const nameOf = ({ id, label, scope }: CarriedKey): string => `${id} (${scope}, "${label}")`;
