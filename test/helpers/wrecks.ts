import type { Annals } from '../../src/records/annals.ts';
import { statement } from '../../src/storage/port.ts';

/** Statements that spoil some of what is derived, each in another way, by what they spoil most. */
export const WRECKS = {
  records: [
    'DELETE FROM lookups WHERE id % 20 = 0',
    "UPDATE lookups SET key = key || 'x' WHERE id % 20 = 1",
    'UPDATE citations SET verified = 1',
    'UPDATE memberships SET start_min = 0, end_max = 0',
    "UPDATE records SET sort_title = 'zzz', document = CAST('{}' AS BLOB) WHERE id % 3 = 0",
    'UPDATE moments SET position = position + 1073741824, level = 3, end_max = 0, start_month = 1 WHERE id % 5 = 0',
  ],
  postings: [
    'UPDATE terms SET count = count + 1 WHERE id % 2 = 0',
    "DELETE FROM terms WHERE field = 'topic' AND id % 3 = 0",
    'DELETE FROM postings WHERE position % 4 = 0',
    'UPDATE postings SET end_day = end_day + 1 WHERE position % 4 = 1',
    'INSERT INTO postings VALUES (1, 2, 3, 4), (77777, 2, 3, 4)',
  ],
  sums: [
    'UPDATE monthly_counts SET started = started + 7, crosses_year = 1 WHERE month % 3 = 0',
    'DELETE FROM monthly_counts WHERE month % 3 = 1',
    "INSERT INTO vocabulary VALUES ('event', 'kind', 'nonsense', 3)",
    "DELETE FROM vocabulary WHERE field = 'topic'",
  ],
  texts: [
    "INSERT INTO search (rowid, title) VALUES (5, 'nonsense'), (-999999, 'nonsense')",
    'DELETE FROM search WHERE rowid % 3 = 0',
    "INSERT INTO nearby (rowid, key) VALUES (999999, 'nonsense')",
    'DELETE FROM nearby WHERE rowid % 3 = 0',
  ],
};

/** All of them. */
export const EVERY_WRECK = Object.values(WRECKS).flat();

/** Spoils what is derived in a database. */
export async function wreck({ engine }: Annals, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await engine.write([statement(sql)]);
}
