import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './temporary-files.ts';

/** JSON values in a temporary file: written first, then read as often as needed, so that the disk alone bounds their number. */
export type Spool<Item> = {
  add: (item: Item) => void;
  /** Number of items that were added. */
  count: () => number;
  /** All items in order, in lists of about a megabyte of text. Synchronous, because statements are made while they run. */
  batches: () => Generator<Item[]>;
  /** All items in order. */
  items: () => Generator<Item>;
};

/** Makes an empty spool. */
export type OpenSpool = <Item>() => Spool<Item>;

/** Characters of JSON that are written and read together. */
const BATCH = 2 ** 20;

/** Runs `use` with spools in a folder of temporary files, and removes the folder afterwards. Throws what `withFolder` throws. */
export async function withSpools<Result>(use: (open: OpenSpool) => Promise<Result>): Promise<Result> {
  return withFolder(async (folder) => {
    const files: number[] = [];
    try {
      return await use(<Item>() => {
        const file = openSync(join(folder, String(files.length)), 'wx+', 0o600);
        files.push(file);
        return spoolIn<Item>(file);
      });
    } finally {
      for (const file of files) closeSync(file);
    }
  });
}

function spoolIn<Item>(file: number): Spool<Item> {
  /** Bytes of each batch in the file, which is one JSON array. */
  const sizes: number[] = [];
  let count = 0;
  let waiting: string[] = [];
  let waitingLength = 0;

  function flush(): void {
    if (waiting.length === 0) return;
    const bytes = Buffer.from(`[${waiting.join(',')}]`);
    for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
    sizes.push(bytes.length);
    waiting = [];
    waitingLength = 0;
  }

  function* batches(): Generator<Item[]> {
    flush();
    let position = 0;
    for (const size of sizes) {
      yield JSON.parse(readText(file, position, size)) as Item[]; // @NOTE `add` wrote them
      position += size;
    }
  }

  return {
    add(item) {
      const json = JSON.stringify(item);
      count += 1;
      waiting.push(json);
      waitingLength += json.length;
      if (waitingLength >= BATCH) flush();
    },
    count: () => count,
    batches,
    *items() {
      for (const batch of batches()) yield* batch;
    },
  };
}

/** Reads text at a position of a file. The file must hold it. */
function readText(file: number, position: number, size: number): string {
  const bytes = Buffer.allocUnsafe(size);
  for (let read = 0; read < size; ) read += readSync(file, bytes, read, size - read, position + read);
  return bytes.toString();
}
