import Database from 'better-sqlite3';
import { asStorageError } from '../sqlite/errors.ts';

/** Lists of values under whole numbers, kept in a file, since they may be as long as the index: memory does not grow with them. */
export type NumberedLists = {
  /** Adds a number to a list, and a value to those that it has. Throws `storage-full`. */
  add: (list: string, number: number, value?: unknown) => void;
  /** Yields the numbers of a list in ascending order, each once, with its values. Nothing is added any more. */
  items: (list: string) => Generator<{ number: number; values: unknown[] }>;
  close: () => void;
};

/** Numbers that are read at a time. */
const PAGE = 500;

/** Makes empty lists in a file of that path, which the caller removes. Throws `storage-full`. */
export function numberedLists(path: string): NumberedLists {
  const connection = new Database(path);
  connection.exec('CREATE TABLE items (list TEXT, number INTEGER, value TEXT); BEGIN');
  const insert = connection.prepare('INSERT INTO items VALUES (?, ?, ?)');
  return {
    add(list, number, value) {
      try {
        insert.run(list, number, value === undefined ? null : JSON.stringify(value));
      } catch (error) {
        throw asStorageError(error);
      }
    },
    *items(list) {
      if (connection.inTransaction) connection.exec('COMMIT; CREATE INDEX items_by_number ON items (list, number)');
      const page = connection
        .prepare<[string, number, number], [number: number, values: string]>(
          `SELECT number, json_group_array(json(value)) FILTER (WHERE value IS NOT NULL) FROM items
             WHERE list = ? AND number > ? GROUP BY number ORDER BY number LIMIT ?`,
        )
        .raw();
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = page.all(list, after, PAGE);
        for (const [number, values] of rows) yield { number, values: JSON.parse(values) as unknown[] }; // @NOTE `add` wrote them
        if (rows.length < PAGE) return;
        after = rows.at(-1)![0];
      }
    },
    close: () => void connection.close(),
  };
}
