import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './temporary-folder.ts';

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

const CHUNK = 2 ** 20;

const NEWLINE = 10;

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
  let count = 0;
  let waiting: string[] = [];
  let waitingLength = 0;

  function flush(): void {
    const bytes = Buffer.from(waiting.join(''));
    for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
    waiting = [];
    waitingLength = 0;
  }

  function* batches(): Generator<Item[]> {
    flush();
    for (const text of completeLines(file)) yield JSON.parse(`[${text.slice(0, -1)}]`) as Item[]; // @NOTE `add` wrote them
  }

  return {
    add(item) {
      const json = JSON.stringify(item);
      count += 1;
      waiting.push(json, ',\n');
      waitingLength += json.length + 2;
      if (waitingLength >= CHUNK) flush();
    },
    count: () => count,
    batches,
    *items() {
      for (const batch of batches()) yield* batch;
    },
  };
}

/** Text of a file whose lines all end with a newline, some whole lines at a time, without the last newline of each piece. */
function* completeLines(file: number): Generator<string> {
  let rest = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const size = readSync(file, chunk, 0, CHUNK, position);
    if (size === 0) return;
    position += size;
    const bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
    const end = bytes.lastIndexOf(NEWLINE);
    if (end !== -1) yield bytes.toString('utf8', 0, end);
    rest = bytes.subarray(end + 1);
  }
}
