import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Connection, connectTo, parsed, sharedServer, timeOfGoodRequest } from '../../helpers/socket.ts';

/** Every timeout is half a second here; it is checked as often. */
const LIMIT = '500';

/** Only the time of a whole request is limited: a machine that is busy stalls clients of its own. */
const impatient = sharedServer({ REQUEST_TIMEOUT: LIMIT });
const service = sharedServer({ STALL_TIMEOUT: LIMIT, KEEP_ALIVE_TIMEOUT: LIMIT });

/** The number of slow clients that come at once. */
const CROWD = 50;

/** Sends a text byte by byte until the service closes the connection, and returns what it answered. */
async function drip({ socket, ended }: Connection, beginning: string, drop: string): Promise<string> {
  socket.write(beginning);
  while (!socket.destroyed) {
    if (socket.writable) socket.write(drop);
    await setTimeout(40);
  }
  return ended;
}

const key = () => `Authorization: Bearer ${impatient.writeKey}\r\nContent-Type: application/json\r\n`;

describe('a slow client is told that it took too long, and delays no others:', () => {
  test.each([
    ['its headers byte by byte', () => 'GET /v1/events HTTP/1.1\r\nHost: a\r\nX: ', 'a'],
    ['nothing but the beginning of a header', () => 'GET /v1/events HTTP/1.1\r\nHost', ''],
    ['nothing at all', () => '', ''],
    ['its body byte by byte', () => `POST /v1/events HTTP/1.1\r\nHost: a\r\n${key()}Content-Length: 1000\r\n\r\n`, ' '],
    ['a chunk after the other', () => `POST /v1/events HTTP/1.1\r\nHost: a\r\n${key()}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  ])('%s', async (_what, beginning, drop) => {
    const { port } = impatient;
    const crowd = await Promise.all(Array.from({ length: CROWD }, () => connectTo(port)));
    const waiting = Promise.all(crowd.map((each) => drip(each, beginning(), drop)));
    await timeOfGoodRequest(port);
    for (const answer of await waiting) {
      const { status, body } = parsed(answer);
      expect([status, JSON.parse(body)]).toMatchObject([408, { type: '/problems/request-timeout', status: 408 }]);
    }
    await timeOfGoodRequest(port);
  });
});

test('a client that never reads is cut off, and other clients are served', async () => {
  // The OpenAPI document is the largest answer: many of them fill the buffers of the system.
  const request = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n';
  const deaf = await Promise.all(Array.from({ length: 20 }, () => connectTo(service.port)));
  for (const { socket } of deaf) {
    socket.pause();
    socket.write(request.repeat(50));
  }
  await timeOfGoodRequest(service.port);
  await expect.poll(connectionsOf, { timeout: 30_000 }).toBe(0);
  for (const { socket } of deaf) socket.destroy();
});

/** The number of connections that the service has. */
const connectionsOf = () =>
  new Promise<number>((resolve, reject) => service.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

test('an idle connection is closed', async () => {
  const { socket, ended, received } = await connectTo(service.port);
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  const text = await ended;
  expect(parsed(text).status).toBe(200);
  expect(received()).toBe(text);
});
