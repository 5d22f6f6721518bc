import { isDeepStrictEqual } from 'node:util';
import { conflictUnless, type Reader, type Statement, statement } from '../storage/port.ts';
import {
  deltaOf,
  type IndexChange,
  type IndexDelta,
  isMoved,
  type NameChange,
  type RecordChange,
  type IndexedState,
  tagTerms,
  termKey,
  type TextRow,
  type WordCounts,
} from './delta.ts';
import { entryOf, type IndexEntry, type Term } from './entry.ts';
import { MONTHLY_COLUMNS } from './monthly-counts.ts';
import { relatedChanges } from './related.ts';
import { indexedText, tagsOf } from './search-text.ts';
import type { WordForms } from './word-forms.ts';

/** The index of a database: where it is read, the ids of its terms, and the words that have forms. */
export type Index = { reader: Reader; terms: TermIds; forms: WordForms };

/** The statements that change the index in the batch of a write: `guards` must come before all others of the batch. */
export type IndexStatements = { guards: readonly Statement[]; statements: readonly Statement[] };

/**
 * Reads what a change of records depends on in the index, and returns the statements that make it: of the records themselves, and of those that they
 * are related to. The batch must abort when a record is no longer as it was `before`, and when any record points to one that is deleted.
 */
export async function indexChange({ reader, terms, forms }: Index, changes: readonly RecordChange[]): Promise<IndexStatements> {
  const entries = changes.map(entriesOf);
  const isRelated = entries.some(isMoved) || changes.some(changesRelations);
  const related = isRelated ? await relatedChanges(reader, changes, entries) : { changes: entries, guards: [] };
  const delta = deltaOf(related.changes);
  const [{ idOf, insertNew }, newForms] = await Promise.all([
    terms.resolve(termsOf(delta)),
    delta.addedTexts.length === 0 ? [] : forms.insertNew(delta.addedTexts.map(({ text }) => text)),
  ]);
  return { guards: related.guards, statements: [...insertNew, ...newForms, ...statementsOf(delta, idOf)] };
}

const changesRelations = ({ before, after }: RecordChange): boolean =>
  !isDeepStrictEqual(before?.record.relations, after?.record.relations);

/** The entries of a record before and after a change, without related records. */
function entriesOf({ model, key, before, after }: RecordChange): IndexChange {
  const entry = (state: IndexedState | undefined): IndexEntry | undefined =>
    state && entryOf(model, state.record, { key, momentKeys: state.momentKeys }, []);
  return { before: entry(before), after: entry(after) };
}

/** The id of a term of the delta. */
export type IdOf = (term: Term) => number;

/**
 * The statements that write a delta, a few for each moment. Lists are JSON parameters, so that the text of a statement does not depend on their
 * length. Rows of records must be in the database while names are inserted. The full text comes at the end of the transaction.
 */
export function* statementsOf(delta: IndexDelta, idOf: IdOf): Generator<Statement> {
  const idsOf = once((terms) => terms.map(idOf).toSorted((one, other) => one - other));
  const ids = once((terms) => `[${idsOf(terms).join(',')}]`);
  for (const { moment, terms } of delta.removed) yield statement(DELETE_POSTINGS, moment.level, moment.position, ids(terms));
  for (const { moment, terms } of delta.added) yield statement(INSERT_POSTINGS, moment.level, moment.position, moment.endMax, ids(terms));
  for (const { more, terms } of delta.counts) yield statement(COUNT_TERMS, more, ids(terms));
  for (const { type, month, more, terms } of delta.months) {
    yield statement(COUNT_MONTHS, type, month, ...more, ids(terms));
    if (more[0] < 0 || more[1] < 0 || more[6] < 0) yield statement(DELETE_EMPTY_MONTHS, type, month, ids(terms));
  }
  for (const words of delta.words) yield* wordStatements(words);
  for (const names of delta.names) yield* nameStatements(names);
  for (const rowid of delta.removedTexts) yield atEnd(rowid, statement(DELETE_TEXT, BigInt(rowid)));
  for (const row of delta.addedTexts) yield atEnd(row.rowid, insertText(row, idsOf));
}

/** A function of lists of terms that is called once for each list. */
function once<Result>(make: (terms: readonly Term[]) => Result): (terms: readonly Term[]) => Result {
  const made = new Map<readonly Term[], Result>();
  return (terms) => {
    const result = made.get(terms) ?? make(terms);
    made.set(terms, result);
    return result;
  };
}

