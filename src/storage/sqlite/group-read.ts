import { asStorageError } from './errors.ts';
import type { Snapshot, WithSnapshot } from './snapshot.ts';

/** For how many milliseconds a group is read at most before those who have been read for are answered. */
const LONGEST = 1;

type Pending = { look: (snapshot: Snapshot) => void; reject: (error: unknown) => void };

/** What reads on a connection: `look` is given the next snapshot, `settled` waits for those who were promised one. */
export type GroupRead = {
  /** Answers what a look at a snapshot finds that begins after this is called. Rejects with what it throws: `storage-busy` or `storage-unusable`. */
  look: <Result>(at: (snapshot: Snapshot) => Result) => Promise<Result>;
  settled: () => Promise<void>;
};

/**
 * Group reads: what is asked in one turn of the event loop is read at its end, on one snapshot. To lock the database, see whether it has
 * changed and unlock it takes almost as long as finding a record, and finding one takes about twice as long where the processor's caches hold
 * what else a request needs.
 */
export function groupRead(withSnapshot: WithSnapshot): GroupRead {
  const waiting: Pending[] = [];

  function readGroup(): void {
    const until = performance.now() + LONGEST;
    try {
      withSnapshot((snapshot) => {
        do waiting.shift()!.look(snapshot);
        while (waiting.length > 0 && performance.now() < until);
      });
    } catch (error) {
      for (const { reject } of waiting.splice(0)) reject(asStorageError(error));
    }
    if (waiting.length > 0) setImmediate(readGroup);
  }

  function look<Result>(at: (snapshot: Snapshot) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const lookNow = (snapshot: Snapshot): void => {
        try {
          resolve(at(snapshot));
        } catch (error) {
          reject(asStorageError(error));
        }
      };
      if (waiting.push({ look: lookNow, reject }) === 1) setImmediate(readGroup);
    });
  }

  return {
    look,
    async settled() {
      if (waiting.length > 0) await look(() => undefined);
    },
  };
}
