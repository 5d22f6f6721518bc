import { AnnalsError } from '../domain/errors.ts';
import { guard, type Engine, type Reader, statement, type Statement, type Value } from '../storage/port.ts';
import { generationOf } from '../domain/generation.ts';
import { currentGeneration } from '../storage/generation.ts';
import type { Annals } from './annals.ts';
import type { WriteResult } from './stored-record.ts';

/** A request with an idempotency key: `owner` is its API key, the first of those that replaced each other; `fingerprint` is the SHA-256 of the request. */
export type IdempotentRequest = { owner: string; key: string; fingerprint: Buffer };

/** The result of a change, and whether this request or an earlier one with the same key made it. */
export type IdempotentResult = { result: WriteResult; by: 'this' | 'earlier' };

/** Time for which a key is remembered, in milliseconds: a day. */
export const REMEMBERED = 24 * 60 * 60 * 1000;

/** Expired keys that each write deletes at most: more than it inserts, so that they never pile up. */
const PRUNED = 10;

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
      const rows = await engine.write([...steps, ...note(request, clock(), 'sequence = (SELECT max(sequence) FROM changes)')]);
      batches += 1;
      return rows;
    },
  };
  try {
    const result = await change({ ...annals, engine: noting });
    const { type, id, revision } = result;
    // A change that changed nothing is an answer, too: later, it might change something.
    if (batches === 0) await engine.write(note(request, clock(), 'type = ? AND slug = ? AND revision = ?', type, id, revision));
    return result;
  } catch (error) {
    // The same request was made elsewhere meanwhile, which stands in the way of making it here: its id is taken, its revision is newer.
    if (error instanceof AnnalsError && (await findResult(annals, request))) throw inProgress(request);
    throw error;
  }
}

/** The statements that note which change of the log a request made, unless another request noted one; and that forget the oldest. */
function note({ owner, key, fingerprint }: IdempotentRequest, now: number, change: string, ...params: Value[]): Statement[] {
  const forgotten = now - REMEMBERED;
  const noted = `INSERT INTO idempotency_keys (owner, key, fingerprint, type, slug, revision, at)
    SELECT ?, ?, ?, type, slug, revision, ? FROM changes WHERE ${change}
    ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, type = excluded.type, slug = excluded.slug,
      revision = excluded.revision, at = excluded.at WHERE idempotency_keys.at <= ?`;
  const oldest = `SELECT owner, key FROM idempotency_keys WHERE at <= ? ORDER BY at LIMIT ${PRUNED}`;
  return [
    guard(1, inProgress({ key }), noted, owner, key, fingerprint, now, ...params, forgotten),
    statement(`DELETE FROM idempotency_keys WHERE (owner, key) IN (${oldest})`, forgotten),
  ];
}

type ReplayRow = [fingerprint: Buffer, type: string, id: string, revision: number, document: Buffer];

/** Finds the result of an earlier request with this key: the record at that revision, or the document that the next change replaced. */
async function findResult(
  { engine, clock }: { engine: Reader; clock: () => number },
  request: IdempotentRequest,
): Promise<IdempotentResult | undefined> {
  const noted = statement<ReplayRow>(
    `SELECT k.fingerprint, k.type, k.slug, k.revision, coalesce(n.replaced, r.document) FROM idempotency_keys k
       LEFT JOIN changes n ON n.type = k.type AND n.slug = k.slug AND n.revision = k.revision + 1
       LEFT JOIN records r ON r.type = k.type AND r.slug = k.slug AND r.revision = k.revision
       WHERE k.owner = ? AND k.key = ? AND k.at > ?`,
    request.owner,
    request.key,
    clock() - REMEMBERED,
  );
  const [[row], generations] = await engine.read([noted, currentGeneration]);
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
