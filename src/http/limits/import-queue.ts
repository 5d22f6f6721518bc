import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import type { RunInTurn } from '../../import/import-thread.ts';
import { ProblemError } from '../problems/problems.ts';

/** Limit of imports that are received or wait: each keeps a temporary file open. */
const UPLOADS_MAX = 32;

/** Limit of the bytes of all of them in temporary files, as a multiple of the largest body (`IMPORT_LIMIT`). */
const SPACE = 4;

/** One import from its first byte to its answer. */
export type Upload = {
  /** Counts received bytes. Throws `import-busy` when the temporary files of all uploads would become too large. */
  took: (bytes: number) => void;
  /**
   * Does the work after all imports that entered the queue before. Throws `import-busy` after `IMPORT_WAIT`, and `malformed-request` when
   * its client leaves (`gone`) before its turn.
   */
  inTurn: (gone: AbortSignal) => RunInTurn;
  /** Frees its place and its bytes. */
  end: () => void;
};

/** The import queue of this process. Bodies are received side by side, whatever their pace; complete ones are imported one after the other. */
export function importQueue({ IMPORT_LIMIT, IMPORT_WAIT }: Config): { enter: () => Upload } {
  let uploads = 0;
  let held = 0;
  /** Settles when the last import of the queue is over. */
  let last: Promise<unknown> = Promise.resolve();

  async function after<Result>(before: Promise<unknown>, gone: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const left = once(gone, 'abort', { signal }).then(() => Promise.reject(clientLeft()));
    const late = setTimeout(IMPORT_WAIT, undefined, { signal }).then(() =>
      Promise.reject(busy(`this one waited ${IMPORT_WAIT} ms for others: nothing of it was imported`)),
    );
    try {
      await Promise.race([before, left, late]);
    } finally {
      waiting.abort();
    }
    return work();
  }

  function enter(): Upload {
    if (uploads >= UPLOADS_MAX) throw busy(`${UPLOADS_MAX} imports are being received or wait`);
    uploads += 1;
    let mine = 0;
    return {
      took(bytes) {
        if (held + bytes > SPACE * IMPORT_LIMIT) throw busy('the bodies that wait take all the space that is kept for them');
        held += bytes;
        mine += bytes;
      },
      inTurn: (gone) => async (work) => {
        if (gone.aborted) throw clientLeft();
        const before = last;
        const result = after(before, gone, work);
        last = Promise.allSettled([before, result]);
        return result;
      },
      end() {
        uploads -= 1;
        held -= mine;
        mine = 0;
      },
    };
  }
  return { enter };
}

const clientLeft = (): ProblemError =>
  new ProblemError('malformed-request', 'the client left before its import began: nothing was imported');

const busy = (why: string): ProblemError => new ProblemError('import-busy', `other imports are under way, and ${why}. Send it again later`);
