import { AnnalsError } from '../domain/errors.ts';
import type { Engine } from '../storage/port.ts';
import { takeKeys } from '../storage/tables/sequences.ts';
import { MOMENT_MAX } from '../domain/time/levels.ts';
import type { Index } from '../index/writer.ts';
import { termIds } from '../index/writer.ts';
import { wordForms } from '../index/word-forms.ts';
import { keyedMutex, type KeyedMutex } from '../domain/concurrency/keyed-mutex.ts';

/** Milliseconds since 1970-01-01 UTC. */
export type Clock = () => number;

/** The service that changes records: its engine, its clock, the allocator of integer keys, the index, and the mutex of writes to one record. */
export type Annals = { engine: Engine; clock: Clock; idAllocator: IdAllocator; index: Index; mutex: KeyedMutex };

/** Sequences of integer keys. */
type Sequence = 'record' | 'moment' | 'term';

/**
 * A hi/lo allocator of integer keys: a batch knows its keys before it is written. `take` returns the first of `count` keys in a row. Gaps are
 * harmless, and no key is handed out twice; `take` rejects with `moments-used-up` when fewer are left.
 */
export type IdAllocator = { take: (of: Sequence, count: number) => Promise<number> };

/** Keys that a process takes first, and at most: each time it takes twice as many, so that creates seldom wait for them. */
const BLOCK = { first: 64, most: 1024 };

/** The highest key of each. */
const LAST = { record: Number.MAX_SAFE_INTEGER - 1, moment: MOMENT_MAX, term: Number.MAX_SAFE_INTEGER - 1 };

/** The service on an open engine. */
export function openAnnals(engine: Engine, clock: Clock): Annals {
  const idAllocator = reserveIds(engine);
  const terms = termIds(engine, (count) => idAllocator.take('term', count));
  return { engine, clock, idAllocator, index: { reader: engine, terms, forms: wordForms(engine) }, mutex: keyedMutex() };
}

/** Takes the keys of so many moments. Rejects with `moments-used-up`. */
export async function takeMomentKeys({ idAllocator }: Annals, count: number): Promise<number[]> {
  if (count === 0) return [];
  const first = await idAllocator.take('moment', count);
  return Array.from({ length: count }, (_, index) => first + index);
}

function idsUsedUp(of: Sequence): AnnalsError {
  const message = `this database has used up its ${LAST[of].toLocaleString('en')} keys of ${of}s, also those of ${of}s that were deleted, and nothing was written: export all records with "annals export" and import them into a new database, which numbers them anew; stored texts must be put again and keys made again there, and history stays in the old database`;
  return new AnnalsError('moments-used-up', message);
}

const emptyBlock = () => ({ next: 1, end: 1, size: BLOCK.first });

/** Takes keys from the database in blocks: two processes on one file never get the same one. */
function reserveIds(engine: Engine): IdAllocator {
  const blocks = { record: emptyBlock(), moment: emptyBlock(), term: emptyBlock() };
  let last: Promise<unknown> = Promise.resolve();

  async function take(of: Sequence, count: number): Promise<number> {
    const block = blocks[of];
    if (block.end - block.next < count) {
      const size = Math.max(count, block.size);
      const [row] = await engine.write([takeKeys({ of, size, last: LAST[of] }, idsUsedUp(of))]);
      block.end = Number(row![0]);
      block.next = block.end - size;
      block.size = Math.min(block.size * 2, BLOCK.most);
    }
    const first = block.next;
    block.next += count;
    return first;
  }

  return {
    take(of, count) {
      const mine = last.then(() => take(of, count));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
