import { setImmediate, setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type Pending, writeQueue } from '../../domain/concurrency/write-queue.ts';
import { byOrderAtEnd, ConstraintError, type Statement } from '../port.ts';
import { BUSY_TIMEOUT } from './connections.ts';
import { asStorageError } from './errors.ts';
import { preparer } from './reading.ts';

/** Runs batches in a transaction that is open. */
export function batchRunner(writer: Database.Database) {
  const prepare = preparer(writer);
  const savepoint = writer.prepare('SAVEPOINT batch');
  const release = writer.prepare('RELEASE batch');
  const undo = writer.prepare('ROLLBACK TO batch');

  /** Runs a statement and returns its rows, if it is one that has any. */
  function run({ sql, params, guard }: Statement): unknown[][] | undefined {
    const { statement: prepared } = prepare(sql);
    const rows = prepared.reader ? (prepared.all(...params) as unknown[][]) : undefined; // @NOTE raw mode returns arrays
    const count = rows?.length ?? prepared.run(...params).changes;
    if (guard && guard.rows !== count) throw guard.error;
    return rows;
  }

  /** Runs any number of statements in order, and returns the rows of the last that has any. */
  function runInOrder(statements: Iterable<Statement>): unknown[][] {
    let last: unknown[][] = [];
    for (const each of statements) last = run(each) ?? last;
    return last;
  }

  /** Runs batches that share the transaction, and returns the rows of each. An error leaves part of them done. */
  function runBatches(batches: readonly (readonly Statement[])[]): unknown[][][] {
    const rows = batches.map((batch) => runInOrder(batch.filter(({ atEnd }) => atEnd === undefined)));
    const deferred = batches.flat().filter(({ atEnd }) => atEnd !== undefined);
    runInOrder(deferred.toSorted(byOrderAtEnd));
    return rows;
  }

  return {
    runBatches,
    /** Runs one batch in a savepoint: all of it, or nothing when it throws. */
    runWithSavepoint(batch: readonly Statement[]): unknown[][] {
      savepoint.run();
      try {
        const [rows] = runBatches([batch]);
        release.run();
        return rows!;
      } catch (error) {
        // A full disk may have rolled the whole transaction back already.
        if (writer.inTransaction) {
          undo.run();
          release.run();
        }
        throw error;
      }
    },
    runInOrder,
  };
}

/** The interval, in milliseconds, at which a lock that another process holds is tried again. */
const BUSY_STEP = 20;

/**
 * Begins a transaction as soon as no other process has one, and uses it in the same turn of the event loop. `begin` is repeated while it finds
 * the database busy. Rejects with what `begin` or `use` throws.
 */
export async function whenLocked<Result>(begin: () => void, use: () => Result): Promise<Result> {
  for (let waited = 0; !begins(begin, waited); waited += BUSY_STEP) await setTimeout(BUSY_STEP);
  return use();
}

function begins(begin: () => void, waited: number): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!isBusy || waited >= BUSY_TIMEOUT) throw error;
    return false;
  }
}

/** Begins a write transaction and runs `refuseSuperseded` in it. Throws what `refuseSuperseded` throws, with no transaction open then. */
export function beginWriting(writer: Database.Database, refuseSuperseded: () => void): void {
  writer.exec('BEGIN IMMEDIATE');
  try {
    refuseSuperseded();
  } catch (error) {
    writer.exec('ROLLBACK');
    throw error;
  }
}

/** The longest time, in milliseconds, that a group is gathered: about as long as 64 creates take to be read and prepared. */
const GATHER_TIME = 25;

type PendingBatch = Pending<readonly Statement[]>;

/**
 * Group commit: batches that wait at the same time share one transaction, and are resolved after its commit. `limit` is the number that may
 * wait; one more is rejected with `overloaded`. `refuseSuperseded` runs at the start of each transaction and may throw.
 */
export function groupCommit(writer: Database.Database, limit: number, refuseSuperseded: () => void) {
  // SQLite would wait on this thread, and every reader with it: `whenLocked` waits instead.
  writer.pragma('busy_timeout = 0');
  const begin = () => beginWriting(writer, refuseSuperseded);
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  const run = batchRunner(writer);
  const { write, settled, waiting, onCommit, noteCommit } = writeQueue(limit, commitQueue);
  let lastGroup = 1;
  onCommit((writes) => (lastGroup = writes));

  /**
   * Lets every request that is already readable join the group. Clients that shared the last transaction got their responses together and are
   * likely to write again at once: the group waits as long as each millisecond brings more of them. A single writer does not wait.
   */
  async function gather(): Promise<void> {
    await setImmediate();
    if (lastGroup === 1) return;
    for (let [seen, waited] = [0, 0]; waiting() > seen && waited < GATHER_TIME; waited += 1) {
      seen = waiting();
      await setTimeout(1);
    }
  }

  /** Batches that come while another process holds the database join the group as well. */
  async function commitQueue(queue: PendingBatch[]): Promise<void> {
    await gather();
    let group = queue;
    try {
      const isDone = await whenLocked(begin, () => commitTogether((group = queue.splice(0))));
      if (!isDone) await commitEach(group);
    } catch (error) {
      for (const { reject } of group === queue ? queue.splice(0) : group) reject(asStorageError(error));
    }
  }

  /**
   * Commits the batches of a group that nothing refuses. References are checked when a transaction ends: if that refuses it, each batch has one of
   * its own, so that a broken one is refused alone.
   */
  async function commitEach(group: readonly PendingBatch[]): Promise<void> {
    try {
      await whenLocked(begin, () => commitApart(group));
    } catch (error) {
      if (!(asStorageError(error) instanceof ConstraintError)) throw error;
      for (const pending of group)
        await whenLocked(begin, () => commitApart([pending])).catch((own) => pending.reject(asStorageError(own)));
    }
  }

  /**
   * Commits a group of which nothing is refused, as most are: a savepoint for each batch would copy every page that it changes. Returns whether it
   * did; throws the error of a batch that was alone.
   */
  function commitTogether(group: readonly PendingBatch[]): boolean {
    try {
      const rows = run.runBatches(group.map(({ batch }) => batch));
      commit.run();
      for (const [index, { resolve }] of group.entries()) resolve(rows[index]!);
      noteCommit(group.length);
      return true;
    } catch (error) {
      abandon();
      if (group.length === 1) throw error;
      return false;
    }
  }

  function commitApart(group: readonly PendingBatch[]): void {
    try {
      const outcomes = group.map(runApart);
      commit.run();
      for (const settle of outcomes) settle();
      noteCommit(group.length);
    } catch (error) {
      abandon();
      throw error;
    }
  }

  /** Runs one batch, and returns the function that settles it after the commit. */
  function runApart({ batch, resolve, reject }: PendingBatch): () => void {
    try {
      const rows = run.runWithSavepoint(batch);
      return () => resolve(rows);
    } catch (error) {
      if (!writer.inTransaction) throw error;
      return () => reject(asStorageError(error));
    }
  }

  function abandon(): void {
    if (writer.inTransaction) rollback.run();
  }

  return { write, settled, waiting, onCommit };
}
