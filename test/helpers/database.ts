import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { temporaryCopy } from './copies.ts';
import { NOW, SQLITE_MIGRATIONS } from './fixtures.ts';
import { storeAt } from './store.ts';

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The place of a migrated, empty database that is gone when the test is over. */
export const temporaryDatabase = (): Promise<string> => temporaryCopy('empty');

/** The service on an empty database of its own, whose clock stands at `NOW` unless another is given; closed when the test is over. */
export async function temporaryAnnals(clock = () => NOW): Promise<Annals & { path: string }> {
  const path = await temporaryDatabase();
  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  return { ...openAnnals(engine, clock), path };
}

/** A folder with the migrations up to a number. */
export function migrationsTo(last: number): string {
  const folder = temporaryFolder();
  for (const name of readdirSync(SQLITE_MIGRATIONS))
    if (Number.parseInt(name, 10) <= last) copyFileSync(join(SQLITE_MIGRATIONS, name), join(folder, name));
  return folder;
}
