import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './temporary-folder.ts';

/** JSON values in a temporary file: written first, then read as often as needed, so that their number is bounded by the disk only. */
export type Spool<Item> = {
  add: (item: Item) => void;
  /** Adds one whose JSON text, without a newline, is known already. */
  addText: (json: string) => void;
  /** How many were added. */
  count: () => number;
  /** All of them, in order, read as they are asked for. It is synchronous because a batch of statements is. */
  items: () => Generator<Item>;
  /** The same as JSON text. */
  texts: () => Generator<string>;
};

/** Makes an empty spool. */
export type OpenSpool = <Item>() => Spool<Item>;

const CHUNK = 2 ** 20;

/** Does something with spools, and removes their files and the folder where they are afterwards. Throws what `withFolder` throws. */
export async function withSpools<Result>(use: (open: OpenSpool, folder: string) => Promise<Result>): Promise<Result> {
  return withFolder(async (folder) => {
    const files: number[] = [];
    try {
      return await use(<Item>() => {
        const file = openSync(join(folder, String(files.length)), 'wx+', 0o600);
        files.push(file);
        return spoolIn<Item>(file);
      }, folder);
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

  function addText(json: string): void {
    count += 1;
    waiting.push(json, '\n');
    waitingLength += json.length + 1;
    if (waitingLength >= CHUNK) flush();
  }

  function* texts(): Generator<string> {
    flush();
    yield* linesIn(file);
  }

  return {
    add: (item) => addText(JSON.stringify(item)),
    addText,
    count: () => count,
    texts,
    *items() {
      for (const line of texts()) yield JSON.parse(line) as Item; // @NOTE `add` wrote it
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
