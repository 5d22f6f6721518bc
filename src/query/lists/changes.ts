import type { RecordType } from '../../domain/record-type.ts';
import { withArticle } from '../../domain/text/article.ts';
import { AnnalsError } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { instantOf } from '../../domain/time/instant.ts';
import type { Revision } from '../../model/page.ts';
import { withTodaysFields } from '../../model/former-names.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { type Reader, statement } from '../../storage/port.ts';
import { positionOf } from '../../domain/generation.ts';
import { currentGeneration, latestSequence } from '../../storage/tables/records.ts';
import { generationOf } from '../../domain/generation.ts';
import { pageRequest, type RowDocument, rowDocument, withLong } from './page.ts';
import { BY_REVISION } from './cursors.ts';
import { dialect } from '../../storage/dialect.ts';

/** One row of the change log. A row with the action `deleted` is a tombstone. */
export type LoggedChange = { position: string; sequence: number; action: string; type: string; id: string; revision: number; at: string };

/**
 * The changes after a position, in order, and the position of the newest change. `next` is the position to go on from while there are more; after the
 * last page that is `latest`.
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
  model: RecordModel,
  id: string,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: Revision[]; next?: string }> {
  const { type } = model;
  const { limit, after, paginate } = pageRequest(BY_REVISION, `history/${type}/${id}`, parameters);
  const [rows] = await reader.read([
    statement<[revision: number, action: string, at: number, ...RowDocument]>(
      `SELECT c.revision, c.action, c.at, ${rowDocument(REPLACED, SIZE)}
         ${REVISIONS} AND c.revision > ? ORDER BY c.revision ${dialect.limit('?')}`,
      type,
      id,
      after?.revision ?? 0,
      limit + 1,
    ),
  ]);
  if (rows.length === 0 && !after) throw new AnnalsError('not-found', `there never was ${withArticle(type)} "${firstUnits(id, 80)}"`);
  const { kept, next } = paginate(
    rows,
    ([revision]) => ({ revision }),
    ([, , , , bytes]) => bytes,
  );
  const revisions = kept.map(([revision, action, at, document, bytes]) => ({
    revision,
    action,
    at,
    document: bytes > 0 ? document : NONE,
  }));
  const found = await withLong(
    revisions,
    ({ revision }) => revision,
    async (keys) => (await reader.read([documentsOfRevisions(type, id, keys)]))[0],
  );
  const items = found.map(({ revision, action, at, document }) => {
    return { revision, action, at: instantOf(at), ...(document.length > 0 ? { record: inTodaysShape(model, document) } : {}) };
  });
  return { items, next };
}

/** The document of a deletion. */
const NONE = Buffer.alloc(0);

/** SQL of the revisions `c` of a record. The change `n` after one has the document that it replaced; the record `r` has that of the newest revision. */
const REVISIONS = `FROM changes c
         LEFT JOIN changes n ON n.type = c.type AND n.slug = c.slug AND n.revision = c.revision + 1
         LEFT JOIN records r ON r.type = c.type AND r.slug = c.slug AND r.revision = c.revision
         WHERE c.type = ? AND c.slug = ?`;

/** SQL of the document of a revision, and of its size: 0 for a deletion. */
const REPLACED = 'coalesce(n.replaced, r.document)';
const SIZE = "CASE WHEN c.action = 'deleted' THEN 0 ELSE coalesce(octet_length(n.replaced), octet_length(r.document), 0) END";

/** Reads the documents of some revisions of a record. */
const documentsOfRevisions = (type: RecordType, id: string, revisions: readonly number[]) =>
  statement<[revision: number, document: Buffer]>(
    `SELECT c.revision, ${REPLACED} ${REVISIONS} AND c.revision IN ${dialect.list('?', 'integer')}`,
    type,
    id,
    JSON.stringify(revisions),
  );

/** A document of an earlier release with the fields of today. */
function inTodaysShape(model: RecordModel, document: Buffer): Buffer {
  if (!Object.keys(model.former).some((field) => document.includes(`"${field}":`))) return document;
  return Buffer.from(JSON.stringify(withTodaysFields(model, JSON.parse(document.toString('utf8')) as JsonObject))); // @NOTE a rendered record
}
