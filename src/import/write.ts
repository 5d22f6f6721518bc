import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { chunksOf } from '../domain/chunks.ts';
import type { Progress } from '../domain/progress.ts';
import { modelOf } from '../model/models.ts';
import { momentsOf } from '../model/record.ts';
import { entryOf } from '../index/entry.ts';
import type { Annals } from '../records/annals.ts';
import { guardInstant, instantOfChange, readNewest } from '../records/change-log.ts';
import { insertSteps } from '../records/create.ts';
import { insertLookups, type PreparedRecord } from '../records/rows.ts';
import { type BulkIndex, bulkIndex, type Term } from '../storage/bulk-index.ts';
import { type DeferredIndexes, deferredIndexes, NO_INDEXES } from '../storage/deferred-indexes.ts';
import { rowRuns } from '../storage/insert.ts';
import { putRelations } from '../storage/interval-index.ts';
import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { guardTakenIdentifiers } from './constraints.ts';
import { linkRecord, type Plan } from './plan.ts';
import { type ReplacedTerms, replaceStatements, resolveReplaced } from './replace.ts';
import { isFresh, type Resolution } from './resolve.ts';
import type { Scan } from './scan.ts';
import { dialect } from '../storage/sqlite/dialect.ts';

/** The work of a write: what is written, and the folder for temporary files. */
export type Work = { scan: Scan; resolution: Resolution; plan: Plan; folder: string };

/** What a write reads before its batch: the first key of the moments, the earliest instant, and the terms and indexes of the database. */
type Before = {
  firstMoment: number;
  earliest: number;
  replaced: ReplacedTerms;
  terms: Term[];
  lastTerm: number;
  indexes: DeferredIndexes;
};

/** Writes the records of a plan in one batch, which holds all of them or nothing. */
export async function writePlan({ engine, idAllocator, clock, index }: Annals, work: Work, progress: Progress): Promise<void> {
  const { plan } = work;
  const moments = plan.freshMoments + plan.moreMoments;
  const replaced = await resolveReplaced(index.terms, plan.changed);
  const before: Before = {
    replaced,
    firstMoment: moments > 0 ? await idAllocator.take('moment', moments) : 0,
    ...(await readTerms(engine, replaced)),
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

/**
 * Terms of the database, without those of relations, which may be as many as records. A term that others add before the batch has a key that the
 * batch takes, too: then the import is made anew.
 */
async function readTerms(reader: Reader, replaced: ReplacedTerms): Promise<Pick<Before, 'terms' | 'lastTerm'>> {
  const [terms, [last]] = await reader.read([
    statement<Term>("SELECT field, value, id FROM terms WHERE field <> 'related'"),
    statement<[lastTerm: number]>('SELECT coalesce(max(id), 0) FROM terms'),
  ]);
  const known = replaced.all.map((term): Term => [...term, replaced.idOf(term)]);
  return { terms: [...terms, ...known], lastTerm: known.reduce((most, [, , id]) => Math.max(most, id), last![0]) };
}

/** New records come first and enter the index as a whole; then each changed record takes the place of the stored one. */
function* batch(work: Work, before: Before, instant: () => number, progress: Progress): Generator<Statement> {
  const { plan, resolution } = work;
  const now = instant();
  yield guardInstant(now);
  yield* guardExistence(resolution);
  yield guardTexts(plan);
  yield* guardTakenIdentifiers(resolution.ids, plan.since);
  yield* before.replaced.insertNew;
  if (plan.report.created > 0) yield* insertCreated(work, before, now, progress);
  yield* replaceChanged(work, before, now, progress);
}

function* insertCreated(work: Work, before: Before, now: number, progress: Progress): Generator<Statement> {
  const { scan, resolution } = work;
  const { indexes, terms, lastTerm } = before;
  const { first, last } = resolution.fresh;
  yield* indexes.drop;
  // A folder of its own, since a batch that is made anew may find the files of the one before.
  const index = bulkIndex({ first, terms, lastTerm, folder: mkdtempSync(join(work.folder, 'index-')) });
  const rows = rowRuns(['records', 'moments']);
  const conflict = new WriteConflict();
  let done = 0;
  for (const records of createdRecords(work, before.firstMoment, now)) {
    for (const record of records) {
      for (const row of [...insertSteps(record, conflict), ...insertLookups(record.model, record.key, record.input)]) rows.add(row);
      addToIndex(index, record);
    }
    yield* rows.drain();
    yield* index.drain();
    progress('writing', (done += records.length), scan.count);
  }
  yield* indexes.create;
  yield* index.finish(last);
  yield* indexes.join;
  yield* putRelations({ first, last });
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

function addToIndex(index: BulkIndex, { model, key, input, momentKeys }: PreparedRecord): void {
  const { type, moments, words, text } = entryOf(model, input, { key, momentKeys }, []);
  if (moments.length === 0) index.addText(key, type, text);
  for (const { terms, ...columns } of moments) index.add(key, { type, ...columns }, terms, text);
  index.countWords(type, words);
}

function* replaceChanged(
  { resolution, plan }: Work,
  { firstMoment, replaced: terms }: Before,
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
    yield* replaceStatements({ model, key, momentKeys, input, serverFields, keyOf: resolution.keyOf }, changed, terms);
    progress('writing', ++done, plan.changed.count());
  }
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
