import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { seededApp, type TestApp } from '../helpers/app.ts';
import type { Answered } from '../helpers/contract.ts';
import { importsIn, lines, ownTemporaryFolder, visits } from '../helpers/imports.ts';

/** A chunk of a body without a `Content-Length`. */
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** The response of the service before it closes the connection. */
const answerOn = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let answer = '';
    socket.on('error', () => undefined).on('close', () => resolve(answer));
    socket.on('data', (bytes) => (answer += bytes.toString()));
  });

let listening: TestApp & { close: () => Promise<void> };
let port = 0;

beforeAll(async () => {
  listening = await seededApp({ IMPORT_LIMIT: '100000' });
  port = Number(new URL(await listening.app.listen({ port: 0 })).port);
  return () => listening.close();
});

const post = (body: string): Promise<Answered> =>
  listening.ask({ method: 'POST', url: '/v1/import', body, headers: { 'content-type': 'application/x-ndjson' } });

/** Starts an import, chunked unless `length` is a header that states its length. */
function begin(connection: 'keep-alive' | 'close', length = 'Transfer-Encoding: chunked'): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/import HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\nAuthorization: Bearer ${listening.writeKey}\r\nContent-Type: application/x-ndjson\r\n${length}\r\n\r\n`,
        () => resolve(socket),
      );
    });
    onTestFinished(() => void socket.destroy());
  });
}

test('an upload that is cut off writes nothing, and the next import does not wait', async () => {
  const folder = ownTemporaryFolder();
  const socket = await begin('keep-alive');
  socket.write(chunk(lines(visits('lambda', 5))));
  await expect.poll(() => importsIn(folder), { message: 'it has begun' }).toHaveLength(1);
  expect((await post('')).status).toBe(200);
  socket.destroy();
  await expect.poll(() => importsIn(folder), { message: 'it is over' }).toEqual([]);
  expect((await post('')).status).toBe(200);
  expect((await listening.ask({ url: '/v1/actors/group-lambda' })).status).toBe(404);
});

test('stalled uploads delay no other import below their limit', async () => {
  const folder = ownTemporaryFolder();
  const stalled = await Promise.all(Array.from({ length: 31 }, () => begin('close')));
  for (const socket of stalled) socket.write(chunk('{'));
  await expect.poll(() => importsIn(folder)).toHaveLength(31);
  expect((await post(lines(visits('omicron', 2)))).body).toMatchObject({ created: 3 });
  await begin('close');
  await expect.poll(() => importsIn(folder)).toHaveLength(32);
  const refused = await post('');
  expect([refused.status, refused.body.type]).toEqual([503, '/problems/import-busy']);
  for (const socket of stalled) socket.destroy();
  await expect.poll(() => importsIn(folder).length).toBeLessThan(2);
  expect((await post('')).status).toBe(200);
});

test('waiting bodies together take at most four times the largest body in temporary files', async () => {
  const folder = ownTemporaryFolder();
  const sizes = () => importsIn(folder).map((name) => statSync(join(folder, name, 'import.ndjson')).size);
  const stalled = await Promise.all(Array.from({ length: 4 }, () => begin('close')));
  for (const socket of stalled) socket.write(chunk('\n'.repeat(99_999)));
  await expect.poll(sizes).toEqual([99_999, 99_999, 99_999, 99_999]);
  expect((await post('\n'.repeat(4))).status).toBe(200);
  const refused = await post('\n'.repeat(5));
  expect([refused.status, refused.body.type, refused.headers['connection']]).toEqual([503, '/problems/import-busy', 'close']);
  for (const socket of stalled) socket.destroy();
  await expect.poll(() => importsIn(folder)).toEqual([]);
  expect((await post('\n'.repeat(5))).status).toBe(200);
});

test('a body that arrives in small pieces is imported when it is complete', async () => {
  const socket = await begin('close');
  const answer = answerOn(socket);
  for (const line of lines(visits('mu', 3)).match(/.{1,40}/gs)!) socket.write(chunk(line));
  socket.write('0\r\n\r\n');
  expect(await answer).toMatch(/^HTTP\/1.1 200 OK[^]*"created":4/);
});

test('a body with too large a Content-Length is refused before it is sent', async () => {
  const socket = await begin('keep-alive', 'Content-Length: 100001');
  expect(await answerOn(socket)).toMatch(/^HTTP\/1.1 413 [^]*the import is longer than 100,000 bytes/);
});

test('a body that exceeds the limit is refused while it is being sent', async () => {
  const socket = await begin('keep-alive');
  const answer = answerOn(socket);
  const sending = setInterval(() => socket.write(chunk('\n'.repeat(10_000))), 5);
  onTestFinished(() => clearInterval(sending));
  expect(await answer).toMatch(/^HTTP\/1.1 413 [^]*connection: close[^]*\/problems\/body-too-large/i);
});
