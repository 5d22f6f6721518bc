import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Returns that many unpredictable bytes. */
export type Randomness = (size: number) => Buffer;

const PREFIX = 'annals_';
/** Crockford's base 32: no letter looks like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SECRET_BYTES = 20; // 160 bits
const SECRET_LENGTH = 32;
const TOKEN = new RegExp(`^${PREFIX}[${ALPHABET}]{39}$`);

/** A token: a prefix that scanners of secrets know it by, 160 unpredictable bits, and a checksum. */
export function makeToken(random: Randomness): string {
  const secret = base32(random(SECRET_BYTES));
  return `${PREFIX}${secret}${checksum(secret)}`;
}

/** Returns true if a text has the form of a token. */
export const hasTokenForm = (text: string): boolean => TOKEN.test(text);

/** Returns true if the checksum of a text in the form of a token is right; a typo makes it wrong. */
export function hasRightChecksum(token: string): boolean {
  const end = PREFIX.length + SECRET_LENGTH;
  return token.slice(end) === checksum(token.slice(PREFIX.length, end));
}

/** The SHA-256 of a token, in hexadecimal. 160 unpredictable bits need no salt and no slow hash: nobody can try them all. */
export const hashOfToken = (token: string): string => hash('sha256', token);

/** Bytes as digits of base 32, five bits each, the last ones filled with zeros. */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The CRC-32 of a secret as seven digits. */
function checksum(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return base32(bytes);
}
