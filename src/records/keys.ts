import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { asc } from 'drizzle-orm';
import { AnnalsError } from '../domain/errors.ts';
import { textIssue } from '../domain/json.ts';
import { guard, type Reader, statement } from '../storage/engine.ts';
import { insert } from '../storage/insert.ts';
import { queries } from '../storage/queries.ts';
import { apiKeys } from '../storage/tables.ts';
import type { Annals } from './annals.ts';

/** What a key allows: `write` includes reading. */
export const SCOPES = ['read', 'write'] as const;
/** One of them. */
export type Scope = (typeof SCOPES)[number];

/** A key as it is listed: never the token. Instants in milliseconds. */
export type ApiKey = { id: string; label: string; scope: Scope; createdAt: number; revokedAt?: number };

/** Answers that many unpredictable bytes. */
export type Randomness = (size: number) => Buffer;

const PREFIX = 'annals_';
/** Crockford's base 32: no letter looks like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SECRET_BYTES = 20; // 160 bits
const SECRET_LENGTH = 32;
const TOKEN = new RegExp(`^${PREFIX}[${ALPHABET}]{39}$`);
const LABEL_MAX = 100;

/**
 * Makes a key. The token is answered here and never again: the database holds its SHA-256. Throws `invalid-request` for a label that is
 * empty, longer than 100 characters or not printable.
 */
export async function createKey(
  { engine, clock }: Annals,
  { label, scope }: { label: string; scope: Scope },
  random: Randomness,
): Promise<{ id: string; token: string }> {
  const trimmed = label.trim();
  if (trimmed === '' || trimmed.length > LABEL_MAX || textIssue(trimmed) !== undefined)
    throw new AnnalsError('invalid-request', `a label says who uses the key, in 1 to ${LABEL_MAX} characters`);
  const id = base32(random(5));
  const secret = base32(random(SECRET_BYTES));
  const token = `${PREFIX}${secret}${checksum(secret)}`;
  await engine.write([insert(apiKeys, { id, label: trimmed, scope, hash: hashOf(token), createdAt: clock() })]);
  return { id, token };
}

/** Every key, oldest first, those that are revoked too. */
export async function listKeys(reader: Reader): Promise<ApiKey[]> {
  const rows = await queries(reader).select().from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id));
  return rows.map(({ id, label, scope, createdAt, revokedAt }) => ({
    id,
    label,
    scope: scopeOf(scope),
    createdAt,
    ...(revokedAt !== null && { revokedAt }),
  }));
}

/** Makes a key useless from now on; revoking it again changes nothing. Throws `not-found`. */
export async function revokeKey({ engine, clock }: Annals, id: string): Promise<void> {
  const missing = new AnnalsError('not-found', `there is no key "${id}"`);
  await engine.write([guard(1, missing, 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?', clock(), id)]);
}

/** Whose token it is and what it allows; nothing for one that is mistyped, unknown or revoked. A typo is told without asking the database. */
export async function authenticate(reader: Reader, token: string): Promise<{ id: string; scope: Scope } | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const secret = token.slice(PREFIX.length, PREFIX.length + SECRET_LENGTH);
  if (token.slice(PREFIX.length + SECRET_LENGTH) !== checksum(secret)) return undefined;
  const byHash = statement<[id: string, scope: string]>(
    'SELECT id, scope FROM api_keys WHERE hash = ? AND revoked_at IS NULL',
    hashOf(token),
  );
  const [[row]] = await reader.read([byHash]);
  return row && { id: row[0], scope: scopeOf(row[1]) };
}

/** The scope of a column whose constraint admits no other. */
const scopeOf = (column: string): Scope => (column === 'write' ? 'write' : 'read');

// 160 unpredictable bits need no salt and no slow hash: nobody can try them all.
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The CRC-32 of a secret as seven digits. */
function checksum(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return base32(bytes);
}

/** Bytes as digits of base 32, five bits each, the last ones filled with zeros. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
