/**
 * Entity tags of what is stored (RFC 9110, section 8.8.3). The tag of a record names the record, its revision and the generation of the
 * database, so neither another record of the same name nor another course of the same record after a restore ever has it.
 */

/** A state of a record: which record, at which revision, in which generation of the database. */
export type RecordState = { id: string; revision: number; generation: string };

/** The tag of a state of a record, in double quotes: its body shows it as `etag`, and If-Match takes it. */
export const tagOfRecord = ({ id, revision, generation }: RecordState): string => `"${id}.${revision}.${generation}"`;

/** The tag of every list after a change; the sequence number is 0 before the first. */
export const tagOfList = ({ sequence, generation }: { sequence: number; generation: string }): string => `"${generation}-${sequence}"`;
