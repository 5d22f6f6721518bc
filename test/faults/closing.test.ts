import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { serve } from '../helpers/server.ts';
import { type Ask, asking, patiently } from './ask.ts';
import { ROUNDS, seededRandom } from './rounds.ts';
import { smallWorld } from './world.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const CLIENTS = 8;
const SIGNALS = Math.max(2, Math.floor(ROUNDS / 5));

/** Creates events until no answer comes: the ids that were acknowledged, and the one whose answer never came. */
async function createMany(ask: Ask, name: string): Promise<{ acknowledged: string[]; unanswered: string }> {
  const acknowledged: string[] = [];
  for (let next = 0; ; next += 1) {
    const id = `${name}-${next}`;
    const answer = await ask({ method: 'POST', path: '/v1/events', body: JSON.stringify({ id, kind: 'visit', title: id }) });
    if (!answer) return { acknowledged, unanswered: id };
    expect(answer.status).toBe(201);
    acknowledged.push(id);
  }
}

describe('a server that is told to end', () => {
  test(`under load, ${SIGNALS} times, does every write that it does not answer not at all, and keeps all others`, {
    timeout: 60_000 + SIGNALS * 12_000,
  }, async () => {
    const random = seededRandom('SIGTERM');
    const { path, key } = await smallWorld();
    const [acknowledged, unanswered]: string[][] = [[], []];
    const durations: number[] = [];
    for (let signal = 0; signal < SIGNALS; signal += 1) {
      const { child, end, address } = await serve(path);
      const agent = new Agent({ keepAlive: true });
      const ask = patiently(asking(address, key, agent));
      const writing = Array.from({ length: CLIENTS }, (_, index) => createMany(ask, `s${signal}-c${index}`));
      await setTimeout(random.between(100, 800));
      const told = performance.now();
      child.kill('SIGTERM');
      expect(await end).toEqual({ code: 0, output: expect.stringContaining('Annals serves') as unknown, errors: '' });
      durations.push(performance.now() - told);
      for (const done of await Promise.all(writing)) {
        acknowledged!.push(...done.acknowledged);
        unanswered!.push(done.unanswered);
      }
      agent.destroy();
    }
    const { child, end, address } = await serve(path);
    const ask = patiently(asking(address, key));
    const statusOf = async (id: string) => (await ask({ method: 'GET', path: `/v1/events/${id}` }))?.status;
    for (const id of acknowledged!) expect(await statusOf(id)).toBe(200);
    for (const id of unanswered!) expect(await statusOf(id)).toBe(404);
    child.kill('SIGTERM');
    await end;
    expect(Math.max(...durations)).toBeLessThan(10_000);
    console.log(
      `SIGTERM: ${SIGNALS} times under load, ${acknowledged!.length} writes acknowledged, 0 lost; ended within ${Math.ceil(Math.max(...durations))} ms`,
    );
  });

  test('does not wait for idle connections', async () => {
    const { path } = await smallWorld();
    const { child, end, address } = await serve(path);
    const { hostname, port } = new URL(address);
    const silent = connect(Number(port), hostname);
    silent.on('error', () => undefined);
    const agent = new Agent({ keepAlive: true });
    await asking(address, 'none', agent)({ method: 'GET', path: '/healthz' });
    await setTimeout(100);
    const told = performance.now();
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0, errors: '' });
    expect(performance.now() - told).toBeLessThan(5_000);
    agent.destroy();
  });

  test('cuts off a slow client, logs it, and exits with 0 within 10 seconds', async () => {
    const { path, key } = await smallWorld();
    const { child, end, address } = await serve(path);
    const { hostname, port } = new URL(address);
    const slow = connect(Number(port), hostname);
    slow.on('error', () => undefined);
    slow.write(
      `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
    await setTimeout(200);
    const told = performance.now();
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0, errors: 'annals: cut off clients that took longer than 8 s\n' });
    const took = performance.now() - told;
    expect(took).toBeGreaterThan(7_500);
    expect(took).toBeLessThan(10_000);
  });
});
