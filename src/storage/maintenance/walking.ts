import Database from 'better-sqlite3';

/**
 * Opens a copy of a database to walk through what is derived in it. Its full text can be read word by word from `temp.words`, and its trigrams
 * from `temp.trigrams`. Throws the error of SQLite where the file cannot be opened.
 */
export function openForWalking(path: string): Database.Database {
  const connection = new Database(path, { fileMustExist: true });
  connection.pragma('trusted_schema = OFF');
  connection.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'instance')");
  connection.exec("CREATE VIRTUAL TABLE temp.trigrams USING fts5vocab('main', 'nearby', 'instance')");
  return connection;
}
