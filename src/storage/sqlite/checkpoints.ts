import type Database from 'better-sqlite3';
import type { CommitListener } from '../../domain/concurrency/write-queue.ts';
import { type Statement, statement } from '../port.ts';

/** The length of the log in pages, 64 MiB, from which on the pool makes checkpoints: the longer it is, the more pages are in it several times. */
const BACKGROUND = 16_000;

/** The fewest pages for a checkpoint, which syncs both files: about two groups of creates. */
const FEWEST = 4000;

/** The length of the log in pages at which a commit makes a checkpoint itself. Under steady writing only a commit reaches the end of the log, which then begins anew. */
const INLINE = 32_000;

/** A checkpoint that does not wait for readers and writers: their pages are copied the next time. */
const COPY = statement('PRAGMA wal_checkpoint(PASSIVE)');

/**
 * Makes checkpoints of the write-ahead log through `readInPool`, on another thread than the one that writes and serves requests. Returns the
 * listener to call after each commit.
 */
export function backgroundCheckpoints(
  writer: Database.Database,
  readInPool: (statements: [Statement]) => Promise<unknown>,
): CommitListener {
  writer.pragma(`wal_autocheckpoint = ${INLINE}`);
  const log = writer.prepare<[], [busy: number, pages: number, copied: number]>('PRAGMA wal_checkpoint(NOOP)').raw();
  let isCopying = false;

  async function copy(): Promise<void> {
    const [, pages, copied] = log.get()!;
    if (pages >= BACKGROUND && pages - copied >= FEWEST) await readInPool([COPY]);
  }

  return () => {
    if (isCopying) return;
    isCopying = true;
    // A failure, as where all threads are busy, is tried again after the next commit, and at last by a commit itself.
    void copy()
      .catch(() => undefined)
      .finally(() => (isCopying = false));
  };
}
