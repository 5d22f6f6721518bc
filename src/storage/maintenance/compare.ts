import type Database from 'better-sqlite3';
import { asStorageError } from '../sqlite/errors.ts';
import { openForWalking } from './walking.ts';

/**
 * The queries that read all that is derived from the relational tables, each in an order that an index gives, so that it is walked rather than
 * sorted. A rebuild keeps the keys of terms; those of lookups mean nothing.
 */
const DERIVED: Record<string, string> = {
  'rendered records': 'SELECT id, sort_title, document FROM records ORDER BY id',
  moments: `SELECT id, position, level, start_min, start_max, end_min, end_max, start_month, start_month_max, end_month, item
    FROM moments ORDER BY id`,
  memberships: 'SELECT record_id, ordinal, start_min, end_max FROM memberships ORDER BY record_id, ordinal',
  lookups: 'SELECT type, key, record_id FROM lookups ORDER BY type, key, record_id',
  terms: 'SELECT id, field, value, count FROM terms ORDER BY id',
  postings: 'SELECT term, level, position, end_day FROM postings ORDER BY term, level, position',
  tallies: `SELECT term, type, month, started, ended, crosses_month, crosses_year, crosses_decade, crosses_century
    FROM monthly_counts ORDER BY term, type, month`,
  vocabulary: 'SELECT type, field, value, records FROM vocabulary ORDER BY type, field, value',
  // Within a word, the order is that of the index: documents, columns, places. Tags are a set, whose order means nothing.
  'full text': "SELECT term, doc, col, iif(col = 'tags', 0, offset) FROM temp.words ORDER BY term",
  'lengths of texts': 'SELECT id, sz FROM search_docsize ORDER BY id',
  'near names': `SELECT l.type, l.key, l.record_id, g.term, g.offset FROM temp.trigrams g LEFT JOIN lookups l ON l.id = g.doc
    ORDER BY 1, 2, 3, 4, 5`,
};

/** The names of all that is compared. */
export const DERIVED_NAMES: readonly string[] = Object.keys(DERIVED);

/** Something derived that is not what a rebuild makes of it: the first row that differs, as JSON, where there is one. */
export type Difference = { name: string; kept: string | undefined; rebuilt: string | undefined };

/** Compares what is derived in two database files, row by row; `progress` is told how many rows. Throws `storage-unusable`. */
export function compareDerived(keptPath: string, rebuiltPath: string, progress: (rows: number) => void): Difference[] {
  const kept = openForWalking(keptPath);
  const rebuilt = openForWalking(rebuiltPath);
  let rows = 0;
  const counted = () => progress(++rows);
  try {
    return Object.entries(DERIVED).flatMap(([name, sql]) => firstDifference(name, walk(kept, sql), walk(rebuilt, sql), counted) ?? []);
  } catch (error) {
    throw asStorageError(error);
  } finally {
    kept.close();
    rebuilt.close();
  }
}

function* walk(connection: Database.Database, sql: string): Generator<string> {
  for (const row of connection.prepare(sql).raw().iterate() as Iterable<unknown[]>) // @NOTE raw mode answers arrays
    yield JSON.stringify(row.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : value)));
}

function firstDifference(name: string, kept: Generator<string>, rebuilt: Generator<string>, counted: () => void): Difference | undefined {
  try {
    for (;;) {
      const [one, other] = [kept.next(), rebuilt.next()];
      if (one.value !== other.value) return { name, kept: one.value ?? undefined, rebuilt: other.value ?? undefined };
      if (one.done) return undefined;
      counted();
    }
  } finally {
    kept.return(undefined);
    rebuilt.return(undefined);
  }
}
