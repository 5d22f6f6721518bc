import { chunksOf } from '../domain/chunks.ts';
import { modelOf } from '../model/models.ts';
import { momentsOf } from '../model/record.ts';
import { type BulkTerms, bulkTerms, guardTermIds, readTerms } from '../index/bulk/bulk-terms.ts';
import { bulkWriter } from '../index/bulk/bulk-writer.ts';
import { deltaOf, type IndexChange } from '../index/delta.ts';
import { entryOf } from '../index/entry.ts';
import { nameRows } from '../index/name-rows.ts';
import { readRelated, type RelatedRecords } from '../index/related.ts';
import { formStatements } from '../index/word-forms.ts';
import { statementsOf } from '../index/writer.ts';
import type { Annals } from '../records/annals.ts';
import { newRows } from '../records/create.ts';
import { changedResults, rewritten } from '../records/citing-records.ts';
import { PART_TYPES } from '../records/constraints/part-of-cycle.ts';
import type { PreparedRecord } from '../records/document/rows.ts';
import { inputOfStored, guardInstant, instantOfChange, readNewest } from '../records/stored-record.ts';
import { removeText, storeText } from '../records/source-text.ts';
import { referrersOfAny } from '../records/referrers.ts';
import { replaceStatements } from '../records/update.ts';
import { beginPhase, byOrderAtEnd, type Reader, type Statement } from '../storage/port.ts';
import { guardExistence, lastKey } from '../storage/tables/records.ts';
import { guardUnchanged } from '../storage/tables/references.ts';
import { rowRuns } from '../storage/tables/rows.ts';
import { guardCiting, setVerified } from '../storage/tables/texts.ts';
import { guardTakenIdentifiers } from './constraints.ts';
import { deleteTogether } from './deletions/write-deletions.ts';
import { type ImportAttempt, linkRecord, type ImportPlan } from './plan.ts';
import { citingRecords } from './texts/plan-texts.ts';

/** The work of a write: the attempt, its plan, what was read before the batch, and the instant and the ids of terms in the batch. */
type WriteContext = ImportAttempt & { plan: ImportPlan; before: Awaited<ReturnType<typeof readBefore>>; now: number; terms: BulkTerms };

/** Writes the records of a plan in one batch, which holds all of them or nothing. */
export async function writePlan(annals: Annals, attempt: ImportAttempt, plan: ImportPlan): Promise<void> {
  const before = await readBefore(annals, plan);
  function* load(): Generator<Statement> {
    // The first statement is made when the lock of the database is held, and the instant of all records is taken then.
    const now = instantOfChange(annals.clock, before.earliest);
    yield* batch({ ...attempt, plan, before, now, terms: bulkTerms(before.terms) });
  }
  await annals.engine.load(load());
}

async function readBefore({ engine, idAllocator }: Annals, plan: ImportPlan) {
  const moments = plan.freshMoments + plan.moreMoments;
  const related = await readRelated(engine, [...plan.relations.values()]);
  return {
    firstMoment: moments > 0 ? await idAllocator.take('moment', moments) : 0,
    related,
    terms: await readTerms(engine, namesIn(plan, related)),
    isLarge: await isLarge(engine, plan.report.created),
    earliest: (await readNewest(engine)).at,
  };
}

/** The records, as `type/id`, whose terms of related records the batch writes. */
function namesIn({ relations }: ImportPlan, related: RelatedRecords): Set<string> {
  const names = new Set<string>();
  for (const { key, name } of relations.values()) {
    const { before, after } = related.of(key);
    for (const each of [name, ...before, ...after]) names.add(each);
  }
  return names;
}

/**
 * Returns true if at least as many records are created as there are already. An index that is kept takes 1.6 to 2.3 times as long for a row as one that
 * is made anew.
 */
async function isLarge(reader: Reader, created: number): Promise<boolean> {
  const [[last]] = await reader.read([lastKey]);
  return last![0] <= created;
}

/** New records come first and enter the index as a whole; then stored records that they are related to; then changed ones, which may refer to them, and deleted ones last. */
function* batch(work: WriteContext): Generator<Statement> {
  const { resolution, plan, before, now, terms } = work;
  yield guardInstant(now);
  for (const keys of chunksOf(resolution.reliedOn)) yield guardExistence(keys);
  // Citations were held against the texts of sources, and cycles were looked for among the actors and places that are part of others.
  yield guardUnchanged('source', plan.since);
  for (const type of PART_TYPES) if (plan.partOf[type].size > 0) yield guardUnchanged(type, plan.since);
  yield* guardTakenIdentifiers(resolution.ids, plan.since);
  yield guardTermIds(before.terms);
  yield* before.related.guards;
  for (const source of plan.texts.replaced.values()) yield* [guardCiting(source, plan.since), ...removeText(source)];
  if (plan.report.created > 0) yield* insertCreated(work);
  yield* changeIndex(before.related.targets, terms);
  yield* replaceChanged(work);
  yield* deleteRecords(work);
  yield* writeTexts(work);
  yield* terms.finish();
}

