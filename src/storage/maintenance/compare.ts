import Database from 'better-sqlite3';
import { asStorageError } from '../sqlite/errors.ts';

/**
 * Rows of a database that are compared with those of another. `sql` returns them in the order of their first `key` columns, which tell rows apart;
 * it must follow an index, so that rows are read one after the other. Rows of one key are joined where there may be several. With `mayHaveMore`, rows
 * that only the kept database has are no difference.
 */
export type ComparedRows = { sql: string; key: number; several?: true; mayHaveMore?: true };

/** A row of SQLite, texts and BLOBs as text. */
export type TableRow = readonly (string | number | null)[];

/** A row as it is and as it should be, absent where only one of them is there. `next` are the next rows of both, whatever their keys. */
export type Mismatch = { was?: TableRow; is?: TableRow; next: [was: TableRow | undefined, is: TableRow | undefined] };

/** Two open copies of one database: as it was kept, and as a rebuild makes it. */
export type Comparison = {
  /** Yields all differences of some rows, in order. Throws `storage-unusable`. */
  differences: (rows: ComparedRows) => Generator<Mismatch>;
  close: () => void;
};

/** Opens two database files to compare them. `progress` is told the number of rows that were compared. Throws `storage-unusable`. */
export function openComparison(kept: string, rebuilt: string, progress: (rows: number) => void): Comparison {
  const connections = [openForWalking(kept), openForWalking(rebuilt)] as const;
  let count = 0;
  return {
    *differences(compared) {
      const [was, is] = connections.map((connection) => rowsOf(connection, compared));
      try {
        for (const difference of differing(was!, is!, compared.key, () => progress(++count)))
          if (difference.is || !compared.mayHaveMore) yield difference;
      } catch (error) {
        throw asStorageError(error);
      } finally {
        was!.return(undefined);
        is!.return(undefined);
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

type Rows = Generator<TableRow, undefined>;

function* rowsOf(connection: Database.Database, { sql, key, several }: ComparedRows): Rows {
  const rows = connection.prepare(sql).raw().iterate() as Iterable<(string | number | null | Buffer)[]>; // @NOTE raw mode returns arrays
  let open: { of: TableRow; rest: string[] } | undefined;
  for (const raw of rows) {
    const row = raw.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : value));
    if (!several) {
      yield row;
      continue;
    }
    const rest = row.splice(key).join('');
    if (open && isSame(open.of, row)) {
      open.rest.push(rest);
      continue;
    }
    if (open) yield [...open.of, open.rest.join(' ')];
    open = { of: row, rest: [rest] };
  }
  if (open) yield [...open.of, open.rest.join(' ')];
  return undefined;
}

function* differing(kept: Rows, rebuilt: Rows, key: number, counted: () => void): Generator<Mismatch> {
  let [was, is] = [kept.next().value, rebuilt.next().value];
  while (was || is) {
    counted();
    const order = was && is ? compareKeys(was, is, key) : was ? -1 : 1;
    const next: Mismatch['next'] = [was, is];
    if (order < 0) yield { was: was!, next };
    else if (order > 0) yield { is: is!, next };
    else if (!isSame(was!, is!)) yield { was: was!, is: is!, next };
    if (order <= 0) was = kept.next().value;
    if (order >= 0) is = rebuilt.next().value;
  }
}

const isSame = (one: TableRow, other: TableRow): boolean => one.every((value, column) => value === other[column]);

function compareKeys(one: TableRow, other: TableRow, key: number): number {
  for (let column = 0; column < key; column += 1) {
    const [a, b] = [one[column]!, other[column]!];
    if (a === b) continue;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    // SQLite compares texts by the bytes of their UTF-8.
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  }
  return 0;
}
