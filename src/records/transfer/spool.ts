import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './folder.ts';

/** JSON values in a temporary file: written first, then read as often as needed, so that their number is bounded by the disk only. */
export type Spool<Item> = {
  add: (item: Item) => void;
  /** How many were added. */
  count: () => number;
  /** All of them, in order, read as they are asked for. It is synchronous because a batch of statements is. */
  items: () => Generator<Item>;
};

/** Makes an empty spool. */
export type OpenSpool = <Item>() => Spool<Item>;

const CHUNK = 2 ** 20;

/** Does something with spools, and removes their files afterwards. Throws `storage-full`. */
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

  return {
    add(item) {
      const line = `${JSON.stringify(item)}\n`;
      count += 1;
      waiting.push(line);
      waitingLength += line.length;
      if (waitingLength >= CHUNK) flush();
    },
    count: () => count,
    *items() {
      flush();
      for (const line of linesIn(file)) yield JSON.parse(line) as Item; // @NOTE `add` wrote it
    },
  };
}

/** The lines of a file that ends with a newline. */
function* linesIn(file: number): Generator<string> {
  let rest = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const size = readSync(file, chunk, 0, CHUNK, position);
    if (size === 0) return;
    position += size;
    const bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    yield* bytes
      .toString('utf8', 0, end)
      .split('\n')
      .filter((line) => line !== '');
  }
}
