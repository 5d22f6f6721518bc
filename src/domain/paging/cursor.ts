import { hash } from 'node:crypto';
import { AnnalsError } from '../errors.ts';
import { readKeySet, writeKeySet } from './key-set.ts';

/** One value of a position as text. `read` returns undefined for a text that `write` makes of no value of this type and range. */
export type CursorPart<Value> = { write(value: Value): string; read(text: string): Value | undefined };

/** Position where a page of a list ended: named values, such as the sort value and the key of its last row. */
export type CursorPosition = Record<string, unknown>;

/** Types and ranges of the values of a position, in the order in which a cursor has them. */
export type CursorForm<Position extends CursorPosition> = { readonly [Name in keyof Position]: CursorPart<Position[Name]> };

/** An integer from `least` to `most`, inclusive. */
export function integerPart(least: number, most: number): CursorPart<number> {
  return {
    write: String,
    read: (text) => {
      const value = INTEGER.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** An integer of 64 bits from `least` to `most`, inclusive. */
export function wideIntegerPart(least: bigint, most: bigint): CursorPart<bigint> {
  return {
    write: String,
    read: (text) => {
      const value = WIDE_INTEGER.test(text) ? BigInt(text) : least - 1n;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

const WIDE_INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** A text of at most `longest` UTF-16 code units without U+0000, which no record has and PostgreSQL does not know. */
export function textPart(longest: number): CursorPart<string> {
  return {
    write: base64url,
    read: (text) => {
      const value = Buffer.from(text, 'base64url').toString('utf8');
      return value.length <= longest && !value.includes('\0') && base64url(value) === text ? value : undefined;
    },
  };
}

/** A set of at most `most` integer keys, read in ascending order. */
export const keySetPart = (most: number): CursorPart<readonly number[]> => ({ write: writeKeySet, read: (text) => readKeySet(text, most) });

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Version of all forms, increased when a position is written in another way: a cursor of another version is refused. */
const VERSION = '2';

/** Encodes a position as a cursor of URL-safe characters, bound to its query by a checksum over both. */
export function encodeCursor<Position extends CursorPosition>(form: CursorForm<Position>, position: Position, query: string): string {
  const parts = partsOf(form).map(([name, part]) => part.write(position[name]));
  return [VERSION, checksum(parts, query), ...parts].join('.');
}

/**
 * Decodes a cursor. Throws `invalid-cursor` for a cursor of another query or version, for one that was changed, and for one with values out of
 * the form. The checksum is no secret: a forged cursor reads another position of the same list, so values are trusted for type and range only.
 */
export function decodeCursor<Position extends CursorPosition>(form: CursorForm<Position>, cursor: string, query: string): Position {
  const parts = partsOf(form);
  const [version, sum, ...texts] = cursor.split('.', parts.length + 3);
  if (version !== VERSION || texts.length !== parts.length || sum !== checksum(texts, query)) throw invalidCursor();
  const position = parts.map(([name, part], index) => [name, part.read(texts[index]!)] as const);
  if (position.some(([, value]) => value === undefined)) throw invalidCursor();
  return Object.fromEntries(position) as Position; // @NOTE each part has read the value of its own name
}

const partsOf = <Position extends CursorPosition>(form: CursorForm<Position>) => Object.entries<CursorPart<unknown>>(form);

function invalidCursor(): AnnalsError {
  const message =
    'this cursor belongs to another query, was changed, or is of another version of this service: take `next` of the page before as it is, with the same parameters, or ask again without a cursor';
  return new AnnalsError('invalid-cursor', message, [{ parameter: 'cursor', message }]);
}

const CHECKSUM_LENGTH = 16;

function checksum(parts: readonly string[], query: string): string {
  return hash('sha256', `${query}\n${VERSION}.${parts.join('.')}`, 'base64url').slice(0, CHECKSUM_LENGTH);
}
