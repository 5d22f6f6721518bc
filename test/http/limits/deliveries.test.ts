import { PassThrough } from 'node:stream';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../helpers/contract.ts';
import { samples } from '../../helpers/samples.ts';
import { connectTo, parsed, sharedServer } from '../../helpers/socket.ts';

/** Nothing may move for so long on a connection whose client is to send or to take something, in milliseconds. */
const STALL = 300;

const stream = new PassThrough();
let written = '';
stream.on('data', (chunk) => (written += String(chunk)));
const service = sharedServer({ STALL_TIMEOUT: `${STALL}`, LOG_LEVEL: 'info' }, stream);
beforeEach(() => void (written = ''));

/** The lines of the log about a request, once there are some. */
async function linesOf(id: string): Promise<Json[]> {
  const found = () => written.split('\n').filter((line) => line.includes(`"requestId":"${id}"`));
  await expect.poll(found, { timeout: 20_000 }).not.toEqual([]);
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

describe('the silence of the service is no stall of its client:', () => {
  test('an import that takes longer than a client may stall is answered', { timeout: 60_000 }, async () => {
    const { socket, received } = await connectTo(service.port);
    const body = events('long-import', 3000);
    const start = performance.now();
    socket.write(request('POST', '/v1/import', 'long', body, NDJSON));
    await expect.poll(() => received().includes('created') || socket.destroyed, { timeout: 50_000 }).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(2 * STALL);
    expect(parsed(received())).toMatchObject({ status: 200, body: expect.stringContaining('"created":3000') as string });
    expect(await linesOf('long')).toMatchObject([{ status: 200, msg: 'answered' }]);
    socket.destroy();
  });

  test('a change that waits for the database as long is answered, and the connection is cut off when it is idle too long', async () => {
    const { release } = holdDatabase();
    const { socket, received } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'waits', JSON.stringify({ ...samples.event.least, id: 'waited-long' })));
    await new Promise((resolve) => setTimeout(resolve, 4 * STALL));
    expect([received(), socket.destroyed]).toEqual(['', false]);
    release();
    await expect.poll(received, { timeout: 10_000 }).toMatch(/^HTTP\/1.1 201 /);
    socket.destroy();
  });

  test('a client that takes nothing of its answer is cut off all the same, which is in the log', async () => {
    const { socket, ended } = await connectTo(service.port);
    socket.pause();
    socket.write(request('GET', '/openapi.json', 'deaf').repeat(50));
    await new Promise((resolve) => setTimeout(resolve, 2 * STALL + 1000));
    socket.resume();
    await ended;
    const lines = await linesOf('deaf');
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'the answer could not be delivered', outcome: 'nothing was to be written' });
  });
});

describe('the log says what became of the work whose client left:', () => {
  test('of an import', { timeout: 30_000 }, async () => {
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/import', 'left', events('left-import', 500), NDJSON));
    await new Promise((resolve) => setTimeout(resolve, 150));
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
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    const [line, ...others] = await linesOf('bad');
    expect([line.status, line.outcome, others]).toEqual([400, 'it was refused: nothing was written', []]);
  });

  test('of an import whose turn had not come: nothing of it is written', { timeout: 30_000 }, async () => {
    const [first, second] = [await connectTo(service.port), await connectTo(service.port)];
    first.socket.write(request('POST', '/v1/import', 'first', events('first-import', 1000), NDJSON));
    await new Promise((resolve) => setTimeout(resolve, 100));
    second.socket.write(request('POST', '/v1/import', 'second', events('second-import', 10), NDJSON));
    await new Promise((resolve) => setTimeout(resolve, 100));
    second.socket.destroy();
    expect(await linesOf('second')).toMatchObject([{ status: 400, outcome: 'it was refused: nothing was written' }]);
    expect(await linesOf('first')).toMatchObject([{ status: 200, msg: 'answered' }]);
    expect((await service.ask({ url: '/v1/events?topic=second-import' })).body.total).toBe(0);
    first.socket.destroy();
  });

  test('of a change, once it is made', async () => {
    const { release } = holdDatabase();
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'change', JSON.stringify({ ...samples.event.least, id: 'left-behind' })));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written).not.toContain('"change"');
    release();
    expect(await linesOf('change')).toMatchObject([{ level: 40, status: 201, outcome: 'the change was written' }]);
    expect((await service.ask({ url: '/v1/events/left-behind' })).status).toBe(200);
  });

  test('of a body that never came to its end', async () => {
    const { socket } = await connectTo(service.port);
    socket.write(request('POST', '/v1/events', 'half', JSON.stringify(samples.event.least)).slice(0, -10));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    expect(await linesOf('half')).toMatchObject([{ status: 400, outcome: 'it was refused: nothing was written' }]);
  });
});
