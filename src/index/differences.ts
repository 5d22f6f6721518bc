import type { RecordType } from '../domain/record-type.ts';
import { MOMENT_BITS, positionAt } from '../domain/time/levels.ts';
import type { ComparedRows, Mismatch, TableRow } from '../storage/store.ts';
import { dialect } from '../storage/dialect.ts';
import { type Statement, statement } from '../storage/port.ts';
import { deltaOf, type IndexDelta } from './delta.ts';
import type { IndexEntry, Term } from './entry.ts';
import type { MonthlyCounts } from './monthly-counts.ts';
import { paragraphOfRow } from './paragraph-rows.ts';
import { HALVES_OF } from './position-sql.ts';
import { insertForms } from './word-forms.ts';
import { deleteText } from './writer.ts';

/**
 * Rows of the index that are compared with those of a rebuild, and how they are mended. A sum has a `correction`, which adds what it lacks, so that
 * others may add to it meanwhile. `deleteExtra` deletes a row that the rebuild does not have, `insertMissing` inserts one that it has alone. `owner` says what the end of the key belongs to,
 * whose rows are all written anew: the slot and key of a moment; those of the number of a text, which is a position or, below zero, of a record or a
 * paragraph; or the id of a name in `lookups`.
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
    sql: `SELECT term, level, ${HALVES_OF('position')}, end_day FROM postings ORDER BY term, level, position`,
    key: 4,
    deleteExtra: ([term, level, slot, key]) =>
      statement('DELETE FROM postings WHERE term = ? AND level = ? AND position = ?', term!, level!, positionAt(Number(slot), Number(key))),
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
    sql: dialect.comparedTexts(HALVES_OF('text_row')),
    key: 3,
    several: true,
    owner: 'text',
  },
  'lengths of texts': {
    sql: dialect.comparedLengths('search', HALVES_OF('text_row')),
    key: 2,
    deleteExtra: ([slot, key]) => deleteText(positionAt(Number(slot), Number(key))),
    owner: 'text',
  },
  // The values are part of the key: a row that has moved is deleted and inserted.
  points: {
    sql: dialect.comparedPoints(),
    key: 5,
    deleteExtra: ([place]) => statement(dialect.emptyPoints(' WHERE id = ?'), place!),
    insertMissing: ([place]) => statement(dialect.fillPoints(' AND record_id = ?'), place!),
  },
  'near names': { sql: dialect.comparedNames(), key: 2, several: true, owner: 'name' },
};

/** A name without trigrams has a length only. */
export const NAME_LENGTHS: IndexRows = { sql: dialect.comparedLengths('nearby', 'text_row'), key: 1, owner: 'name' };

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
  const columns = rowOf(difference).slice(0, key).map(Number);
  const [last, slot] = [columns.at(-1)!, columns.at(-2)];
  if (owner === undefined) return undefined;
  if (owner === 'name' || slot === undefined) return ['name', last];
  if (slot >= 0) return ['moment', last];
  const row = slot * 2 ** MOMENT_BITS + last;
  const paragraph = paragraphOfRow(row);
  return paragraph ? ['text', paragraph.source] : ['record', -row];
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
  return { ...NOTHING, removed: added, added, removedTexts: addedTexts.map(({ number }) => number), addedTexts };
}
