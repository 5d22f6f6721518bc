import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../faults/ask.ts';
import { missingStandby, superuserOf } from '../../postgres/missing-standby.ts';
import { type PostgresServer, startPostgres } from '../../postgres/server.ts';
import {
  event,
  expectSound,
  follow,
  get,
  makeTemplate,
  numbered,
  type Process,
  send,
  type Template,
  twoProcesses,
  type World,
} from './world.ts';

let server: PostgresServer;
let template: Template;
beforeAll(async () => {
  server = await startPostgres();
  template = await makeTemplate(server);
  return () => server.stop();
});

/** The time within which a process answers again, in milliseconds. */
const COMES_BACK = 15_000;

/** Clients that create events one after the other, each with an Idempotency-Key, until they are stopped: what each process acknowledged. */
function writers(world: World, each: number) {
  const acknowledged: Record<'one' | 'other', { id: string; at: number }[]> = { one: [], other: [] };
  const end = new AbortController();
  const client = async (which: 'one' | 'other', name: string) => {
    for (let round = 1; !end.signal.aborted; round += 1) {
      const id = `${which}-${name}-${round}`;
      const body = JSON.stringify(event(id));
      const headers = { 'idempotency-key': id };
      let answer: Answer | undefined;
      // What is refused or not answered is asked again.
      while (!end.signal.aborted && answer?.status !== 201) {
        answer = await world[which].ask({ method: 'POST', path: '/v1/events', body, headers });
        if (answer?.status !== 201) await setTimeout(20);
      }
      if (answer?.status === 201) acknowledged[which].push({ id, at: performance.now() });
    }
  };
  const running = (['one', 'other'] as const).flatMap((which) => numbered(each).map((name) => client(which, String(name))));
  return {
    acknowledged,
    async stop() {
      end.abort();
      await Promise.all(running);
      return [...acknowledged.one, ...acknowledged.other].map(({ id }) => id);
    },
  };
}

/** Expects every record that was acknowledged to be there, a log without a gap in which each record is created once. */
async function expectWhole(from: Process, ids: readonly string[]): Promise<void> {
  const log = await follow(from, () => true, 200);
  expect(log.map(({ sequence }) => sequence)).toEqual(numbered(log.length));
  const made = log.map(({ id }) => id);
  expect(new Set(made).size).toBe(made.length);
  expect(ids.filter((id) => !made.includes(id))).toEqual([]);
  expect(JSON.parse((await get(from, '/v1/events?limit=1')).body).total).toBe(made.length);
}

const isReady = async (process: Process): Promise<boolean> => (await get(process, '/readyz')).status === 200;

test('while the database server is away both processes answer 503, and both come back by themselves', async () => {
  const world = await twoProcesses(template);
  const { one, other } = world;
  const load = writers(world, 2);
  await expect.poll(() => load.acknowledged.one.length * load.acknowledged.other.length, { timeout: COMES_BACK }).toBeGreaterThan(100);
  await server.shutDown();
  for (const from of [one, other]) {
    const refused = [await get(from, '/readyz'), await get(from, '/v1/events'), await send(from, 'POST', '/v1/events', event('away'))];
    for (const { status, headers, body } of refused) {
      expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '1', 'application/problem+json']);
      expect(JSON.parse(body)).toMatchObject({
        type: '/problems/storage-unusable',
        detail: expect.stringMatching(/^the database server does not answer|lost/) as unknown,
      });
    }
    expect((await get(from, '/healthz')).status).toBe(200);
  }
  await server.startAgain();
  const before = { one: load.acknowledged.one.length, other: load.acknowledged.other.length };
  for (const from of [one, other]) await expect.poll(() => isReady(from), { timeout: COMES_BACK }).toBe(true);
  for (const which of ['one', 'other'] as const)
    await expect.poll(() => load.acknowledged[which].length, { timeout: COMES_BACK }).toBeGreaterThan(before[which] + 5);
  await expectWhole(other, await load.stop());
});

/** Runs a statement as the superuser of the server. */
async function administer(sql: string): Promise<unknown[]> {
  const client = await superuserOf(server);
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

test('a connection that is ended during a COMMIT ends in one record, which is acknowledged once it is durable', async () => {
  const { url, one, other } = await twoProcesses(template);
  await send(one, 'POST', '/v1/events', event('before'));
  const standby = await missingStandby(server);
  let isDone = false;
  const writing = send(one, 'POST', '/v1/events', { kind: 'visit', title: 'Doubtful' }).finally(() => (isDone = true));
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}' AND wait_event = 'SyncRep'`;
  while ((await administer(end)).length === 0);
  await setTimeout(500);
  expect(isDone).toBe(false);
  const following = send(other, 'POST', '/v1/events', event('after'));
  await standby.giveUp();
  expect([(await writing).status, (await following).status]).toEqual([201, 201]);
  await expectWhole(other, ['before', 'doubtful', 'after']);
  expect(await follow(one, () => true)).toHaveLength(3);
});

test('when one process is killed the other goes on writing at once, and nothing acknowledged is lost', async () => {
  const world = await twoProcesses(template);
  const load = writers(world, 3);
  await expect.poll(() => load.acknowledged.one.length * load.acknowledged.other.length, { timeout: COMES_BACK }).toBeGreaterThan(100);
  world.one.served.child.kill('SIGKILL');
  const killedAt = performance.now();
  const writtenSince = () => load.acknowledged.other.filter(({ at }) => at > killedAt);
  await expect.poll(() => writtenSince().length, { timeout: COMES_BACK }).toBeGreaterThan(10);
  // A lock of the killed process would hold the other up until its limit of five seconds.
  expect(writtenSince()[0]!.at - killedAt).toBeLessThan(1000);
  await expectWhole(world.other, await load.stop());
});

test('every database is sound after all of this', expectSound);
