import { AnnalsError } from '../domain/errors.ts';
import type { Engine, Reader, Statement } from '../storage/port.ts';
import { generationOf } from '../domain/generation.ts';
import { currentGeneration } from '../storage/tables/records.ts';
import { type NotedChange, notedChange, noteRequest } from '../storage/tables/idempotency-keys.ts';
import type { Annals } from './annals.ts';
import type { WriteResult } from './stored-record.ts';

/** A request with an idempotency key: `owner` is its API key, the first of those that replaced each other; `fingerprint` is the SHA-256 of the request. */
export type IdempotentRequest = { owner: string; key: string; fingerprint: Buffer };

/** The result of a change, and whether this request or an earlier one with the same key made it. */
export type IdempotentResult = { result: WriteResult; by: 'this' | 'earlier' };

/** Time for which a key is remembered, in milliseconds: a day. */
export const REMEMBERED = 24 * 60 * 60 * 1000;

/**
 * Makes a change once for all requests with the same key: later ones get the first result. The key is noted in the batch of
 * the change itself, whatever `change` writes through the service it is given; so a crash leaves both or neither. A request that is
 * refused has no effect, is not noted, and is judged anew. Throws what `change` does, `key-reused` when the key came with another
 * request, and `request-in-progress` when the first one was under way at the same time, here or in another process: its batch went first.
 */
export async function changeOnce(
  annals: Annals,
  request: IdempotentRequest,
  change: (annals: Annals) => Promise<WriteResult>,
): Promise<IdempotentResult> {
  const earlier = await findResult(annals, request);
  return earlier ?? { result: await changeNoted(annals, request, change), by: 'this' };
}

async function changeNoted(
  annals: Annals,
  request: IdempotentRequest,
  change: (annals: Annals) => Promise<WriteResult>,
): Promise<WriteResult> {
  const { engine, clock } = annals;
  let batches = 0;
  const noting: Engine = {
    ...engine,
    write: async (steps) => {
      const rows = await engine.write([...steps, ...note(request, clock(), 'newest')]);
      batches += 1;
      return rows;
    },
  };
  try {
    const result = await change({ ...annals, engine: noting });
    // A change that changed nothing is an answer, too: later, it might change something.
    if (batches === 0) await engine.write(note(request, clock(), result));
    return result;
  } catch (error) {
    // The same request was made elsewhere meanwhile, which stands in the way of making it here: its id is taken, its revision is newer.
    if (error instanceof AnnalsError && (await findResult(annals, request))) throw inProgress(request);
    throw error;
  }
}

/** The statements that note which change of the log a request made, unless another request noted one; and that forget the oldest. */
const note = (request: IdempotentRequest, now: number, change: NotedChange): Statement[] =>
  noteRequest(request, change, { at: now, forgotten: now - REMEMBERED }, inProgress(request));

/** Finds the result of an earlier request with this key: the record at that revision, or the document that the next change replaced. */
async function findResult(
  { engine, clock }: { engine: Reader; clock: () => number },
  request: IdempotentRequest,
): Promise<IdempotentResult | undefined> {
  const [[row], generations] = await engine.read([notedChange(request, clock() - REMEMBERED), currentGeneration]);
  if (!row) return undefined;
  const [fingerprint, type, id, revision, document] = row;
  if (!fingerprint.equals(request.fingerprint)) throw keyReused(request);
  return { result: { type, id, revision, generation: generationOf(generations), document }, by: 'earlier' };
}

function inProgress({ key }: Pick<IdempotentRequest, 'key'>): AnnalsError {
  return new AnnalsError(
    'request-in-progress',
    `the first request with the Idempotency-Key "${key}" is still under way: ask again for its answer`,
  );
}

function keyReused({ key }: IdempotentRequest): AnnalsError {
  return new AnnalsError(
    'key-reused',
    `the Idempotency-Key "${key}" came with another request before: give each its own, and the same request the same method, address and body`,
  );
}
