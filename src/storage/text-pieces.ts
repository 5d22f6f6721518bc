import { type Statement, statement } from './port.ts';

/**
 * FTS5 writes the full text in pieces, each as much as it holds in memory, and merges four of a size into one of the next (`automerge`), or sixteen
 * at once when there are so many (`crisismerge`). Each search reads all pieces that there are.
 */
const setting = (name: string, value: number): Statement => statement(`INSERT INTO search (search, rank) VALUES ('${name}', ${value})`);

/** How many bytes of new postings FTS5 holds before it writes them: its default, and as long as many records are put in. */
export const TEXT_BUFFER = { usual: 2 ** 20, bulk: 2 ** 25 };

/** Says how many that are, and has it write what it holds. */
export const bufferText = (size: number): Statement => setting('hashsize', size);

/** Leaves all pieces as they are until `JOIN_PIECES`: merged as they come, each word of a million records is written three times. */
export const KEEP_PIECES: readonly Statement[] = [setting('automerge', 0), setting('crisismerge', 1999)];

/** Makes one of all pieces, and has those that come be merged as they come. */
export const JOIN_PIECES: readonly Statement[] = [
  statement("INSERT INTO search (search) VALUES ('optimize')"),
  setting('automerge', 4),
  setting('crisismerge', 16),
];
