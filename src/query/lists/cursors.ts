import { type CursorForm, integerPart, keySetPart, textPart } from '../../domain/cursor.ts';
import { SORT_KEY_MAX } from '../../domain/name.ts';
import { MOMENT_MAX, POSITION_MAX } from '../../domain/time/levels.ts';
import { RANKED_MAX } from '../search/ranking.ts';

/** The key of a row, or a number that is counted up like one. */
const key = integerPart(1, Number.MAX_SAFE_INTEGER);

/**
 * The longest key of a title that a cursor holds, in UTF-16 code units. Earlier releases cut keys within a surrogate pair, which SQLite
 * returns as three U+FFFD; `annals reindex` makes such keys anew.
 */
const STORED_KEY_MAX = SORT_KEY_MAX + 2;

/** The last millisecond since 1970-01-01 UTC that a date can name (ECMA-262, section 21.4.1.1). */
const INSTANT_MAX = 8.64e15;

/** Where a page of moments or entries in timeline order ended: the position of the last. */
export const BY_DATE: CursorForm<[position: number]> = [integerPart(0, POSITION_MAX)];

/**
 * Where a page by title or by last change ended: the sort key of the last title, or the instant of the last change in milliseconds since
 * 1970-01-01 UTC; and the key of that record.
 */
export const BY_FIELD: Record<'sort_title' | 'updated_at', CursorForm<[value: string | number, record: number]>> = {
  sort_title: [textPart(STORED_KEY_MAX), key],
  updated_at: [integerPart(0, INSTANT_MAX), key],
};

/** The values of a cursor by relevance. */
export type RankedPlace = [
  newestRecord: number,
  newestMoment: number,
  oldestRecord: number,
  oldestPosition: number,
  listed: readonly number[],
];

/**
 * Where a page by relevance ended: the bounds of what is ranked and the records that have been listed, as `RankedRows` has them. Two thousand
 * records of ten million take some 5,000 characters, the first fifty of them 150.
 */
export const BY_RELEVANCE: CursorForm<RankedPlace> = [
  integerPart(0, Number.MAX_SAFE_INTEGER),
  integerPart(0, MOMENT_MAX),
  integerPart(0, Number.MAX_SAFE_INTEGER),
  integerPart(0, POSITION_MAX),
  keySetPart(4 * RANKED_MAX),
];

/** Where a page of counterparts ended: how many entries the last shares, and its key. */
export const BY_SHARED_ENTRIES: CursorForm<[entries: number, actor: number]> = [key, key];

/** Where a page of revisions ended: the last revision. */
export const BY_REVISION: CursorForm<[revision: number]> = [key];

/** Where a page of relations ended: 0 and the ordinal and key of the target, or 1 and the key of the record that points here and the ordinal. */
export const BY_RELATION: CursorForm<[incoming: number, first: number, second: number]> = [
  integerPart(0, 1),
  integerPart(0, Number.MAX_SAFE_INTEGER),
  integerPart(0, Number.MAX_SAFE_INTEGER),
];
