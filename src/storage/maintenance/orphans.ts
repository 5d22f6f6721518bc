import { type Statement, statement } from '../port.ts';
import { MOMENT_MASK } from '../interval-index.ts';
import type { WrongPosting } from './index-differences.ts';

/** Statements that take rows out of the index whose record is gone. Each looks again whether it is when it runs. */

/** The statement that takes out a posting whose moment is gone. */
export function takeOrphanPosting({ moment, term, level, position }: WrongPosting): Statement {
  const sql = 'DELETE FROM postings WHERE term = ? AND level = ? AND position = ? AND NOT EXISTS (SELECT 1 FROM moments WHERE id = ?)';
  return statement(sql, term, level, position, moment);
}

/** The statement that takes a row out of the full text, unless there is a moment or another record that it is of. */
export function takeOrphanText(rowid: number): Statement {
  const owner =
    rowid < 0
      ? 'SELECT 1 FROM records r WHERE r.id = -:rowid AND NOT EXISTS (SELECT 1 FROM moments m WHERE m.record_id = r.id)'
      : `SELECT 1 FROM moments WHERE id = :rowid & ${MOMENT_MASK} AND position = :rowid`;
  return { sql: `DELETE FROM search WHERE rowid = :rowid AND NOT EXISTS (${owner})`, params: [{ rowid: BigInt(rowid) }] };
}

/** The statement that takes trigrams out under which nothing is filed. */
export function takeOrphanTrigrams(rowid: number): Statement {
  return {
    sql: 'DELETE FROM nearby WHERE rowid = :rowid AND NOT EXISTS (SELECT 1 FROM lookups WHERE id = :rowid)',
    params: [{ rowid: BigInt(rowid) }],
  };
}
