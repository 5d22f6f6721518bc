/** The approximate size of the cached rows in bytes, and the size of one row besides its key. */
const CACHE_BYTES = 2 ** 20;
const ROW_BYTES = 200;

/** Rows by key, all of one version of a database: those of another version are forgotten, and all of them when there is no room. */
export type RowCache = {
  /** The version of the rows that are cached; not a number before there are any. */
  version: () => number;
  find: (key: string, version: number) => unknown[] | undefined;
  keep: (key: string, version: number, rows: unknown[]) => void;
};

/** An empty cache of about a mebibyte. */
export function rowCache(): RowCache {
  const cached = new Map<string, unknown[]>();
  let current = Number.NaN;
  let bytes = 0;

  function clear(): void {
    cached.clear();
    bytes = 0;
  }

  function moveTo(version: number): void {
    if (version !== current) clear();
    current = version;
  }

  return {
    version: () => current,
    find(key, version) {
      moveTo(version);
      return cached.get(key);
    },
    keep(key, version, rows) {
      moveTo(version);
      const size = key.length + ROW_BYTES * (rows.length + 1);
      if (bytes + size > CACHE_BYTES) clear();
      if (size > CACHE_BYTES) return;
      cached.set(key, rows);
      bytes += size;
    },
  };
}
