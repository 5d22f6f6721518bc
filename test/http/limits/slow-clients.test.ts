import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connectTo, parsed, sharedServer, timeOfGoodRequest } from '../../helpers/socket.ts';

/** Every timeout is half a second here; looking for them takes as long again. */
const LIMIT = 500;
const timeouts = { REQUEST_TIMEOUT: `${LIMIT}`, STALL_TIMEOUT: `${LIMIT}`, KEEP_ALIVE_TIMEOUT: `${LIMIT}` };
const service = sharedServer(timeouts);

/** Others are served while slow clients hang on; a good request is far quicker than this, in milliseconds, on any machine. */
const QUICK = 2000;

/** How many slow clients come at once. */
const CROWD = 50;

/** Sends a text byte by byte until the service closes the connection, and answers what it said. */
async function drip(beginning: string, drop: string): Promise<string> {
  const { socket, ended } = await connectTo(service.port);
  socket.write(beginning);
  for (let sent = 0; !socket.destroyed && sent < 1000; sent += 1) {
    if (socket.writable) socket.write(drop);
    await setTimeout(40);
  }
  return ended;
}

const key = () => `Authorization: Bearer ${service.writeKey}\r\nContent-Type: application/json\r\n`;

const crowd = (slow: () => Promise<string>) => Promise.all(Array.from({ length: CROWD }, slow));

describe('is told that it took too long, and nobody waits for it: whoever sends', () => {
  test.each([
    ['its headers byte by byte', () => drip('GET /v1/events HTTP/1.1\r\nHost: a\r\nX: ', 'a')],
    ['nothing but the beginning of a header', () => drip('GET /v1/events HTTP/1.1\r\nHost', '')],
    ['nothing at all', () => drip('', '')],
    ['its body byte by byte', () => drip(`POST /v1/events HTTP/1.1\r\nHost: a\r\n${key()}Content-Length: 1000\r\n\r\n`, ' ')],
    [
      'a chunk after the other',
      () => drip(`POST /v1/events HTTP/1.1\r\nHost: a\r\n${key()}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    ],
  ])('%s', async (_what, slow) => {
    const start = performance.now();
    const waiting = crowd(slow);
    await setTimeout(LIMIT / 2);
    expect(await timeOfGoodRequest(service.port)).toBeLessThan(QUICK);
    const answers = await waiting;
    for (const answer of answers) {
      // Who sends nothing may be cut off by the timeout of the connection or by that of the request: both are due.
      if (answer === '') continue;
      const { status, body } = parsed(answer);
      expect([status, JSON.parse(body)]).toMatchObject([408, { type: '/problems/request-timeout', status: 408 }]);
    }
    if (_what.includes('byte')) expect(answers).not.toContain('');
    expect(performance.now() - start).toBeLessThan(8000);
    expect(await timeOfGoodRequest(service.port)).toBeLessThan(QUICK);
  });
});

test('a client that never reads is cut off, and others are served meanwhile', async () => {
  // The timeline as a page is the largest answer there is: many of them fill the buffers of the system.
  const request = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n';
  const deaf = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { socket, ended } = await connectTo(service.port);
      socket.pause();
      socket.write(request.repeat(50));
      return { socket, ended };
    }),
  );
  await setTimeout(LIMIT / 2);
  expect(await timeOfGoodRequest(service.port)).toBeLessThan(QUICK);
  const until = performance.now() + 8000;
  let open = deaf.length;
  while (open > 0 && performance.now() < until) {
    await setTimeout(50);
    open = await connectionsOf();
  }
  expect(open).toBe(0);
  for (const { socket } of deaf) socket.destroy();
});

/** How many connections the service has. */
const connectionsOf = () =>
  new Promise<number>((resolve, reject) => service.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

test('a connection that is kept is closed when no other request comes', async () => {
  const { socket, ended, received } = await connectTo(service.port);
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  const text = await ended;
  expect(parsed(text).status).toBe(200);
  expect(received()).toBe(text);
});
