import type { Config } from '../../config.ts';
import type { InTurn } from '../../import/import-thread.ts';
import { ProblemError } from '../problems/problems.ts';

/** Limit of imports that are received or wait: each keeps a temporary file open. */
const UPLOADS_MAX = 32;

/** Limit of the bytes of all of them in temporary files, in largest bodies (`IMPORT_LIMIT`). */
const SPACE = 4;

/** One import from its first byte to its answer. */
export type Upload = {
  /** Counts bytes that were received. Throws `import-busy` when the temporary files of all uploads would become too large. */
  took: (bytes: number) => void;
  /**
   * Does the work when all imports that came into the line before have done theirs. Throws `import-busy` after `IMPORT_WAIT`, and
   * `malformed-request` when its client leaves (`gone`) before its turn.
   */
  inTurn: (gone: AbortSignal) => InTurn;
  /** Frees its place and its bytes. */
  end: () => void;
};

/** The imports of this process. Bodies are received side by side, whatever their pace; complete ones are imported one after the other. */
export function importLine({ IMPORT_LIMIT, IMPORT_WAIT }: Config): { enter: () => Upload } {
  const waiting: (() => void)[] = [];
  let isWorking = false;
  let uploads = 0;
  let held = 0;

  function next(): void {
    const first = waiting.shift();
    if (first) first();
    else isWorking = false;
  }

  function turn(gone: AbortSignal): Promise<void> {
    if (gone.aborted) return Promise.reject(clientLeft());
    if (!isWorking) {
      isWorking = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (why: ProblemError): void => {
        stop();
        waiting.splice(waiting.indexOf(start), 1);
        reject(why);
      };
      const start = (): void => {
        stop();
        resolve();
      };
      const onGone = (): void => leave(clientLeft());
      const timer = setTimeout(() => leave(busy(`this one waited ${IMPORT_WAIT} ms for others: nothing of it was imported`)), IMPORT_WAIT);
      const stop = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', onGone);
      };
      gone.addEventListener('abort', onGone);
      waiting.push(start);
    });
  }

  function enter(): Upload {
    if (uploads >= UPLOADS_MAX) throw busy(`${UPLOADS_MAX} imports are being received or wait`);
    uploads += 1;
    let mine = 0;
    return {
      took(bytes) {
        if (held + bytes > SPACE * IMPORT_LIMIT) throw busy('the bodies that wait take all the room that there is for them');
        held += bytes;
        mine += bytes;
      },
      inTurn: (gone) => async (work) => {
        await turn(gone);
        try {
          return await work();
        } finally {
          next();
        }
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
