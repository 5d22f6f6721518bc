import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { annals } from '../servers/annals.ts';
import { CACHE } from '../servers/folders.ts';
import { say } from '../report/progress.ts';
import { OTHER_RECORDS, worldLines } from './lines.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A database with that many events, and what making it by `annals import` took; memory in MB. */
export type World = {
  events: number;
  path: string;
  bytes: number;
  build: { at: string; seconds: number; recordsPerSecond: number; peakMemory: number };
};

/**
 * The world of a size, imported into an empty database; kept until the migrations or the lines change, for a database with other
 * tables would measure another program.
 */
export async function builtWorld(events: number, { fresh }: { fresh: boolean }): Promise<World> {
  mkdirSync(CACHE, { recursive: true });
  const name = `world-${events}-`;
  const path = join(CACHE, `${name}${worldKey()}.db`);
  const notes = `${path}.json`;
  if (fresh || !existsSync(notes)) {
    for (const old of readdirSync(CACHE)) if (old.startsWith(name)) rmSync(join(CACHE, old));
    const build = await importWorld(events, path);
    writeFileSync(notes, JSON.stringify(build));
  }
  // @NOTE written above, by this run or one before
  return { events, path, bytes: statSync(path).size, build: JSON.parse(readFileSync(notes, 'utf8')) as World['build'] };
}

/** Number of sample events by which a change of the generator is detected. */
const SAMPLE = 500;

/** A short hash of everything that worlds depend on: the migrations and the generated lines. */
export function worldKey(): string {
  const hash = createHash('sha256');
  const migrations = join(ROOT, 'migrations/sqlite');
  for (const name of readdirSync(migrations).toSorted()) hash.update(readFileSync(join(migrations, name)));
  for (const line of worldLines(SAMPLE)) hash.update(line);
  return hash.digest('hex').slice(0, 12);
}

/** Costs of an import: seconds, seconds of processor time, and peak memory in MB. */
export type ImportCost = { seconds: number; processor: number; peakMemory: number };

/** Imports NDJSON lines by the command of a build. */
export async function importLines(path: string, lines: Iterable<string>, folder?: string): Promise<ImportCost> {
  const started = performance.now();
  const { peakMemory, processor } = await annals(path, ['import', '-'], Readable.from(chunks(lines)), folder);
  return { seconds: (performance.now() - started) / 1000, processor, peakMemory };
}

async function importWorld(events: number, path: string): Promise<World['build']> {
  say(`importing a world of ${events.toLocaleString('en')} events`);
  const unfinished = `${path}.unfinished`;
  for (const left of ['', '-wal', '-shm']) rmSync(`${unfinished}${left}`, { force: true });
  await annals(unfinished, ['migrate']);
  const { seconds, peakMemory } = await importLines(unfinished, worldLines(events));
  renameSync(unfinished, path);
  const recordsPerSecond = (events + OTHER_RECORDS) / seconds;
  say(`imported in ${seconds.toFixed(1)} s, ${Math.round(recordsPerSecond).toLocaleString('en')} records a second`);
  return { at: new Date().toISOString(), seconds, recordsPerSecond, peakMemory };
}

/** Lines as pieces of about a megabyte: a write each would cost more than making them. */
function* chunks(lines: Iterable<string>): Generator<Buffer> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line, '\n');
    if (chunk.length < 3000) continue;
    yield Buffer.from(chunk.join(''));
    chunk = [];
  }
  yield Buffer.from(chunk.join(''));
}
