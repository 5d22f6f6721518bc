import Database from 'better-sqlite3';
import { expand } from '../dialect.ts';
import { comparable, differencesOf, type RowChunks } from '../compare-rows.ts';
import { sqliteDialect } from '../sqlite/dialect.ts';
import { asStorageError } from '../sqlite/errors.ts';
import type { Value } from '../port.ts';
import type { Comparison, TableRow } from '../store.ts';

/** Opens two database files to compare them. `progress` is told the number of rows that were compared. Throws `storage-unusable`. */
export function openComparison(kept: string, rebuilt: string, progress: (rows: number) => void): Comparison {
  const connections = [openForWalking(kept), openForWalking(rebuilt)] as const;
  let count = 0;
  return {
    async *differences(compared) {
      const sql = expand(compared.sql, sqliteDialect);
      try {
        yield* differencesOf([rowsOf(connections[0], sql), rowsOf(connections[1], sql)], compared, () => progress(++count));
      } catch (error) {
        throw asStorageError(error);
      }
    },
    close: () => connections.forEach((connection) => connection.close()),
  };
}

/** Opens a copy of a database. `temp.words` has the words of its full text, `temp.trigrams` its trigrams. Throws `storage-unusable`. */
function openForWalking(path: string): Database.Database {
  try {
    const connection = new Database(path, { fileMustExist: true });
    connection.pragma('trusted_schema = OFF');
    connection.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'instance')");
    connection.exec("CREATE VIRTUAL TABLE temp.trigrams USING fts5vocab('main', 'nearby', 'instance')");
    return connection;
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Rows that are read before they are compared. */
const CHUNK = 500;

async function* rowsOf(connection: Database.Database, sql: string): RowChunks {
  const rows = connection.prepare(sql).raw().iterate() as Iterable<Value[]>; // @NOTE raw mode returns arrays
  let chunk: TableRow[] = [];
  for (const row of rows) {
    if (chunk.push(comparable(row)) < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
  return undefined;
}
