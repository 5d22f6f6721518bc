import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder that keeps worlds and peers between runs. */
export const CACHE = join(tmpdir(), 'annals-bench');

const scratch: string[] = [];
process.on('exit', () => scratch.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is gone after the run; beside the worlds, because what is copied of them needs as much room. */
export function scratchFolder(): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'run-'));
  scratch.push(folder);
  return folder;
}
