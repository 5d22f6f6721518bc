import { type CursorForm, integerPart, keySetPart, textPart, wideIntegerPart } from '../../domain/paging/cursor.ts';
import { SORT_KEY_MAX } from '../../domain/text/sort-key.ts';
import { ATTRIBUTE_VALUE_MAX } from '../../model/attributes.ts';
import { SLUG_MAX } from '../../domain/text/slug.ts';
import { MOMENT_MAX, POSITION_MAX, UNDATED_MONTH } from '../../domain/time/levels.ts';

/** The integer key of a row, or a number counted from 1 like one. */
const key = integerPart(1, Number.MAX_SAFE_INTEGER);
const keyOrZero = integerPart(0, Number.MAX_SAFE_INTEGER);

/** Last millisecond since 1970-01-01 UTC that a date can name (ECMA-262, section 21.4.1.1). */
const INSTANT_MAX = 8.64e15;

/** Timeline order: the position of the last moment. */
export const BY_DATE: CursorForm<{ position: bigint }> = { position: wideIntegerPart(0n, POSITION_MAX) };

/** Position in a list by title or by last change: the sort value of the last record and its key. */
export type FieldPosition = { value: string | number; record: number };

/** Order by title or by last change. The value is the sort key of the title, or the instant in milliseconds since 1970-01-01 UTC. */
export const BY_FIELD: Record<'sort_title' | 'updated_at', CursorForm<FieldPosition>> = {
  sort_title: { value: textPart(SORT_KEY_MAX), record: key },
  updated_at: { value: integerPart(0, INSTANT_MAX), record: key },
};

/** The order of a sort by title or by last change: its column, and the SQL of the order and of a record `r` beyond a position in it. */
export function fieldOrder(sort: string) {
  const field = sort.endsWith('title') ? 'sort_title' : 'updated_at';
  const [order, beyond] = sort.startsWith('-') ? ['DESC', '<'] : ['ASC', '>'];
  return {
    field,
    orderBy: `ORDER BY r.${field} ${order}, r.id ${order}`,
    beyond: ` AND (r.${field}, r.id) ${beyond} (:value, :record)`,
  } as const;
}

/** Number of matches that are ranked at most, the newest first. */
export const RANKED_MAX = 1000;

/** Position in a list by relevance: the bounds of the ranked rows, which are the same for all pages, and the records listed so far. */
export type RankedPosition = {
  /** The newest keys of records and of moments when the first page was made. */
  newestRecord: number;
  newestMoment: number;
  /** The oldest record, and the position of the oldest moment, that are ranked; 0 where all matches are. */
  oldestRecord: number;
  oldestPosition: bigint;
  /** The keys of the records on the pages before. */
  listed: readonly number[];
};

/** Order by relevance. Two thousand keys of ten million take some 5,000 characters, fifty take 150. */
export const BY_RELEVANCE: CursorForm<RankedPosition> = {
  newestRecord: keyOrZero,
  newestMoment: integerPart(0, MOMENT_MAX),
  oldestRecord: keyOrZero,
  oldestPosition: wideIntegerPart(0n, POSITION_MAX),
  listed: keySetPart(4 * RANKED_MAX),
};

/**
 * Longest values of a group of moments: the value of an attribute, which form C makes three times as long at most, and an id or a word, or two of these, with
 * a character between them, and another behind them.
 */
const GROUP_VALUES_MAX = Math.max(3 * ATTRIBUTE_VALUE_MAX + SLUG_MAX + 1, 2 * SLUG_MAX + 2);

/** Order of counterparts: the number of shared entries of the last one, and its key. */
export const BY_SHARED_ENTRIES: CursorForm<{ entries: number; actor: number }> = { entries: key, actor: key };

/**
 * Order of groups of moments: the values of the last one with a control character between them, the month with which its bucket begins, counted from `FIRST_BUCKET`,
 * and the number of its moments.
 */
export const BY_GROUP: CursorForm<{ values: string; bucket: number; moments: number }> = {
  values: textPart(GROUP_VALUES_MAX),
  bucket: integerPart(0, 2 * UNDATED_MONTH),
  moments: key,
};

/** A month before those of all buckets. */
export const FIRST_BUCKET = -UNDATED_MONTH;

/** Order of revisions: the number of the last one. */
export const BY_REVISION: CursorForm<{ revision: number }> = { revision: key };

/** Order of paragraphs: the number of the last one. */
export const BY_PARAGRAPH: CursorForm<{ number: number }> = { number: key };

/** Order of relations: 0, ordinal and key of the target for outgoing ones; 1, key of the source record and ordinal for incoming ones. */
export const BY_RELATION: CursorForm<{ incoming: number; first: number; second: number }> = {
  incoming: integerPart(0, 1),
  first: keyOrZero,
  second: keyOrZero,
};
