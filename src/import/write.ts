import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { chunksOf } from '../domain/chunks.ts';
import type { Progress } from '../domain/progress.ts';
import { type BulkTerms, bulkTerms, guardTermIds, type KnownTerms, readTerms } from '../index/bulk-terms.ts';
import { bulkWriter } from '../index/bulk-writer.ts';
import { deltaOf, type IndexChange } from '../index/delta.ts';
import { entryOf } from '../index/entry.ts';
import { statementsOf } from '../index/writer.ts';
import { modelOf } from '../model/models.ts';
import { momentsOf } from '../model/record.ts';
import type { Annals } from '../records/annals.ts';
import { guardInstant, instantOfChange, readNewest } from '../records/change-log.ts';
import { insertSteps } from '../records/create.ts';
import { insertLookups, type PreparedRecord } from '../records/rows.ts';
import { formerInput } from '../records/stored-record.ts';
import { replaceSteps } from '../records/update.ts';
import { type DeferredIndexes, deferredIndexes, NO_INDEXES } from '../storage/deferred-indexes.ts';
import { rowRuns } from '../storage/insert.ts';
import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { guardTakenIdentifiers } from './constraints.ts';
import { linkRecord, type Plan } from './plan.ts';
import { type ImportRelations, readRelations } from './relations.ts';
import { isFresh, type Resolution } from './resolve.ts';
import type { Scan } from './scan.ts';
import { dialect } from '../storage/sqlite/dialect.ts';

/** The work of a write: what is written, and the folder for temporary files. */
export type Work = { scan: Scan; resolution: Resolution; plan: Plan; folder: string };

/** What a write reads before its batch: the first key of the moments, the earliest instant, and the terms and indexes of the database. */
type Before = { firstMoment: number; earliest: number; relations: ImportRelations; terms: KnownTerms; indexes: DeferredIndexes };

/** Writes the records of a plan in one batch, which holds all of them or nothing. */
export async function writePlan({ engine, idAllocator, clock }: Annals, work: Work, progress: Progress): Promise<void> {
  const { plan } = work;
  const moments = plan.freshMoments + plan.moreMoments;
  const relations = await readRelations(engine, plan.relations, work.resolution);
  const before: Before = {
    firstMoment: moments > 0 ? await idAllocator.take('moment', moments) : 0,
    relations,
    terms: await readTerms(engine, relations.names),
    indexes: await readIndexes(engine, plan.report.created),
    earliest: (await readNewest(engine)).at,
  };
  // The first statement is made when the lock of the database is held, and the instant of all records is taken then.
  await engine.load(batch(work, before, () => instantOfChange(clock, before.earliest), progress));
}

/**
 * Indexes to make anew: none when the database holds more records than are created. An index that is kept takes 1.6 to 2.3 times as long for a
 * row as one that is made anew.
 */
async function readIndexes(reader: Reader, created: number): Promise<DeferredIndexes> {
  const [[last]] = await reader.read([statement<[key: number]>('SELECT coalesce(max(id), 0) FROM records')]);
  return last![0] > created ? NO_INDEXES : deferredIndexes(reader);
}

/** New records come first and enter the index as a whole; then each changed record takes the place of the stored one. */
function* batch(work: Work, before: Before, instant: () => number, progress: Progress): Generator<Statement> {
  const { plan, resolution } = work;
  const now = instant();
  yield guardInstant(now);
  yield* guardExistence(resolution);
  yield guardTexts(plan);
  yield* guardTakenIdentifiers(resolution.ids, plan.since);
  yield* before.relations.guards;
  yield guardTermIds(before.terms);
  const terms = bulkTerms(before.terms);
  if (plan.report.created > 0) yield* insertCreated(work, before, terms, now, progress);
  yield* deltaStatements(before.relations.targets, terms);
  yield* replaceChanged(work, before, terms, now, progress);
  yield* terms.finish();
}

