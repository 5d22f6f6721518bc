import { type Statement, statement } from '../storage/port.ts';
import type { WrongPosting } from './differences.ts';
import { MOMENT_MAX } from '../domain/time/levels.ts';

/** Statements that delete rows of the index whose record is gone. Each looks again when it runs. */

/** Deletes a posting whose moment is gone. */
export function deleteOrphanPosting({ term, level, position }: WrongPosting, moment: number): Statement {
  const sql = 'DELETE FROM postings WHERE term = ? AND level = ? AND position = ? AND NOT EXISTS (SELECT 1 FROM moments WHERE id = ?)';
  return statement(sql, term, level, position, moment);
}

/** Deletes a row of the full text, unless it is that of a moment or of a record without moments. */
export function deleteOrphanText(rowid: number): Statement {
  const owner =
    rowid < 0
      ? 'SELECT 1 FROM records r WHERE r.id = -:rowid AND NOT EXISTS (SELECT 1 FROM moments m WHERE m.record_id = r.id)'
      : `SELECT 1 FROM moments WHERE id = :rowid & ${MOMENT_MAX} AND position = :rowid`;
  return { sql: `DELETE FROM search WHERE rowid = :rowid AND NOT EXISTS (${owner})`, params: [{ rowid: BigInt(rowid) }] };
}

/** Deletes trigrams of a name that no record has. */
export function deleteOrphanTrigrams(rowid: number): Statement {
  const sql = 'DELETE FROM nearby WHERE rowid = :rowid AND NOT EXISTS (SELECT 1 FROM lookups WHERE id = :rowid)';
  return { sql, params: [{ rowid: BigInt(rowid) }] };
}

/** Deletes the monthly counts under an id that no term has. */
export function deleteOrphanCounts(term: number): Statement {
  return statement('DELETE FROM monthly_counts WHERE term = ? AND NOT EXISTS (SELECT 1 FROM terms WHERE id = ?)', term, term);
}
