import { afterEach, describe, expect, test, vi } from 'vitest';
import { seededApp, sharedApp, type TestApp } from '../../helpers/app.ts';
import { samples } from '../../helpers/samples.ts';
import { NOW } from '../../helpers/fixtures.ts';

const LIMITS = { RATE_LIMIT: '3', WRITE_RATE_LIMIT: '2' };
const service = sharedApp(LIMITS);
const behindProxy = sharedApp({ ...LIMITS, TRUST_PROXY: '127.0.0.1' });
const closed = sharedApp({ ...LIMITS, READ_ACCESS: 'key' });

afterEach(() => void vi.useRealTimers());

type From = { address?: string; headers?: Record<string, string>; url?: string; method?: 'GET' | 'POST' | 'DELETE' };

/** Asks from an address. */
const ask = ({ app }: TestApp, { address = '127.0.0.1', headers = {}, url = '/v1/actors/csto', method = 'GET' }: From) =>
  app.inject({
    method,
    url,
    headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
    remoteAddress: address,
    ...(method === 'POST' ? { payload: samples.event.least } : {}),
  });

/** The statuses of that many requests, one after the other. */
async function statuses(count: number, of: TestApp, from: From): Promise<number[]> {
  const all: number[] = [];
  for (let each = 0; each < count; each += 1) all.push((await ask(of, from)).statusCode);
  return all;
}

const spoofed = (each: number) => ({ 'x-forwarded-for': `198.51.100.${each}`, forwarded: `for=198.51.100.${each}` });

const forwarded = (chain: string) => ({ headers: { 'x-forwarded-for': chain } });

const addressOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('an address', () => {
  test('has a limit for each minute, and is told the remaining requests and when to retry', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const answers = [];
    for (let each = 0; each < 3; each += 1) answers.push(await ask(service, { address: '192.0.2.1' }));
    expect(answers.map(({ headers }) => [headers['ratelimit-policy'], headers['ratelimit']])).toEqual([
      ['"read";q=3;w=60', '"read";r=2;t=60'],
      ['"read";q=3;w=60', '"read";r=1;t=60'],
      ['"read";q=3;w=60', '"read";r=0;t=60'],
    ]);
    vi.setSystemTime(NOW + 18_000);
    const refused = await ask(service, { address: '192.0.2.1' });
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '42', ratelimit: '"read";r=0;t=42', 'ratelimit-policy': '"read";q=3;w=60' });
    expect(refused.json()).toMatchObject({
      type: '/problems/too-many-requests',
      status: 429,
      detail: 'this address has made its 3 requests of this minute: try again in 42 seconds',
    });
    vi.setSystemTime(NOW + 60_001);
    expect((await ask(service, { address: '192.0.2.1' })).headers['ratelimit']).toBe('"read";r=2;t=60');
  });

  test('is counted by itself, and an IPv6 network of 64 bits is one address', async () => {
    expect(await statuses(4, service, { address: '192.0.2.2' })).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, service, { address: '192.0.2.3' })).toEqual([200]);
    expect(await statuses(3, service, { address: '2001:db8:0:1::1' })).toEqual([200, 200, 200]);
    expect(await statuses(1, service, { address: '2001:db8:0:1:ffff::2' })).toEqual([429]);
    expect(await statuses(1, service, { address: '2001:db8:0:2::1' })).toEqual([200]);
  });

  test('is not changed by forwarding headers of an untrusted client', async () => {
    for (let each = 0; each < 3; each += 1) await ask(service, { address: '192.0.2.4', headers: spoofed(each) });
    expect((await ask(service, { address: '192.0.2.4', headers: spoofed(4) })).statusCode).toBe(429);
  });

  test('is taken from the forwarding header of a trusted proxy only', async () => {
    expect(await statuses(4, behindProxy, forwarded('198.51.100.7'))).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, behindProxy, forwarded('198.51.100.8'))).toEqual([200]);
    // What the client itself put before the address that the proxy saw counts for nothing.
    expect(await statuses(1, behindProxy, forwarded('203.0.113.1, 198.51.100.7'))).toEqual([429]);
    // Nor does the header of a client that is not a proxy.
    expect(await statuses(3, behindProxy, { address: '192.0.2.5', ...forwarded('198.51.100.9') })).toEqual([200, 200, 200]);
    expect(await statuses(1, behindProxy, { address: '192.0.2.5', ...forwarded('198.51.100.10') })).toEqual([429]);
  });

  test('has its limit for all requests except health and the pages of problems', async () => {
    const address = '192.0.2.6';
    expect(await statuses(3, service, { address, url: '/v1/nothing' })).toEqual([404, 404, 404]);
    for (const url of ['/v1/nothing', '/', '/openapi.json', '/v1/timeline'])
      expect([url, ...(await statuses(1, service, { address, url }))]).toEqual([url, 429]);
    expect(await statuses(1, service, { address, method: 'DELETE', url: '/v1/timeline' })).toEqual([429]);
    for (const url of ['/healthz', '/readyz', '/problems/too-many-requests'])
      expect([url, ...(await statuses(10, service, { address, url }))]).toEqual([url, ...Array.from({ length: 10 }, () => 200)]);
  });
});

