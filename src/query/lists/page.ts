import { hash } from 'node:crypto';
import { type CursorForm, decodeCursor, encodeCursor } from '../../domain/cursor.ts';

/** How many items a page has when nothing is said. */
const LIMIT_DEFAULT = 50;

/** The parameters of a list that say which list it is: all but where it goes on and how much of it is wanted. */
export function identityOf(list: string, parameters: Record<string, unknown>): string {
  const { cursor: _cursor, limit: _limit, include: _include, ...filters } = parameters;
  const sorted = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([list, sorted]), 'base64url');
}

/** Where a list goes on, if a cursor says so: the values that the form of its sort has. Throws `invalid-cursor`. */
export function placeOf<Place extends readonly unknown[]>(
  form: CursorForm<Place>,
  cursor: string | undefined,
  identity: string,
): Place | undefined {
  return cursor === undefined ? undefined : decodeCursor(form, cursor, identity);
}

/** Cuts what was found to the limit; when there is more, `next` says where it goes on. One item more than the limit must be found. */
export function cut<Found, Place extends readonly unknown[]>(
  found: readonly Found[],
  limit: number,
  form: CursorForm<Place>,
  identity: string,
  placeAfter: (last: Found) => Place,
): { kept: Found[]; next?: string } {
  const kept = found.slice(0, limit);
  if (found.length <= limit) return { kept };
  return { kept, next: encodeCursor(form, placeAfter(kept.at(-1)!), identity) };
}

/** The limit as a number. */
export const limitOf = ({ limit }: { limit?: string }): number => (limit === undefined ? LIMIT_DEFAULT : Number(limit));
