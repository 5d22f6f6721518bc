import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { noProgress } from '../../../src/domain/progress.ts';
import { openAnnals } from '../../../src/records/annals.ts';
import { check } from '../../../src/records/check.ts';
import { serve } from '../../helpers/server.ts';
import { runOn } from '../../helpers/command.ts';
import { migrationsTo, temporaryAnnals, temporaryFolder } from '../../helpers/database.ts';
import type { Json } from '../../helpers/contract.ts';
import { derivedIn } from '../../helpers/derived.ts';
import { NOW, RANDOM } from '../../helpers/fixtures.ts';
import { storeAt } from '../../helpers/store.ts';
import { tamper } from '../../helpers/tamper.ts';
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

test('a database of the previous release is migrated, with a copy and with the index of a new database', async () => {
  const path = await databaseBefore();
  const migrated = await runOn(path, ['migrate']);
  expect(migrated).toMatchObject({ code: 0, errors: '' });
  expect(migrated.output).toMatch(
    /applied 0007-index-definition\.sql(, \d{4}-\S+\.sql)+\n.*\.before-0007\nrebuilt the derived data of 13 records\n$/,
  );
  expect(existsSync(`${path}.before-0007`)).toBe(true);

  const fresh = await temporaryAnnals();
  await importLines(fresh, lines);
  expect(withoutMoments(derivedIn(path))).toEqual(withoutMoments(derivedIn(fresh.path)));
  expect(await check(storeAt(path), noProgress)).toMatchObject({ records: 13, changes: 13, findings: [] });

  const engine = await storeAt(path).open();
  onTestFinished(() => engine.close());
  expect(
    await importLines(
      openAnnals(engine, () => NOW),
      lines,
    ),
  ).toEqual(counted({ unchanged: 13 }));
});

/** Derived rows that tell no keys of moments: those of memberships are new in a database of the previous release. The check compares the others with a rebuild. */
const withoutMoments = ({ moments: _moments, postings: _postings, words: _words, tags: _tags, ...rows }: ReturnType<typeof derivedIn>) =>
  rows;

/** The roles of the moments of a database, by type of record. */
function rolesIn(path: string): unknown[] {
  const connection = new Database(path, { readonly: true });
  const sql = 'SELECT DISTINCT r.type, m.role FROM moments m JOIN records r ON r.id = m.record_id ORDER BY 1, 2';
  const roles = connection.prepare(sql).raw().all();
  connection.close();
  return roles;
}

test('the moments of its events and meetings get the role "date", in the tables and in answers', async () => {
  const path = await databaseBefore();
  const ofAgreement = [['agreement', 'entered-into-force'] as const, ['agreement', 'signed'] as const];
  expect(rolesIn(path)).toEqual([...ofAgreement, ['event', 'occurred'], ['meeting', 'held']]);
  const { address, child, end } = await serve(path);
  const answer = async (query: string): Promise<Json> => (await fetch(`${address}/v1/${query}`)).json();
  const { items } = await answer('timeline?moment=date');
  expect(items.map(({ role, entry }: Json) => [entry.id, role])).toEqual(
    ['until', 'council', 'exercise', 'since', 'flood', 'undated'].map((id) => [id, 'date']),
  );
  expect((await answer('timeline?moment=occurred,held')).items).toEqual([]);
  expect(JSON.stringify(await answer('vocabulary'))).not.toMatch(/"held"/);
  child.kill('SIGTERM');
  await end;
  expect(rolesIn(path)).toEqual([['actor', 'member'], ...ofAgreement, ['event', 'date'], ['meeting', 'date']]);
});

test('the text of a source that it stored by paragraphs stays as it is and says so, and its citations are verified anew', async () => {
  const path = await databaseBefore();
  const sha256 = 'f'.repeat(64);
  tamper(
    path,
    `INSERT INTO paragraphs VALUES (6, 1, 'The members'), (6, 2, 'Two joint  exercises a year');
     UPDATE sources SET sha256 = '${sha256}', paragraphs = 2 WHERE record_id = 6`,
  );
  expect(await runOn(path, ['migrate'])).toMatchObject({ code: 0, errors: '' });
  expect((await check(storeAt(path), noProgress)).findings).toEqual([]);
  const { address, child, end } = await serve(path);
  const answer = async (query: string): Promise<Json> => (await fetch(`${address}/v1/${query}`)).json();
  expect(await answer('sources/charter')).toMatchObject({
    sha256,
    paragraphs: 2,
    revision: 1,
    storedText: { form: 'paragraphs', bytes: 40, view: 'trimmed-lines' },
  });
  expect(await (await fetch(`${address}/v1/sources/charter/text`)).text()).toBe('The members\nTwo joint  exercises a year\n');
  expect((await answer('events/exercise')).citations).toMatchObject([{ verified: true }]);
  expect((await answer('events?verified=true')).items).toMatchObject([{ id: 'exercise' }]);
  expect((await answer('events?verified=false')).items).toEqual([]);
  child.kill('SIGTERM');
  await end;
});
