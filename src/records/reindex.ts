import { nameKeysOf, timelineColumns } from '../index/entry.ts';
import { momentsOf } from '../model/record.ts';
import type { KeyOf } from '../model/columns.ts';
import type { RecordType } from '../domain/record-type.ts';
import { guard, WriteConflict, type Reader, type Statement, statement } from '../storage/port.ts';
import type { Store } from '../storage/maintenance/store.ts';
import { noteIndexVersion } from '../storage/index-version.ts';
import { type KeyRange, rebuildIndex } from '../storage/interval-index.ts';
import { type Annals, openAnnals } from './annals.ts';
import type { Progress } from '../domain/progress.ts';
import { type Spool, withSpools } from '../storage/spool.ts';
import { type Assembled, assemble } from './assemble.ts';
import { renderMoment } from './render.ts';
import { recordRow, daysOf } from './rows.ts';
import { type Verified, verifiedInAll } from './verify-citations.ts';
import { retried } from './stored-record.ts';
import { dialect } from '../storage/sqlite/dialect.ts';

const CHUNK = 500;

/** All that is derived of one record, apart from the index. */
export type Derived = {
  key: number;
  revision: number;
  type: RecordType;
  sortTitle: string;
  document: string;
  lookups: string[];
  moments: { id: number; columns: ReturnType<typeof timelineColumns>; item: string }[];
  periods: ReturnType<typeof daysOf>[];
};

/**
 * Rebuilds everything that is derived from the relational tables, in one batch, and returns the number of records. Nothing that clients
 * wrote changes, so revisions stay and nothing is logged. For a database that nobody else writes to; beside writers, `reindexBeside` is due.
 */
export async function reindex(annals: Annals, progress: Progress): Promise<number> {
  return withSpools((open) =>
    retried(async () => {
      const derived = open<Derived>();
      const { sequence, records, last } = await measure(annals.engine);
      for (let after = 0; ; ) {
        const range = await nextRange(annals.engine, after);
        if (!range) break;
        for (const each of await deriveRange(annals.engine, range)) derived.add(each);
        progress('reading', derived.count(), records);
        after = range.last;
      }
      await annals.engine.load(batch(derived, { sequence, last }, progress));
      return derived.count();
    }),
  );
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

/** Derives anew all records of a range from the relational tables, in the order of their keys; the database is not changed. */
export async function deriveRange(reader: Reader, range: KeyRange): Promise<Derived[]> {
  const { records, keyOf } = await assemble(reader, range);
  const verified = await verifiedInAll(
    reader,
    records.map(({ input }) => input),
    keyOf,
  );
  return records.map((record, index) => derive(record, keyOf, verified[index]!));
}

function derive(record: Assembled, keyOf: KeyOf, verified: Verified): Derived {
  const { model, key, input, momentKeys, revision, createdAt, updatedAt } = record;
  const serverFields = { id: input.id, revision, createdAt, updatedAt, verified };
  const { sortTitle, document } = recordRow({ model, key, momentKeys, input, serverFields, keyOf });
  return {
    key,
    revision,
    type: model.type,
    sortTitle,
    document: document.toString('utf8'),
    lookups: nameKeysOf(model, input),
    moments: momentsOf(model, input).map((moment, ordinal) => ({
      id: momentKeys[ordinal]!,
      columns: timelineColumns(moment, momentKeys[ordinal]!),
      item: renderMoment(model, input, input.id, moment).toString('utf8'),
    })),
    periods: input.memberships?.map(({ period }) => daysOf(period?.edtf)) ?? [],
  };
}

function* batch(derived: Spool<Derived>, { sequence, last }: { sequence: number; last: number }, progress: Progress): Generator<Statement> {
  yield guard(1, new WriteConflict(), 'SELECT 1 WHERE (SELECT coalesce(max(sequence), 0) FROM changes) = ?', sequence);
  yield statement('DELETE FROM lookups');
  let done = 0;
  for (const each of derived.items()) {
    yield* restore(each);
    progress('writing', ++done, derived.count());
  }
  yield* rebuildIndex(last);
  yield noteIndexVersion;
}

/** The statements that put in what is derived of a record, apart from the index. Its lookups must be gone. */
export function* restore({ key, type, sortTitle, document, lookups, moments, periods }: Derived): Generator<Statement> {
  yield statement('UPDATE records SET sort_title = ?, document = ? WHERE id = ?', sortTitle, Buffer.from(document), key);
  for (const lookup of lookups) yield statement('INSERT INTO lookups (type, key, record_id) VALUES (?, ?, ?)', type, lookup, key);
  for (const { id, columns, item } of moments) yield { sql: RESTORE_MOMENT, params: [{ ...columns, id, item: Buffer.from(item) }] };
  for (const [ordinal, [startMin, endMax]] of periods.entries())
    yield statement(
      'UPDATE memberships SET start_min = ?, end_max = ? WHERE record_id = ? AND ordinal = ?',
      startMin,
      endMax,
      key,
      ordinal,
    );
}

const RESTORE_MOMENT = `UPDATE moments SET start_min = :startMin, start_max = :startMax, end_min = :endMin, end_max = :endMax, level = :level,
  position = :position, start_month = :startMonth, start_month_max = :startMonthMax, end_month = :endMonth, item = :item WHERE id = :id`;
