import type { Progress } from '../domain/progress.ts';
import { readTerms } from '../index/bulk/bulk-terms.ts';
import { INDEX_ROWS } from '../index/differences.ts';
import { entryOf, type IndexEntry, positionOfMoment } from '../index/entry.ts';
import { restoreNames } from '../index/name-rows.ts';
import type { Paragraph } from '../index/paragraph-rows.ts';
import { rebuildIndex } from '../index/bulk/rebuild.ts';
import { readRelated, targetsOf } from '../index/related.ts';
import { CHILD_TABLES, MOMENT_COLUMNS } from '../model/child-tables.ts';
import { blob, type Column, columnsOf, type KeyOf, type KeyRange, readingOf, text } from '../model/columns.ts';
import { models } from '../model/models.ts';
import { momentsOf } from '../model/record.ts';
import type { ComparedRows } from '../storage/store.ts';
import type { Store } from '../storage/store.ts';
import type { Reader, Statement, Value } from '../storage/port.ts';
import { type Spool, withSpools } from '../storage/spool.ts';
import { databaseSize, nextKeys, rowsByKey } from '../storage/tables/checks.ts';
import { guardRevision, guardSequence } from '../storage/tables/records.ts';
import { updateRow } from '../storage/tables/rows.ts';
import { paragraphsAfter, textSizes } from '../storage/tables/texts.ts';
import type { Annals } from './annals.ts';
import { type AssembledRecord, assemble } from './document/assemble.ts';
import { renderMoment, type ServerFields } from './document/render.ts';
import { derivedItemsOf, existenceAt, ownDerivedOf, recordRow } from './document/rows.ts';
import { retried } from './stored-record.ts';
import { describeStored } from './source-text.ts';
import { verifiedInAll } from './verify-citations.ts';

/** A table whose rows, or some of their columns, follow from a record. `owner` is the column with the key of the record. */
type DerivedTable = { name: string; owner: string; key: readonly string[]; columns: readonly Column[] };

/** The derived tables besides those of the index. A name in `lookups` is its own key. */
export const DERIVED_TABLES: readonly DerivedTable[] = [
  { name: 'records', owner: 'id', key: ['id'], columns: columnsOf({ sortTitle: text, document: blob }) },
  ...CHILD_TABLES.filter(({ derived }) => derived.length > 0).map(({ name, key, derived }) => ({
    name,
    owner: 'record_id',
    key: key.includes('id') ? ['id'] : key,
    columns: derived,
  })),
  ...models
    .filter(({ derived }) => derived.length > 0)
    .map(({ path, derived }) => ({ name: path, owner: 'record_id', key: ['record_id'], columns: derived })),
  { name: 'lookups', owner: 'record_id', key: ['type', 'key', 'record_id'], columns: [] },
];

/** Everything that is derived, under the names that people read, and the rows by which it is compared with a rebuild. */
export const DERIVED: Record<string, ComparedRows> = {
  ...Object.fromEntries(
    DERIVED_TABLES.map(({ name, key, columns }) => [
      name === 'records' ? 'rendered records' : name,
      rowsByKey(name, key, readingOf(columns)),
    ]),
  ),
  ...INDEX_ROWS,
};

/** Everything that is derived of one record: its index entry, and its rows in each of `DERIVED_TABLES`, BLOBs and wide integers as text. */
export type DerivedRows = { entry: IndexEntry; revision: number; rows: Value[][][] };

/**
 * Rebuilds everything that is derived from the relational tables, in one load, and returns the number of records. Nothing that clients wrote changes,
 * so revisions stay and nothing is logged. For a database that nobody else writes to; `reindexBeside` works beside writers.
 */
export async function reindex({ engine }: Pick<Annals, 'engine'>, progress: Progress): Promise<number> {
  return withSpools((open) =>
    retried(async () => {
      const { sequence, records, last } = await measure(engine);
      const derived = open<DerivedRows>();
      for await (const range of keyRanges(engine, last)) {
        for (const each of await deriveRange(engine, range)) derived.add(each);
        progress('reading', derived.count(), records);
      }
      const paragraphs = open<Paragraph>();
      for await (const each of readParagraphs(engine)) paragraphs.add(each);
      const index = rebuildIndex({ entries: entriesIn(derived), paragraphs: paragraphs.items() }, await readTerms(engine));
      await engine.load(batch(derived, sequence, index, progress));
      return derived.count();
    }),
  );
}

/** Yields the paragraphs of all stored texts. */
async function* readParagraphs(reader: Reader): AsyncGenerator<Paragraph> {
  for (let [source, number] = [0, 0]; ; ) {
    const [rows] = await reader.read([paragraphsAfter(source, number)]);
    for (const row of rows) yield { source: row[0], number: row[1], text: row[2], language: row[3] };
    const last = rows.at(-1);
    if (!last) return;
    [source, number] = last;
  }
}

/**
 * Rebuilds the index of a database if an older definition made it, and returns the number of records then. A rebuild that is cut off leaves the
 * database as it was.
 */
export async function reindexOutdated(store: Store, progress: Progress): Promise<number | undefined> {
  const engine = await store.openOutdated();
  if (engine === undefined) return undefined;
  try {
    return await reindex({ engine }, progress);
  } finally {
    await engine.close();
  }
}

