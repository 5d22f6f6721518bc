import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { statement } from '../../src/storage/port.ts';
import { runProcessOn } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { serve } from '../helpers/server.ts';
import { isSkipped } from '../helpers/skip.ts';
import { type Answer, type Ask, asking } from './ask.ts';
import { smallWorld } from './world.ts';
import { storeAt } from '../helpers/store.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const PARALLEL = 4;

const eventOf = (id: string) => ({ id, kind: 'visit', title: id, summary: `${id} `.repeat(400) });

/** Creates events, a few at a time, until one is refused; returns the acknowledged ids and the responses to the refused. */
async function fill(ask: Ask, name: string): Promise<{ acknowledged: string[]; refused: (Answer | undefined)[] }> {
  const acknowledged: string[] = [];
  for (let next = 0; ; next += PARALLEL) {
    const ids = Array.from({ length: PARALLEL }, (_, index) => `${name}-${next + index}`);
    const answers = await Promise.all(ids.map((id) => ask({ method: 'POST', path: '/v1/events', body: JSON.stringify(eventOf(id)) })));
    acknowledged.push(...ids.filter((_, index) => answers[index]?.status === 201));
    const refused = answers.filter((answer) => answer?.status !== 201);
    if (refused.length > 0) return { acknowledged, refused };
  }
}

async function expectFull(ask: Ask, { acknowledged, refused }: Awaited<ReturnType<typeof fill>>): Promise<void> {
  expect(acknowledged.length).toBeGreaterThan(10);
  for (const answer of refused) {
    expect(answer?.status).toBe(507);
    expect(answer?.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer!.body)).toMatchObject({ type: '/problems/storage-full', detail: 'the disk is full: nothing was written' });
  }
  for (const id of acknowledged) expect((await ask({ method: 'GET', path: `/v1/events/${id}` }))?.status).toBe(200);
  expect(JSON.parse((await ask({ method: 'GET', path: '/v1/events?limit=1' }))!.body).total).toBe(acknowledged.length + 1);
}

test('a database at its size limit refuses writes, serves reads, and accepts writes again when it may grow', async () => {
  const { path, key } = await smallWorld();
  const engine = await storeAt(path).open();
  const app = await buildApp({ annals: openAnnals(engine, () => NOW), config: readConfig({ LOG_LEVEL: 'silent' }) });
  onTestFinished(async () => {
    await app.close();
    await engine.close();
  });
  const limitPages = (pages: number) => engine.write([statement(`PRAGMA max_page_count = ${pages}`)]);
  const ask = asking(await app.listen({ port: 0 }), key);
  const [[pages]] = await engine.read([statement<[number]>('PRAGMA page_count')]);
  await limitPages(pages![0] + 100);
  const filled = await fill(ask, 'full');
  await expectFull(ask, filled);
  await limitPages(1_000_000);
  expect((await ask({ method: 'POST', path: '/v1/events', body: JSON.stringify(eventOf('again')) }))?.status).toBe(201);
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
});

/** A small disk of its own for a test, or why there can be none. */
function smallDisk(megabytes: number): { folder: string } | { reason: string } {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (mounted.status !== 0) return { reason: `no file system can be mounted here: ${String(mounted.stderr ?? mounted.error).trim()}` };
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return { folder };
}

test('a server on a full disk refuses writes, serves reads, and accepts writes again when there is space', { timeout: 120_000 }, async ({
  skip,
}) => {
  const disk = smallDisk(12);
  if ('reason' in disk) {
    skip(isSkipped('a server on a full disk', disk.reason), disk.reason);
    return;
  }
  const { path: made, key } = await smallWorld();
  const path = join(disk.folder, 'annals.db');
  copyFileSync(made, path);
  const ballast = join(disk.folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(3 * 2 ** 20));
  const { address, child, end } = await serve(path);
  const ask = asking(address, key);
  const filled = await fill(ask, 'full');
  await expectFull(ask, filled);
  rmSync(ballast);
  expect((await ask({ method: 'POST', path: '/v1/events', body: JSON.stringify(eventOf('again')) }))?.status).toBe(201);
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0 });
  const copy = join(temporaryFolder(), 'copy');
  mkdirSync(copy);
  copyFileSync(path, join(copy, 'annals.db'));
  expect(await runProcessOn(join(copy, 'annals.db'), ['check'])).toMatchObject({ code: 0 });
  console.log(`disk full: ${filled.acknowledged.length} writes acknowledged before, 0 lost`);
});
