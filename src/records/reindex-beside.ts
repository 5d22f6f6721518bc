import { bitmap } from '../domain/bitmap.ts';
import { asyncChunksOf, chunksOf } from '../domain/chunks.ts';
import { groupsOf } from '../domain/groups.ts';
import type { Progress } from '../domain/progress.ts';
import { correctionOf, INDEX_ROWS, NAME_LENGTHS, ownerOf, renewalOf } from '../index/differences.ts';
import { putTrigrams, renewTrigrams, takeTrigrams } from '../index/name-rows.ts';
import { deleteParagraphs, insertParagraphs } from '../index/paragraph-rows.ts';
import { statementsOf, termsOf } from '../index/writer.ts';
import { type KeyRange, readingOf } from '../model/columns.ts';
import type { Comparison } from '../storage/store.ts';
import type { Store } from '../storage/store.ts';
import type { Engine, Reader, Value } from '../storage/port.ts';
import { ownersOfMoments } from '../storage/tables/checks.ts';
import { guardRevision } from '../storage/tables/records.ts';
import { rowsOf } from '../storage/tables/rows.ts';
import { languageOfSource, paragraphsOfSource } from '../storage/tables/texts.ts';
import type { Annals } from './annals.ts';
import { DERIVED_TABLES, type DerivedRows, deriveRange, keyRanges, measure, readEntries, reindex, restore } from './reindex.ts';
import { retried } from './stored-record.ts';

/** Records that are written in one transaction, which holds the lock for some 20 ms, and single rows. */
const RECORDS = 25;
const ROWS = 500;

/**
 * Mends everything derived while others go on writing, and returns the number of records that were looked at. It holds the lock of the database for
 * a few milliseconds at a time, and writes only rows that are wrong. First the derived rows of each record are compared with the record: from then on
 * every change of a record knows its state in the index. Then a copy of the database is rebuilt and its index compared with that of another
 * copy. Sums are raised or lowered by their fault, so that it does not matter what others added meanwhile; other rows that differ are deleted, or
 * written anew from the record as it is at that time. Needs room for three times the database in the folder of temporary files. Throws `storage-full`.
 */
export async function reindexBeside(annals: Annals, store: Store, progress: Progress): Promise<number> {
  const records = await restoreRecords(annals.engine, progress);
  await store.withCopies(async (copies) => {
    await copies.rebuild((engine) => reindex({ engine }, progress));
    await copies.compare((comparison) => mendIndex(annals, comparison, progress));
  }, progress);
  return records;
}

/** Restores the derived rows of each record where they are wrong. Records that are made meanwhile are right. */
async function restoreRecords(engine: Engine, progress: Progress): Promise<number> {
  const { records, last } = await measure(engine);
  let done = 0;
  for await (const range of keyRanges(engine, last)) {
    const derived = await deriveRange(engine, range);
    const stored = await readStored(engine, range);
    const wrong = derived.filter(({ entry, rows }) => asText(rows) !== stored(entry.key));
    await writeEach(
      wrong.map(({ entry }) => entry.key),
      (key) => restoreRecord(engine, key),
    );
    done += derived.length;
    progress('reading', done, Math.max(done, records));
  }
  return done;
}

/** Returns the stored rows of the records of a range, by key, as `asText` writes derived ones. */
async function readStored(reader: Reader, range: KeyRange): Promise<(key: number) => string> {
  const tables = await reader.read(
    DERIVED_TABLES.map(({ name, owner, key, columns }) =>
      rowsOf<[record: number, ...values: Value[]]>({ table: name, owner, columns: [...key, ...readingOf(columns)] }, range),
    ),
  );
  const byRecord = tables.map((rows) => groupsOf(rows, ([record]) => record));
  return (key) => asText(byRecord.map((groups) => (groups.get(key) ?? []).map(([, ...values]) => values)));
}

/** A text of the rows of some tables, in whatever order they come. */
const asText = (tables: DerivedRows['rows']): string =>
  JSON.stringify(tables.map((rows) => rows.map((row) => JSON.stringify(row.map(readable))).toSorted()));

