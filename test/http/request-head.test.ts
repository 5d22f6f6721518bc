import { describe, expect, test } from 'vitest';
import { samples } from '../helpers/samples.ts';
import { answerTo, connectTo, parsed, sharedServer } from '../helpers/socket.ts';

const service = sharedServer();

const HOST = 'Host: a\r\nConnection: close\r\n';

/** The answer to a request of these lines. */
const answerOf = async (...lines: string[]) => parsed(await answerTo(service.port, `${lines.join('\r\n')}\r\n\r\n`));

const post = (...lines: string[]) =>
  answerOf('POST /v1/events HTTP/1.1', 'Host: a', `Authorization: Bearer ${service.writeKey}`, 'Content-Type: application/json', ...lines);

const eventOf = (id: string): string => JSON.stringify({ ...samples.event.least, id });
const headOf = (id: string, ...lines: string[]): string =>
  [
    'POST /v1/events HTTP/1.1',
    'Host: a',
    `Content-Length: ${Buffer.byteLength(eventOf(id))}`,
    'Expect: 100-continue',
    ...lines,
    '',
    '',
  ].join('\r\n');
const key = (): string => `Authorization: Bearer ${service.writeKey}`;

describe('a request names one host:', () => {
  test.each([
    ['two lines', 'Host: a\r\nHost: a', 'two headers Host'],
    ['two lines in different spellings', 'Host: a\r\nHOST: b', 'two headers Host'],
    ['none', 'Accept: */*', 'names no host'],
    ['a name with a space', 'Host: a b', 'which is not a host'],
    ['markup', 'Host: <script>', 'which is not a host'],
    ['a list', 'Host: a/b', 'which is not a host'],
    ['a port that is no number', 'Host: a:http', 'which is not a host'],
    ['user info', 'Host: me@a', 'which is not a host'],
    ['bytes beyond ASCII', 'Host: ä', 'which is not a host'],
  ])('%s is refused', async (_what, lines, detail) => {
    const { status, body } = await answerOf('GET /v1/events?limit=1 HTTP/1.1', lines, 'Connection: close');
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ type: '/problems/malformed-request', detail: expect.stringContaining(detail) as string });
  });

  test.each(['a', 'example.org:443', 'localhost:3000', '127.0.0.1', '[::1]:3000', 'my_service', 'a%20b', '', 'example.org:'])(
    '%j is accepted',
    async (host) => {
      expect((await answerOf('GET /v1/events?limit=1 HTTP/1.1', `Host: ${host}`, 'Connection: close')).status).toBe(200);
    },
  );

  test('HTTP/1.0 may name no host, and not two', async () => {
    expect((await answerOf('GET /healthz HTTP/1.0')).status).toBe(200);
    expect((await answerOf('GET /healthz HTTP/1.0', 'Host: a', 'Host: a')).status).toBe(400);
  });
});

describe('the address *', () => {
  test('means the whole server for OPTIONS', async () => {
    const { status, head, body } = await answerOf(`OPTIONS * HTTP/1.1\r\n${HOST}`.trimEnd());
    expect([status, body]).toEqual([204, '']);
    expect(/^allow: (.*)$/m.exec(head)?.[1]?.trim()).toBe('get, head, post, put, patch, delete, options');
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('is refused for %s', async (method) => {
    const { status, body } = await answerOf(`${method} * HTTP/1.1\r\n${HOST}`.trimEnd());
    expect(status).toBe(400);
    if (method !== 'HEAD') expect(JSON.parse(body)).toMatchObject({ detail: expect.stringContaining('for OPTIONS only') as string });
  });
});

describe('a transfer coding', () => {
  test.each(['gzip, chunked', 'deflate,chunked', 'x-own, Chunked'])('%s is refused', async (coding) => {
    const { status, head, body } = await post(`Transfer-Encoding: ${coding}`, '', '2\r\n{}\r\n0');
    expect([status, head]).toEqual([501, expect.stringContaining('connection: close')]);
    expect(JSON.parse(body)).toMatchObject({ type: '/problems/transfer-coding-not-known', status: 501 });
  });

  test('of chunks is accepted', async () => {
    const text = eventOf('in-chunks');
    const chunk = `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0`;
    expect((await post('Transfer-Encoding: Chunked', 'Connection: close', '', chunk)).status).toBe(201);
  });

  test('is refused in HTTP/1.0', async () => {
    const { status, head } = await answerOf('POST /v1/events HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked', '', '2\r\n{}\r\n0');
    expect([status, head]).toEqual([400, expect.stringContaining('connection: close')]);
  });
});

describe('Expect: 100-continue', () => {
  test.each([
    ['without a key', 401, () => []],
    ['with a wrong key', 401, () => ['Authorization: Bearer annals_wrong']],
    ['with a key that may only read', 403, () => [`Authorization: Bearer ${service.readKey}`]],
    ['with a body of another type', 415, () => [key(), 'Content-Type: application/xml']],
  ])('without permission is refused before the body: %s', async (_what, expected, lines) => {
    const { socket, ended } = await connectTo(service.port);
    socket.write(
      headOf('expected', 'Content-Type: application/json', ...lines()).replace(
        /(Content-Type: application\/json\r\n)(.*Content-Type)/s,
        '$2',
      ),
    );
    const { status, head } = parsed(await ended);
    expect([status, head]).toEqual([expected, expect.stringContaining('connection: close')]);
  });

  test('with too large a Content-Length is refused', async () => {
    const { socket, ended } = await connectTo(service.port);
    socket.write(headOf('long', key(), 'Content-Type: application/json').replace(/Content-Length: \d+/, 'Content-Length: 999999999'));
    expect(parsed(await ended).status).toBe(413);
  });

  test('with a key gets 100, and the response after the body', async () => {
    const { socket, received, ended } = await connectTo(service.port);
    socket.write(headOf('continued', key(), 'Content-Type: application/json', 'Connection: close'));
    await expect.poll(received).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(eventOf('continued'));
    expect((await ended).split('\r\n\r\n')[1]).toMatch(/^HTTP\/1.1 201 Created/);
  });

  test('with a key keeps the connection open', async () => {
    const { socket, received, ended } = await connectTo(service.port);
    socket.write(headOf('kept-open', key(), 'Content-Type: application/json'));
    await expect.poll(received).toContain('100 Continue');
    socket.write(`${eventOf('kept-open')}GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    expect(await ended).toMatch(/HTTP\/1.1 201 Created[^]*HTTP\/1.1 200 OK/);
  });

  test('is ignored for a read', async () => {
    expect((await answerOf('GET /v1/events?limit=1 HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Connection: close')).status).toBe(200);
  });
});
