import type { Statement } from '../port.ts';

/** How many bytes the rows that are kept may take, about, and how many of them a row takes besides its parameters. */
const BYTES_MAX = 2 ** 20;
const ROW_BYTES = 200;

/** Answers statements as `read` does, each with the rows it had before for as long as the version of the snapshot stays the same. */
export function lastingRows(read: (statement: Statement) => unknown[]): (statement: Statement, version: number) => unknown[] {
  const kept = new Map<string, unknown[]>();
  let current = Number.NaN;
  let bytes = 0;

  function forget(): void {
    kept.clear();
    bytes = 0;
  }

  return (statement, version) => {
    if (version !== current) forget();
    current = version;
    const key = statement.sql + JSON.stringify(statement.params);
    const known = kept.get(key);
    if (known) return known;
    const rows = read(statement);
    const size = key.length + ROW_BYTES * (rows.length + 1);
    if (bytes + size > BYTES_MAX) forget();
    if (size > BYTES_MAX) return rows;
    kept.set(key, rows);
    bytes += size;
    return rows;
  };
}
