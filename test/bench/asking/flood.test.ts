import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Request } from './client.ts';
import { flood } from './flood.ts';

/** A server that answers so, and what it was asked for. */
async function serverThat(answers: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      answers(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { address: addressOf(server.address() as AddressInfo), seen }; // @NOTE it listens on a port
}

const addressOf = ({ port }: AddressInfo): string => `http://127.0.0.1:${port}`;
async function sendSlowly(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How many questions are asked before a flood is over. */
const ENOUGH = 20;

/** Floods a server by three clients, and ends when the questions have been asked. */
function floodOf(
  address: string,
  { path = '/', method = 'GET', body, expected = 200, clients = 3 }: Partial<Request & { expected: number; clients: number }>,
) {
  const over = new AbortController();
  let asked = 0;
  const request = (): Request => {
    asked += 1;
    if (asked > ENOUGH) over.abort();
    return { method, path: `${path}${asked}`, ...(body === undefined ? {} : { body }) };
  };
  return flood({ address, request, expected, clients }, over.signal);
}

describe('a flood of requests', () => {
  test('asks another question each time, and counts every answer but those under way at the end', async () => {
    const { address, seen } = await serverThat((_request, response) => response.end('x'.repeat(300_000)));
    const times = await floodOf(address, {});
    expect(times.length).toBeGreaterThan(ENOUGH - 3);
    expect(times.length).toBeLessThanOrEqual(ENOUGH);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('takes answers that come in chunks', async () => {
    const { address } = await serverThat((_request, response) => {
      response.write('some, ');
      setTimeout(() => response.end('then more'), 1);
    });
    expect((await floodOf(address, {})).length).toBeGreaterThan(ENOUGH - 3);
  });

  test('takes answers without a body', async () => {
    const { address } = await serverThat((_request, response) => response.writeHead(304).end());
    expect((await floodOf(address, { expected: 304 })).length).toBeGreaterThan(ENOUGH - 3);
  });

  test('sends the body with its length in bytes', async () => {
    const { address, seen } = await serverThat((_request, response) => response.end());
    await floodOf(address, { method: 'POST', body: 'Ünïcode' });
    expect(seen[0]).toBe('POST /1 Ünïcode');
    expect(seen.filter((each) => !each.endsWith(' Ünïcode'))).toEqual([]);
  });

  test('puts an answer together that arrives byte by byte', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
    const server = createTcpServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // the client leaves in the middle
      socket.on('data', () => void sendSlowly(socket, answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = addressOf(server.address() as AddressInfo); // @NOTE it listens on a port
    expect(await floodOf(address, { clients: 1 })).toHaveLength(ENOUGH);
  });

  test('fails where one is answered otherwise than expected', async () => {
    const { address } = await serverThat((_request, response) => response.writeHead(429).end());
    await expect(floodOf(address, {})).rejects.toThrow('answered 429, not 200');
  });
});
