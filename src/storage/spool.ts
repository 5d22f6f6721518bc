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

/** Texts in a temporary file, each of which is read by its number, counted from 0. Its memory grows by a number for each. */
export type TextFile = { add: (texts: readonly string[]) => number; at: (number: number) => string };

/** Makes empty spools and files of texts. */
export type OpenSpool = { <Item>(): Spool<Item>; texts: () => TextFile };

/** Characters of JSON that are written and read together. */
const BATCH = 2 ** 20;

/** Runs `use` with spools in a folder of temporary files, and removes the folder afterwards. Throws what `withFolder` throws. */
export async function withSpools<Result>(use: (open: OpenSpool) => Promise<Result>): Promise<Result> {
  return withFolder(async (folder) => {
    const files: number[] = [];
    try {
      const open = (): number => {
        const file = openSync(join(folder, String(files.length)), 'wx+', 0o600);
        files.push(file);
        return file;
      };
      return await use(Object.assign(<Item>() => spoolIn<Item>(open()), { texts: () => textsIn(open()) }));
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

function textsIn(file: number): TextFile {
  /** Positions at which texts begin, and the end of the last one. */
  const positions = [0];
  return {
    add(texts) {
      const first = positions.length - 1;
      const start = positions.at(-1)!;
      const bytes = Buffer.from(texts.join(''));
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from, bytes.length - from, start + from);
      for (const text of texts) positions.push(positions.at(-1)! + Buffer.byteLength(text));
      return first;
    },
    at: (number) => readText(file, positions[number]!, positions[number + 1]! - positions[number]!),
  };
}

/** Reads text at a position of a file. The file must hold it. */
function readText(file: number, position: number, size: number): string {
  const bytes = Buffer.allocUnsafe(size);
  for (let read = 0; read < size; ) read += readSync(file, bytes, read, size - read, position + read);
  return bytes.toString();
}
