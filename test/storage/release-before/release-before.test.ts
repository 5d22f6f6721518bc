import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { noProgress } from '../../../src/domain/progress.ts';
import { openAnnals } from '../../../src/records/annals.ts';
import { check } from '../../../src/records/check.ts';
import { runOn } from '../../helpers/command.ts';
import { migrationsTo, temporaryAnnals, temporaryFolder } from '../../helpers/database.ts';
import { derivedIn } from '../../helpers/derived.ts';
import { NOW, RANDOM } from '../../helpers/fixtures.ts';
import { storeAt } from '../../helpers/store.ts';
import { counted, importLines } from '../../helpers/transfer.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const lines = read('records.ndjson').trim().split('\n');

/** A database as the release before made it. */
async function databaseBefore(): Promise<string> {
  const path = join(temporaryFolder(), 'annals.db');
  await storeAt(path, migrationsTo(6)).migrate({ now: NOW, random: RANDOM });
  const connection = new Database(path);
  connection.transaction(() => connection.exec(read('rows.sql')))();
  connection.close();
  return path;
}

test('a database of the release before is brought over, with a copy and with its index as a new database has it', async () => {
  const path = await databaseBefore();
  const migrated = await runOn(path, ['migrate']);
  expect(migrated).toMatchObject({ code: 0, errors: '' });
  expect(migrated.output).toMatch(
    /applied 0007-index-definition\.sql, 0008-\S+\.sql\n.*\.before-0007\nrebuilt the derived data of 13 records\n$/,
  );
  expect(existsSync(`${path}.before-0007`)).toBe(true);

  const fresh = await temporaryAnnals();
  await importLines(fresh, lines);
  expect(derivedIn(path)).toEqual(derivedIn(fresh.path));
  expect(await check(storeAt(path), noProgress)).toMatchObject({ records: 13, changes: 13, findings: [] });

  const engine = storeAt(path).open();
  onTestFinished(() => engine.close());
  expect(
    await importLines(
      openAnnals(engine, () => NOW),
      lines,
    ),
  ).toEqual(counted({ unchanged: 13 }));
});
