import { withArticle } from '../../domain/text/article.ts';
import { AnnalsError } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { instantOf } from '../../domain/time/instant.ts';
import type { Revision } from '../../model/page.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { type Reader, statement } from '../../storage/port.ts';
import { positionOf } from '../../domain/generation.ts';
import { currentGeneration, latestSequence } from '../../storage/tables/records.ts';
import { generationOf } from '../../domain/generation.ts';
import { pageRequest } from './page.ts';
import { BY_REVISION } from './cursors.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** One row of the change log. A row with the action `deleted` is a tombstone. */
export type LoggedChange = { position: string; sequence: number; action: string; type: string; id: string; revision: number; at: string };

/**
 * The changes after a position, in order, and the position of the newest change. `next` is the position to go on from if there are more.
 * Throws `stale-position` for a position of another generation, and for one beyond the newest change.
 */
export async function changesSince(
  reader: Reader,
  since: string,
  limit: number,
): Promise<{ items: LoggedChange[]; next?: string; latest: string }> {
  const [sequenceAsked, generationAsked] = since.split('-').toReversed();
  const [rows, [newest], generations] = await reader.read([
    statement<[sequence: number, action: string, type: string, id: string, revision: number, at: number]>(
      `SELECT sequence, action, type, slug, revision, at FROM changes WHERE sequence > ? ORDER BY sequence ${dialect.limit('?')}`,
      Number(sequenceAsked),
      limit + 1,
    ),
    latestSequence,
    currentGeneration,
  ]);
  const generation = generationOf(generations);
  if (since !== '0' && generationAsked !== generation) throw stalePosition(since);
  const latest = newest![0] ?? 0;
  if (Number(sequenceAsked) > latest) throw positionBeyond(since, positionOf(generation, latest));
  const items = rows.slice(0, limit).map(([sequence, action, type, id, revision, at]) => {
    return { position: positionOf(generation, sequence), sequence, action, type, id, revision, at: instantOf(at) };
  });
  const next = rows.length > limit ? { next: items.at(-1)!.position } : {};
  return { items, ...next, latest: positionOf(generation, latest) };
}

function positionBeyond(since: string, latest: string): AnnalsError {
  const message = `the position ${since} is beyond the newest change, ${latest}, so it was given by another course of this database, such as one from before a file was put back: read all records again with GET /v1/export and go on from its header Change-Position, or begin with since=0`;
  return new AnnalsError('stale-position', message, [{ parameter: 'since', message }]);
}

/** The error for a position of another generation, or of a release whose positions had none. */
function stalePosition(since: string): AnnalsError {
  const what = since.includes('-')
    ? 'is of another generation: this database was restored or copied since'
    : 'names no generation of the database';
  const message = `the position ${since} ${what}. Read all records again with GET /v1/export and go on from its header Change-Position, or begin with since=0`;
  return new AnnalsError('stale-position', message, [{ parameter: 'since', message }]);
}

/** The revisions of a record, also of a deleted one, the first one first. Throws `not-found` if there never was such a record. */
export async function historyOf(
  reader: Reader,
  { type }: RecordModel,
  id: string,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: Revision[]; next?: string }> {
  const { limit, after, paginate } = pageRequest(BY_REVISION, `history/${type}/${id}`, parameters);
  // The change after a revision has the document that it replaced; the record has the document of the newest revision.
  const [rows] = await reader.read([
    statement<[revision: number, action: string, at: number, document: Buffer | null]>(
      `SELECT c.revision, c.action, c.at, CASE WHEN c.action = 'deleted' THEN NULL ELSE coalesce(n.replaced, r.document) END
         FROM changes c
         LEFT JOIN changes n ON n.type = c.type AND n.slug = c.slug AND n.revision = c.revision + 1
         LEFT JOIN records r ON r.type = c.type AND r.slug = c.slug AND r.revision = c.revision
         WHERE c.type = ? AND c.slug = ? AND c.revision > ? ORDER BY c.revision ${dialect.limit('?')}`,
      type,
      id,
      after?.revision ?? 0,
      limit + 1,
    ),
  ]);
  if (rows.length === 0 && !after) throw new AnnalsError('not-found', `there never was ${withArticle(type)} "${firstUnits(id, 80)}"`);
  const { kept, next } = paginate(rows, ([revision]) => ({ revision }));
  const items = kept.map(([revision, action, at, document]) => {
    return { revision, action, at: instantOf(at), ...(document ? { record: document } : {}) };
  });
  return { items, next };
}
