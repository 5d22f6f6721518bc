import { type ChildTable, memberships, MOMENT_COLUMNS, moments } from '../model/child-tables.ts';
import { chunksOf } from '../domain/chunks.ts';
import { groupsOf } from '../domain/groups.ts';
import type { Progress } from '../domain/progress.ts';
import { findDifferences } from '../index/differences.ts';
import { putTrigrams, takeTrigrams } from '../index/name-rows.ts';
import { type Engine, type Reader, type Statement, statement, type Value } from '../storage/port.ts';
import type { Store } from '../storage/maintenance/store.ts';
import type { KeyRange } from '../model/columns.ts';
import type { Annals } from './annals.ts';
import { ATTEMPTS, mendIndex, only, RECORDS, writeEach } from './mend-index.ts';
import { type Derived, deriveRange, guardRevision, measure, nextRange, rebuildIndexOf, restore } from './reindex.ts';

/**
 * Makes everything derived right while others go on writing, and returns the number of records that were looked at. It holds the lock of the
 * database for a few milliseconds at a time, and writes only rows that are wrong. First the derived rows of each record are compared with
 * the record: from then on every change of a record knows how it stands in the index. Then the index in a copy of the database is rebuilt
 * and compared with the one in another copy. Rows that differ are mended record by record, from the record as it is at that time; sums are
 * raised or lowered by their fault, so that it does not matter what others added meanwhile. Memory does not grow with the database. Needs
 * room for three times the database in the folder of temporary files. Throws `storage-full`.
 */
export async function reindexBeside(annals: Annals, store: Store, progress: Progress): Promise<number> {
  const records = await restoreRecords(annals.engine, progress);
  await store.withCopies(async (copies) => {
    await copies.rebuild((engine) => rebuildIndexOf(engine, progress));
    const found = copies.lists();
    try {
      await copies.compare((comparison) => findDifferences(comparison, found));
      await mendIndex(annals, found, progress);
    } finally {
      found.close();
    }
  }, progress);
  return records;
}

/** Restores what is derived of each record where it is wrong. Records that are made meanwhile are right. */
async function restoreRecords(engine: Engine, progress: Progress): Promise<number> {
  const { records, last } = await measure(engine);
  let done = 0;
  for (let after = 0; ; ) {
    const range = await nextRange(engine, after);
    if (!range || range.first > last) return done;
    done += await restoreRange(engine, range);
    progress('reading', done, Math.max(done, records));
    after = range.last;
  }
}

async function restoreRange(engine: Engine, range: KeyRange, attempts = ATTEMPTS): Promise<number> {
  const derived = await deriveRange(engine, range);
  const stored = await readDerived(engine, range);
  const wrong = derived.filter((each) => stored.get(each.entry.key) !== comparable(each));
  for (const chunk of chunksOf(wrong, RECORDS)) {
    const again = await writeEach(chunk, (each) => engine.write(restoreSteps(each)), attempts);
    for (const { entry } of again) await restoreRange(engine, only(entry.key), attempts - 1);
  }
  return derived.length;
}

/** The statements that restore one record; they are not run when it was changed since it was read. */
function restoreSteps(each: Derived): Statement[] {
  const { key } = each.entry;
  return [guardRevision({ key, revision: each.revision }), takeTrigrams(only(key)), ...restore(each), putTrigrams(only(key))];
}

/** A text of all that is derived of a record, to be compared with that of `readDerived`. */
function comparable({ entry, sortTitle, document, momentKeys, items, periods }: Derived): string {
  const columns = entry.moments.map((moment, ordinal) => [
    momentKeys[ordinal],
    ...MOMENT_COLUMNS.map((name) => moment[name]),
    items[ordinal],
  ]);
  return JSON.stringify([sortTitle, document, entry.names.toSorted(), columns, periods]);
}

/** A text of the stored rows, as `comparable` makes it of derived ones, for each record of a range by its key. */
async function readDerived(reader: Reader, { first, last }: KeyRange): Promise<Map<number, string>> {
  const within = (sql: string) => statement<[record: number, ...values: Value[]]>(sql, first, last);
  const [records, lookups, momentRows, membershipRows] = await reader.read([
    within('SELECT id, sort_title, document FROM records WHERE id BETWEEN ? AND ?'),
    within('SELECT record_id, key FROM lookups WHERE record_id BETWEEN ? AND ?'),
    within(`SELECT record_id, id, ${derivedIn(moments)} FROM moments WHERE record_id BETWEEN ? AND ? ORDER BY record_id, ordinal`),
    within(`SELECT record_id, ${derivedIn(memberships)} FROM memberships WHERE record_id BETWEEN ? AND ? ORDER BY record_id, ordinal`),
  ]);
  const [lookupsOf, momentsOf, periodsOf] = [lookups, momentRows, membershipRows].map(byRecord);
  return new Map(
    records.map(([key, sortTitle, document]) => {
      const keys = lookupsOf!(key).flat().map(String).toSorted();
      return [key, JSON.stringify([sortTitle, asText(document!), keys, momentsOf!(key), periodsOf!(key)])];
    }),
  );
}

const derivedIn = ({ derived }: ChildTable): string => derived.map(({ name }) => name).join(', ');

const asText = (value: Value): Value => (Buffer.isBuffer(value) ? value.toString('utf8') : value);

function byRecord(rows: readonly [record: number, ...values: Value[]][]): (record: number) => Value[][] {
  const groups = groupsOf(rows, ([record]) => record);
  return (record) => (groups.get(record) ?? []).map(([, ...values]) => values.map(asText));
}
