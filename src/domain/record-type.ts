/** The types of records that stand on the timeline, in the order of `RECORD_TYPES`. */
export const ENTRY_TYPES = ['agreement', 'meeting', 'event'] as const;

/** The other types, of records that entries refer to. */
const NAMED = ['place', 'actor', 'source'] as const;

/** The record types, in the order in which they are documented and exported: a type comes before those that refer to it. */
export const RECORD_TYPES = [...NAMED, ...ENTRY_TYPES] as const;

/** The type of a record. */
export type RecordType = (typeof RECORD_TYPES)[number];

/** The type of a record that stands on the timeline. */
export type EntryType = (typeof ENTRY_TYPES)[number];

/** The types whose titles are names of `lookups`; entries, of which there are many more, are found by the sort keys of their titles. */
export const NAMED_TYPES: ReadonlySet<RecordType> = new Set(NAMED);
