import Database from 'better-sqlite3';

/** Queries of all derived tables, by value and without the integer keys of terms and lookups. Positions are beyond safe integers. */
const DERIVED: Record<string, string> = {
  documents: 'SELECT id, sort_title, revision, created_at, updated_at, CAST(document AS TEXT) FROM records ORDER BY id',
  moments: `SELECT id, CAST(position AS TEXT), level, start_min, start_max, end_min, end_max, start_month, start_month_max, end_month, CAST(item AS TEXT)
    FROM moments ORDER BY id`,
  memberships: 'SELECT record_id, ordinal, start_min, end_max FROM memberships ORDER BY 1, 2',
  citations: 'SELECT record_id, ordinal, verified FROM citations ORDER BY 1, 2',
  lookups: 'SELECT type, key, record_id FROM lookups ORDER BY 1, 2, 3',
  terms: 'SELECT field, value, count FROM terms WHERE count > 0 ORDER BY 1, 2',
  postings:
    'SELECT t.field, t.value, p.level, CAST(p.position AS TEXT), p.end_day FROM postings p JOIN terms t ON t.id = p.term ORDER BY 1, 2, 3, 4',
  tallies: `SELECT t.field, t.value, x.type, x.month, x.started, x.ended, x.crosses_month, x.crosses_year, x.crosses_decade, x.crosses_century, x.begun
    FROM monthly_counts x JOIN terms t ON t.id = x.term ORDER BY 1, 2, 3, 4`,
  vocabulary: 'SELECT type, field, value, records FROM vocabulary ORDER BY 1, 2, 3',
  // Words that no text has any more stay.
  forms: 'SELECT language, stem, word FROM word_forms WHERE word IN (SELECT term FROM words) ORDER BY 1, 2, 3',
  words: "SELECT term, CAST(doc AS TEXT), col, offset FROM words WHERE col <> 'tags' ORDER BY 1, 2, 3, 4",
  tags: `SELECT coalesce(t.field || '=' || t.value, w.term), CAST(w.doc AS TEXT) FROM words w LEFT JOIN terms t ON w.term = '_t' || t.id
    WHERE w.col = 'tags' ORDER BY 1, 2`,
  nearby: 'SELECT l.type, l.key, l.record_id, count(*) FROM trigrams g JOIN lookups l ON l.id = g.doc GROUP BY l.id ORDER BY 1, 2, 3',
};

/** Everything derived that a database file holds. */
export function derivedIn(path: string): Record<string, unknown[]> {
  const database = new Database(path);
  try {
    database.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'instance')");
    database.exec("CREATE VIRTUAL TABLE temp.trigrams USING fts5vocab('main', 'nearby', 'instance')");
    return Object.fromEntries(Object.entries(DERIVED).map(([name, sql]) => [name, database.prepare(sql).raw().all()]));
  } finally {
    database.close();
  }
}
