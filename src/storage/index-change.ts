import type { Said } from './bulk-index.ts';
import type { IndexedMoment } from './index-block.ts';

/** How a record stands in the index: its moments with what each can be asked for, and the words that it uses, each once. */
export type Indexed = { moments: readonly (IndexedMoment & { said: readonly Said[] })[]; words: readonly Said[] };

/**
 * What a write changes in the index of one record, apart from what relations say and what records are filed under: how the record stood there
 * `before`, unless it is new, and how it stands there `after`, unless it is deleted.
 */
export type IndexChange = { record: number; type: string; before?: Indexed; after?: Indexed };

/** All that the index says of a moment besides its terms, as one text: two moments with the same stand there alike. */
export function standingOf({ type, position, level, endMax, startMonth, startMonthMax, endMonth }: IndexedMoment): string {
  return `${type} ${position} ${level} ${endMax} ${startMonth} ${startMonthMax} ${endMonth}`;
}