/** The terms whose ids the statements of a delta contain. */
export function termsOf({ removed, added, addedTexts }: IndexDelta): Term[] {
  const lists = new Set<readonly Term[]>();
  for (const { terms } of removed) lists.add(terms);
  for (const { terms } of added) lists.add(terms);
  for (const { moment } of addedTexts) if (moment) lists.add(tagTerms(moment));
  return [...lists].flat();
}

/** Conflict clause that adds to monthly counts that are there already. */
export const ADD_MONTHS = `ON CONFLICT DO UPDATE SET ${MONTHLY_COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`;

/** Conflict clause that adds to words that are there already. */
export const ADD_WORDS = 'ON CONFLICT DO UPDATE SET records = records + excluded.records';

// A statement of many rows that may fail has SQLite copy each page that it changes, so as to undo it alone; with OR FAIL it does not. The batch
// is undone as a whole.
const INSERT_POSTINGS = 'INSERT OR FAIL INTO postings SELECT value, ?, ?, ? FROM json_each(?)';
const DELETE_POSTINGS = 'DELETE FROM postings WHERE level = ? AND position = ? AND term IN (SELECT value FROM json_each(?))';
const COUNT_TERMS = 'UPDATE OR FAIL terms SET count = count + ? FROM json_each(?) j WHERE terms.id = j.value';
const COUNT_MONTHS = `INSERT OR FAIL INTO monthly_counts SELECT value, ?, ?, ${MONTHLY_COLUMNS.map(() => '?').join(', ')} FROM json_each(?) WHERE true ${ADD_MONTHS}`;
const DELETE_EMPTY_MONTHS =
  'DELETE FROM monthly_counts WHERE type = ? AND month = ? AND started = 0 AND ended = 0 AND begun = 0 AND term IN (SELECT value FROM json_each(?))';
const COUNT_WORDS = `INSERT OR FAIL INTO vocabulary SELECT ?, value ->> 0, value ->> 1, ? FROM json_each(?) WHERE true ${ADD_WORDS}`;
const DELETE_UNUSED_WORDS = `DELETE FROM vocabulary WHERE records = 0 AND type = ?
    AND (field, value) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`;

function* wordStatements({ type, more, words }: WordCounts): Generator<Statement> {
  yield statement(COUNT_WORDS, type, more, JSON.stringify(words));
  if (more <= 0) yield statement(DELETE_UNUSED_WORDS, type, JSON.stringify(words));
}

const DELETE_TRIGRAMS = `DELETE FROM nearby
    WHERE rowid IN (SELECT id FROM lookups WHERE record_id = ? AND key IN (SELECT value FROM json_each(?)))`;
const DELETE_NAMES = 'DELETE FROM lookups WHERE record_id = ? AND key IN (SELECT value FROM json_each(?))';
const INSERT_NAMES = 'INSERT OR FAIL INTO lookups (type, key, record_id) SELECT ?, value, ? FROM json_each(?)';
const INSERT_TRIGRAMS = 'INSERT INTO nearby (rowid, key) VALUES ((SELECT id FROM lookups WHERE type = ? AND key = ? AND record_id = ?), ?)';

function* nameStatements({ key, type, removed, added }: NameChange): Generator<Statement> {
  if (removed.length > 0) {
    const json = JSON.stringify(removed);
    yield statement(DELETE_TRIGRAMS, key, json);
    yield statement(DELETE_NAMES, key, json);
  }
  if (added.length > 0) yield statement(INSERT_NAMES, type, key, JSON.stringify(added));
  for (const name of added) yield atEnd(Infinity, statement(INSERT_TRIGRAMS, type, name, key, name));
}

// FTS5 writes all that it holds before a statement of several rows, and whenever a rowid is smaller than the one before: one row each, at the end
// of the transaction, in the order of rowids. It ignores a rowid that is no bigint.
const DELETE_TEXT = 'DELETE FROM search WHERE rowid = ?';
const INSERT_TEXT = 'INSERT INTO search (rowid, title, names, body, tags) VALUES (?, ?, ?, ?, ?)';

const atEnd = (order: number, each: Statement): Statement => ({ ...each, atEnd: order });

