import { momentsOf } from '../model/record.ts';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf } from '../model/models.ts';
import type { Term } from '../storage/bulk-index.ts';
import { type DeferredIndexes, deferredIndexes, NO_INDEXES } from '../storage/deferred-indexes.ts';
import { guard, WriteConflict, type Reader, type Statement, statement, type Step } from '../storage/port.ts';
import { putRelations } from '../storage/interval-index.ts';
import type { Annals, Clock, Keys } from '../records/annals.ts';
import type { Called } from '../records/names.ts';
import type { Progress } from '../domain/progress.ts';
import { earliestInstant, guardInstant, instantOfChange } from '../records/change-log.ts';
import type { Ready } from '../records/rows.ts';
import { replaceSteps, retried } from '../records/write.ts';
import { type Changed, compare, isFresh, neededMoments, type Plan } from './compare.ts';
import { referenceKey } from './check.ts';
import { collectFaults } from './faults.ts';
import { gather, type NamedFile } from './gather.ts';
import { guardTakenIdentifiers, refuseTakenIdentifiers } from './identifiers.ts';
import { chunksOf } from '../domain/chunks.ts';
import { link, type Links } from './link.ts';
import type { Job, Told } from './load.ts';
import { namedIn, nameLines, type Naming } from './naming.ts';
import type { ImportOptions } from './options.ts';
import type { ImportReport } from './report.ts';
import { withSpools } from '../storage/spool.ts';
import { type Threads, withThreads } from './threads/threads.ts';

/**
 * Imports files of NDJSON, one record per line as clients write it, with its `type`: all lines or none, in one batch. Lines may refer to
 * each other in any order, by id or by name. A line without an id is the record that it equals, or a new one (`nameLines`). `onExisting` says
 * what happens to a record that exists and differs. Throws `invalid-import` with the faults of each line, and `import-conflict` when existing
 * records differ that are not to be changed. Memory grows with the number of ids, not with the size of the files: lines wait in temporary files.
 * While other threads check and prepare lines, this one asks and writes the database.
 */
export async function importRecords(
  annals: Annals,
  files: readonly NamedFile[],
  { mode, onExisting }: ImportOptions,
  progress: Progress,
): Promise<ImportReport> {
  // What is written into the folder is over before it is removed.
  return withSpools((open, folder) =>
    withThreads(async (threads) => {
      const found = collectFaults();
      const names = files.map(({ name }) => name);
      const read = await gather(files, threads, open, found, progress);
      return retried(async () => {
        const faults = found.fork();
        const keys = mode === 'check' || faults.any() ? noKeys : annals.keys;
        const naming = await nameLines(annals.engine, read, names, onExisting);
        const { gathered } = naming;
        const links = await link(annals.engine, keys, naming, onExisting);
        const plan = await compare(annals.engine, naming, links, onExisting, open, faults, progress);
        await refuseTakenIdentifiers(annals.engine, gathered, links, faults);
        if (faults.any()) {
          throw await faults.error(annals.engine, names, (type) => gathered.ids[type].keys());
        }
        const { report } = plan;
        if (mode === 'write' && report.created + report.updated > 0)
          await write(annals, { naming, links, plan, folder }, threads, progress);
        return report;
      });
    }),
  );
}

/** Keys that no record has, for when nothing is written. */
const noKeys: Keys = { take: (_, count) => Promise.resolve(-count) };

/** Plan of the records to write, and the folder of temporary files. */
type Prepared = { naming: Naming; links: Links; plan: Plan; folder: string };

/** The database as it is before, and the clock and the earliest instant for the records that are written. */
type Around = { firstMoment: number; clock: Clock; earliest: number; terms: Term[]; lastTerm: number; indexes: DeferredIndexes };

async function write(annals: Annals, prepared: Prepared, threads: Threads, progress: Progress): Promise<void> {
  const { plan } = prepared;
  const moments = plan.freshMoments + plan.moreMoments;
  const firstMoment = moments > 0 ? await annals.keys.take('moment', moments) : 0;
  const terms = await readTerms(annals.engine);
  const indexes = await readIndexes(annals.engine, plan.report.created);
  const earliest = await earliestInstant(annals.engine);
  await annals.engine.load(batch(prepared, { firstMoment, clock: annals.clock, earliest, ...terms, indexes }, threads, progress));
}

/**
 * The indexes to make anew: none when there are more records than are created. To keep them took, for a new record, 1.6 times as long as to make
 * them anew for any record among 100,000, and 2.3 times among a million.
 */
async function readIndexes(reader: Reader, created: number): Promise<DeferredIndexes> {
  const [[last]] = await reader.read([statement<[key: number]>('SELECT coalesce(max(id), 0) FROM records')]);
  return last![0] > created ? NO_INDEXES : deferredIndexes(reader);
}

/**
 * Those of relations are not needed, and may be as many as there are records. When others add a term before the batch, its key is one that
 * the batch takes, too: then the import is made anew.
 */
