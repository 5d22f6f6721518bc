import { type Engine, guard, WriteConflict, type Reader, type Statement, statement, type Value } from '../storage/port.ts';
import { ADD_TALLIES, ADD_WORDS, type KeyRange, mendRecord, putTrigrams, rebuildIndex, takeTrigrams } from '../storage/interval-index.ts';
import type { Correction, IndexDifferences, WrongPosting } from '../storage/maintenance/index-differences.ts';
import { takeOrphanPosting, takeOrphanText, takeOrphanTrigrams } from '../storage/maintenance/orphans.ts';
import type { Annals } from './annals.ts';
import type { Store } from '../storage/maintenance/store.ts';
import type { Progress } from '../domain/progress.ts';
import { type Derived, deriveRange, measure, nextRange, restore } from './reindex.ts';
import { chunksOf } from '../domain/chunks.ts';
import { dialect } from '../storage/sqlite/dialect.ts';

const only = (key: number): KeyRange => ({ first: key, last: key });

/** The records that are mended in one transaction, and the single rows: each transaction holds the lock for some 20 ms. */
const RECORDS = 25;
const ROWS = 500;

/**
 * Makes everything derived right while others go on writing, and returns the number of records that were looked at. It holds the lock of the
 * database for a few milliseconds at a time, and writes only rows that are wrong. First the derived rows of each record are compared with
 * the record: from then on every change of a record knows how it stands in the index. Then the index in a copy of the database is rebuilt
 * and compared with the one in another copy. Rows that differ are mended record by record, from the record as it is at that time; sums are
 * raised or lowered by their fault, so that it does not matter what others added meanwhile. Memory does not grow with the database. Needs
 * room for three times the database in the folder of temporary files. Throws `storage-full`.
 */