function insertText({ rowid, type, text, moment }: TextRow, idsOf: (terms: readonly Term[]) => readonly number[]): Statement {
  const tags = moment ? tagsOf(type, moment, idsOf(tagTerms(moment))) : tagsOf(type);
  const { title, names, body } = indexedText(text).columns;
  return statement(INSERT_TEXT, BigInt(rowid), title, names, body, tags);
}

/** Ids of some terms, and the statements that insert those of them that are new; they abort the batch when another writer was first. */
export type ResolvedTerms = { idOf: (term: Term) => number; insertNew: readonly Statement[] };

/** Resolves terms to their ids before a batch is written. Terms are never deleted and keep their ids. */
export type TermIds = { resolve: (terms: Iterable<Term>) => Promise<ResolvedTerms> };

/** Number of ids that are kept in memory. */
const CACHED = 2 ** 15;

/** A cache of the ids of terms. `takeIds` returns the first of so many new ids in a row. */
export function termIds(reader: Reader, takeIds: (count: number) => Promise<number>): TermIds {
  /** Ids of terms that were read, by field and value: to look one up makes no string. */
  let stored = new Map<string, Map<string, number>>();
  let count = 0;
  /** Ids given to terms that the database did not have when they were looked up: batches under way insert them. */
  const given = new Map<string, number>();

  /** The ids of terms that are not in memory, by their keys; `isNew` says which of them the database does not have. */
  async function lookUp(terms: ReadonlyMap<string, Term>): Promise<{ ids: Map<string, number>; isNew: (key: string) => boolean }> {
    const keys = [...terms.keys()];
    const [found, used] = await reader.read([
      statement<[index: number, id: number]>(
        'SELECT j.key, t.id FROM json_each(?) j CROSS JOIN terms t ON t.field = j.value ->> 0 AND t.value = j.value ->> 1',
        JSON.stringify([...terms.values()]),
      ),
      statement<[id: number]>(
        'SELECT t.id FROM json_each(?) j CROSS JOIN terms t ON t.id = j.value',
        JSON.stringify(keys.flatMap((key) => given.get(key) ?? [])),
      ),
    ]);
    const ids = new Map(found.map(([index, id]) => [keys[index]!, id]));
    const taken = new Set(used.map(([id]) => id));
    for (const key of keys) if (ids.has(key) || taken.has(given.get(key) ?? 0)) given.delete(key);
    for (const [key, id] of ids) keep(terms.get(key)!, id);
    const missing = keys.filter((key) => !ids.has(key));
    await giveIds(missing);
    for (const key of missing) ids.set(key, given.get(key)!);
    const fresh = new Set(missing);
    return { ids, isNew: (key) => fresh.has(key) };
  }

  function keep([field, value]: Term, id: number): void {
    const ofField = stored.get(field) ?? new Map<string, number>();
    stored.set(field, ofField.set(value, id));
    count += 1;
  }

  async function giveIds(keys: readonly string[]): Promise<void> {
    const missing = () => keys.filter((key) => !given.has(key));
    for (let without = missing(); without.length > 0; without = missing()) {
      let next = await takeIds(without.length);
      // Another call may have given some of them an id meanwhile.
      for (const key of without) if (!given.has(key)) given.set(key, next++);
    }
  }

  return {
    async resolve(terms) {
      if (count > CACHED) [stored, count] = [new Map(), 0];
      if (given.size > CACHED) given.clear();
      const known = stored;
      const knownId = ([field, value]: Term) => known.get(field)?.get(value);
      const unknown = new Map<string, Term>();
      for (const term of terms) if (knownId(term) === undefined) unknown.set(termKey(term), term);
      if (unknown.size === 0) return { idOf: (term) => knownId(term)!, insertNew: [] };
      const { ids, isNew } = await lookUp(unknown);
      const rows = [...unknown].filter(([key]) => isNew(key)).map(([key, term]) => [ids.get(key)!, ...term]);
      return {
        idOf: (term) => knownId(term) ?? ids.get(termKey(term))!,
        insertNew: rows.length > 0 ? insertTerms(rows) : [],
      };
    },
  };
}

/** Inserts terms unless they are there, and aborts the batch unless each then has its id. */
function insertTerms(rows: readonly (string | number)[][]): Statement[] {
  const insert = `INSERT OR FAIL INTO terms (id, field, value) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
    ON CONFLICT DO UPDATE SET count = count WHERE id = excluded.id AND field = excluded.field AND value = excluded.value`;
  return [conflictUnless(rows.length, insert, JSON.stringify(rows))];
}
