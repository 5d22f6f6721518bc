import type { RecordType } from '../domain/record-type.ts';
import { MOMENT_MAX } from '../domain/time/levels.ts';
import type { ComparedRows, Mismatch, TableRow } from '../storage/maintenance/compare.ts';
import { type Statement, statement } from '../storage/port.ts';
import { deltaOf, type IndexDelta } from './delta.ts';
import type { IndexEntry, Term } from './entry.ts';
import type { MonthlyCounts } from './monthly-counts.ts';
import { paragraphOfRow } from './paragraph-rows.ts';
import { insertForms } from './word-forms.ts';

/**
 * Rows of the index that are compared with those of a rebuild, and how they are mended. A sum has a `correction`, which adds what it lacks, so that
 * others may add to it meanwhile. `deleteExtra` deletes a row that the rebuild does not have, `insertMissing` inserts one that it has alone. `owner` says what the last column of the key belongs to,
 * whose rows are all written anew: the position of a moment; the rowid of a text, which is a position or, below zero, of a record or a paragraph; or the id
 * of a name in `lookups`.
 */
export type IndexRows = ComparedRows & {
  correction?: (difference: Mismatch) => Correction;
  deleteExtra?: (row: TableRow) => Statement;
  insertMissing?: (row: TableRow) => Statement;
  owner?: 'moment' | 'text' | 'name';
};

/** A change of sums of the index. */
type Correction = Partial<Pick<IndexDelta, 'counts' | 'months' | 'words'>>;

/** Rows of the index that `annals check` compares, under the names that people read. Terms keep their ids when the index is rebuilt. */
export const INDEX_ROWS: Record<string, IndexRows> = {
  terms: {
    sql: 'SELECT id, field, value, count FROM terms ORDER BY id',
    key: 3,
    correction: (difference) => ({ counts: [{ more: moreIn(difference, 3), terms: [termIn(difference, 1)] }] }),
  },
  postings: {
    sql: 'SELECT term, level, position, end_day FROM postings ORDER BY term, level, position',
    key: 3,
    deleteExtra: ([term, level, position]) =>
      statement('DELETE FROM postings WHERE term = ? AND level = ? AND position = ?', term!, level!, position!),
    owner: 'moment',
  },
  'monthly counts': {
    sql: `SELECT c.term, c.type, c.month, c.started, c.ended, c.crosses_month, c.crosses_year, c.crosses_decade, c.crosses_century, c.begun,
      t.field, t.value
      FROM monthly_counts c LEFT JOIN terms t ON t.id = c.term ORDER BY c.term, c.type, c.month`,
    key: 3,
    correction: monthlyCorrection,
    deleteExtra: ([term, type, month]) => statement(DELETE_COUNTS, term!, type!, month!),
  },
  vocabulary: {
    sql: 'SELECT type, field, value, records FROM vocabulary ORDER BY type, field, value',
    key: 3,
    correction: (difference) => {
      const type = rowOf(difference)[0] as RecordType; // @NOTE the type of a record
      return { words: [{ type, more: moreIn(difference, 3), words: [termIn(difference, 1)] }] };
    },
  },
  'word forms': {
    sql: 'SELECT language, stem, word FROM word_forms ORDER BY language, stem, word',
    key: 3,
    mayHaveMore: true,
    insertMissing: (row) => insertForms([row.map(String)]),
  },
  // Within a word, the order is that of the index: documents, columns, places. Tags are a set, whose order means nothing.
  'full text': {
    sql: "SELECT term, doc, iif(col = 'tags', col, col || offset) FROM temp.words ORDER BY term",
    key: 2,
    several: true,
    owner: 'text',
  },
  'lengths of texts': {
    sql: 'SELECT id, hex(sz) FROM search_docsize ORDER BY id',
    key: 1,
    deleteExtra: ([rowid]) => statement('DELETE FROM search WHERE rowid = ?', BigInt(rowid!)),
    owner: 'text',
  },
  'near names': { sql: 'SELECT term, doc, offset FROM temp.trigrams ORDER BY term', key: 2, several: true, owner: 'name' },
};

/** A name without trigrams has a length only. */
export const NAME_LENGTHS: IndexRows = { sql: 'SELECT id, hex(sz) FROM nearby_docsize ORDER BY id', key: 1, owner: 'name' };

/** Deletes monthly counts that are zero after their correction, or that no term has. */
const DELETE_COUNTS = `DELETE FROM monthly_counts WHERE term = ? AND type = ? AND month = ?
  AND (started = 0 AND ended = 0 AND begun = 0 OR NOT EXISTS (SELECT 1 FROM terms WHERE id = term))`;

/** Monthly counts that no term has are not corrected. */
function monthlyCorrection(difference: Mismatch): Correction {
  const [, type, month, , , , , , , , field] = rowOf(difference);
  if (field === null) return {};
  const more = [3, 4, 5, 6, 7, 8, 9].map((column) => moreIn(difference, column)) as MonthlyCounts; // @NOTE seven columns
  return { months: [{ type: type as RecordType, month: Number(month), more, terms: [termIn(difference, 10)] }] }; // @NOTE the type of a record
}

const rowOf = ({ was, is }: Mismatch): TableRow => (was ?? is)!; // @NOTE a difference has at least one of them

const termIn = (difference: Mismatch, column: number): Term => {
  const row = rowOf(difference);
  return [String(row[column]), String(row[column + 1])];
};

const moreIn = ({ was, is }: Mismatch, column: number): number => Number(is?.[column] ?? 0) - Number(was?.[column] ?? 0);

/** The owner of a row that differs: the key of a moment, of a record or of the source of a text, or the id of a name. A sum has none. */
export function ownerOf(
  { owner, key }: IndexRows,
  difference: Mismatch,
): [kind: 'moment' | 'record' | 'name' | 'text', key: number] | undefined {
  const last = Number(rowOf(difference)[key - 1]);
  if (owner === undefined) return undefined;
  if (owner === 'name') return ['name', last];
  const paragraph = owner === 'text' ? paragraphOfRow(last) : undefined;
  if (paragraph) return ['text', paragraph.source];
  return owner === 'text' && last < 0 ? ['record', -last] : ['moment', last % (MOMENT_MAX + 1)];
}

const NOTHING: IndexDelta = { removed: [], added: [], counts: [], months: [], words: [], names: [], removedTexts: [], addedTexts: [] };

/** The delta that corrects sums. */
export function correctionOf({ correction }: IndexRows, differences: readonly Mismatch[]): IndexDelta {
  const corrections = correction ? differences.map(correction) : [];
  return {
    ...NOTHING,
    counts: corrections.flatMap(({ counts = [] }) => counts),
    months: corrections.flatMap(({ months = [] }) => months),
    words: corrections.flatMap(({ words = [] }) => words),
  };
}

/** The delta that deletes and inserts all postings and texts of a record, and leaves sums as they are. */
export function renewalOf(entry: IndexEntry): IndexDelta {
  const { added, addedTexts } = deltaOf([{ after: entry }]);
  return { ...NOTHING, removed: added, added, removedTexts: addedTexts.map(({ rowid }) => rowid), addedTexts };
}
