import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A file of NDJSON as it is read, and the name that faults call it by. */
export type NamedFile = { name: string; bytes: AsyncIterable<Buffer> };

const CHUNK = 2 ** 20;

/** A file by its path; it is opened when it is read. */
export function fileAt(path: string): NamedFile {
  return { name: basename(path), bytes: chunksAt(path) };
}

/** The NDJSON files of a folder, by name. */
export async function filesIn(folder: string): Promise<NamedFile[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .toSorted()
    .map((name) => fileAt(join(folder, name)));
}

async function* chunksAt(path: string): AsyncGenerator<Buffer> {
  // @NOTE a stream without an encoding gives Buffers
  yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
}
