import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { create } from '../../src/records/create.ts';
import { modelOf } from '../../src/model/models.ts';
import type { ReaderPoolOptions, Statement } from '../../src/storage/port.ts';
import { sharedApp } from '../helpers/app.ts';
import { checker } from '../helpers/contract.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { exported, importLines } from '../helpers/transfer.ts';
import { storeAt } from '../helpers/store.ts';

const service = sharedApp();

/** A second service on a database, with a reader pool, that counts the reads it offloads. */
async function withReaderPool(path: string, pool: Partial<ReaderPoolOptions> = {}) {
  const engine = await storeAt(path).open({ readerPool: { threads: 1, queue: 10, timeout: 20_000, ...pool } });
  onTestFinished(() => engine.close());
  const counted = { reads: 0 };
  const counting: typeof engine = {
    ...engine,
    read: (statements: readonly Statement[]) => {
      if (statements.some(({ offload }) => offload)) counted.reads += 1;
      return engine.read(statements) as never; // @NOTE the rows are handed on as they are
    },
  };
  const app = await buildApp({ annals: openAnnals(counting, () => NOW), config: readConfig({ LOG_LEVEL: 'silent' }) });
  onTestFinished(() => app.close());
  const ask = checker(app);
  return { app, engine, counted, ask: (url: string, method: 'GET' | 'HEAD' = 'GET') => ask({ url, method }, '') };
}

/** Keeps a thread busy for about as many tenths of a second. */
const busyFor = (tenths: number): Statement => ({
  sql: 'WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT count(*) FROM c',
  params: [tenths * 200_000],
  offload: true,
});

describe('the export', () => {
  /** A database whose export, of thirty pages, fills the buffers of a socket. */
  let large = '';
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'annals-test-'));
    large = join(folder, 'annals.db');
    copyFileSync(inject('databases').empty, large);
    const engine = await storeAt(large).open();
    const event = { type: 'event', kind: 'war', title: 'War', note: 'x'.repeat(6000) };
    await importLines(
      openAnnals(engine, () => NOW),
      Array.from({ length: 3000 }, (_, index) => ({ ...event, id: `event-${index}` })),
    );
    await engine.close();
    return () => rmSync(folder, { recursive: true, force: true });
  });

  test('equals that of "annals export", and imports the same records into an empty database', async () => {
    const { ask } = await withReaderPool(service.path);
    const answered = await ask('/v1/export');
    expect([answered.status, answered.headers['content-type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(answered.text).toBe(await exported(service.annals));
    const empty = await temporaryAnnals();
    await importLines(empty, answered.text.trim().split('\n'));
    expect(await exported(empty)).toBe(answered.text);
  });

  test('holds the requested types only, and names its newest change', async () => {
    const { ask } = await withReaderPool(service.path);
    const { text, headers } = await ask('/v1/export?type=place,actor');
    expect(text).toBe(await exported(service.annals, ['actor', 'place']));
    const position = headers['change-position']!;
    expect((await ask(`/v1/changes?since=${position}`)).body).toEqual({ items: [], latest: position });
    const [generation, sequence] = position.split('-');
    expect((await ask(`/v1/changes?since=${generation}-${Number(sequence) - 1}`)).body.items).toMatchObject([{ position }]);
    const refused = await ask('/v1/export?type=war');
    expect([refused.status, refused.body.errors[0].parameter]).toEqual([400, 'type']);
  });

  test('is not read for HEAD', async () => {
    const { ask, counted } = await withReaderPool(service.path);
    const { status, headers, text } = await ask('/v1/export', 'HEAD');
    expect([status, headers['content-type'], text, counted.reads]).toEqual([200, 'application/x-ndjson; charset=utf-8', '', 0]);
  });

  test('is read as fast as the client takes it, stops when the client leaves, and holds no transaction', async () => {
    const { app, engine, counted } = await withReaderPool(large);
    const port = Number(new URL(await app.listen({ port: 0 })).port);
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /v1/export HTTP/1.1\r\nHost: a\r\n\r\n')).pause();
    const stalled = await settled(() => counted.reads);
    expect(stalled).toBeLessThan(25);
    // A snapshot that is held would keep the log from being emptied.
    await create(
      openAnnals(engine, () => NOW),
      modelOf.event,
      { kind: 'war', title: 'Another war' },
    );
    expect(checkpointed(large)).toEqual({ busy: 0, log: 0, checkpointed: 0 });
    socket.destroy();
    expect(await settled(() => counted.reads)).toBeLessThanOrEqual(stalled + 1);
  });

  test('does not keep the service from closing', async () => {
    const { app, counted } = await withReaderPool(large);
    const port = Number(new URL(await app.listen({ port: 0 })).port);
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /v1/export HTTP/1.1\r\nHost: a\r\n\r\n')).pause();
    socket.on('error', () => undefined);
    await settled(() => counted.reads);
    expect(await Promise.race([app.close().then(() => 'closed'), setTimeout(5000, 'open', { ref: false })])).toBe('closed');
    socket.destroy();
  });
});

/** The result of a checkpoint that truncates the log. */
function checkpointed(path: string): unknown {
  const other = new Database(path);
  const [result] = other.pragma('wal_checkpoint(TRUNCATE)') as unknown[]; // @NOTE one row
  other.close();
  return result;
}

/** The number of reads, which are more than one, when none is added for half a second. */
async function settled(count: () => number): Promise<number> {
  for (let last = Number.NaN; ; last = count()) {
    await setTimeout(500);
    if (count() > 1 && count() === last) return last;
  }
}

test('a record is returned before an earlier heavy read ends', async () => {
  const { engine, ask } = await withReaderPool(service.path);
  const ended: string[] = [];
  const heavy = engine.read([busyFor(20)]).then(() => ended.push('heavy'));
  await setTimeout(20);
  const exporting = ask('/v1/export').then(() => ended.push('export'));
  for (let count = 0; count < 20; count += 1) expect((await ask('/v1/actors/csto')).status).toBe(200);
  ended.push('records');
  await Promise.all([heavy, exporting]);
  expect(ended).toEqual(['records', 'heavy', 'export']);
});

describe('a heavy read returns 503', () => {
  test('at once when the queue is full', async () => {
    const { engine, ask } = await withReaderPool(service.path, { queue: 0 });
    const busy = engine.read([busyFor(20)]);
    const refused = await ask('/v1/export');
    expect([refused.status, refused.body.type, refused.headers['retry-after']]).toEqual([503, '/problems/too-many-queries', '1']);
    await busy;
    expect((await ask('/v1/export?type=source')).status).toBe(200);
  });

  test('when waiting and reading take too long', async () => {
    const { engine, ask } = await withReaderPool(service.path, { timeout: 500 });
    const busy = expect(engine.read([busyFor(50)])).rejects.toMatchObject({ code: 'query-timeout' });
    const late = await ask('/v1/export');
    expect([late.status, late.body.type, late.headers['retry-after']]).toEqual([503, '/problems/query-timeout', '1']);
    await busy;
  });
});