const readable = (value: Value): Value => (Buffer.isBuffer(value) ? value.toString() : value);

/** Writes something of each of some records. A record that others change meanwhile is written again. */
async function writeEach(keys: Iterable<number>, write: (key: number) => Promise<unknown>): Promise<void> {
  for (const chunk of chunksOf(keys, RECORDS)) await Promise.all(chunk.map((key) => retried(() => write(key))));
}

const only = (key: number): KeyRange => ({ first: key, last: key });

async function restoreRecord(engine: Engine, key: number): Promise<void> {
  // A record that was deleted meanwhile has no rows.
  for (const each of await deriveRange(engine, only(key)))
    await engine.write([
      guardRevision({ key, revision: each.revision }),
      takeTrigrams(only(key)),
      ...restore(each),
      putTrigrams(only(key)),
    ]);
}

/** Mends the index where it differs from a rebuild. */
async function mendIndex(annals: Annals, comparison: Comparison, progress: Progress): Promise<void> {
  const { engine, index } = annals;
  const wrong = { moment: bitmap(), record: bitmap(), name: bitmap(), text: bitmap() };
  for (const rows of [...Object.values(INDEX_ROWS), NAME_LENGTHS])
    for await (const chunk of asyncChunksOf(comparison.differences(rows), ROWS)) {
      for (const difference of chunk) {
        const [kind, key] = ownerOf(rows, difference) ?? [];
        if (kind) wrong[kind].add(key!);
      }
      const delta = correctionOf(rows, chunk);
      const { idOf, insertNew } = await index.terms.resolve([...delta.counts, ...delta.months].flatMap(({ terms }) => terms));
      const extra = chunk.flatMap(({ was, is }) => (was && !is && rows.deleteExtra ? [rows.deleteExtra(was)] : []));
      const missing = chunk.flatMap(({ was, is }) => (is && !was && rows.insertMissing ? [rows.insertMissing(is)] : []));
      const batch = [...insertNew, ...statementsOf(delta, idOf), ...extra, ...missing];
      if (batch.length > 0) await engine.write(batch);
    }
  let done = 0;
  const renew = (key: number) => {
    progress('writing', ++done);
    return renewRecord(annals, key);
  };
  await writeEach(wrong.record.members(), renew);
  for (const moments of chunksOf(wrong.moment.members(), ROWS)) await writeEach(await readOwners(engine, moments), renew);
  for (const names of chunksOf(wrong.name.members(), ROWS)) await engine.write(renewTrigrams(names));
  await writeEach(wrong.text.members(), (source) => renewText(engine, source));
}

/** The records of moments that are there, each once. */
async function readOwners(reader: Reader, moments: readonly number[]): Promise<number[]> {
  const [rows] = await reader.read([ownersOfMoments(moments)]);
  return rows.map(([record]) => record);
}

/** Indexes the stored text of a source anew. */
async function renewText(engine: Engine, source: number): Promise<void> {
  const [[row], paragraphs] = await engine.read([languageOfSource(source), paragraphsOfSource(source)]);
  // A source that was deleted meanwhile has no rows.
  if (!row) return;
  const [revision, language] = row;
  const texts = paragraphs.map(([text]) => text);
  await engine.write([
    guardRevision({ key: source, revision }),
    deleteParagraphs(source),
    ...insertParagraphs(source, texts, language ?? undefined),
  ]);
}

/** Writes the postings and the texts of a record anew. */
async function renewRecord({ engine, index }: Annals, key: number): Promise<void> {
  const { entries, guards } = await readEntries(engine, only(key));
  // A record that was deleted meanwhile has no entry.
  for (const entry of entries) {
    const delta = renewalOf(entry);
    const { idOf, insertNew } = await index.terms.resolve(termsOf(delta));
    await engine.write([...guards, ...insertNew, ...statementsOf(delta, idOf)]);
  }
}
