import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { Databases } from '../setup/databases.ts';
import { dropDatabase, makeDatabase, nameIn } from '../postgres/databases.ts';
import { isOnServer } from './store.ts';

/** A database of its own: its place, which is the path of a file or the URL of a database of PostgreSQL, and its removal, once nothing has it open. */
export type Copy = { place: string; remove: () => Promise<void> };

/** Copies one of the databases that a run of tests makes. */
export function copyOf(name: keyof Databases): Promise<Copy> {
  const place = inject('databases')[name];
  return isOnServer(place) ? copyOnServer(place) : copyFileOf(place);
}

/** The place of a copy that is gone when the test is over. */
export async function temporaryCopy(name: keyof Databases): Promise<string> {
  const { place, remove } = await copyOf(name);
  onTestFinished(remove);
  return place;
}

async function copyFileOf(template: string): Promise<Copy> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  const place = join(folder, 'annals.db');
  await copyFile(template, place);
  return { place, remove: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function copyOnServer(template: string): Promise<Copy> {
  const place = await makeDatabase(template, `test_${randomBytes(8).toString('hex')}`, nameIn(template));
  return { place, remove: () => dropDatabase(place) };
}
