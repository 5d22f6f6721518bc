import { chunksOf } from '../domain/chunks.ts';
import { AnnalsError } from '../domain/errors.ts';
import type { Progress } from '../domain/progress.ts';
import { type Correction, correctionOf, renewalOf, type WrongPosting } from '../index/differences.ts';
import { deleteOrphanCounts, deleteOrphanPosting, deleteOrphanText, deleteOrphanTrigrams } from '../index/orphans.ts';
import { putTrigrams, takeTrigrams } from '../index/name-rows.ts';
import { statementsOf, termsOf } from '../index/writer.ts';
import type { NumberedLists } from '../storage/maintenance/numbered-lists.ts';
import { type Engine, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import type { KeyRange } from '../model/columns.ts';
import type { Annals } from './annals.ts';
import { readEntries } from './reindex.ts';

/** Records that are mended in one transaction, which holds the lock for some 20 ms, and single rows. */
export const RECORDS = 25;
const ROWS = 500;

/** Further attempts at a record that others keep changing. */
export const ATTEMPTS = 20;

/** The range of one key. */
export const only = (key: number): KeyRange => ({ first: key, last: key });

/** Mends the differences: sums by what they lack, rows without a record by deleting them, all others record by record. */
export async function mendIndex(annals: Annals, found: NumberedLists, progress: Progress): Promise<void> {
  const { engine } = annals;
  let done = 0;
  const deleteEach = async (list: 'lost terms' | 'texts' | 'lookups', statementOf: (number: number) => Statement) => {
    for (const chunk of chunksOf(found.items(list), ROWS)) await engine.write(chunk.map(({ number }) => statementOf(number)));
  };
  for (const chunk of chunksOf(found.items('corrections'), ROWS))
    await correct(
      annals,
      chunk.flatMap(({ values }) => values as Correction[]), // @NOTE `findDifferences` added them
    );
  await deleteEach('lost terms', deleteOrphanCounts);
  await deleteEach('texts', deleteOrphanText);
  const mendAll = async (mendings: Iterable<Mending>) => {
    for (const chunk of chunksOf(mendings, RECORDS)) {
      await mendRecords(annals, chunk);
      progress('writing', (done += chunk.length));
    }
  };
  await mendAll(recordsWithoutMoments(found));
  for (const chunk of chunksOf(found.items('moments'), ROWS)) await mendAll(await recordsOf(engine, chunk));
  await deleteEach('lookups', deleteOrphanTrigrams);
  for (const chunk of chunksOf(found.items('lookups'), ROWS))
    await engine.write(
      await trigramsAnew(
        engine,
        chunk.map(({ number }) => number),
      ),
    );
}

/** Adds to sums of the index what they lack. */
async function correct({ engine, index }: Annals, corrections: readonly Correction[]): Promise<void> {
  const delta = correctionOf(corrections);
  const { idOf, insertNew } = await index.terms.resolve([...delta.counts, ...delta.months].flatMap(({ terms }) => terms));
  await engine.write([...insertNew, ...statementsOf(delta, idOf)]);
}

/** A record whose rows in the index are to be written anew, and postings of it that may be wrong. */
type Mending = { key: number; wrong: readonly WrongPosting[] };

/** Yields the records without moments whose text differs: the numbers of their rows, which are negative, come first. */
function* recordsWithoutMoments(found: NumberedLists): Generator<Mending> {
  for (const { number } of found.items('texts')) {
    if (number >= 0) return;
    yield { key: -number, wrong: [] };
  }
}

/** The records of moments with their wrong postings. Deletes wrong postings whose moment is gone. */
async function recordsOf(engine: Engine, moments: readonly { number: number; values: unknown[] }[]): Promise<Mending[]> {
  const owners = await readOwners(
    engine,
    moments.map(({ number }) => number),
  );
  const mendings = new Map<number, WrongPosting[]>();
  const orphans: Statement[] = [];
  for (const { number, values } of moments) {
    const wrong = values as WrongPosting[]; // @NOTE `findDifferences` added them
    const key = owners.get(number);
    if (key === undefined) orphans.push(...wrong.map((each) => deleteOrphanPosting(each, number)));
    else mendings.set(key, [...(mendings.get(key) ?? []), ...wrong]);
  }
  if (orphans.length > 0) await engine.write(orphans);
  return Array.from(mendings, ([key, wrong]) => ({ key, wrong }));
}

/** The records of moments that are there, by the keys of these. */
async function readOwners(reader: Reader, moments: readonly number[]): Promise<Map<number, number>> {
  const owners = statement<[moment: number, record: number]>(
    `SELECT id, record_id FROM moments WHERE id IN ${dialect.list('?', 'integer')}`,
    JSON.stringify(moments),
  );
  const [rows] = await reader.read([owners]);
  return new Map(rows);
}

/** Writes the rows of records in the index anew, as the records are then. Those that others change meanwhile are read again. */
async function mendRecords(annals: Annals, mendings: readonly Mending[], attempts = ATTEMPTS): Promise<void> {
  const again = await writeEach(mendings, (each) => mendRecord(annals, each), attempts);
  if (again.length > 0) await mendRecords(annals, again, attempts - 1);
}

/**
 * Writes each of some items, which share transactions, and returns those that conflict with writes of others. Throws `storage-busy` where some
 * do at the last attempt.
 */
export async function writeEach<Item>(items: readonly Item[], write: (item: Item) => Promise<unknown>, attempts: number): Promise<Item[]> {
  const outcomes = await Promise.allSettled(items.map(write));
  return items.filter((_, index) => {
    const outcome = outcomes[index]!;
    if (outcome.status === 'fulfilled') return false;
    if (!(outcome.reason instanceof WriteConflict)) throw outcome.reason;
    if (attempts === 0) throw new AnnalsError('storage-busy', 'others keep changing the same records: try again later');
    return true;
  });
}

async function mendRecord({ engine, index }: Annals, { key, wrong }: Mending): Promise<void> {
  const {
    entries: [entry],
    guards,
  } = await readEntries(engine, only(key));
  // Deleted meanwhile, with its rows in the index.
  if (!entry) return;
  const delta = renewalOf(entry);
  const { idOf, insertNew } = await index.terms.resolve(termsOf(delta));
  await engine.write([...guards, ...insertNew, ...wrong.map(deletePosting), ...statementsOf(delta, idOf)]);
}

const deletePosting = ({ term, level, position }: WrongPosting): Statement =>
  statement('DELETE FROM postings WHERE term = ? AND level = ? AND position = ?', term, level, position);

/** The statements that write the trigrams of the records with these names anew. */
async function trigramsAnew(reader: Reader, lookups: readonly number[]): Promise<Statement[]> {
  const [rows] = await reader.read([
    statement<[record: number]>(
      `SELECT DISTINCT record_id FROM lookups WHERE id IN ${dialect.list('?', 'integer')}`,
      JSON.stringify(lookups),
    ),
  ]);
  return rows.flatMap(([key]) => [takeTrigrams(only(key)), putTrigrams(only(key))]);
}
