import { hash } from 'node:crypto';
import { AnnalsError } from './errors.ts';
import { readKeySet, writeKeySet } from './key-set.ts';

/** One value of a place, as a cursor writes it. `read` returns nothing for a text that `write` makes of no value of this type and range. */
export type Part<Value> = { write(value: Value): string; read(text: string): Value | undefined };

/** The types and ranges of the values that say where a page of one sort ended, in order. */
export type CursorForm<Place extends readonly unknown[]> = { readonly [Index in keyof Place]: Part<Place[Index]> };

/** An integer from `least` to `most`, both included. */
export function integerPart(least: number, most: number): Part<number> {
  return {
    write: String,
    read: (text) => {
      const value = INTEGER.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** A text of at most `longest` UTF-16 code units. */
export function textPart(longest: number): Part<string> {
  return {
    write: base64url,
    read: (text) => {
      const value = Buffer.from(text, 'base64url').toString('utf8');
      return value.length <= longest && base64url(value) === text ? value : undefined;
    },
  };
}

/** A set of at most `most` keys of rows, read in ascending order. */
export const keySetPart = (most: number): Part<readonly number[]> => ({ write: writeKeySet, read: (text) => readKeySet(text, most) });

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** The version of all forms: a cursor of another version is refused. It changes whenever a place is written in another way. */
const VERSION = '1';

/** An opaque cursor of URL-safe characters: the place, bound to the query it belongs to by a checksum over both. */
export function encodeCursor<Place extends readonly unknown[]>(form: CursorForm<Place>, place: Place, query: string): string {
  const parts = form.map((part: Part<unknown>, index) => part.write(place[index])); // @NOTE each part writes the value of its own index
  return [VERSION, checksum(parts, query), ...parts].join('.');
}

/**
 * The place of a cursor. Throws `invalid-cursor` for a cursor of another query or another version, for one that was changed, and for one whose
 * values are not of the form. The checksum is no secret, so a value is trusted for nothing but its type and range: a forged cursor reads
 * another place of the same list.
 */
export function decodeCursor<Place extends readonly unknown[]>(form: CursorForm<Place>, cursor: string, query: string): Place {
  const [version, sum, ...parts] = cursor.split('.', form.length + 3);
  if (version !== VERSION || parts.length !== form.length || sum !== checksum(parts, query)) throw badCursor();
  return form.map((part: Part<unknown>, index) => {
    const value = part.read(parts[index]!);
    if (value === undefined) throw badCursor();
    return value;
  }) as unknown as Place; // @NOTE each part has read the value of its own index
}

function badCursor(): AnnalsError {
  const message =
    'this cursor belongs to another query, was changed, or is of another version of this service: take `next` of the page before as it is, with the same parameters, or ask again without a cursor';
  return new AnnalsError('invalid-cursor', message, [{ parameter: 'cursor', message }]);
}

const CHECKSUM_LENGTH = 16;

function checksum(parts: readonly string[], query: string): string {
  return hash('sha256', `${query}\n${VERSION}.${parts.join('.')}`, 'base64url').slice(0, CHECKSUM_LENGTH);
}
