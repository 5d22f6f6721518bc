import { isDeepStrictEqual } from 'node:util';
import { dialect } from '../storage/dialect.ts';
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
import { entryOf, type IndexEntry, positionOfMoment, type Term } from './entry.ts';
import { MONTHLY_COLUMNS } from './monthly-counts.ts';
import { relatedChanges } from './related.ts';
import { indexedText, type SearchColumns, tagsOf } from './search-text.ts';
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
  for (const { moment, terms } of delta.removed) yield statement(DELETE_POSTINGS, moment.level, positionOfMoment(moment), ids(terms));
  for (const { moment, terms } of delta.added)
    yield statement(INSERT_POSTINGS, moment.level, positionOfMoment(moment), moment.endMax, ids(terms));
  for (const { more, terms } of delta.counts) yield statement(COUNT_TERMS, more, ids(terms));
  for (const { type, month, more, terms } of delta.months) {
    yield statement(COUNT_MONTHS, type, month, ...more, ids(terms));
    if (more[0] < 0 || more[1] < 0 || more[6] < 0) yield statement(DELETE_EMPTY_MONTHS, type, month, ids(terms));
  }
  for (const words of delta.words) yield* wordStatements(words);
  for (const names of delta.names) yield* nameStatements(names);
  for (const number of delta.removedTexts) yield atEnd(number, deleteText(number));
  for (const row of delta.addedTexts) yield atEnd(row.number, insertText(row, idsOf));
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
export const ADD_MONTHS = `ON CONFLICT (term, type, month) DO UPDATE SET ${MONTHLY_COLUMNS.map((column) => `${column} = monthly_counts.${column} + excluded.${column}`).join(', ')}`;

/** Conflict clause that adds to words that are there already. */
export const ADD_WORDS = 'ON CONFLICT (type, field, value) DO UPDATE SET records = vocabulary.records + excluded.records';

const INSERT_POSTINGS = `${dialect.insertMany()} postings (term, level, position, end_day) SELECT ${dialect.integer('j')}, ?, ?, ? FROM ${dialect.integers('j', '?')}`;
const DELETE_POSTINGS = `DELETE FROM postings WHERE level = ? AND position = ? AND term IN ${dialect.list('?', 'integer')}`;
const COUNT_TERMS = `${dialect.updateMany()} terms SET count = count + ? WHERE id IN ${dialect.list('?', 'integer')}`;
const COUNT_MONTHS = `${dialect.insertMany()} monthly_counts (term, type, month, ${MONTHLY_COLUMNS.join(', ')})
  SELECT ${dialect.integer('j')}, ?, ?, ${MONTHLY_COLUMNS.map(() => '?').join(', ')} FROM ${dialect.integers('j', '?')} WHERE true ${ADD_MONTHS}`;
const DELETE_EMPTY_MONTHS = `DELETE FROM monthly_counts WHERE type = ? AND month = ? AND started = 0 AND ended = 0 AND begun = 0 AND term IN ${dialect.list('?', 'integer')}`;
const COUNT_WORDS = `${dialect.insertMany()} vocabulary (type, field, value, records) SELECT ?, ${dialect.column('j', 0, 'text')}, ${dialect.column('j', 1, 'text')}, ? FROM ${dialect.elements('j', '?')} WHERE true ${ADD_WORDS}`;
const DELETE_UNUSED_WORDS = `DELETE FROM vocabulary WHERE records = 0 AND type = ?
    AND (field, value) IN (SELECT ${dialect.column('j', 0, 'text')}, ${dialect.column('j', 1, 'text')} FROM ${dialect.elements('j', '?')})`;

function* wordStatements({ type, more, words }: WordCounts): Generator<Statement> {
  yield statement(COUNT_WORDS, type, more, JSON.stringify(words));
  if (more <= 0) yield statement(DELETE_UNUSED_WORDS, type, JSON.stringify(words));
}

const DELETE_TRIGRAMS = `DELETE FROM nearby
    WHERE ${dialect.nameRow()} IN (SELECT id FROM lookups WHERE record_id = ? AND key IN ${dialect.list('?', 'text')})`;
const DELETE_NAMES = `DELETE FROM lookups WHERE record_id = ? AND key IN ${dialect.list('?', 'text')}`;
const INSERT_NAMES = `${dialect.insertMany()} lookups (type, key, record_id) SELECT ?, ${dialect.value('j', 'text')}, ? FROM ${dialect.elements('j', '?')}`;
const INSERT_TRIGRAMS = dialect.insertName('(SELECT id FROM lookups WHERE type = ? AND key = ? AND record_id = ?)', '?');

function* nameStatements({ key, type, removed, added }: NameChange): Generator<Statement> {
  if (removed.length > 0) {
    const json = JSON.stringify(removed);
    yield statement(DELETE_TRIGRAMS, key, json);
    yield statement(DELETE_NAMES, key, json);
  }
  if (added.length > 0) yield statement(INSERT_NAMES, type, key, JSON.stringify(added));
  for (const name of added) yield atEnd(Infinity, statement(INSERT_TRIGRAMS, type, name, key, name));
}

// FTS5 writes all that it holds before a statement of several rows, and whenever the number of a row is smaller than the one before: one row each, at
// the end of the transaction, in the order of their numbers. It ignores a number that is no bigint.
export const deleteText = (row: bigint): Statement => statement(`DELETE FROM search WHERE ${dialect.textRow('search')} = ?`, row);
const INSERT_TEXT = dialect.insertText();

const atEnd = (order: number | bigint, each: Statement): Statement => ({ ...each, atEnd: order });

/** Inserts a row of the full text. */
export const putText = (row: bigint, { title, names, body }: SearchColumns, tags: string): Statement => ({
  sql: INSERT_TEXT,
  params: [{ row, title, names, body, tags }],
});

function insertText({ number, type, text, moment }: TextRow, idsOf: (terms: readonly Term[]) => readonly number[]): Statement {
  const tags = moment ? tagsOf(type, moment, idsOf(tagTerms(moment))) : tagsOf(type);
  return putText(number, indexedText(text).columns, tags);
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
        `SELECT ${dialect.ordinal('j')}, t.id FROM ${dialect.elements('j', '?')} CROSS JOIN terms t ON t.field = ${dialect.column('j', 0, 'text')} AND t.value = ${dialect.column('j', 1, 'text')}`,
        JSON.stringify([...terms.values()]),
      ),
      statement<[id: number]>(
        `SELECT t.id FROM ${dialect.integers('j', '?')} CROSS JOIN terms t ON t.id = ${dialect.integer('j')}`,
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

const INSERT_TERMS = `${dialect.insertMany()} terms (id, field, value)
  SELECT ${dialect.column('j', 0, 'integer')}, ${dialect.column('j', 1, 'text')}, ${dialect.column('j', 2, 'text')} FROM ${dialect.elements('j', '?')}
  WHERE true ON CONFLICT DO NOTHING`;
const SAME_TERMS = `SELECT 1 FROM ${dialect.elements('j', '?')} CROSS JOIN terms t ON t.id = ${dialect.column('j', 0, 'integer')}
  AND t.field = ${dialect.column('j', 1, 'text')} AND t.value = ${dialect.column('j', 2, 'text')}`;

/** Inserts terms unless they are there, and aborts the batch unless each then has its id. */
function insertTerms(rows: readonly (string | number)[][]): Statement[] {
  const json = JSON.stringify(rows);
  return [statement(INSERT_TERMS, json), conflictUnless(rows.length, SAME_TERMS, json)];
}
