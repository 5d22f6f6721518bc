import { type Statement, statement } from '../../storage/port.ts';

/**
 * FTS5 writes the full text in segments, each as large as its buffer in memory, and merges four of a size into one of the next (`automerge`), or
 * sixteen at once when there are so many (`crisismerge`). Each search reads all segments.
 */
const setting = (name: string, value: number): Statement => statement(`INSERT INTO search (search, rank) VALUES ('${name}', ${value})`);

/** Bytes of new text that FTS5 buffers before it writes a segment: its default, and while many records are written. */
export const SEGMENT_BUFFER = { usual: 2 ** 20, bulk: 2 ** 25 };

/** Sets the buffer, and writes what is in it. */
export const bufferSegments = (size: number): Statement => setting('hashsize', size);

/** Leaves all segments as they are until `MERGE_SEGMENTS`: merged as they come, each word of a million records is written three times. */
export const KEEP_SEGMENTS: readonly Statement[] = [setting('automerge', 0), setting('crisismerge', 1999)];

/** Merges all segments into one, and lets later ones be merged as they come. */
export const MERGE_SEGMENTS: readonly Statement[] = [
  statement("INSERT INTO search (search) VALUES ('optimize')"),
  setting('automerge', 4),
  setting('crisismerge', 16),
];
