import { setImmediate, setTimeout } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { AnnalsError } from '../../domain/errors.ts';
import { type CommitListener, ConstraintError, type Statement } from '../port.ts';
import { batchRunner } from './batches.ts';
import { asStorageError } from './errors.ts';
import { beginWriting, whenLocked } from './lock.ts';

/** For how many milliseconds a group is gathered at most: about as long as 64 creates take to be read and prepared. */
const GATHER_MOST = 25;

type Pending = { batch: readonly Statement[]; resolve: (rows: unknown[][]) => void; reject: (error: unknown) => void };

/** What writes on a connection: `write` accepts a batch, `settled` waits for those that were accepted. */
export type GroupCommit = {
  write: (batch: readonly Statement[]) => Promise<unknown[][]>;
  settled: () => Promise<void>;
  waiting: () => number;
  onCommit: (listener: CommitListener) => void;
};

/**
 * Group commit: batches that arrive together share one transaction and are answered after its commit. `limit` is how many may wait for it; one
 * more is rejected with `overloaded`. `refuse` runs at the start of each transaction and may throw.
 */
export function groupCommit(writer: Database.Database, limit: number, refuse: () => void): GroupCommit {
  // SQLite would wait on this thread, and every reader with it: `whenLocked` waits instead.
  writer.pragma('busy_timeout = 0');
  const begin = () => beginWriting(writer, refuse);
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  const run = batchRunner(writer);
  const queue: Pending[] = [];
  let flushing: Promise<void> | undefined;
  let lastGroup = 1;
  const listeners: CommitListener[] = [];

  /** Commits all batches that wait, and those that come meanwhile. */
  async function flush(): Promise<void> {
    try {
      while (queue.length > 0) {
        await gather();
        await commitQueue();
      }
    } finally {
      flushing = undefined;
    }
  }

  /**
   * Lets every request that is already readable join the group. Those who shared the last transaction were answered at once, and are likely to
   * ask again at once: as long as each millisecond brings more of them, they are waited for. Who writes alone waits for nobody.
   */
  async function gather(): Promise<void> {
    await setImmediate();
    if (lastGroup === 1) return;
    for (let [seen, waited] = [0, 0]; queue.length > seen && waited < GATHER_MOST; waited += 1) {
      seen = queue.length;
      await setTimeout(1);
    }
  }

  /** What comes while another process holds the database joins the group as well. */
  async function commitQueue(): Promise<void> {
    let group = queue;
    try {
      const isDone = await whenLocked(begin, () => commitTogether((group = queue.splice(0))));
      if (!isDone) await commitEach(group);
    } catch (error) {
      for (const { reject } of group === queue ? queue.splice(0) : group) reject(asStorageError(error));
    }
  }

  /**
   * Commits those of a group that nothing refuses. References are looked at when a transaction ends: when that refuses it, each batch has one of
   * its own, so that a broken one is refused alone.
   */
  async function commitEach(group: readonly Pending[]): Promise<void> {
    try {
      await whenLocked(begin, () => commitApart(group));
    } catch (error) {
      if (!(asStorageError(error) instanceof ConstraintError)) throw error;
      for (const pending of group)
        await whenLocked(begin, () => commitApart([pending])).catch((own) => pending.reject(asStorageError(own)));
    }
  }

  /**
   * Commits a group of which nothing is refused, as most are: a savepoint for each would copy every page that it changes. Answers whether it
   * did, and throws what was refused when it was alone.
   */
  function commitTogether(group: readonly Pending[]): boolean {
    try {
      const answers = run.together(group.map(({ batch }) => batch));
      commit.run();
      for (const [index, { resolve }] of group.entries()) resolve(answers[index]!);
      noteCommit(group.length);
      return true;
    } catch (error) {
      abandon();
      if (group.length === 1) throw error;
      return false;
    }
  }

  /** Commits what of a group is not refused. */
  function commitApart(group: readonly Pending[]): void {
    try {
      const done = group.map(answerApart);
      commit.run();
      for (const answer of done) answer();
      noteCommit(group.length);
    } catch (error) {
      abandon();
      throw error;
    }
  }

  /** Runs one batch, and answers what tells of its outcome. */
  function answerApart({ batch, resolve, reject }: Pending): () => void {
    try {
      const rows = run.apart(batch);
      return () => resolve(rows);
    } catch (error) {
      if (!writer.inTransaction) throw error;
      return () => reject(asStorageError(error));
    }
  }

  function noteCommit(writes: number): void {
    lastGroup = writes;
    for (const tell of listeners) tell(writes);
  }

  function abandon(): void {
    if (writer.inTransaction) rollback.run();
  }

  return {
    write(batch) {
      if (queue.length >= limit)
        return Promise.reject(new AnnalsError('overloaded', `${limit} writes wait for the database already: try again in a moment`));
      const result = new Promise<unknown[][]>((resolve, reject) => {
        queue.push({ batch, resolve, reject });
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
