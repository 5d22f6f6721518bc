import { statement } from '../../storage/port.ts';
import { cut, placeOf } from '../lists/page.ts';
import { BY_RELEVANCE, type RankedPlace } from '../lists/cursors.ts';
import { type Ranked, RANKED_MAX } from './ranking.ts';

/**
 * The rows that a list by relevance ranks, the same for all of its pages: those made before its first page, and, where these are too many, none
 * older than the oldest that the first page ranked. What is added between two pages neither comes between them nor pushes a row out.
 *
 * A rank itself is not stable: bm25 weighs a word by how many rows have it, so each new row may change the order of all others. So a page is
 * ranked anew, and what has been listed already is left out of it.
 */
export type RankedRows = {
  /** The newest keys of records and of moments when the first page was made. */
  newestRecord: number;
  newestMoment: number;
  /** The oldest record, and the position of the oldest moment, that are ranked; 0 where all are. */
  oldestRecord: number;
  oldestPosition: number;
  /** The keys of the records that the pages before have listed. */
  listed: readonly number[];
};

/** How many rows a later page reads at most: keys are taken in blocks, so that a row that is added may have a key from before the first page. */
export const RANKED_AGAIN_MAX = 2 * RANKED_MAX;

/** What a later page ranks, as its cursor says; nothing for a first page. Throws `invalid-cursor`. */
export function rankedBefore(cursor: string | undefined, identity: string): RankedRows | undefined {
  const place = placeOf(BY_RELEVANCE, cursor, identity);
  if (!place) return undefined;
  const [newestRecord, newestMoment, oldestRecord, oldestPosition, listed] = place;
  return { newestRecord, newestMoment, oldestRecord, oldestPosition, listed };
}

/** The newest keys that there are of records and of moments. */
export const newestKeys = statement<[record: number, moment: number]>(
  'SELECT coalesce((SELECT max(id) FROM records), 0), coalesce((SELECT max(id) FROM moments), 0)',
);

/** What a first page ranks before it is known whether all of it can be. */
export function rankedFirst([[newestRecord, newestMoment] = [0, 0]]: readonly (readonly [record: number, moment: number])[]): RankedRows {
  return { newestRecord, newestMoment, oldestRecord: 0, oldestPosition: 0, listed: [] };
}

/** Whether all that match are ranked, or the newest of them. */
export const rankedOf = ({ oldestRecord, oldestPosition }: RankedRows): Ranked =>
  oldestRecord === 0 && oldestPosition === 0 ? 'all' : 'newest';

/** Cuts ranked records to a page; the cursor of the next one holds what has been listed by then. `keyOf` gives the key of a record. */
export function cutRanked<Found>(
  found: readonly Found[],
  limit: number,
  identity: string,
  { newestRecord, newestMoment, oldestRecord, oldestPosition, listed }: RankedRows,
  keyOf: (found: Found) => number,
): { kept: Found[]; next?: string } {
  const place = (): RankedPlace => [
    newestRecord,
    newestMoment,
    oldestRecord,
    oldestPosition,
    [...listed, ...found.slice(0, limit).map(keyOf)],
  ];
  return cut(found, limit, BY_RELEVANCE, identity, place);
}