function* insertCreated(work: Work, before: Before, terms: BulkTerms, now: number, progress: Progress): Generator<Statement> {
  const { indexes, relations, firstMoment } = before;
  yield* indexes.drop;
  // A folder of its own, since a batch that is made anew may find the files of the one before.
  const index = bulkWriter({ folder: mkdtempSync(join(work.folder, 'index-')), isLarge: indexes !== NO_INDEXES });
  yield* index.begin();
  const rows = rowRuns(['records', 'moments']);
  let done = 0;
  for (const records of createdRecords(work, firstMoment, now)) {
    for (const record of records) {
      const { model, key, input } = record;
      for (const row of [...insertSteps(record), ...insertLookups(model, key, input)]) rows.add(row);
      index.add(entryOf(model, input, record, relations.of(key).after), terms.idOf);
    }
    yield* rows.drain();
    yield* terms.drain();
    yield* index.drain();
    progress('writing', (done += records.length), work.scan.count);
  }
  yield* indexes.create;
  yield* terms.drain();
  yield* index.finish();
}

/** The new records of the lines, batch by batch. */
function* createdRecords({ scan, resolution, plan }: Work, firstMoment: number, now: number): Generator<PreparedRecord[]> {
  const verifiedPairs = plan.verified.items();
  let nextVerified = verifiedPairs.next();
  let nextMoment = firstMoment;
  for (const lines of scan.lines.batches()) {
    const records: PreparedRecord[] = [];
    for (const line of lines) {
      const key = resolution.keys[line.number]!;
      if (!isFresh(key, resolution)) continue;
      linkRecord(line, resolution);
      const { number, type, input } = line;
      const verified = new Map<number, boolean>(nextVerified.value?.[0] === number ? nextVerified.value[1] : []);
      if (verified.size > 0) nextVerified = verifiedPairs.next();
      const model = modelOf[type];
      const revision = (resolution.revisions.get(number) ?? 0) + 1;
      const serverFields = { id: input.id, revision, createdAt: now, updatedAt: now, verified };
      const momentKeys = momentsOf(model, input).map(() => nextMoment++);
      records.push({ model, key, momentKeys, input, serverFields, keyOf: resolution.keyOf });
    }
    yield records;
  }
}

function* replaceChanged(
  { resolution, plan }: Work,
  { firstMoment, relations }: Before,
  terms: BulkTerms,
  now: number,
  progress: Progress,
): Generator<Statement> {
  let nextMoment = firstMoment + plan.freshMoments;
  let done = 0;
  for (const changed of plan.changed.items()) {
    const { type, key, input, verified, createdAt, momentKeys, replaced } = changed;
    const model = modelOf[type];
    const wanted = momentsOf(model, input).length;
    while (momentKeys.length < wanted) momentKeys.push(nextMoment++);
    const serverFields = { id: input.id, revision: replaced.revision + 1, createdAt, updatedAt: now, verified: new Map(verified) };
    const prepared: PreparedRecord = { model, key, momentKeys, input, serverFields, keyOf: resolution.keyOf };
    const stored = { id: input.id, revision: replaced.revision, document: Buffer.from(replaced.document) };
    const former = formerInput(stored);
    const related = relations.of(key);
    const change = { before: entryOf(model, former, prepared, related.before), after: entryOf(model, input, prepared, related.after) };
    yield* replaceSteps(prepared, stored, former, { guards: [], statements: deltaStatements([change], terms) });
    progress('writing', ++done, plan.changed.count());
  }
}

/** The statements that change the index; new terms are inserted first, as their postings are counted. */
function deltaStatements(changes: readonly IndexChange[], terms: BulkTerms): Statement[] {
  const statements = [...statementsOf(deltaOf(changes), terms.idOf)];
  return [...terms.drain(), ...statements];
}

/** Aborts the batch when a source that has a text was changed since the citations were held against the texts. */
function guardTexts({ since }: Plan): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN paragraphs p ON p.source_id = r.id AND p.number = 1 WHERE c.sequence > ? AND c.type = 'source' LIMIT 1`;
  return guard(0, new WriteConflict(), changed, since);
}

/** Aborts the batch when a record that existed before was deleted since. */
function* guardExistence({ reliedOn }: Resolution): Generator<Statement> {
  const existing = `SELECT id FROM records WHERE id IN ${dialect.list('?', 'integer')}`;
  for (const keys of chunksOf(reliedOn)) yield guard(keys.length, new WriteConflict(), existing, JSON.stringify(keys));
}