function* insertCreated(work: WriteContext): Generator<Statement> {
  const { scan, plan, before, terms, progress } = work;
  const { related } = before;
  if (before.isLarge) yield beginPhase('rows');
  const index = bulkWriter(before);
  yield* index.begin();
  const rows = rowRuns(['records', 'moments']);
  let done = 0;
  for (const records of createdRecords(work)) {
    for (const record of records) {
      const { model, key, input } = record;
      const entry = entryOf(model, input, record, plan.relations.has(key) ? related.of(key).after : []);
      for (const inserted of [...newRows(record), nameRows(entry)]) rows.add(inserted);
      index.add(entry, terms.idOf);
    }
    yield* rows.drain();
    yield* terms.drain();
    yield* index.drain();
    progress('writing', (done += records.length), scan.count);
  }
  if (before.isLarge) yield beginPhase('rows-end');
  yield* index.finish();
}

/** The new records of the lines, batch by batch. */
function* createdRecords({ scan, resolution, plan, before, now }: WriteContext): Generator<PreparedRecord[]> {
  const { keys, keyOf, isFresh, revisions } = resolution;
  const verifiedPairs = plan.verified.items();
  let nextVerified = verifiedPairs.next();
  let nextMoment = before.firstMoment;
  for (const lines of scan.lines.batches())
    yield lines
      .filter(({ number }) => isFresh(keys[number]!))
      .map((line) => {
        linkRecord(line, resolution);
        const { number, type, input } = line;
        const verified = new Map<number, boolean>(nextVerified.value?.[0] === number ? nextVerified.value[1] : []);
        if (verified.size > 0) nextVerified = verifiedPairs.next();
        const model = modelOf[type];
        const sent = plan.texts.of(keys[number]!);
        const text = sent && { storedText: sent.description };
        const serverFields = {
          id: input.id,
          revision: (revisions.get(number) ?? 0) + 1,
          createdAt: now,
          updatedAt: now,
          verified,
          ...text,
        };
        const momentKeys = momentsOf(model, input).map(() => nextMoment++);
        return { model, key: keys[number]!, momentKeys, input, serverFields, keyOf };
      });
}

/** Puts each changed record in the place of the stored one, batch by batch. */
function* replaceChanged({ resolution: { keyOf }, plan, before, now, terms, progress }: WriteContext): Generator<Statement> {
  let nextMoment = before.firstMoment + plan.freshMoments;
  let done = 0;
  for (const changed of plan.changed.batches()) {
    const changes: IndexChange[] = [];
    for (const { type, input, key, verified, storedText, stored } of changed) {
      const model = modelOf[type];
      const { revision, createdAt, momentKeys } = stored;
      const replaced = { id: input.id, revision, document: Buffer.from(stored.document) };
      const former = inputOfStored(replaced);
      const names = before.related.of(key);
      const more = momentsOf(model, input).slice(momentKeys.length);
      const text = storedText && { storedText };
      const serverFields = { id: input.id, revision: revision + 1, createdAt, updatedAt: now, verified: new Map(verified), ...text };
      const prepared = { model, key, input, momentKeys: [...momentKeys, ...more.map(() => nextMoment++)], serverFields, keyOf };
      yield* replaceStatements(prepared, replaced, former);
      yield* setVerified(key, changedResults(replaced.document, serverFields.verified));
      changes.push({
        before: entryOf(model, former, { key, momentKeys }, names.before),
        after: entryOf(model, input, prepared, names.after),
      });
      progress('writing', ++done, plan.changed.count());
    }
    yield* changeIndex(changes, terms);
  }
}

/** Deletes records batch by batch. When all of them and their references are gone, nothing may refer to any of them. */
function* deleteRecords({ resolution, plan, before, now, terms, progress }: WriteContext): Generator<Statement> {
  const { records } = plan.deletions;
  let done = 0;
  const relatedTo = (key: number) => (plan.relations.has(key) ? before.related.of(key).before : []);
  for (const deleted of records.batches()) {
    yield* deleteTogether(deleted, { now, terms, relatedTo });
    progress('deleting', (done += deleted.length), records.count());
  }
  for (const keys of chunksOf(resolution.deletions.keys)) yield referrersOfAny.refuse(keys);
}

/** Stores the texts of new sources and those that replace others, and writes the records anew that cite these. */
function* writeTexts({ scan, resolution: { keys, isFresh }, plan: { texts }, now }: WriteContext): Generator<Statement> {
  const replaced = new Set(texts.replaced.values());
  for (const content of scan.texts.contents()) {
    const key = keys[content.number]!;
    if (isFresh(key) || replaced.has(key)) yield* storeText(key, content, content.language);
  }
  yield* texts.inLanguage;
  for (const citing of citingRecords(texts)) yield* rewritten(now, citing);
}

/**
 * The statements that change the index and insert the forms of new words, those of the full text last and in the order of its rows: FTS5 writes a
 * segment for each step back.
 */
function* changeIndex(changes: readonly IndexChange[], terms: BulkTerms): Generator<Statement> {
  const delta = deltaOf(changes);
  yield* formStatements(delta.addedTexts.map(({ text }) => text));
  const last: Statement[] = [];
  for (const each of statementsOf(delta, terms.idOf)) {
    yield* terms.drain();
    if (each.atEnd === undefined) yield each;
    else last.push(each);
  }
  yield* last.toSorted(byOrderAtEnd);
}
