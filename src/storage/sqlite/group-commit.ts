import { setImmediate, setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import type { CommitListener, Statement } from '../engine.ts';
import { BUSY_TIMEOUT } from './connections.ts';
import { asStorageError } from './errors.ts';
import { preparer } from './snapshot.ts';

/** How often the engine asks for that lock meanwhile, in milliseconds. */
const BUSY_STEP = 20;

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
  // SQLite would wait on this thread, and every reader with it: `lock` waits instead.
  writer.pragma('busy_timeout = 0');
  const prepare = preparer(writer);
  const begin = writer.prepare('BEGIN IMMEDIATE');
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
      let answer: unknown[][] = [];
      for (const each of statements) {
        const prepared = prepare(each.sql);
        const rows = prepared.reader ? (prepared.all(...each.params) as unknown[][]) : undefined; // @NOTE raw mode answers arrays
        const count = rows?.length ?? prepared.run(...each.params).changes;
        if (each.guard && each.guard.rows !== count) throw each.guard.refuse;
        if (rows) answer = rows;
      }
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

  /** Begins a transaction that may write, when no other process has one. */
  async function lock(): Promise<void> {
    for (let waited = 0; ; waited += BUSY_STEP) {
      try {
        begin.run();
        return;
      } catch (error) {
        const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
        if (!isBusy || waited >= BUSY_TIMEOUT) throw error;
      }
      await setTimeout(BUSY_STEP);
    }
  }

  /** Commits all batches that wait. */
  async function flush(): Promise<void> {
    // Every request that is already readable joins the group, and whatever comes while another process holds the database.
    await setImmediate();
    try {
      await lock();
    } catch (error) {
      return refuse(takeQueue(), error);
    }
    commitTogether(takeQueue());
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
