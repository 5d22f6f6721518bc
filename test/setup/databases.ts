import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { seedEmpty } from '../../src/import/import.ts';
import { NOW, RANDOM, SEEDS } from '../helpers/fixtures.ts';
import { smallRecords } from '../helpers/small-records.ts';
import { storeAt } from '../helpers/store.ts';
import { importLines } from '../helpers/transfer.ts';
import { makeDatabase } from '../postgres/databases.ts';

/** The places of the closed databases that a run makes once and each test copies: without records, with `smallRecords`, and with the seeds. */
export type Databases = { empty: string; small: string; seeded: string };

declare module 'vitest' {
  interface ProvidedContext {
    databases: Databases;
  }
}

/** Makes the databases before the first file of tests; they are gone after the last. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
  const server = process.env['TEST_SERVER'];
  const placeOf = async (name: string): Promise<string> => (server === undefined ? join(folder, `${name}.db`) : makeDatabase(server, name));
  const databases = { empty: await placeOf('empty'), small: await placeOf('small'), seeded: await placeOf('seeded') };
  await storeAt(databases.empty).migrate({ now: NOW, random: RANDOM });
  await fillDatabase(databases.small, (annals) => importLines(annals, smallRecords));
  await makeSeeded(databases.seeded);
  project.provide('databases', databases);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Makes a database with the seeds. */
export const makeSeeded = (path: string): Promise<void> => fillDatabase(path, (annals) => seedEmpty(annals, SEEDS, noProgress));

async function fillDatabase(path: string, fill: (annals: Annals) => Promise<unknown>): Promise<void> {
  await storeAt(path).migrate({ now: NOW, random: RANDOM });
  const engine = await storeAt(path).open();
  await fill(openAnnals(engine, () => NOW));
  await engine.close();
}
