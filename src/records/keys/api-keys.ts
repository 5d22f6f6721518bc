import { AnnalsError } from '../../domain/errors.ts';
import { instantOf } from '../../domain/time/instant.ts';
import { textIssue } from '../../domain/json/json.ts';
import { type Scope, scopeOf } from '../../domain/scope.ts';
import { base32, hashOfToken, makeToken, type Randomness } from '../../domain/token.ts';
import type { Reader } from '../../storage/port.ts';
import { apiKeyById, type ApiKeyRow, apiKeys, insertApiKey, replaceApiKey, revokeApiKey } from '../../storage/tables/api-keys.ts';
import type { Annals } from '../annals.ts';

/** A key as it is listed: never the token. Instants in milliseconds; the last use is exact to a minute. */
export type ApiKey = {
  id: string;
  label: string;
  scope: Scope;
  createdAt: number;
  expiresAt?: number;
  lastUsedAt?: number;
  revokedAt?: number;
};

/** A key that was made, with its token, which is answered here and never again: the database holds its SHA-256. */
export type MadeKey = { id: string; token: string };

const LABEL_MAX = 100;

/**
 * Makes a key. Throws `invalid-request` for a label that is empty, longer than 100 characters or not printable, and for an end that has
 * passed.
 */
export async function createKey(
  { engine, clock }: Annals,
  { label, scope, expiresAt }: { label: string; scope: Scope; expiresAt?: number | undefined },
  random: Randomness,
): Promise<MadeKey> {
  const trimmed = label.trim();
  if (trimmed === '' || trimmed.length > LABEL_MAX || textIssue(trimmed) !== undefined)
    throw new AnnalsError('invalid-request', `a label says who uses the key, in 1 to ${LABEL_MAX} characters`);
  const { made, row } = draw({ label: trimmed, scope, expiresAt }, clock(), random);
  await engine.write([row]);
  return made;
}

/**
 * Makes a key in place of another, with its label, its scope and, unless `expiresAt` says otherwise, its end. The old one goes on for
 * `overlap` milliseconds, or to its own end if that comes first. Throws `not-found`, and `invalid-request` for a key that is revoked, expired or
 * replaced already.
 */
export async function rotateKey(
  { engine, clock }: Annals,
  id: string,
  { overlap, expiresAt }: { overlap: number; expiresAt?: number | undefined },
  random: Randomness,
): Promise<MadeKey & { oldEndsAt: number }> {
  const now = clock();
  const [[old]] = await engine.read([apiKeyById(id)]);
  if (!old) throw missing(id);
  const [, label, scope, , ends] = old;
  const obstacle = obstacleToRotating(old, now);
  if (obstacle !== undefined) throw new AnnalsError('invalid-request', `the key "${id}" ${obstacle}`);
  const { made, row } = draw({ label, scope: scopeOf(scope), expiresAt: expiresAt ?? ends ?? undefined }, now, random);
  const oldEndsAt = Math.min(ends ?? Number.MAX_SAFE_INTEGER, now + overlap);
  const overtaken = new AnnalsError('invalid-request', `the key "${id}" was changed meanwhile: look at "annals keys list"`);
  await engine.write([row, replaceApiKey(id, made.id, oldEndsAt, overtaken)]);
  return { ...made, oldEndsAt };
}

/** Lists all keys, oldest first, also revoked and expired ones. */
export async function listKeys(reader: Reader): Promise<ApiKey[]> {
  const [rows] = await reader.read([apiKeys]);
  return rows.map(([id, label, scope, createdAt, expiresAt, lastUsedAt, revokedAt]) => ({
    id,
    label,
    scope: scopeOf(scope),
    createdAt,
    ...(expiresAt !== null && { expiresAt }),
    ...(lastUsedAt !== null && { lastUsedAt }),
    ...(revokedAt !== null && { revokedAt }),
  }));
}

/** Makes a key useless, within a second in every process that serves the database; revoking it again changes nothing. Throws `not-found`. */
export async function revokeKey({ engine, clock }: Annals, id: string): Promise<void> {
  await engine.write([revokeApiKey(id, clock(), missing(id))]);
}

const missing = (id: string): AnnalsError => new AnnalsError('not-found', `there is no key "${id}"`);

/** A new key and the statement that keeps it. */
function draw(
  { label, scope, expiresAt }: { label: string; scope: Scope; expiresAt: number | undefined },
  now: number,
  random: Randomness,
) {
  if (expiresAt !== undefined && expiresAt <= now)
    throw new AnnalsError('invalid-request', `a key cannot end in the past: ${instantOf(expiresAt)} has gone by`);
  const made: MadeKey = { id: base32(random(5)), token: makeToken(random) };
  return { made, row: insertApiKey({ id: made.id, label, scope, hash: hashOfToken(made.token), createdAt: now, expiresAt }) };
}

function obstacleToRotating([, , , , expiresAt, , revokedAt, replacedBy]: ApiKeyRow, now: number): string | undefined {
  if (revokedAt !== null) return 'is revoked: create another';
  if (replacedBy !== null) return `was replaced by "${replacedBy}": rotate that one`;
  if (expiresAt !== null && expiresAt <= now) return `expired at ${instantOf(expiresAt)}: create another`;
  return undefined;
}
