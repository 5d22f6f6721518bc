import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openAnnals } from '../../src/records/annals.ts';
import { create } from '../../src/records/create.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { ConstraintError, type Engine, statement } from '../../src/storage/port.ts';
import { temporaryDatabase } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { tamper } from '../helpers/tamper.ts';
import { importLines } from '../helpers/transfer.ts';
import { storeAt } from '../helpers/store.ts';

/** An open database, and a connection of somebody else. */
async function openTwice(): Promise<{ path: string; engine: Engine; other: Database.Database }> {
  const path = await temporaryDatabase();
  const engine = await storeAt(path).open();
  const other = new Database(path);
  onTestFinished(() => {
    other.close();
    return engine.close();
  });
  return { path, engine, other };
}

const visit = (id: string) => ({ id, kind: 'visit', title: id });
const migrated = { code: 'storage-migrated', reason: 'newer', message: expect.stringContaining('has migration 9999') as unknown };
const NEWER = "INSERT INTO migrations VALUES (9999, '9999-the-future.sql', 'x', 1)";

test('a database that a newer program has migrated gets no more rows, and can still be read', async () => {
  const { engine, other } = await openTwice();
  const annals = openAnnals(engine, () => NOW);
  await create(annals, modelOf.event, visit('before'));
  other.exec(`${NEWER}; ALTER TABLE events RENAME COLUMN note TO remark`);
  const writes = [
    () => create(annals, modelOf.event, visit('after')),
    () => update(annals, modelOf.event, 'before', { title: 'changed' }),
    () => importLines(annals, [{ type: 'event', ...visit('imported') }]),
    () => engine.load([statement("UPDATE records SET title = 'x'")]),
    () => engine.refuseSuperseded(),
  ];
  for (const write of writes) await expect(write()).rejects.toMatchObject(migrated);
  const ids = statement<[string]>('SELECT slug FROM records');
  expect(await engine.read([ids])).toEqual([[['before']]]);
  await expect(engine.read([statement('SELECT note FROM events')])).rejects.toMatchObject(migrated);
});

test('a write that waits during the migration is refused as well', async () => {
  const { engine, other } = await openTwice();
  other.exec(`BEGIN IMMEDIATE; ${NEWER}`);
  const waiting = create(
    openAnnals(engine, () => NOW),
    modelOf.event,
    visit('late'),
  );
  setTimeout(() => other.exec('COMMIT'), 100);
  await expect(waiting).rejects.toMatchObject(migrated);
});

test('a violated constraint is reported once without a retry', async () => {
  const { engine, path } = await openTwice();
  const annals = openAnnals(engine, () => NOW);
  tamper(path, 'CREATE UNIQUE INDEX one_title ON records (title)');
  await create(annals, modelOf.event, { ...visit('one'), title: 'Same' });
  let batches = 0;
  const counting = { ...annals, engine: { ...engine, write: (steps: Parameters<Engine['write']>[0]) => (batches++, engine.write(steps)) } };
  const second = create(counting, modelOf.event, { ...visit('two'), title: 'Same' });
  await expect(second).rejects.toBeInstanceOf(ConstraintError);
  await expect(second).rejects.toThrow('a constraint of the database is broken: UNIQUE constraint failed: records.title');
  expect(batches).toBe(1);
  const line = { type: 'event', ...visit('three'), title: 'Same' };
  await expect(importLines(annals, [line])).rejects.toBeInstanceOf(ConstraintError);
});

test('a record that another process creates and deletes during its creation is created', async () => {
  const { engine, path } = await openTwice();
  const annals = openAnnals(engine, () => NOW);
  let attempts = 0;
  const write: Engine['write'] = async (steps) => {
    // Between the reading and the writing, another goes through two revisions of the same id.
    if (attempts++ === 0) {
      tamper(
        path,
        `INSERT INTO changes (type, slug, action, revision, at, replaced)
           VALUES ('event', 'raced', 'created', 1, 1, NULL), ('event', 'raced', 'deleted', 2, 2, x'7b7d')`,
      );
    }
    return engine.write(steps);
  };
  const { revision } = await create({ ...annals, engine: { ...engine, write } }, modelOf.event, visit('raced'));
  expect({ revision, attempts }).toEqual({ revision: 3, attempts: 2 });
});

const sequence = (next: number) => statement("UPDATE sequences SET next = ? WHERE name = 'record'", next);

test('a broken reference is refused alone, and other writes of its transaction are kept', async () => {
  const { engine } = await openTwice();
  const dangling = statement('INSERT INTO topics (record_id, ordinal, topic) VALUES (77, 0, ?)', 'none');
  const deferred = statement('INSERT INTO relations (record_id, ordinal, type, to_id) SELECT id, 0, ?, 77 FROM records', 'follows');
  const annals = openAnnals(engine, () => NOW);
  await create(annals, modelOf.event, visit('one'));
  const results = await Promise.allSettled([
    engine.write([sequence(100)]),
    engine.write([deferred]),
    engine.write([dangling]),
    engine.write([sequence(200)]),
  ]);
  expect(results.map((result) => (result.status === 'fulfilled' ? 'kept' : result.reason instanceof ConstraintError))).toEqual([
    'kept',
    true,
    true,
    'kept',
  ]);
  expect(await engine.read([statement('SELECT count(*) FROM relations')])).toEqual([[[0]]]);
});
