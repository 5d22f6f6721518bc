import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import type { CommitListener, Statement } from '../engine.ts';
import { batches } from './batch.ts';
import { asStorageError } from './errors.ts';
import { whenLocked } from './lock.ts';

type Pending = { statements: Iterable<Statement>; resolve: (rows: unknown[][]) => void; reject: (error: unknown) => void };

/** What writes on a connection: `write` accepts a batch, `settled` waits for those that were accepted. */
export type GroupCommit = {
  write: (statements: Iterable<Statement>) => Promise<unknown[][]>;
  settled: () => Promise<void>;
  waiting: () => number;
  onCommit: (listener: CommitListener) => void;
};

/**
 * Group commit: batches that arrive together share one transaction, a savepoint each, and are answered after its commit. `limit` is how
 * many may wait for it; one more is rejected with `overloaded`.
 */
export function groupCommit(writer: Database.Database, limit: number): GroupCommit {
  // SQLite would wait on this thread, and every reader with it: `whenLocked` waits instead.
  writer.pragma('busy_timeout = 0');
  const run = batches(writer);
  const begin = () => void writer.exec('BEGIN IMMEDIATE');
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  const savepoint = writer.prepare('SAVEPOINT batch');
  const release = writer.prepare('RELEASE batch');
  const undo = writer.prepare('ROLLBACK TO batch');
  let queue: Pending[] = [];
  let flushing: Promise<void> | undefined;
  const listeners: CommitListener[] = [];

  function runBatch(statements: Iterable<Statement>): unknown[][] {
    savepoint.run();
    try {
      const answer = run(statements);
      release.run();
      return answer;
    } catch (error) {
      // A full disk may have rolled the whole transaction back already.
      if (writer.inTransaction) {
        undo.run();
        release.run();
      }
      throw error;
    }
  }

  /** Commits all batches that wait. */
  async function flush(): Promise<void> {
    // Every request that is already readable joins the group, and whatever comes while another process holds the database.
    await setImmediate();
    await whenLocked(begin, () => commitTogether(takeQueue())).catch((error: unknown) => refuse(takeQueue(), error));
  }

  function takeQueue(): Pending[] {
    const group = queue;
    queue = [];
    flushing = undefined;
    return group;
  }

  function refuse(group: readonly Pending[], error: unknown): void {
    for (const pending of group) pending.reject(asStorageError(error));
  }

  function commitTogether(group: readonly Pending[]): void {
    const done: (() => void)[] = [];
    try {
      for (const pending of group) {
        try {
          const rows = runBatch(pending.statements);
          done.push(() => pending.resolve(rows));
        } catch (error) {
          if (!writer.inTransaction) throw error;
          done.push(() => pending.reject(asStorageError(error)));
        }
      }
      commit.run();
      for (const answer of done) answer();
      for (const tell of listeners) tell(group.length);
    } catch (error) {
      refuse(group, error);
      if (writer.inTransaction) rollback.run();
    }
  }

  return {
    write(statements) {
      if (queue.length >= limit)
        return Promise.reject(new AnnalsError('overloaded', `${limit} writes wait for the database already: try again in a moment`));
      const result = new Promise<unknown[][]>((resolve, reject) => {
        queue.push({ statements, resolve, reject });
      });
      flushing ??= flush();
      return result;
    },
    async settled() {
      await flushing;
    },
    waiting: () => queue.length,
    onCommit: (listener) => void listeners.push(listener),
  };
}
