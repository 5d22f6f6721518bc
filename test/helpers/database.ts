import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { base32 } from '../../src/domain/token.ts';
import { EXAMPLES_RANDOM } from '../../src/http/generate.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { migrateDatabase, openDatabase } from '../../src/storage/database.ts';

/** The instant at which every test happens: 2026-11-21T10:00:00.000Z. */
export const NOW = Date.UTC(2026, 10, 21, 10);

/** What every test has for randomness: the generation of its databases is `GENERATION`. */
export const RANDOM = EXAMPLES_RANDOM;

/** The generation that `RANDOM` makes. */
export const GENERATION = base32(RANDOM(5));

/** The folder of migrations, wherever the tests run. */
export const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a migrated, empty database that is gone when the test is over. */
export async function temporaryDatabase(): Promise<string> {
  const path = join(temporaryFolder(), 'annals.db');
  await migrateDatabase(path, MIGRATIONS, NOW, RANDOM);
  return path;
}

/** The service on an empty database of its own, whose clock stands at `NOW` unless another is given; closed when the test is over. */
export async function temporaryAnnals(clock = () => NOW): Promise<Annals & { path: string }> {
  const path = await temporaryDatabase();
  const engine = openDatabase(path, MIGRATIONS);
  onTestFinished(() => engine.close());
  return { ...openAnnals(engine, clock), path };
}
