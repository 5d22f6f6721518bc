import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openAnnals } from '../../src/records/annals.ts';
import { create } from '../../src/records/create.ts';
import { modelOf } from '../../src/model/models.ts';
import { copyDatabase } from '../../src/storage/maintenance/copy.ts';
import { runOn } from './command.ts';
import { temporaryDatabase, temporaryFolder } from './database.ts';
import { NOW } from './fixtures.ts';
import { storeAt } from './store.ts';

/** The places of a database file, read without a command and without a change of its log. */
export function placesIn(path: string): unknown[] {
  const connection = new Database(path);
  const ids = connection.prepare("SELECT slug FROM records WHERE type = 'place' ORDER BY slug").pluck().all();
  connection.close();
  return ids;
}

/** A database with two places, and a backup of it that was made between them. */
export async function databaseAndBackup(): Promise<{ path: string; file: string }> {
  const path = await temporaryDatabase();
  const file = join(temporaryFolder(), 'backup.db');
  const engine = await storeAt(path).open();
  const annals = openAnnals(engine, () => NOW);
  await create(annals, modelOf.place, { id: 'before', kind: 'city', name: 'Before' });
  await copyDatabase(path, file, () => undefined);
  await create(annals, modelOf.place, { id: 'after', kind: 'city', name: 'After' });
  await engine.close();
  return { path, file };
}

/** The names of all files in the folder of a database. */
export const filesBeside = (path: string) => readdirSync(dirname(path)).toSorted();

/** The headers of a writing request, with a new key of a database. */
export async function keyFor(path: string): Promise<Record<string, string>> {
  const { output } = await runOn(path, ['keys', 'create', '--label', 'test']);
  return { authorization: `Bearer ${output.trim()}`, 'content-type': 'application/json' };
}