async function readTerms(reader: Reader): Promise<Pick<Around, 'terms' | 'lastTerm'>> {
  const [terms, [last]] = await reader.read([
    statement<Term>("SELECT field, value, id FROM terms WHERE field <> 'related'"),
    statement<[lastTerm: number]>('SELECT coalesce(max(id), 0) FROM terms'),
  ]);
  return { terms, lastTerm: last![0] };
}

/**
 * All statements of an import, made as they are run. What is new comes first and enters the index as a whole; then each changed record
 * takes the place of the one before, when all that it refers to is there. The first statement is made when the lock of the database is held, and
 * the instant of all records is taken then.
 */
function* batch(prepared: Prepared, around: Around, threads: Threads, progress: Progress): Generator<Step> {
  const { naming, links, plan, folder } = prepared;
  const { fresh } = links;
  const now = instantOfChange(around.clock, around.earliest);
  yield guardInstant(now);
  yield* guardExistence(links);
  yield guardTexts(plan);
  yield* guardTakenIdentifiers(naming.gathered, plan.since);
  if (plan.report.created > 0) {
    const { terms, lastTerm, indexes } = around;
    yield* indexes.drop;
    // Of its own, since a batch that is made anew may find what the one before left.
    const start = { first: fresh.first, terms, lastTerm, folder: mkdtempSync(join(folder, 'index-')), now };
    yield* threads.load(start, jobs(prepared, around, progress), indexes.create);
    yield* indexes.join;
    yield* putRelations(fresh);
  }
  yield* replaceChanged(prepared, { ...around, now }, progress);
}

/** Jobs that insert the new records, chunk by chunk. */
function* jobs({ naming, links, plan }: Prepared, { firstMoment }: Around, progress: Progress): Generator<Job> {
  const { gathered } = naming;
  const texts = gathered.records.texts();
  const verified = plan.verified.items();
  const tell = teller(links);
  let nextMoment = firstMoment;
  for (const chunk of gathered.chunks.items()) {
    const job = { records: String(texts.next().value), verified: verified.next().value as Job['verified'] }; // @NOTE one for each chunk
    const keys = chunk.lines.map((_, index) => links.keys[chunk.first + index]!);
    if (keys.some((key) => isFresh(key, links))) {
      yield {
        ...job,
        keys: keys.map((key) => (isFresh(key, links) ? key : 0)),
        ids: namedIn(chunk, naming).ids,
        ...tell(chunk.references),
        firstMoment: nextMoment,
        revisions: keys.flatMap((_, index) => {
          const revision = links.revisions.get(chunk.first + index);
          return revision === undefined ? [] : [[index, revision]];
        }),
      };
      nextMoment += neededMoments(chunk, keys, links);
    }
    progress('writing', chunk.first + keys.length, gathered.count);
  }
}

/** Number of references that the threads that make the statements remember. */
const TOLD = 100_000;

/** Tells what references are, each once: most chunks refer to what those before refer to. */
function teller(links: Links): (references: readonly Called[]) => Pick<Job, 'references' | 'forget'> {
  const told = new Set<string>();
  return (references) => {
    const forget = told.size > TOLD;
    if (forget) told.clear();
    const news: Told[] = [];
    for (const called of references) {
      const name = referenceKey(called);
      if (told.has(name)) continue;
      told.add(name);
      const answer = links.linked(called);
      if (!('id' in answer)) throw new Error(`the ${called.type} ${called.value} was not resolved`);
      news.push([called, answer.id, links.keyOf(called.type, answer.id)]);
    }
    return { references: news, forget };
  };
}

function* replaceChanged({ links, plan }: Prepared, { firstMoment, now }: Around & { now: number }, progress: Progress): Generator<Step> {
  let nextMoment = firstMoment + plan.freshMoments;
  let done = 0;
  for (const changed of plan.changed.items()) {
    const { type, key, input, revision, verified, createdAt, momentKeys } = changed;
    const model = modelOf[type];
    const wanted = momentsOf(model, input).length;
    while (momentKeys.length < wanted) momentKeys.push(nextMoment++);
    const facts = { id: input.id, revision, createdAt, updatedAt: now, verified: new Map(verified) };
    yield* replace({ model, key, momentKeys, input, facts, keyOf: links.keyOf }, changed);
    progress('writing', ++done, plan.changed.count());
  }
}

function replace(ready: Ready, { replaced, createdAt }: Changed): Step[] {
  const { key, facts } = ready;
  return replaceSteps(ready, { key, id: facts.id, createdAt, revision: replaced.revision, document: Buffer.from(replaced.document) });
}

/** Aborts the batch when a source that has a text was changed since the citations were held against the texts. */
function guardTexts({ since }: Plan): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN paragraphs p ON p.source_id = r.id AND p.number = 1 WHERE c.sequence > ? AND c.type = 'source' LIMIT 1`;
  return guard(0, new WriteConflict(), changed, since);
}

/** Aborts the batch when a record that existed before was deleted since. */
function* guardExistence({ reliedOn }: Links): Generator<Statement> {
  for (const keys of chunksOf(reliedOn))
    yield guard(
      keys.length,
      new WriteConflict(),
      'SELECT id FROM records WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys),
    );
}