/** The number of records and the last of their keys, and the sequence of the newest change, which shows later whether anything was changed since. */
export async function measure(reader: Reader): Promise<{ sequence: number; records: number; last: number }> {
  const [[row]] = await reader.read([databaseSize]);
  const [sequence, records, last] = row!;
  return { sequence, records, last };
}

/** Records that are read at a time. */
const CHUNK = 500;

/** Yields ranges of keys that hold all records with keys up to the last one, some 500 each. */
export async function* keyRanges(reader: Reader, last: number): AsyncGenerator<KeyRange> {
  for (let after = 0; ; ) {
    const [[row]] = await reader.read([nextKeys(after, CHUNK)]);
    const [first, end] = row!;
    if (first === null || first > last) return;
    yield { first, last: end };
    after = end;
  }
}

/** Derives anew all records of a range from the relational tables, in the order of their keys; the database is not changed. */
export async function deriveRange(reader: Reader, range: KeyRange): Promise<DerivedRows[]> {
  const { records, keyOf } = await assemble(reader, range);
  const { entries } = await entriesOf(reader, records);
  const inputs = records.map(({ input }) => input);
  const [verified, [sizes]] = await Promise.all([verifiedInAll(reader, inputs, keyOf), reader.read([textSizes(range.first, range.last)])]);
  const texts = new Map(sizes.map((row) => [row[0], describeStored(row)]));
  return records.map((record, index) => {
    const storedText = texts.get(record.key);
    return derive(record, entries[index]!, keyOf, { verified: verified[index]!, ...(storedText && { storedText }) });
  });
}

/** Index entries, and the guards that abort a batch when the records or those that point to them have changed since. */
type ReadEntries = { entries: IndexEntry[]; guards: Statement[] };

/** The index entries of all records of a range, in the order of their keys. */
export const readEntries = async (reader: Reader, range: KeyRange): Promise<ReadEntries> =>
  entriesOf(reader, (await assemble(reader, range)).records);

async function entriesOf(reader: Reader, records: readonly AssembledRecord[]): Promise<ReadEntries> {
  const relations = records.map(({ model, key, input }) => {
    const targets = targetsOf(input);
    return { key, name: `${model.type}/${input.id}`, isNew: false, before: targets, after: targets };
  });
  const related = await readRelated(reader, relations);
  const entries = records.map(({ model, key, input, momentKeys }) => entryOf(model, input, { key, momentKeys }, related.of(key).after));
  return { entries, guards: [...records.map(guardRevision), ...related.guards] };
}

function derive(
  { model, key, input, momentKeys, ...facts }: AssembledRecord,
  entry: IndexEntry,
  keyOf: KeyOf,
  results: Pick<ServerFields, 'verified' | 'storedText'>,
): DerivedRows {
  const serverFields = { ...facts, id: input.id, ...results };
  const { sortTitle, document } = recordRow({ model, key, momentKeys, input, serverFields, keyOf });
  const rows: Record<string, Value[][]> = {
    records: [[key, sortTitle, document.toString()]],
    moments: momentsOf(model, input).map((moment, ordinal) => {
      const item = renderMoment(model, input, input.id, moment).toString();
      const indexed = entry.moments[ordinal]!;
      return [
        indexed.key,
        String(positionOfMoment(indexed)),
        ...MOMENT_COLUMNS.map((name) => indexed[name]),
        indexed.members,
        item,
        ...existenceAt(model, input, ordinal),
      ];
    }),
    ...derivedItemsOf(key, input, results),
    ...(model.derived.length > 0 && { [model.path]: [[key, ...ownDerivedOf(model, input)]] }),
    lookups: entry.names.map((name) => [entry.type, name, key]),
  };
  return { entry, revision: facts.revision, rows: DERIVED_TABLES.map(({ name }) => rows[name] ?? []) };
}

function* entriesIn(derived: Spool<DerivedRows>): Generator<IndexEntry> {
  for (const { entry } of derived.items()) yield entry;
}

function* batch(derived: Spool<DerivedRows>, sequence: number, index: Iterable<Statement>, progress: Progress): Generator<Statement> {
  yield guardSequence(sequence);
  let done = 0;
  for (const each of derived.items()) {
    yield* restore(each);
    progress('writing', ++done, derived.count());
  }
  yield* index;
}

/** The statements that restore the derived rows of a record, apart from the index. Right rows of `lookups` keep their ids. */
export function* restore({ entry, rows }: DerivedRows): Generator<Statement> {
  for (const [index, { name, key, columns }] of DERIVED_TABLES.entries())
    for (const row of rows[index]!) {
      const values = columns.map((column, at) => asStored(column, row[key.length + at]!));
      yield* updateRow(name, columns, values, Object.fromEntries(key.map((column, at) => [column, row[at]!])));
    }
  yield* restoreNames(entry.type, entry.key, entry.names);
}

function asStored({ type, wide }: Column, value: Value): Value {
  if (wide) return BigInt(String(value));
  return type === 'BLOB' ? Buffer.from(String(value)) : value;
}
