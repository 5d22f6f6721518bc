import type { RecordType } from '../domain/record-type.ts';
import type { ComparedRows, Comparison, Difference, Row } from '../storage/maintenance/compare.ts';
import type { NumberedLists } from '../storage/maintenance/numbered-lists.ts';
import { deltaOf, type IndexDelta } from './delta.ts';
import type { IndexEntry, Term } from './entry.ts';
import { MOMENT_MAX } from '../domain/time/levels.ts';
import type { MonthlyCounts } from './monthly-counts.ts';

/** The rows of the index that a rebuild is compared by, under the names that people read. Terms keep their ids when the index is rebuilt. */
export const INDEX_ROWS = {
  terms: { sql: 'SELECT id, field, value, count FROM terms ORDER BY id', key: 3 },
  postings: { sql: 'SELECT term, level, position, end_day FROM postings ORDER BY term, level, position', key: 3 },
  tallies: {
    sql: `SELECT c.term, c.type, c.month, c.started, c.ended, c.crosses_month, c.crosses_year, c.crosses_decade, c.crosses_century, t.field, t.value
      FROM monthly_counts c LEFT JOIN terms t ON t.id = c.term ORDER BY c.term, c.type, c.month`,
    key: 3,
  },
  vocabulary: { sql: 'SELECT type, field, value, records FROM vocabulary ORDER BY type, field, value', key: 3 },
  // Within a word, the order is that of the index: documents, columns, places. Tags are a set, whose order means nothing.
  'full text': { sql: "SELECT term, doc, iif(col = 'tags', col, col || offset) FROM temp.words ORDER BY term", key: 2, several: true },
  'lengths of texts': { sql: 'SELECT id, hex(sz) FROM search_docsize ORDER BY id', key: 1 },
  'near names': { sql: 'SELECT term, doc, offset FROM temp.trigrams ORDER BY term', key: 2, several: true },
} satisfies Record<string, ComparedRows>;

/** A name without trigrams has a length only. */
const NAME_LENGTHS: ComparedRows = { sql: 'SELECT id, hex(sz) FROM nearby_docsize ORDER BY id', key: 1 };

/** A change of a sum of the index: a number to add, so that others may add to it meanwhile. */
export type Correction = Partial<Pick<IndexDelta, 'counts' | 'months' | 'words'>>;

/** A posting that is there and differs from that of the rebuild, or that the rebuild does not have. */
export type WrongPosting = { term: number; level: number; position: number };

/**
 * Finds all differences of the index in two databases, and puts them into lists: `corrections`, numbered; `lost terms`, ids of no term that have monthly
 * counts; `moments`, keys of moments whose postings or full text differ, with their wrong postings; rowids of `texts`; rowids of `lookups` whose
 * trigrams differ.
 */
export function findDifferences(comparison: Comparison, found: NumberedLists): void {
  const walk: Walk = (name) => comparison.differences(INDEX_ROWS[name]);
  findCorrections(walk, found);
  for (const { was, is } of walk('postings')) {
    const [term, level, position] = (was ?? is) as [number, number, number, number]; // @NOTE the columns of a posting
    found.add('moments', momentAt(position), was && { term, level, position });
  }
  for (const rows of [INDEX_ROWS['full text'], INDEX_ROWS['lengths of texts']])
    for (const rowid of rowidsIn(comparison, rows)) {
      found.add('texts', rowid);
      if (rowid >= 0) found.add('moments', momentAt(rowid));
    }
  for (const rows of [INDEX_ROWS['near names'], NAME_LENGTHS]) for (const rowid of rowidsIn(comparison, rows)) found.add('lookups', rowid);
}

type Walk = (name: keyof typeof INDEX_ROWS) => Iterable<Difference>;

/** The rowids of rows of the full texts that differ: the last columns of their keys. */
function* rowidsIn(comparison: Comparison, rows: ComparedRows): Generator<number> {
  for (const { was, is } of comparison.differences(rows)) yield Number((was ?? is)![rows.key - 1]);
}

const momentAt = (position: number): number => position % (MOMENT_MAX + 1);

function findCorrections(walk: Walk, found: NumberedLists): void {
  let count = 0;
  const add = (correction: Correction) => found.add('corrections', count++, correction);
  for (const { was, is } of walk('terms')) add({ counts: [{ more: moreIn(was, is, 3), terms: [termIn(was ?? is, 1)] }] });
  for (const { was, is } of walk('tallies')) {
    const row = (was ?? is)!;
    const [id, type, month] = row;
    if (row[9] === null) {
      found.add('lost terms', Number(id));
      continue;
    }
    const more = [3, 4, 5, 6, 7, 8].map((column) => moreIn(was, is, column)) as MonthlyCounts; // @NOTE six columns
    add({ months: [{ type: type as RecordType, month: Number(month), more, terms: [termIn(row, 9)] }] }); // @NOTE of a record
  }
  for (const { was, is } of walk('vocabulary')) {
    const row = (was ?? is)!;
    add({ words: [{ type: row[0] as RecordType, more: moreIn(was, is, 3), words: [termIn(row, 1)] }] }); // @NOTE as above
  }
}

const termIn = (row: Row | undefined, column: number): Term => [String(row?.[column]), String(row?.[column + 1])];

const moreIn = (was: Row | undefined, is: Row | undefined, column: number): number =>
  Number(is?.[column] ?? 0) - Number(was?.[column] ?? 0);

const NOTHING: IndexDelta = { removed: [], added: [], counts: [], months: [], words: [], names: [], removedTexts: [], addedTexts: [] };

/** The delta that makes corrections. */
export const correctionOf = (corrections: readonly Correction[]): IndexDelta => ({
  ...NOTHING,
  counts: corrections.flatMap(({ counts = [] }) => counts),
  months: corrections.flatMap(({ months = [] }) => months),
  words: corrections.flatMap(({ words = [] }) => words),
});

/** The delta that deletes and inserts all postings and texts of a record, and leaves sums as they are. */
export function renewalOf(entry: IndexEntry): IndexDelta {
  const { added, addedTexts } = deltaOf([{ after: entry }]);
  return { ...NOTHING, removed: added, added, removedTexts: addedTexts.map(({ rowid }) => rowid), addedTexts };
}
