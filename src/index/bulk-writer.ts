import { tagTerms } from './delta.ts';
import { insertRuns } from '../storage/insert.ts';
import { type Statement, statement } from '../storage/port.ts';
import { type IndexedMoment, postingBlock, WIDTHS } from './counting-sort.ts';
import type { IndexEntry, SearchText, Term } from './entry.ts';
import { bufferSegments, KEEP_SEGMENTS, MERGE_SEGMENTS, SEGMENT_BUFFER } from './fts-segments.ts';
import { type Row, sortedRuns } from './sorted-runs.ts';
import { putTrigrams } from './name-rows.ts';
import { ADD_MONTHS, ADD_WORDS, type IdOf, tagsOf } from './writer.ts';

/**
 * Writes the index entries of many new records: the rows that `writer.ts` would write, but each table once and in the order of its keys. The
 * caller inserts the relational rows of the records.
 */
export type BulkWriter = {
  /** Yields the statements that come first. */
  begin: () => Generator<Statement>;
  /** Adds a record. All ids of terms must be those of rows that are there when `finish` runs. */
  add: (entry: IndexEntry, idOf: IdOf) => void;
  /** Yields the statements that are ready. Memory is bounded when it runs every few thousand records. */
  drain: () => Generator<Statement>;
  /** Yields all other statements; the rows of `lookups` must be there. */
  finish: () => Generator<Statement>;
};

/** Postings that are sorted in memory, in about 80 MB; sorted blocks of so many wait in files. */
const POSTINGS = 2 ** 22;

/** `folder` is for temporary files; the caller removes it. `isLarge`: at least as many records are added as there are already. */
export type BulkOptions = { folder: string; isLarge: boolean; block?: number };

/** A bulk writer without records. */
export function bulkWriter({ folder, isLarge, block = POSTINGS }: BulkOptions): BulkWriter {
  const postings = postingRuns(folder, block);
  const vocabulary = wordCounts();
  const texts = textBlocks();
  const keys = { first: Number.MAX_SAFE_INTEGER, last: 0 };

  return {
    *begin() {
      if (isLarge) yield* KEEP_SEGMENTS;
    },
    add({ key, type, moments, words, text }, idOf) {
      keys.first = Math.min(keys.first, key);
      keys.last = Math.max(keys.last, key);
      vocabulary.add(type, words);
      if (moments.length === 0) texts.add(-key, text, tagsOf(type));
      for (const moment of moments) {
        postings.add({ type, ...moment }, moment.terms.map(idOf));
        texts.add(moment.position, text, tagsOf(type, moment, tagTerms(moment).map(idOf)));
      }
    },
    drain: () => texts.drain(),
    *finish() {
      yield* postings.finish();
      yield* texts.finish();
      yield putTrigrams(keys);
      yield* insertRuns('vocabulary', vocabulary.rows(), ADD_WORDS);
      if (isLarge) yield* MERGE_SEGMENTS;
    },
  };
}

/** Postings, monthly counts and counts of terms, which enter the index once: each block by itself would change most of its pages. */
function postingRuns(folder: string, limit: number) {
  const block = postingBlock();
  const postings = sortedRuns(folder, 'postings', WIDTHS.postings);
  const monthly = sortedRuns(folder, 'monthly-counts', WIDTHS.monthlyCounts);
  const counts = new Map<number, number>();

  function sorted() {
    const rows = block.take();
    for (const [term, count] of rows.counts) counts.set(term, (counts.get(term) ?? 0) + count);
    return rows;
  }

  return {
    add(moment: IndexedMoment, terms: readonly number[]): void {
      block.add(moment, terms);
      if (block.count() < limit) return;
      const rows = sorted();
      postings.keep(rows.postings);
      monthly.keep(rows.monthlyCounts);
    },
    *finish(): Generator<Statement> {
      const last = sorted();
      yield* insertRuns('postings', postings.merged(last.postings));
      yield* insertRuns('monthly_counts', withTypes(summed(monthly.merged(last.monthlyCounts)), block.types), ADD_MONTHS);
      for (const [term, count] of counts) yield statement('UPDATE terms SET count = count + ? WHERE id = ?', count, term);
    },
  };
}

/** Columns of the key of a monthly count: term, type, month. */
const MONTHLY_KEY = 3;

/** Sorted rows, those of one key added up. Yields one row after the other in the same array. */
function* summed(rows: Iterable<Row>): Generator<Row> {
  const sum: number[] = [];
  for (const row of rows) {
    if (sum.length > 0 && isSameKey(row, sum)) {
      for (let column = MONTHLY_KEY; column < row.length; column += 1) sum[column]! += row[column]!;
      continue;
    }
    if (sum.length > 0) yield sum;
    for (let column = 0; column < row.length; column += 1) sum[column] = row[column]!;
  }
  if (sum.length > 0) yield sum;
}

const isSameKey = (one: Row, other: Row): boolean => one[0] === other[0] && one[1] === other[1] && one[2] === other[2];

/** Rows with the name of the type in the place of its number. Yields one row after the other in the same array. */
function* withTypes(rows: Iterable<Row>, types: readonly string[]): Generator<(number | string)[]> {
  const typed: (number | string)[] = [];
  for (const row of rows) {
    for (let column = 0; column < row.length; column += 1) typed[column] = row[column]!;
    typed[1] = types[row[1]!]!;
    yield typed;
  }
}

/** Counts the records that use each word. Words are few and used by all records: nested maps cost less than a key for each use. */
function wordCounts() {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  return {
    add(type: string, words: readonly Term[]): void {
      const fields = within(counts, type);
      for (const [field, value] of words) {
        const values = within(fields, field);
        values.set(value, (values.get(value) ?? 0) + 1);
      }
    },
    *rows(): Generator<(string | number)[]> {
      for (const [type, fields] of counts)
        for (const [field, values] of fields) for (const [value, count] of values) yield [type, field, value, count];
    },
  };
}

/** The map under a key, a new one where there is none. */
export function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key);
  if (known) return known;
  const fresh = new Map<string, Value>();
  maps.set(key, fresh);
  return fresh;
}

type TextRow = SearchText & { rowid: number; tags: string };

/** Texts that are sorted and written together: FTS5 writes a segment whenever a rowid is smaller than the one before. */
const TEXTS = 25_000;

function textBlocks() {
  let rows: TextRow[] = [];

  function* put(): Generator<Statement> {
    for (const { rowid, title, names, body, tags } of rows.toSorted((one, other) => one.rowid - other.rowid))
      yield statement(PUT_TEXT, rowid, title, names, body, tags);
    rows = [];
  }

  return {
    add: (rowid: number, text: SearchText, tags: string) => void rows.push({ ...text, rowid, tags }),
    *drain(): Generator<Statement> {
      if (rows.length < TEXTS) return;
      yield bufferSegments(SEGMENT_BUFFER.bulk);
      yield* put();
    },
    *finish(): Generator<Statement> {
      yield* put();
      yield bufferSegments(SEGMENT_BUFFER.usual);
    },
  };
}

/** One row at a time: FTS5 would write a segment for each statement of several, since such a statement may be undone alone. */
const PUT_TEXT = 'INSERT INTO search (rowid, title, names, body, tags) VALUES (CAST(? AS INTEGER), ?, ?, ?, ?)';
