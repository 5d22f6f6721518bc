import { AnnalsError } from '../errors.ts';

/** A batch that waits for its transaction, and the functions that settle it. */
export type Pending<Batch> = { batch: Batch; resolve: (rows: unknown[][]) => void; reject: (error: unknown) => void };

/** Receives, for each committed transaction, the number of writes that shared it, refused ones included. */
export type CommitListener = (writes: number) => void;

/**
 * Batches that wait for a transaction. `commit` is called while there are any, and settles at least one of those that it takes from the queue. `limit` is
 * the number that may wait; one more is rejected with `overloaded`.
 */
export function writeQueue<Batch>(limit: number, commit: (queue: Pending<Batch>[]) => Promise<void>) {
  const queue: Pending<Batch>[] = [];
  const listeners: CommitListener[] = [];
  let flushing: Promise<void> | undefined;

  /** Commits all batches that wait, and those that come meanwhile. */
  async function flush(): Promise<void> {
    try {
      while (queue.length > 0) await commit(queue);
    } finally {
      flushing = undefined;
    }
  }

  return {
    /** Returns the rows of a batch once it is committed. */
    write: (batch: Batch): Promise<unknown[][]> => {
      if (queue.length >= limit)
        return Promise.reject(new AnnalsError('overloaded', `${limit} writes wait for the database already: try again in a moment`));
      const result = new Promise<unknown[][]>((resolve, reject) => {
        queue.push({ batch, resolve, reject });
      });
      flushing ??= flush();
      return result;
    },
    /** Resolves when the batches that were accepted are done. */
    settled: async (): Promise<void> => flushing,
    /** The number of batches that wait. */
    waiting: () => queue.length,
    onCommit: (listener: CommitListener) => void listeners.push(listener),
    /** Tells the listeners of a transaction. */
    noteCommit: (writes: number): void => {
      for (const tell of listeners) tell(writes);
    },
  };
}
