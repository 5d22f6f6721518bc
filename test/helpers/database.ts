import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { MIGRATIONS, NOW } from './fixtures.ts';
import { storeAt } from './store.ts';

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a migrated, empty database that is gone when the test is over. */
export async function temporaryDatabase(): Promise<string> {
  const path = join(temporaryFolder(), 'annals.db');
  await copyFile(inject('databases').empty, path);
  return path;
}

/** The service on an empty database of its own, whose clock stands at `NOW` unless another is given; closed when the test is over. */
export async function temporaryAnnals(clock = () => NOW): Promise<Annals & { path: string }> {
  const path = await temporaryDatabase();
  const engine = storeAt(path).open();
  onTestFinished(() => engine.close());
  return { ...openAnnals(engine, clock), path };
}

/** A folder with the migrations up to a number. */
export function migrationsTo(last: number): string {
  const folder = temporaryFolder();
  for (const name of readdirSync(MIGRATIONS))
    if (Number.parseInt(name, 10) <= last) copyFileSync(join(MIGRATIONS, name), join(folder, name));
  return folder;
}