export async function reindexBeside({ engine }: Annals, store: Store, progress: Progress): Promise<number> {
  const records = await restoreRecords(engine, progress);
  await store.withCopies(async (copies) => {
    await copies.rebuild(async (rebuilt) => {
      const { last } = await measure(rebuilt);
      await rebuilt.load(rebuildIndex(last));
    });
    const differences = await copies.indexDifferences();
    try {
      await mend(engine, differences, progress);
    } finally {
      differences.close();
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

/** The attempts at a record that others keep changing. Each of their changes derives all of it anew, so that it is right in the end. */
const ATTEMPTS = 3;

async function restoreRange(engine: Engine, range: KeyRange, attempts = ATTEMPTS): Promise<number> {
  const derived = await deriveRange(engine, range);
  const stored = await readDerived(engine, range);
  const wrong = derived.filter((each) => stored.get(each.key) !== comparable(each));
  const conflicting: number[] = [];
  for (const chunk of chunksOf(wrong, RECORDS)) {
    // They share one transaction, out of which a record that was changed meanwhile falls alone.
    const outcomes = await Promise.allSettled(chunk.map((each) => engine.write(restoreSteps(each))));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') continue;
      if (!(outcome.reason instanceof WriteConflict)) throw outcome.reason;
      conflicting.push(chunk[index]!.key);
    }
  }
  if (attempts > 1) for (const key of conflicting) await restoreRange(engine, only(key), attempts - 1);
  return derived.length;
}

/** The statements that restore one record; they are not run when it was changed since it was read. */
function restoreSteps(each: Derived): Statement[] {
  const { key, revision } = each;
  return [
    guard(1, new WriteConflict(), 'SELECT 1 FROM records WHERE id = ? AND revision = ?', key, revision),
    takeTrigrams(only(key)),
    statement('DELETE FROM lookups WHERE record_id = ?', key),
    ...restore(each),
    putTrigrams(only(key)),
  ];
}

/** A text of all that is derived of a record, to be compared with that of `readDerived`. */
function comparable({ sortTitle, document, lookups, moments, periods }: Derived): string {
  const columns = moments.map(
    ({ id, columns: { startMin, startMax, endMin, endMax, level, position, startMonth, startMonthMax, endMonth }, item }) => [
      id,
      startMin,
      startMax,
      endMin,
      endMax,
      level,
      position,
      startMonth,
      startMonthMax,
      endMonth,
      item,
    ],
  );
  return JSON.stringify([sortTitle, document, lookups.toSorted(), columns, periods]);
}

/** The same text made of the rows that are stored, for each record of a range by its key. */
async function readDerived(reader: Reader, { first, last }: KeyRange): Promise<Map<number, string>> {
  const within = (sql: string) => statement<[record: number, ...values: Value[]]>(sql, first, last);
  const [records, lookups, moments, memberships] = await reader.read([
    within('SELECT id, sort_title, document FROM records WHERE id BETWEEN ? AND ?'),
    within('SELECT record_id, key FROM lookups WHERE record_id BETWEEN ? AND ?'),
    within(
      `SELECT record_id, id, start_min, start_max, end_min, end_max, level, position, start_month, start_month_max, end_month, item
         FROM moments WHERE record_id BETWEEN ? AND ? ORDER BY record_id, ordinal`,
    ),
    within('SELECT record_id, start_min, end_max FROM memberships WHERE record_id BETWEEN ? AND ? ORDER BY record_id, ordinal'),
  ]);
  const [lookupsOf, momentsOf, periodsOf] = [lookups, moments, memberships].map(byRecord);
  return new Map(
    records.map(([key, sortTitle, document]) => {
      const keys = lookupsOf!(key).flat().map(String).toSorted();
      return [key, JSON.stringify([sortTitle, asText(document!), keys, momentsOf!(key), periodsOf!(key)])];
    }),
  );
}

const asText = (value: Value): Value => (Buffer.isBuffer(value) ? value.toString('utf8') : value);

function byRecord(rows: readonly [record: number, ...values: Value[]][]): (record: number) => Value[][] {
  const of = new Map<number, Value[][]>();
  for (const [record, ...values] of rows) {
    const known = of.get(record) ?? [];
    of.set(record, known);
    known.push(values.map(asText));
  }
  return (record) => of.get(record) ?? [];
}

async function mend(engine: Engine, differences: IndexDifferences, progress: Progress): Promise<void> {
  let done = 0;
  const write = async (steps: Statement[], records = 0) => {
    if (steps.length > 0) await engine.write(steps);
    progress('writing', (done += records));
  };
  for (const chunk of chunksOf(differences.corrections(), ROWS)) await write(chunk.flatMap(correct));
  for (const chunk of chunksOf(differences.texts(), ROWS)) await write(chunk.map(takeOrphanText));
  for (const moments of chunksOf(differences.moments(), ROWS)) {
    const { records, orphans } = await wrongPostings(engine, differences, moments);
    for (const chunk of chunksOf(orphans, ROWS)) await write(chunk.map(takeOrphanPosting));
    for (const chunk of chunksOf(records, RECORDS))
      await write(
        chunk.flatMap(([key, wrong]) => mendRecord(only(key), wrong)),
        chunk.length,
      );
  }
  for (const chunk of chunksOf(others(differences.texts()), RECORDS))
    await write(
      chunk.flatMap((key) => mendRecord(only(key), [])),
      chunk.length,
    );
  for (const chunk of chunksOf(differences.lookups(), ROWS))
    await write([...chunk.map(takeOrphanTrigrams), ...(await fileAnew(engine, chunk))]);
}

/** The records without a moment among the rows of the full text, which begin with them. */
function* others(texts: Iterable<number>): Generator<number> {
  for (const row of texts) {
    if (row >= 0) return;
    yield -row;
  }
}

/** The records of these moments, each with postings that it may have wrongly, and postings of moments that are not there. */
async function wrongPostings(
  reader: Reader,
  differences: IndexDifferences,
  moments: readonly number[],
): Promise<{ records: Map<number, WrongPosting[]>; orphans: WrongPosting[] }> {
  const owners = statement<[moment: number, record: number]>(
    `SELECT id, record_id FROM moments WHERE id IN ${dialect.list('?', 'integer')}`,
    JSON.stringify(moments),
  );
  const [rows] = await reader.read([owners]);
  const ownerOf = new Map(rows);
  const records = new Map<number, WrongPosting[]>();
  const orphans: WrongPosting[] = [];
  for (const moment of moments) {
    const wrong = differences.wrongPostings(moment);
    const record = ownerOf.get(moment);
    if (record === undefined) orphans.push(...wrong);
    else records.set(record, [...(records.get(record) ?? []), ...wrong]);
  }
  return { records, orphans };
}

/** The statements that raise or lower a sum; one that is then nothing is taken out. */
function correct(correction: Correction): Statement[] {
  switch (correction.table) {
    case 'no term':
      return [
        statement(
          'DELETE FROM monthly_counts WHERE term = ? AND NOT EXISTS (SELECT 1 FROM terms WHERE id = ?)',
          correction.term,
          correction.term,
        ),
      ];
    case 'terms': {
      const { field, value, more } = correction;
      return [
        statement('INSERT OR IGNORE INTO terms (field, value) VALUES (?, ?)', field, value),
        statement('UPDATE terms SET count = count + ? WHERE field = ? AND value = ?', more, field, value),
      ];
    }
    case 'tallies': {
      const { field, value, type, month, more } = correction;
      const term = 'SELECT id FROM terms WHERE field = ? AND value = ?';
      return [
        statement('INSERT OR IGNORE INTO terms (field, value) VALUES (?, ?)', field, value),
        statement(
          `INSERT INTO monthly_counts VALUES ((${term}), ?, ?, ?, ?, ?, ?, ?, ?) ${ADD_TALLIES}`,
          field,
          value,
          type,
          month,
          ...more,
        ),
        statement(
          `DELETE FROM monthly_counts WHERE term = (${term}) AND type = ? AND month = ? AND started = 0 AND ended = 0`,
          field,
          value,
          type,
          month,
        ),
      ];
    }
    default: {
      const { type, field, value, more } = correction;
      return [
        statement(`INSERT INTO vocabulary VALUES (?, ?, ?, ?) ${ADD_WORDS}`, type, field, value, more),
        statement('DELETE FROM vocabulary WHERE type = ? AND field = ? AND value = ? AND records = 0', type, field, value),
      ];
    }
  }
}

/** The statements that put in the trigrams of these lookups anew, and of all others of their records. */
async function fileAnew(reader: Reader, lookups: readonly number[]): Promise<Statement[]> {
  const [rows] = await reader.read([
    statement<[record: number]>(
      `SELECT DISTINCT record_id FROM lookups WHERE id IN ${dialect.list('?', 'integer')}`,
      JSON.stringify(lookups),
    ),
  ]);
  return rows.flatMap(([key]) => [takeTrigrams(only(key)), putTrigrams(only(key))]);
}
