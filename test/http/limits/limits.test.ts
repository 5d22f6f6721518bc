import { describe, expect, test } from 'vitest';
import { samples } from '../../helpers/samples.ts';
import { answerTo, connectTo, parsed, sharedServer } from '../../helpers/socket.ts';

const service = sharedServer({ BODY_LIMIT: '2048' });
const HOST = 'Host: a\r\nConnection: close\r\n';

const headers = (count: number) => Array.from({ length: count - 2 }, (_, index) => `X-${index}: a\r\n`).join('');

const listed = (count: number) => Array.from({ length: count }, (_, index) => `word-${index}`).join(',');

describe('a request above a limit is refused with the problem of that limit:', () => {
  test.each([
    ['an address of 8193 bytes', `GET /${'a'.repeat(8192)} HTTP/1.1\r\n${HOST}\r\n`, 414, 'address-too-long'],
    ['a query of 8193 bytes', `GET /v1/events?kind=${'a,'.repeat(4090)} HTTP/1.1\r\n${HOST}\r\n`, 414, 'address-too-long'],
    ['an address without an end', `GET /${'a'.repeat(20_000)}`, 414, 'address-too-long'],
    ['a header of 20,000 bytes', `GET / HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['headers of 20,000 bytes', `GET / HTTP/1.1\r\n${HOST}${`X: ${'a'.repeat(1000)}\r\n`.repeat(20)}\r\n`, 431, 'headers-too-large'],
    ['101 headers', `GET / HTTP/1.1\r\n${HOST}${headers(101)}\r\n`, 431, 'headers-too-large'],
    ['2,500 headers', `GET / HTTP/1.1\r\n${HOST}${'A:\r\n'.repeat(2500)}\r\n`, 431, 'headers-too-large'],
  ])('%s', async (_what, bytes, status, code) => {
    const { body, head, ...answer } = parsed(await answerTo(service.port, bytes));
    expect(answer.status).toBe(status);
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: `/problems/${code}`, status });
  });

  test.each([
    ['a body that says it is too long', (key: string) => `Content-Length: 2049\r\n${key}\r\n{`],
    [
      'a body of chunks that becomes too long',
      (key: string) => `Transfer-Encoding: chunked\r\n${key}\r\n801\r\n${' '.repeat(2049)}\r\n0\r\n\r\n`,
    ],
  ])('%s', async (_what, rest) => {
    const key = `Authorization: Bearer ${service.writeKey}\r\nContent-Type: application/json\r\n`;
    const { status, body } = parsed(await answerTo(service.port, `POST /v1/events HTTP/1.1\r\n${HOST}${rest(key)}`));
    expect([status, JSON.parse(body)]).toMatchObject([413, { type: '/problems/body-too-large' }]);
  });

  test('51 alternatives of a filter', async () => {
    for (const parameter of ['kind', 'topic', 'role', 'moment', 'place', 'actor', 'source', 'relatedTo']) {
      const refused = await service.ask({ url: `/v1/timeline?${parameter}=${listed(51)}` });
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ parameter, message: `${parameter} names 51 alternatives: give at most 50` }],
      ]);
    }
    expect((await service.ask({ url: `/v1/timeline?kind=${listed(50)}` })).status).toBe(200);
  });
});

describe('a request just within a limit is accepted:', () => {
  test.each([
    ['an address of 8192 bytes', `GET /healthz?${'a'.repeat(8183)} HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['100 headers', `GET /healthz HTTP/1.1\r\n${HOST}${headers(100)}\r\n`, 200],
  ])('%s', async (_what, bytes, status) => {
    expect(parsed(await answerTo(service.port, bytes)).status).toBe(status);
  });

  test('a body of as many bytes as are allowed', async () => {
    const body = JSON.stringify(samples.event.least).padEnd(2048);
    expect((await service.ask({ method: 'POST', url: '/v1/events', body })).status).toBe(201);
  });
});

describe('connections beyond the limit', () => {
  const small = sharedServer({ MAX_CONNECTIONS: '3' });

  test('are refused before their first request, and accepted again when others close', async () => {
    const open = await Promise.all([connectTo(small.port), connectTo(small.port), connectTo(small.port)]);
    const { status, head, body } = parsed(await (await connectTo(small.port)).ended);
    expect([status, JSON.parse(body)]).toMatchObject([503, { type: '/problems/overloaded', status: 503 }]);
    expect(head).toContain('retry-after: 1');
    const [gone] = open;
    gone.socket.destroy();
    await gone.ended;
    const next = parsed(await answerTo(small.port, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`));
    expect(next.status).toBe(200);
    for (const { socket } of open) socket.destroy();
  });
});
