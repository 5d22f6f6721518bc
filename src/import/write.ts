import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { chunksOf } from '../domain/chunks.ts';
import type { Progress } from '../domain/progress.ts';
import { modelOf } from '../model/models.ts';
import { momentsOf } from '../model/record.ts';
import { type BulkTerms, bulkTerms, guardTermIds, type KnownTerms, readTerms } from '../index/bulk-terms.ts';
import { bulkWriter } from '../index/bulk-writer.ts';
import { deltaOf, type IndexChange } from '../index/delta.ts';
import { entryOf } from '../index/entry.ts';
import { readRelated, type RelatedRecords } from '../index/related.ts';
import { statementsOf } from '../index/writer.ts';
import type { Annals } from '../records/annals.ts';
import { guardInstant, instantOfChange, readNewest } from '../records/change-log.ts';
import { insertSteps } from '../records/create.ts';
import { insertLookups, type PreparedRecord } from '../records/rows.ts';
import { formerInput } from '../records/stored-record.ts';
import { replaceSteps } from '../records/update.ts';
import { type DeferredIndexes, deferredIndexes, NO_INDEXES } from '../storage/deferred-indexes.ts';
import { rowRuns } from '../storage/insert.ts';
import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { guardTakenIdentifiers } from './constraints.ts';
import { linkRecord, type Plan } from './plan.ts';
import { isFresh, type Resolution } from './resolve.ts';
import type { Scan } from './scan.ts';

/** The work of a write: what is written, and the folder for temporary files. */
export type Work = { scan: Scan; resolution: Resolution; plan: Plan; folder: string };

/** Facts that a write reads before its batch: the first key of the moments, the earliest instant, related records, and the terms and indexes. */
type Before = { firstMoment: number; earliest: number; related: RelatedRecords; terms: KnownTerms; indexes: DeferredIndexes };

/** Writes the records of a plan in one batch, which holds all of them or nothing. */
export async function writePlan({ engine, idAllocator, clock }: Annals, work: Work, progress: Progress): Promise<void> {
  const { plan } = work;
  const moments = plan.freshMoments + plan.moreMoments;
  const related = await readRelated(engine, [...plan.relations.values()]);
  const before: Before = {
    firstMoment: moments > 0 ? await idAllocator.take('moment', moments) : 0,
    related,
    terms: await readTerms(engine, namesIn(plan, related)),
    indexes: await readIndexes(engine, plan.report.created),
    earliest: (await readNewest(engine)).at,
  };
  // The first statement is made when the lock of the database is held, and the instant of all records is taken then.
  await engine.load(batch(work, before, () => instantOfChange(clock, before.earliest), progress));
}

/** The records, as `type/id`, whose terms of related records the batch writes. */
function namesIn({ relations }: Plan, related: RelatedRecords): Set<string> {
  const names = new Set<string>();
  for (const { key, name } of relations.values()) {
    const { before, after } = related.of(key);
    for (const each of [name, ...before, ...after]) names.add(each);
  }
  return names;
}

/**
 * Indexes to make anew: none when the database holds more records than are created. An index that is kept takes 1.6 to 2.3 times as long for a
 * row as one that is made anew.
 */
async function readIndexes(reader: Reader, created: number): Promise<DeferredIndexes> {
  const [[last]] = await reader.read([statement<[key: number]>('SELECT coalesce(max(id), 0) FROM records')]);
  return last![0] > created ? NO_INDEXES : deferredIndexes(reader);
}

/** New records come first and enter the index as a whole; then stored records that they are related to; then changed ones, which may refer to them. */
function* batch(work: Work, before: Before, instant: () => number, progress: Progress): Generator<Statement> {
  const { plan, resolution } = work;
  const { related } = before;
  const now = instant();
  yield guardInstant(now);
  yield* guardExistence(resolution);
  yield guardTexts(plan);
  if (plan.wholes.size > 0) yield guardWholes(plan);
  yield* guardTakenIdentifiers(resolution.ids, plan.since);
  yield guardTermIds(before.terms);
  yield* related.guards;
  const terms = bulkTerms(before.terms);
  if (plan.report.created > 0) yield* insertCreated(work, before, terms, now, progress);
  yield* changeIndex(related.targets, terms);
  yield* replaceChanged(work, before, terms, now, progress);
  yield* terms.finish();
}

