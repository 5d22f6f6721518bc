import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isSkipped } from '../../helpers/skip.ts';
import { flood, missingWrk } from './wrk.ts';

/** A server that answers so, and what it was asked for. */
async function serverThat(answers: RequestListener) {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      seen.add(`${request.method} ${request.url} ${body}`);
      answers(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // @NOTE it listens on a port
  return { address: `http://127.0.0.1:${port}`, seen };
}

describe.skipIf(isSkipped('the load of the benchmark', missingWrk()))('a flood of requests', () => {
  test('sends each request of the list in turn, with its body', async () => {
    const { address, seen } = await serverThat((_request, response) => response.end('x'.repeat(300_000)));
    const requests = [{ path: '/a' }, { method: 'POST', path: '/b', body: 'Ünïcode' }, { path: '/c?d=e' }] as const;
    const { perSecond, p99 } = await flood({ address, requests, clients: 3, seconds: 1 });
    expect([...seen].toSorted()).toEqual(['GET /a ', 'GET /c?d=e ', 'POST /b Ünïcode']);
    expect(perSecond).toBeGreaterThan(0);
    expect(p99).toBeGreaterThan(0);
  });

  test('takes answers without a body', async () => {
    const { address } = await serverThat((_request, response) => response.writeHead(304).end());
    expect((await flood({ address, requests: [{ path: '/' }], clients: 1, seconds: 1 })).perSecond).toBeGreaterThan(0);
  });

  test('fails where an answer is an error', async () => {
    const { address } = await serverThat((_request, response) => response.writeHead(429).end());
    await expect(flood({ address, requests: [{ path: '/' }], clients: 1, seconds: 1 })).rejects.toThrow('answers were errors');
  });
});
