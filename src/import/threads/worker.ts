import { type MessagePort, parentPort } from 'node:worker_threads';
import { checkLines } from '../check.ts';
import { type Job, loader } from '../load.ts';
import { pack, type Packed } from './packing.ts';
import { type Asked, type Piece, TURNS } from './threads.ts';

/** How many pieces may wait to be taken. */
const PIECES_AHEAD = 8;

parentPort!.on('message', (asked: Asked) => {
  if ('lines' in asked) {
    const checked = checkLines(asked.lines);
    asked.port.postMessage(checked, []);
    asked.port.close();
    return;
  }
  const { start, port, turns } = asked;
  const { add, finish } = loader(start);
  port.on('message', (job: Job | undefined) => {
    try {
      for (const packed of pack(job ? add(job) : finish())) send(port, turns, { packed });
      send(port, turns, { ends: job ? 'job' : 'all' });
    } catch (error) {
      send(port, turns, { error, code: codeOf(error) });
    }
  });
});

/** What a system call failed with: it would not go along with the error. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Sends a piece, and waits while too many of them wait. */
function send(port: MessagePort, turns: Int32Array, piece: Piece): void {
  port.postMessage(piece, 'packed' in piece ? buffersOf(piece.packed) : []);
  Atomics.add(turns, TURNS.sent, 1);
  Atomics.notify(turns, TURNS.sent);
  for (;;) {
    const taken = Atomics.load(turns, TURNS.taken);
    if (Atomics.load(turns, TURNS.sent) - taken < PIECES_AHEAD || Atomics.load(turns, TURNS.stopped) === 1) return;
    Atomics.wait(turns, TURNS.taken, taken);
  }
}

function buffersOf({ order, kinds, numbers, bytes, ends }: Packed): ArrayBuffer[] {
  return [order, kinds, numbers, bytes, ends].map(({ buffer }) => buffer as ArrayBuffer); // @NOTE `pack` made them, and not of shared memory
}
