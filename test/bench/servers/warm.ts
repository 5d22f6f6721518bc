import { createReadStream, readdirSync, statSync } from 'node:fs';
import { freemem } from 'node:os';

const PART = 2 ** 20;

/**
 * Reads the files that a server has open, so that the system has them in memory, as it has on a machine that does nothing else: some throw
 * out what was not read for a minute, and whoever is asked first would wait for the disk. Files that fill more than half of the memory that
 * is free are left alone, and only Linux says which are open. Meanwhile connections are noticed that servers close, tired of waiting.
 */
export async function warm(pid: number): Promise<void> {
  for (const path of openFiles(`/proc/${pid}/fd`)) for await (const part of createReadStream(path, { highWaterMark: PART })) void part;
}

function openFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .map((name) => `${folder}/${name}`)
      .filter((path) => {
        const file = statSync(path, { throwIfNoEntry: false });
        return file?.isFile() === true && file.size > PART && file.size < freemem() / 2;
      });
  } catch {
    return [];
  }
}
