import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers; all rows have as many. Rows are ordered by the first number, then by the second and so on. */
export type Row = readonly number[];

/** External merge sort: runs of rows, each sorted, wait in temporary files, since all rows together would not fit into memory. */
export type SortedRuns = {
  /** Writes a sorted run into a file. */
  keep: (run: Iterable<Row>) => void;
  /** Merges all runs with a last one, which needs no file. A row is valid until the next one is asked for. */
  merged: (last: Iterable<Row>) => Generator<Row>;
};

/** Numbers that are read or written at once: a quarter of a megabyte for each run. */
const CHUNK = 2 ** 15;

/** No runs, of rows of `width` numbers. Their files are made in a folder of the caller's, who removes it, and are called `<name>-<number>`. */
export function sortedRuns(folder: string, name: string, width: number): SortedRuns {
  const size = CHUNK - (CHUNK % width);
  const paths: string[] = [];
  return {
    keep(run) {
      const path = join(folder, `${name}-${paths.length}`);
      writeRows(path, run, new Float64Array(size));
      paths.push(path);
    },
    merged: (last) => merge([...paths.map((path) => rowsIn(path, width, new Float64Array(size))), last]),
  };
}

function writeRows(path: string, rows: Iterable<Row>, chunk: Float64Array): void {
  const file = openSync(path, 'wx', 0o600);
  let filled = 0;
  const flush = (): void => {
    for (let from = 0; from < filled * 8; ) from += writeSync(file, chunk, from, filled * 8 - from);
    filled = 0;
  };
  try {
    for (const row of rows) {
      for (let column = 0; column < row.length; column += 1) chunk[filled++] = row[column]!;
      if (filled === chunk.length) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
}

function* rowsIn(path: string, width: number, chunk: Float64Array): Generator<Row> {
  const file = openSync(path, 'r');
  const row = Array<number>(width).fill(0);
  try {
    for (;;) {
      const read = readFully(file, chunk);
      for (let at = 0; at < read; at += width) {
        for (let column = 0; column < width; column += 1) row[column] = chunk[at + column]!;
        yield row;
      }
      if (read < chunk.length) return;
    }
  } finally {
    closeSync(file);
  }
}

/** Fills a chunk from where the file was read to, and returns the number of numbers, which is smaller than the chunk only at the end. */
function readFully(file: number, chunk: Float64Array): number {
  let bytes = 0;
  for (let size = -1; size !== 0 && bytes < chunk.byteLength; bytes += size)
    size = readSync(file, chunk, bytes, chunk.byteLength - bytes, null);
  return bytes / 8;
}

/** A run that is being merged: its next row, and the rows after it. */
type OpenRun = { row: Row; rest: Iterator<Row> };

/** Merges runs by a binary heap, whose first run has the next row. */
function* merge(runs: Iterable<Row>[]): Generator<Row> {
  const heap: OpenRun[] = [];
  try {
    for (const run of runs) {
      const rest = run[Symbol.iterator]();
      const { done, value } = rest.next();
      if (!done) heap.push({ row: value, rest });
    }
    heap.sort((one, other) => compareRows(one.row, other.row));
    while (heap.length > 0) {
      const [first] = heap;
      yield first!.row;
      const { done, value } = first!.rest.next();
      if (!done) first!.row = value;
      else if (heap.length > 1) heap[0] = heap.pop()!;
      else return;
      sinkFirst(heap);
    }
  } finally {
    for (const { rest } of heap) rest.return?.();
  }
}

function sinkFirst(heap: OpenRun[]): void {
  for (let at = 0; ; ) {
    let child = 2 * at + 1;
    if (child >= heap.length) return;
    if (child + 1 < heap.length && compareRows(heap[child + 1]!.row, heap[child]!.row) < 0) child += 1;
    const [above, below] = [heap[at]!, heap[child]!];
    if (compareRows(above.row, below.row) <= 0) return;
    heap[at] = below;
    heap[child] = above;
    at = child;
  }
}

/** Order of two rows, as `sort` wants it. */
function compareRows(one: Row, other: Row): number {
  for (let column = 0; column < one.length; column += 1) {
    const difference = one[column]! - other[column]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
