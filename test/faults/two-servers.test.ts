import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';
import { type Ask, type Answer, asking, type Asked, patiently } from './ask.ts';
import { ROUNDS, seededRandom } from './rounds.ts';
import { smallWorld } from './world.ts';

const RECORDS = 4;
const CLIENTS = 8;

/** Number of updates that each client must make. */
const INCREMENTS = ROUNDS < 50 ? 10 : 100;

/** Time during which a request is repeated, in milliseconds: a killed process has to be replaced meanwhile. */
const PATIENCE = 30_000;

/** Numbers of updates refused as stale, and of requests without a response. */
type Troubles = { stale: number; unanswered: number };

const topics = (count: number) => JSON.stringify({ topics: [`count-${count}`] });

/** Asks until there is an answer: a process that is killed takes its connections with it, and what it answers is not known. */
async function insisting(ask: Ask, asked: Asked, troubles: Troubles): Promise<Answer> {
  const started = performance.now();
  while (performance.now() - started < PATIENCE) {
    const answer = await ask(asked);
    if (answer) return answer;
    troubles.unanswered += 1;
    await setTimeout(50);
  }
  throw new Error(`${asked.method} ${asked.path} was not answered within ${PATIENCE / 1000} s`);
}

/** Reads a record and adds one to the number in it, for as often as somebody else did so in between. */
async function increment(ask: Ask, path: string, troubles: Troubles): Promise<void> {
  for (;;) {
    const seen = await insisting(ask, { method: 'GET', path }, troubles);
    const [, count] = /"count-(\d+)"/.exec(seen.body)!;
    const headers = { 'if-match': String(seen.headers['etag']), 'idempotency-key': randomUUID() };
    const answer = await insisting(ask, { method: 'PATCH', path, body: topics(Number(count) + 1), headers }, troubles);
    if (answer.status === 200) return;
    expect(answer.status).toBe(412);
    troubles.stale += 1;
  }
}

/** Expects equal records from every server, each with as many revisions as its number; returns the number of updates. */
async function countUpdates(asks: readonly Ask[], paths: readonly string[], troubles: Troubles): Promise<number> {
  let counted = 0;
  for (const path of paths) {
    const [one, other] = await Promise.all(asks.map((ask) => insisting(ask, { method: 'GET', path }, troubles)));
    expect(one!.body).toBe(other!.body);
    const {
      topics: [topic],
      revision,
    } = JSON.parse(one!.body);
    expect(topic).toBe(`count-${revision - 1}`);
    counted += revision - 1;
  }
  return counted;
}

test('two servers on one file, one of them killed and restarted, lose and repeat no update', {
  timeout: 300_000,
}, async () => {
  const random = seededRandom('two servers');
  const { path, key } = await smallWorld();
  const servers = [await serve(path), await serve(path)];
  const asks = servers.map(({ address }) => patiently(asking(address, key)));
  const paths = Array.from({ length: RECORDS }, (_, index) => `/v1/events/counter-${index}`);
  for (const each of paths) {
    const body = JSON.stringify({ id: each.split('/').at(-1), kind: 'counter', title: 'Counter', topics: ['count-0'] });
    expect((await asks[0]!({ method: 'POST', path: '/v1/events', body }))?.status).toBe(201);
  }
  /** Kills the second server and starts another on its port, where its clients go on. */
  const replaceSecond = async () => {
    const { child, end, address } = servers[1]!;
    child.kill('SIGKILL');
    await end;
    servers[1] = await serve(path, [], { PORT: new URL(address).port });
  };
  const replacements: Promise<void>[] = [];
  const troubles: Troubles = { stale: 0, unanswered: 0 };
  const total = CLIENTS * INCREMENTS;
  let done = 0;
  const client = async (ask: Ask) => {
    for (let mine = 0; mine < INCREMENTS; mine += 1) {
      await increment(ask, random.pick(paths), troubles);
      done += 1;
      if (done === Math.floor(total / 4) || done === Math.floor((total * 3) / 4)) replacements.push(replaceSecond());
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(asks[index % asks.length]!)));
  await Promise.all(replacements);
  expect(await countUpdates(asks, paths, troubles)).toBe(total);
  expect(troubles.stale).toBeGreaterThan(0);
  expect(troubles.unanswered).toBeGreaterThan(0);
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0 });
  for (const { child, end } of servers) {
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0 });
  }
  console.log(
    `two servers: ${total} updates by ${CLIENTS} clients, 0 lost, 0 made twice; ${troubles.stale} were refused as stale, ${troubles.unanswered} requests had no answer; all were asked again`,
  );
});
