import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { openAnnals } from '../../src/records/annals.ts';
import { unwatched } from '../../src/records/progress.ts';
import { importRecords } from '../../src/records/transfer/import.ts';
import { migrateDatabase, openDatabase } from '../../src/storage/database.ts';
import { measureQueries } from './queries.ts';
import { worldLines } from './world.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const MADE_AT = Date.UTC(2026, 0, 1);

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
  },
});

const sizes = values.quick ? [20_000] : values.large ? [100_000, 1_000_000, 10_000_000] : [100_000, 1_000_000];

for (const size of sizes) {
  const path = await builtWorld(size);
  const engine = openDatabase(path, MIGRATIONS);
  console.log(`\n${size.toLocaleString('en')} events, ${(statSync(path).size / size).toFixed(0)} bytes each`);
  console.table(await measureQueries(engine));
  await engine.close();
}

/** The path of a database that holds the world of a size; made by the importer that users have, and kept for the next run. */
async function builtWorld(size: number): Promise<string> {
  const folder = join(tmpdir(), 'annals-bench');
  const path = join(folder, `world-${size}.db`);
  if (existsSync(path) && !values.fresh) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `unfinished-${process.pid}.db`);
  await migrateDatabase(unfinished, MIGRATIONS, MADE_AT);
  const engine = openDatabase(unfinished, MIGRATIONS);
  const started = performance.now();
  const lines = Readable.from(chunks(worldLines(size)), { objectMode: true });
  await importRecords(
    openAnnals(engine, () => MADE_AT),
    [{ name: 'world', bytes: lines }],
    'write',
    unwatched,
  );
  const seconds = (performance.now() - started) / 1000;
  await engine.close();
  renameSync(unfinished, path);
  console.log(
    `imported ${size.toLocaleString('en')} events in ${seconds.toFixed(1)} s: ${Math.round(size / seconds).toLocaleString('en')} a second`,
  );
  return path;
}

function* chunks(lines: Iterable<string>): Generator<Buffer> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line, '\n');
    if (chunk.length >= 2000) {
      yield Buffer.from(chunk.join(''));
      chunk = [];
    }
  }
  yield Buffer.from(chunk.join(''));
}
