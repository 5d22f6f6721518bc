import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { AnnalsError } from '../../src/domain/errors.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { RECORD_TYPES, type RecordType } from '../../src/domain/record-type.ts';
import { importRecords, seedEmpty } from '../../src/import/import.ts';
import { IMPORT_DEFAULTS, type ImportOptions } from '../../src/import/report.ts';
import { modelOf } from '../../src/model/models.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { create } from '../../src/records/create.ts';
import { putText } from '../../src/records/put-text.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { migrate } from '../../src/storage/maintenance/migrations.ts';
import { type Reader, statement } from '../../src/storage/port.ts';
import { arbitraryRecord, KNOWN, KNOWN_LINES } from '../helpers/arbitrary-records.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW, RANDOM, SEEDS, SQLITE_MIGRATIONS } from '../helpers/fixtures.ts';
import { emptyEngineOn } from '../helpers/pglite.ts';
import { schemaOfSqlite } from '../helpers/schema.ts';
import { bytesOf, type Lines } from '../helpers/transfer.ts';

/** The columns of all tables, but for those of the full text, which differ, and the migrations. An id of a name is never used again on PostgreSQL. */
let columns: Map<string, string[]>;

/** The rows of all tables as texts, in the order of the texts. */
async function dumpOf(reader: Reader): Promise<Record<string, string[]>> {
  const rows = await reader.read(
    Array.from(columns, ([table, names]) =>
      statement(`SELECT ${names.join(', ').replace('position', 'CAST(position AS TEXT)')} FROM ${table}`),
    ),
  );
  return Object.fromEntries(
    Array.from(columns.keys(), (table, index) => [
      table,
      rows[index]!.map((row) => JSON.stringify(row.map((value) => (Buffer.isBuffer(value) ? value.toString() : value)))).toSorted(),
    ]),
  );
}

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create();
  const sqlite = new Database(':memory:');
  await migrate(sqlite, SQLITE_MIGRATIONS, { now: NOW, random: RANDOM });
  columns = new Map(
    Array.from(schemaOfSqlite(sqlite), ([table, schema]): [string, string[]] => [
      table,
      schema.columns.map(({ name }) => name).filter((name) => table !== 'lookups' || name !== 'id'),
    ]).filter(([table]) => !/^(?:search|nearby|migrations)/.test(table)),
  );
  sqlite.close();
});
afterAll(() => database.close());

/** The services on an empty database of each engine. */
async function onBoth(): Promise<[sqlite: Annals, postgres: Annals]> {
  const engine = await emptyEngineOn(database);
  onTestFinished(() => engine.close());
  return [await temporaryAnnals(), openAnnals(engine, () => NOW)];
}

/** The outcome of a write as a value: what it returns, or the code and the message of its error. */
async function outcomeOf(write: Promise<unknown>): Promise<unknown> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof AnnalsError) return [error.code, error.message];
    throw error;
  }
}

const importAll = (annals: Annals, lines: Lines, onExisting: ImportOptions['onExisting']) =>
  importRecords(annals, [{ name: 'test.ndjson', bytes: bytesOf(lines) }], { ...IMPORT_DEFAULTS, onExisting }, noProgress);

/** A write that can be made to any service. */
type Write = { name: string; run: (annals: Annals) => Promise<unknown> };

const ids = { ...KNOWN, code: ['topic-one', 'kind-two'], agreement: ['one'], meeting: ['one'] } as const satisfies Record<
  RecordType,
  readonly string[]
>;
const anyRecord = fc
  .constantFrom(...RECORD_TYPES)
  .chain((type) => fc.tuple(fc.constant(type), fc.constantFrom(...ids[type], 'one', 'two'), arbitraryRecord(type)));

/** The fields of a record that a client writes, without its id. */
const bodyOf = (record: object): object => Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'type' && name !== 'id'));

const write: fc.Arbitrary<Write> = fc.oneof(
  anyRecord.map(([type, id, record]) => ({
    name: `create the ${type} ${id}`,
    run: (annals: Annals) => create(annals, modelOf[type], { ...bodyOf(record), id }),
  })),
  anyRecord.map(([type, , record]) => ({
    name: `create a ${type}`,
    run: (annals: Annals) => create(annals, modelOf[type], bodyOf(record)),
  })),
  anyRecord.map(([type, id, record]) => ({
    name: `patch the ${type} ${id}`,
    run: (annals: Annals) => update(annals, modelOf[type], id, bodyOf(record)),
  })),
  anyRecord.map(([type, id]) => ({ name: `delete the ${type} ${id}`, run: (annals: Annals) => remove(annals, modelOf[type], id) })),
  fc.tuple(fc.constantFrom(...KNOWN.source), fc.constantFrom('One line.', 'Two lines,\n\nor so, are running')).map(([id, text]) => ({
    name: `put a text of ${id}`,
    run: (annals: Annals) => putText(annals, id, Buffer.from(text)),
  })),
  fc
    .tuple(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), fc.constantFrom('keep' as const, 'replace' as const))
    .map(([records, onExisting]) => ({
      name: `import ${records.length} records`,
      run: (annals: Annals) =>
        importAll(
          annals,
          records.map(([type, id, body]) => ({ ...body, type, ...(type === 'code' ? {} : { id }) })),
          onExisting,
        ),
    })),
);

test('random writes return the same, and leave the same rows in all tables', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 5, maxLength: 25 }), async (writes) => {
      const services = await onBoth();
      for (const annals of services) await importAll(annals, KNOWN_LINES, 'keep');
      for (const { name, run } of writes) {
        const [one, other] = await Promise.all(services.map((annals) => outcomeOf(run(annals))));
        expect({ [name]: other }).toEqual({ [name]: one });
      }
      const [one, other] = await Promise.all(services.map(({ engine }) => dumpOf(engine)));
      expect(other).toEqual(one);
    }),
    { numRuns: 5, seed: 16, endOnFailure: true },
  );
});

test('the seeds are the same rows in all tables', async () => {
  const services = await onBoth();
  for (const annals of services) await seedEmpty(annals, SEEDS, noProgress);
  const [one, other] = await Promise.all(services.map(({ engine }) => dumpOf(engine)));
  expect(other).toEqual(one);
  const [[options]] = await services[1].engine.read([
    statement("SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE relname = 'search_by_word'"),
  ]);
  expect(options, 'single texts reach the index at once again').toEqual(['fastupdate=off']);
});
