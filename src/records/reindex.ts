import { CHILD_TABLES, type ChildTable, memberships, MOMENT_COLUMNS, moments as MOMENTS } from '../model/child-tables.ts';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../domain/progress.ts';
import { readTerms } from '../index/bulk-terms.ts';
import { entryOf, type IndexEntry } from '../index/entry.ts';
import { INDEX_ROWS } from '../index/differences.ts';
import { restoreNames } from '../index/name-rows.ts';
import { rebuildIndex } from '../index/rebuild.ts';
import { readRelated, targetsOf } from '../index/related.ts';
import { momentsOf } from '../model/record.ts';
import type { ComparedRows } from '../storage/maintenance/compare.ts';
import type { Store } from '../storage/maintenance/store.ts';
import { type Engine, guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { type Spool, withSpools } from '../storage/spool.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import type { KeyOf, KeyRange } from '../model/columns.ts';
import { type Annals, openAnnals } from './annals.ts';
import { type Assembled, assemble } from './assemble.ts';
import { renderMoment } from './render.ts';
import { daysOf, recordRow, updateRow } from './rows.ts';
import { type Verified, verifiedInAll } from './verify-citations.ts';
import { retried } from './stored-record.ts';

/** Everything that is derived, under the names that people read, and the rows by which it is compared with a rebuild. */
export const DERIVED: Record<string, ComparedRows> = {
  'rendered records': { sql: 'SELECT id, sort_title, document FROM records ORDER BY id', key: 1 },
  ...Object.fromEntries(CHILD_TABLES.flatMap((table) => (table.derived.length > 0 ? [[table.name, derivedRows(table)]] : []))),
  lookups: { sql: 'SELECT type, key, record_id FROM lookups ORDER BY type, key, record_id', key: 3 },
  ...INDEX_ROWS,
};

/** The derived columns of a child table, in the order of its primary key. */
function derivedRows({ name, key, derived }: ChildTable): ComparedRows {
  const primary = key.includes('id') ? ['id'] : key;
  const columns = [...primary, ...derived.map((column) => column.name)].join(', ');
  return { sql: `SELECT ${columns} FROM ${name} ORDER BY ${primary.join(', ')}`, key: primary.length };
}

/** Records that are read at a time. */
const CHUNK = 500;

/** Everything that is derived of one record. `items` are its rendered moments, in order. */
export type Derived = {
  entry: IndexEntry;
  revision: number;
  sortTitle: string;
  document: string;
  momentKeys: number[];
  items: string[];
  periods: ReturnType<typeof daysOf>[];
};

/**
 * Rebuilds everything that is derived from the relational tables, in one load, and returns the number of records. Nothing that clients
 * wrote changes, so revisions stay and nothing is logged. For a database that nobody else writes to; beside writers, `reindexBeside` is due.
 */
export async function reindex({ engine }: Annals, progress: Progress): Promise<number> {
  return withSpools((open, folder) =>
    retried(async () => {
      const { sequence } = await measure(engine);
      const derived = open<Derived>();
      await spoolAll(engine, derived, deriveRange, progress);
      const index = rebuildIndex(entriesIn(derived), await readTerms(engine), mkdtempSync(join(folder, 'index-')));
      await engine.load(batch(derived, sequence, index, progress));
      return derived.count();
    }),
  );
}

/** Rebuilds the index alone, in a database that nobody else uses. */
export async function rebuildIndexOf(engine: Engine, progress: Progress): Promise<void> {
  await withSpools(async (open, folder) => {
    const entries = open<IndexEntry>();
    await spoolAll(engine, entries, async (reader, range) => (await readEntries(reader, range)).entries, progress);
    await engine.load(rebuildIndex(entries.items(), await readTerms(engine), folder));
  });
}

/**
 * Rebuilds the index of a database if an older definition made it, and returns the number of records then. A rebuild that is cut off leaves the
 * database as it was.
 */
export async function reindexOutdated(store: Store, progress: Progress): Promise<number | undefined> {
  const engine = store.openOutdated();
  if (engine === undefined) return undefined;
  // Nothing that is rebuilt bears an instant.
  const annals = openAnnals(engine, () => 0);
  try {
    return await reindex(annals, progress);
  } finally {
    await engine.close();
  }
}

/** The number of records and the last of their keys, and the sequence of the newest change, which shows later whether anything was changed since. */
export async function measure(reader: Reader): Promise<{ sequence: number; records: number; last: number }> {
  const [[row]] = await reader.read([
    statement<[sequence: number, records: number, last: number]>(
      'SELECT (SELECT coalesce(max(sequence), 0) FROM changes), (SELECT count(*) FROM records), (SELECT coalesce(max(id), 0) FROM records)',
    ),
  ]);
  const [sequence, records, last] = row!;
  return { sequence, records, last };
}

/** The range of the next keys of records after a key, for at most 500 records; undefined when there is none. */
export async function nextRange(reader: Reader, after: number): Promise<KeyRange | undefined> {
  const next = statement<[first: number | null, last: number]>(
    `SELECT min(id), max(id) FROM (SELECT id FROM records WHERE id > ? ORDER BY id ${dialect.limit('?')})`,
    after,
    CHUNK,
  );
  const [[row]] = await reader.read([next]);
  const [first, last] = row!;
  return first === null ? undefined : { first, last };
}

/** Puts what `read` returns of all records into a spool, in the order of their keys. */
async function spoolAll<Item>(
  reader: Reader,
  spool: Spool<Item>,
  read: (reader: Reader, range: KeyRange) => Promise<Item[]>,
  progress: Progress,
): Promise<void> {
  const { records } = await measure(reader);
  for (let after = 0; ; ) {
    const range = await nextRange(reader, after);
    if (!range) return;
    for (const each of await read(reader, range)) spool.add(each);
    progress('reading', spool.count(), records);
    after = range.last;
  }
}

/** Derives anew all records of a range from the relational tables, in the order of their keys; the database is not changed. */
export async function deriveRange(reader: Reader, range: KeyRange): Promise<Derived[]> {
  const { records, keyOf } = await assemble(reader, range);
  const { entries } = await entriesOf(reader, records);
  const inputs = records.map(({ input }) => input);
  const verified = await verifiedInAll(reader, inputs, keyOf);
  return records.map((record, index) => derive(record, entries[index]!, keyOf, verified[index]!));
}

/** Index entries, and the guards that abort a batch when the records or those that point to them have changed since. */
export type ReadEntries = { entries: IndexEntry[]; guards: Statement[] };

/** The index entries of all records of a range, in the order of their keys. */
export const readEntries = async (reader: Reader, range: KeyRange): Promise<ReadEntries> =>
  entriesOf(reader, (await assemble(reader, range)).records);

async function entriesOf(reader: Reader, records: readonly Assembled[]): Promise<ReadEntries> {
  const relations = records.map(({ model, key, input }) => {
    const targets = targetsOf(input);
    return { key, name: `${model.type}/${input.id}`, isNew: false, before: targets, after: targets };
  });
  const related = await readRelated(reader, relations);
  const entries = records.map(({ model, key, input, momentKeys }) => entryOf(model, input, { key, momentKeys }, related.of(key).after));
  return { entries, guards: [...records.map(guardRevision), ...related.guards] };
}

/** Aborts the batch when a record is of another revision. */
export const guardRevision = ({ key, revision }: { key: number; revision: number }): Statement =>
  guard(1, new WriteConflict(), 'SELECT 1 FROM records WHERE id = ? AND revision = ?', key, revision);

function derive({ model, key, input, momentKeys, ...facts }: Assembled, entry: IndexEntry, keyOf: KeyOf, verified: Verified): Derived {
  const serverFields = { ...facts, id: input.id, verified };
  const { sortTitle, document } = recordRow({ model, key, momentKeys, input, serverFields, keyOf });
  return {
    entry,
    revision: facts.revision,
    sortTitle,
    document: document.toString('utf8'),
    momentKeys,
    items: momentsOf(model, input).map((moment) => renderMoment(model, input, input.id, moment).toString('utf8')),
    periods: input.memberships?.map(({ period }) => daysOf(period?.edtf)) ?? [],
  };
}

function* entriesIn(derived: Spool<Derived>): Generator<IndexEntry> {
  for (const { entry } of derived.items()) yield entry;
}

function* batch(derived: Spool<Derived>, sequence: number, index: Iterable<Statement>, progress: Progress): Generator<Statement> {
  yield guard(1, new WriteConflict(), 'SELECT 1 WHERE (SELECT coalesce(max(sequence), 0) FROM changes) = ?', sequence);
  let done = 0;
  for (const each of derived.items()) {
    yield* restore(each);
    progress('writing', ++done, derived.count());
  }
  yield* index;
}

/** The statements that restore what is derived of a record, apart from the index. Right rows of `lookups` keep their ids. */
export function* restore({ entry, sortTitle, document, momentKeys, items, periods }: Derived): Generator<Statement> {
  const { key, type, moments, names } = entry;
  yield statement('UPDATE records SET sort_title = ?, document = ? WHERE id = ?', sortTitle, Buffer.from(document), key);
  yield* restoreNames(type, key, names);
  for (const [ordinal, columns] of moments.entries()) {
    const values = [...MOMENT_COLUMNS.map((name) => columns[name]), Buffer.from(items[ordinal]!)];
    yield* updateRow(MOMENTS.name, MOMENTS.derived, values, { id: momentKeys[ordinal]! });
  }
  for (const [ordinal, days] of periods.entries())
    yield* updateRow(memberships.name, memberships.derived, days, { record_id: key, ordinal });
}
