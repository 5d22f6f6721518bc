import { hash } from 'node:crypto';
import { AnnalsError } from './errors.ts';

/** Where a page ended: the sort values of its last item, or an offset. */
export type Place = readonly (string | number)[];

/** An opaque cursor: the place, bound to the query it belongs to by a checksum over both. */
export function encodeCursor(place: Place, query: string): string {
  const payload = JSON.stringify(place);
  return Buffer.from(`${checksum(payload, query)}${payload}`).toString('base64url');
}

/**
 * The place of a cursor, which has `length` values. Throws `invalid-cursor` when it was tampered with, belongs to another query, or is none
 * at all. The checksum is no secret: whoever forges one reads another place of the same list, and nothing else.
 */
export function decodeCursor(cursor: string, query: string, length: number): Place {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const payload = text.slice(CHECKSUM_LENGTH);
  const genuine = cursor === Buffer.from(text).toString('base64url') && text.slice(0, CHECKSUM_LENGTH) === checksum(payload, query);
  const place = genuine ? placeIn(payload, length) : undefined;
  if (place) return place;
  const message = 'this cursor belongs to another query or was changed: take `next` of the page before as it is, with the same parameters';
  throw new AnnalsError('invalid-cursor', message, [{ parameter: 'cursor', message }]);
}

function placeIn(payload: string, length: number): Place | undefined {
  try {
    const place: unknown = JSON.parse(payload);
    return Array.isArray(place) && place.length === length && place.every(isSortValue) ? place : undefined;
  } catch {
    return undefined;
  }
}

const isSortValue = (value: unknown): value is string | number => typeof value === 'string' || Number.isSafeInteger(value);

const CHECKSUM_LENGTH = 16;

function checksum(payload: string, query: string): string {
  return hash('sha256', `${query}\n${payload}`, 'base64url').slice(0, CHECKSUM_LENGTH);
}