describe('a key', () => {
  test('has its own limits for reading and writing, from any address', async () => {
    const headers = bearer(service.writeKey);
    const from = (index: number) => ({ address: `198.51.100.${index}`, headers });
    const written = [];
    for (let each = 0; each < 3; each += 1) written.push(await ask(service, { ...from(each), method: 'POST', url: '/v1/events' }));
    expect(written.map(({ statusCode }) => statusCode)).toEqual([201, 201, 429]);
    expect(written[2]!.headers['ratelimit-policy']).toBe('"write";q=2;w=60');
    expect(written[2]!.json().detail).toMatch(/^this key has made its 2 requests that write of this minute: try again in \d+ seconds$/);
    expect([...(await statuses(2, service, from(7))), ...(await statuses(2, service, from(8)))]).toEqual([200, 200, 200, 429]);
    // Whoever has no key is not held to account for it.
    expect(await statuses(1, service, { address: '198.51.100.8' })).toEqual([200]);
  });
});

describe('wrong keys', () => {
  const wrong = `annals_${'0'.repeat(39)}`;

  test('are limited by address, more strictly than requests, and do not block right keys', async () => {
    const { app, readKey, writeKey, close, ...rest } = await seededApp({ RATE_LIMIT: '1000', READ_ACCESS: 'key' });
    const open = { app, readKey, writeKey, ...rest };
    const tries = await statuses(101, open, { headers: bearer(wrong) });
    expect(tries).toEqual([...Array.from({ length: 100 }, () => 401), 429]);
    const refused = await ask(open, { headers: bearer(wrong) });
    expect(refused.json()).toMatchObject({ type: '/problems/too-many-requests' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await statuses(1, open, { headers: bearer(wrong), address: '192.0.2.9' })).toEqual([401]);
    expect(await statuses(1, open, { headers: bearer(readKey) })).toEqual([200]);
    expect(await statuses(120, open, {}), 'no key at all is no wrong one').toEqual(Array.from({ length: 120 }, () => 401));
    await close();
  });

  test('count as requests of the address', async () => {
    expect(await statuses(4, closed, { headers: bearer(wrong), address: '192.0.2.10' })).toEqual([401, 401, 401, 429]);
  });
});

test('0 turns a limit and its headers off', async () => {
  const { close, ...open } = await seededApp({ RATE_LIMIT: '0', WRITE_RATE_LIMIT: '0' });
  expect(await statuses(20, open, {})).toEqual(Array.from({ length: 20 }, () => 200));
  const { headers } = await ask(open, { method: 'POST', url: '/v1/events', headers: bearer(open.writeKey) });
  expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  await close();
});

test('the newest 5,000 addresses are remembered', { timeout: 60_000 }, async () => {
  const { close, ...open } = await seededApp({ RATE_LIMIT: '1' });
  const url = '/v1/nothing';
  for (let index = 0; index <= 5000; index += 1) await ask(open, { address: addressOf(index), url });
  expect(await statuses(1, open, { address: addressOf(5000), url }), 'the last one is remembered').toEqual([429]);
  expect(await statuses(1, open, { address: addressOf(0), url }), 'the first one is not').toEqual([404]);
  await close();
});
