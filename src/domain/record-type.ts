/** The types of records that stand on the timeline, in the order of `RECORD_TYPES`. */
export const ENTRY_TYPES = ['agreement', 'meeting', 'event'] as const;

/** The other types: the codes of the codebook, and the records that entries refer to. */
const NAMED = ['code', 'place', 'actor', 'source'] as const;

/** The record types, in the order in which they are documented and exported: a type comes before those that refer to it. */
export const RECORD_TYPES = [...NAMED, ...ENTRY_TYPES] as const;

/** The type of a record. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** The type of a record that stands on the timeline. */
export type EntryType = (typeof ENTRY_TYPES)[number];

/** Returns true for the type of an entry. */
export const isEntryType = (type: string): type is EntryType => ENTRY_TYPES.some((each) => each === type);

/** A type whose records have moments: entries, and actors, whose moments are listed apart. */
export type TimelineType = EntryType | 'actor';

/**
 * The name of a field of terms in the index, by the type of the records that have them: the terms of actors have names of their own, so that entries and
 * actors are found apart.
 */
export const fieldOf = (type: RecordType | undefined, field: string): string => (type === 'actor' ? `actor.${field}` : field);

/** The types whose titles are names of `lookups`; entries, of which there are many more, are found by the sort keys of their titles. */
export const NAMED_TYPES: ReadonlySet<RecordType> = new Set(NAMED);
