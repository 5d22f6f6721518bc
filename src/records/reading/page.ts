import { hash } from 'node:crypto';
import { decodeCursor, encodeCursor, type Place } from '../../domain/cursor.ts';
import type { Match } from '../../domain/window.ts';
import type { Total } from '../timeline/count.ts';
import type { Understood } from '../timeline/understand.ts';

/** The bytes of one item, and whether it certainly lies in the window that was asked, if one was. */
export type Item = { record?: number; document: Buffer; match?: Match };

/** One page of a list. `next` is the cursor of the page after it; a total may be unknown. */
export type Page = {
  items: Item[];
  next?: string;
  total?: Total;
  understood: Understood;
  included?: Record<string, Buffer[]>;
  ranked?: 'all' | 'newest';
};

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

/** Where a list goes on, if a cursor says so: as many values as its order has, one unless said. Throws `invalid-cursor`. */
export function placeOf(cursor: string | undefined, identity: string, values = 1): Place | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, identity, values);
}

/** Cuts what was found to the limit; when there is more, `next` says where it goes on. One item more than the limit must be found. */
export function cut<Found>(
  found: readonly Found[],
  limit: number,
  identity: string,
  placeAfter: (last: Found) => Place,
): { kept: Found[]; next?: string } {
  const kept = found.slice(0, limit);
  if (found.length <= limit) return { kept };
  return { kept, next: encodeCursor(placeAfter(kept.at(-1)!), identity) };
}

/** The limit as a number. */
export const limitOf = ({ limit }: { limit?: string }): number => (limit === undefined ? LIMIT_DEFAULT : Number(limit));
