import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import Database from 'better-sqlite3';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Json } from '../../helpers/contract.ts';
import { samples } from '../../helpers/samples.ts';
import { connectTo, parsed, sharedServer } from '../../helpers/socket.ts';

/** Longest silence of a client that has to send or to receive, in milliseconds. */
const STALL = 1000;

const stream = new PassThrough();
let written = '';
stream.on('data', (chunk) => (written += String(chunk)));
const service = sharedServer({ STALL_TIMEOUT: `${STALL}`, LOG_LEVEL: 'info' }, stream);
beforeEach(() => void (written = ''));

/** The requests that have reached the service, by their ids. */
const reached = new Map<string, IncomingMessage>();
beforeAll(() => void service.app.server.on('request', (each: IncomingMessage) => reached.set(String(each.headers['x-request-id']), each)));

/** The time in which the service must reach a state on a busy machine, in milliseconds. */
const SOON = { timeout: 20_000 };

/** Waits until the head of a request has reached the service. */
const headOf = (id: string) => expect.poll(() => reached.has(id), SOON).toBe(true);

/** Waits until the service has read the whole body of a request. */
const bodyOf = (id: string) => expect.poll(() => reached.get(id)?.readableEnded, SOON).toBe(true);

/** Waits until the service has noticed that the connection of a request is closed. */
const closeOf = (id: string) => expect.poll(() => reached.get(id)?.socket.destroyed, SOON).toBe(true);

/** Waits until an import has begun: at its turn it reads the clock. */
async function turnOf(id: string): Promise<void> {
  const clock = vi.spyOn(service.annals, 'clock');
  onTestFinished(() => clock.mockRestore());
  await headOf(id);
  await expect.poll(() => clock.mock.calls.length, SOON).toBeGreaterThan(0);
}

/** The lines of the log about a request, once there are some. */
async function linesOf(id: string): Promise<Json[]> {
  const found = () => written.split('\n').filter((line) => line.includes(`"requestId":"${id}"`));
  await expect.poll(found, SOON).not.toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return found().map((line) => JSON.parse(line));
}

function request(method: string, address: string, id: string, body = '', type = 'application/json'): string {
  const head = [
    `${method} ${address} HTTP/1.1`,
    'Host: a',
    `X-Request-Id: ${id}`,
    `Authorization: Bearer ${service.writeKey}`,
    ...(body === '' ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const NDJSON = 'application/x-ndjson';

const events = (topic: string, count: number): string =>
  Array.from({ length: count }, (_, number) => {
    const record = { type: 'event', kind: 'visit', title: `Visit ${number} of ${topic}`, topics: [topic], date: { edtf: '2001-02' } };
    return `${JSON.stringify(record)}\n`;
  }).join('');

/** Keeps others from writing until `release`. */
function holdDatabase(): { release: () => void } {
  const other = new Database(service.path);
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  return { release: () => void other.exec('COMMIT') };
}

describe('a client that waits for the service is not cut off as slow:', () => {
  test('an import that takes longer than the limit for slow clients is answered', { timeout: 60_000 }, async () => {
    const { release } = holdDatabase();
    const { socket, received } = await connectTo(service.port);
    socket.write(request('POST', '/v1/import', 'long', events('long-import', 30), NDJSON));
    await turnOf('long');
    await new Promise((resolve) => setTimeout(resolve, 2 * STALL));
    release();
    await expect.poll(() => received().includes('created') || socket.destroyed, { timeout: 50_000 }).toBe(true);
    expect(parsed(received())).toMatchObject({ status: 200, body: expect.stringContaining('"created":30,') as string });
    expect(await linesOf('long')).toMatchObject([{ status: 200, msg: 'answered' }]);
    socket.destroy();
  });

  test('a change that waits longer for the database is answered, and its idle connection is closed afterwards', async () => {
    const { release } = holdDatabase();
    const { socket, received } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'waits', JSON.stringify({ ...samples.event.least, id: 'waited-long' })));
    await new Promise((resolve) => setTimeout(resolve, 2 * STALL));
    expect([received(), socket.destroyed]).toEqual(['', false]);
    release();
    await expect.poll(received, SOON).toMatch(/^HTTP\/1.1 201 /);
    socket.destroy();
  });

  test('a client that does not read its response is cut off, and the log says so', async () => {
    const { socket, ended } = await connectTo(service.port);
    socket.pause();
    socket.write(request('GET', '/openapi.json', 'deaf').repeat(50));
    await closeOf('deaf');
    socket.resume();
    await ended;
    await expect.poll(() => linesOf('deaf'), SOON).toHaveLength(50);
    const lines = await linesOf('deaf');
    expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'the answer could not be delivered', outcome: 'nothing was to be written' });
  });
});

describe('when a client leaves, the log has the result', () => {
  test('of an import', { timeout: 30_000 }, async () => {
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/import', 'left', events('left-import', 500), NDJSON));
    await turnOf('left');
    socket.destroy();
    const outcome = 'the import was written: 500 records created, 0 updated, 0 unchanged';
    expect(await linesOf('left')).toMatchObject([
      { level: 40, requestId: 'left', route: '/v1/import', status: 200, outcome, msg: 'the answer could not be delivered' },
    ]);
    expect((await service.ask({ url: '/v1/events?topic=left-import' })).body.total).toBe(500);
  });

  test('of an import that was refused', async () => {
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/import', 'bad', '{"type":"nothing"}\n', NDJSON));
    await turnOf('bad');
    socket.destroy();
    const [line, ...others] = await linesOf('bad');
    expect([line.status, line.outcome, others]).toEqual([400, 'it was refused: nothing was written', []]);
  });

  test('of an import that still waits, of which nothing is written', { timeout: 30_000 }, async () => {
    const first = await connectTo(service.port);
    first.socket.write(request('POST', '/v1/import', 'first', events('first-import', 1000), NDJSON));
    await turnOf('first');
    const second = await connectTo(service.port);
    second.socket.write(request('POST', '/v1/import', 'second', events('second-import', 10), NDJSON));
    await bodyOf('second');
    second.socket.destroy();
    expect(await linesOf('second')).toMatchObject([{ status: 400, outcome: 'it was refused: nothing was written' }]);
    expect(await linesOf('first')).toMatchObject([{ status: 200, msg: 'answered' }]);
    expect((await service.ask({ url: '/v1/events?topic=second-import' })).body.total).toBe(0);
    first.socket.destroy();
  });

  test('of a change that is made', async () => {
    const { release } = holdDatabase();
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'change', JSON.stringify({ ...samples.event.least, id: 'left-behind' })));
    await bodyOf('change');
    socket.destroy();
    await closeOf('change');
    expect(written).not.toContain('"change"');
    release();
    expect(await linesOf('change')).toMatchObject([{ level: 40, status: 201, outcome: 'the change was written' }]);
    expect((await service.ask({ url: '/v1/events/left-behind' })).status).toBe(200);
  });

  test('of a body that was cut off', async () => {
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'half', JSON.stringify(samples.event.least)).slice(0, -10));
    await headOf('half');
    socket.destroy();
    expect(await linesOf('half')).toMatchObject([{ status: 400, outcome: 'it was refused: nothing was written' }]);
  });
});