function* insertCreated(work: Work, before: Before, terms: BulkTerms, now: number, progress: Progress): Generator<Statement> {
  const { scan, plan } = work;
  const { indexes, related } = before;
  yield* indexes.drop;
  // A folder of its own, since a batch that is made anew may find the files of the one before.
  const index = bulkWriter({ folder: mkdtempSync(join(work.folder, 'index-')), isLarge: indexes !== NO_INDEXES });
  yield* index.begin();
  const rows = rowRuns(['records', 'moments']);
  let done = 0;
  for (const records of createdRecords(work, before.firstMoment, now)) {
    for (const record of records) {
      const { model, key, input } = record;
      for (const row of insertSteps(record)) rows.add(row);
      for (const row of insertLookups(model, key, input)) rows.add(row);
      index.add(entryOf(model, input, record, plan.relations.has(key) ? related.of(key).after : []), terms.idOf);
    }
    yield* rows.drain();
    yield* terms.drain();
    yield* index.drain();
    progress('writing', (done += records.length), scan.count);
  }
  yield* indexes.create;
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
      if (!plan.isLinked) linkRecord(line, resolution);
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

/** Puts each changed record in the place of the stored one, batch by batch. */
function* replaceChanged(
  { resolution, plan }: Work,
  { firstMoment, related }: Before,
  terms: BulkTerms,
  now: number,
  progress: Progress,
): Generator<Statement> {
  let nextMoment = firstMoment + plan.freshMoments;
  let done = 0;
  for (const changed of plan.changed.batches()) {
    const changes: IndexChange[] = [];
    for (const { type, key, input, verified, createdAt, momentKeys, replaced } of changed) {
      const model = modelOf[type];
      const stored = { id: input.id, revision: replaced.revision, document: Buffer.from(replaced.document) };
      const former = formerInput(stored);
      const names = related.of(key);
      const before = entryOf(model, former, { key, momentKeys }, names.before);
      const more = momentsOf(model, input).slice(momentKeys.length);
      const prepared = { model, key, input, momentKeys: [...momentKeys, ...more.map(() => nextMoment++)], keyOf: resolution.keyOf };
      const serverFields = { id: input.id, revision: replaced.revision + 1, createdAt, updatedAt: now, verified: new Map(verified) };
      yield* replaceSteps({ ...prepared, serverFields }, stored, former, { guards: [], statements: [] });
      changes.push({ before, after: entryOf(model, input, prepared, names.after) });
      progress('writing', ++done, plan.changed.count());
    }
    yield* changeIndex(changes, terms);
  }
}

/** The statements that change the index, those of the full text last and in the order of its rows: FTS5 writes a segment for each step back. */
function* changeIndex(changes: readonly IndexChange[], terms: BulkTerms): Generator<Statement> {
  const last: [order: number, statement: Statement][] = [];
  for (const each of statementsOf(deltaOf(changes), terms.idOf)) {
    yield* terms.drain();
    if (each.atEnd === undefined) yield each;
    else last.push([each.atEnd, each]);
  }
  for (const [, each] of last.toSorted(([one], [other]) => one - other)) yield each;
}

/** Aborts the batch when a source that has a text was changed since the citations were held against the texts. */
function guardTexts({ since }: Plan): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN paragraphs p ON p.source_id = r.id AND p.number = 1 WHERE c.sequence > ? AND c.type = 'source' LIMIT 1`;
  return guard(0, new WriteConflict(), changed, since);
}

/** Aborts the batch when an actor that is part of another was changed since cycles were looked for. */
function guardWholes({ since }: Plan): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN actors a ON a.record_id = r.id AND a.part_of_id IS NOT NULL WHERE c.sequence > ? AND c.type = 'actor' LIMIT 1`;
  return guard(0, new WriteConflict(), changed, since);
}

/** Aborts the batch when a record that existed before was deleted since. */
function* guardExistence({ reliedOn }: Resolution): Generator<Statement> {
  const existing = `SELECT id FROM records WHERE id IN ${dialect.list('?', 'integer')}`;
  for (const keys of chunksOf(reliedOn)) yield guard(keys.length, new WriteConflict(), existing, JSON.stringify(keys));
}
