import type Database from 'better-sqlite3';
import { type CommitListener, type Statement, statement } from '../port.ts';

/** From how many pages on, 64 MiB of them, the log is copied aside: the longer it is, the more of its pages have been changed again since. */
const ASIDE = 16_000;

/** How many pages are worth a copy, which syncs both files: about two groups of creates. */
const WORTH = 4000;

/** At how many pages a commit copies what is left itself. Under steady writing only it can come to the end of the log, which then begins anew. */
const INLINE = 32_000;

/** Waits for nobody: what others read or write meanwhile is copied the next time. */
const COPY = statement('PRAGMA wal_checkpoint(PASSIVE)');

/**
 * Has the log of writes copied into the database file by `readAside`, on another thread than the one that writes and answers, which would stand
 * still for it. Is to be told of each commit.
 */
export function backgroundCheckpoints(writer: Database.Database, readAside: (statements: [Statement]) => Promise<unknown>): CommitListener {
  writer.pragma(`wal_autocheckpoint = ${INLINE}`);
  const log = writer.prepare<[], [busy: number, pages: number, copied: number]>('PRAGMA wal_checkpoint(NOOP)').raw();
  let isCopying = false;

  async function copy(): Promise<void> {
    const [, pages, copied] = log.get()!;
    if (pages >= ASIDE && pages - copied >= WORTH) await readAside([COPY]);
  }

  return () => {
    if (isCopying) return;
    isCopying = true;
    // What fails, as where all threads are busy, is tried again after the next commit, and at last done by one.
    void copy()
      .catch(() => undefined)
      .finally(() => (isCopying = false));
  };
}
