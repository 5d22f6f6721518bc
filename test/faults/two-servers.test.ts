import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { serve } from '../helpers/server.ts';
import { type Ask, asking } from './ask.ts';
import { ROUNDS, seededRandom } from './rounds.ts';
import { smallWorld } from './world.ts';

const RECORDS = 4;
const CLIENTS = 8;

/** How often each client must succeed. */
const INCREMENTS = ROUNDS < 50 ? 10 : 100;

const topics = (count: number) => JSON.stringify({ topics: [`count-${count}`] });

/** Reads a record and adds one to the number in it, for as often as somebody else did so in between; answers how often that was. */
async function increment(ask: Ask, path: string): Promise<number> {
  for (let stale = 0; ; stale += 1) {
    const seen = await ask({ method: 'GET', path });
    const [, count] = /"count-(\d+)"/.exec(seen!.body)!;
    const headers = { 'if-match': String(seen!.headers['etag']) };
    const answer = await ask({ method: 'PATCH', path, body: topics(Number(count) + 1), headers });
    if (answer?.status === 200) return stale;
    expect([412, 503]).toContain(answer?.status);
  }
}

test('two servers on one file lose no update, and log all changes in one sequence without a gap', { timeout: 300_000 }, async () => {
  const random = seededRandom('two servers');
  const { path, key } = await smallWorld();
  const servers = [await serve(path), await serve(path)];
  const asks = servers.map(({ address }) => asking(address, key));
  const paths = Array.from({ length: RECORDS }, (_, index) => `/v1/events/counter-${index}`);
  for (const each of paths) {
    const body = JSON.stringify({ id: each.split('/').at(-1), kind: 'counter', title: 'Counter', topics: ['count-0'] });
    expect((await asks[0]!({ method: 'POST', path: '/v1/events', body }))?.status).toBe(201);
  }
  let stale = 0;
  const client = async (ask: Ask) => {
    for (let done = 0; done < INCREMENTS; done += 1) stale += await increment(ask, random.pick(paths));
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(asks[index % asks.length]!)));
  let counted = 0;
  for (const each of paths) {
    const [one, other] = await Promise.all(asks.map((ask) => ask({ method: 'GET', path: each })));
    expect(one!.body).toBe(other!.body);
    const {
      topics: [topic],
      revision,
    } = JSON.parse(one!.body);
    expect(topic).toBe(`count-${revision - 1}`);
    counted += revision - 1;
  }
  expect(counted).toBe(CLIENTS * INCREMENTS);
  expect(stale).toBeGreaterThan(0);
  expect(await runOn(path, ['check'])).toMatchObject({ code: 0 });
  for (const { child, end } of servers) {
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0 });
  }
  console.log(`two servers: ${counted} updates by ${CLIENTS} clients, 0 lost; ${stale} were refused as stale and repeated`);
});
