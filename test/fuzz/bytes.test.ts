import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectTo, parsed, sharedServer, timeOfGoodRequest } from '../helpers/socket.ts';

/** A server with short time limits: an unfinished request gets 408. */
const service = sharedServer({ REQUEST_TIMEOUT: '300', KEEP_ALIVE_TIMEOUT: '300', STALL_TIMEOUT: '1000' });

const SEED = 20_261_121;
const RUNS = 25;

/** Number of random requests that are sent concurrently, each on its own connection. */
const AT_ONCE = 25;

const weird = fc.constantFrom(
  '\0',
  '\r',
  '\n',
  '\t',
  ' ',
  '\x7f',
  '\x80',
  '\xff',
  ':',
  '%',
  '%%',
  '%00',
  '%zz',
  '%c3%28',
  '%ff',
  '..',
  '/',
  '//',
  '#',
  '?',
  '&',
  '=',
);
const text = fc.oneof(fc.string({ maxLength: 12 }), weird, fc.string({ unit: 'binary', maxLength: 6 }));
const path = fc.oneof(
  fc.constantFrom('/', '*', '/v1/events', '/v1/actors/csto', '/v1/timeline?from=2018', '/healthz', 'http://a/v1/events', '//', 'a:80', ''),
  fc
    .array(fc.oneof(text, fc.constantFrom('/v1/', 'events', 'actors/', '?q=', '&from=')), { maxLength: 8 })
    .map((parts) => `/${parts.join('')}`),
  fc.integer({ min: 1, max: 20_000 }).map((length) => `/${'a'.repeat(length)}`),
);
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
  { weight: 1, arbitrary: fc.constantFrom('TRACE', 'CONNECT', 'PRI', 'get', 'PROPFIND', 'G ET', '', 'QUERY', 'M-SEARCH') },
);
const version = fc.oneof(
  { weight: 20, arbitrary: fc.constant('HTTP/1.1') },
  { weight: 1, arbitrary: fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'HTTP/1.', 'http/1.1', '') },
);
const plainHeader = fc.constantFrom(
  'Connection: close',
  'Connection: keep-alive',
  'Content-Length: 0',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Content-Type: application/json',
  'Content-Type: application/merge-patch+json',
  'Content-Type: text/plain',
  'Content-Encoding: gzip',
  'Expect: 100-continue',
  'If-None-Match: *',
  'If-Match: "1"',
  'Origin: null',
  'Access-Control-Request-Method: GET',
  'X-Forwarded-For: 1.2.3.4',
  'X-Request-Id: \x80',
  'Range: bytes=0-1',
  'TE: trailers',
  'Cookie: a=b',
  'Upgrade: h2c',
  'Authorization: Bearer \xff',
);
const hostileHeader = fc.constantFrom(
  'Host: b',
  'Host:',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Content-Length: 6',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 99999999999999999999',
  'Content-Length : 5',
  'Content-Length: +5',
  'Content-Length: 0x5',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: xchunked',
  ' folded: line',
  'Expect: miracles',
  'Trailer: X',
);
const header = fc.oneof(
  { weight: 12, arbitrary: plainHeader },
  { weight: 3, arbitrary: hostileHeader },
  { weight: 1, arbitrary: fc.tuple(text, text).map(([name, value]) => `${name}: ${value}`) },
);
const lineEnd = fc.oneof(
  { weight: 25, arbitrary: fc.constant('\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', '') },
);
const chunk = fc.oneof(
  fc.constantFrom(
    '0\r\n\r\n',
    '5\r\nhello\r\n',
    '5;ext=1\r\nhello\r\n',
    '5\r\nhel',
    'zz\r\n',
    '-1\r\n',
    'ffffffffffffffffff\r\n',
    '5\nhello\n',
    '0\r\nX: y\r\n\r\n',
    '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n',
  ),
  text,
);
const body = fc.oneof(
  fc.constant(''),
  fc.array(chunk, { maxLength: 4 }).map((parts) => parts.join('')),
  fc.json(),
);

/** A request as somebody may send it who means no good; the key, which lets its body be read, comes with some. */
const request = fc
  .tuple(method, path, version, fc.array(header, { maxLength: 4 }), lineEnd, body, fc.boolean())
  .map(([verb, address, protocol, headers, end, content, withKey]) =>
    [
      `${verb} ${address} ${protocol}`,
      'Host: a',
      ...(withKey ? [`Authorization: Bearer ${service.writeKey}`] : []),
      ...headers,
      '',
      content,
    ].join(end),
  );

/** One request or several in a row, as a whole or cut off somewhere. */
const stream = fc
  .tuple(
    fc.array(request, { minLength: 1, maxLength: 3 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }),
  )
  .map(([requests, share]) => {
    const all = Buffer.from(requests.join(''), 'latin1');
    return all.subarray(0, Math.ceil(all.length * share));
  });

/** The statuses of all received responses; an unknown number shows a garbled stream. */
const statusesIn = (received: string): number[] =>
  [...received.matchAll(/(?:^|\r\n\r\n|[}>\n])HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

test('any bytes cause no failure and no hang, and the next good request succeeds', { timeout: 120_000 }, async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(stream, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (streams) => {
      const answers = await Promise.all(
        streams.map(async (bytes) => {
          const { socket, ended } = await connectTo(service.port);
          socket.write(bytes);
          return ended;
        }),
      );
      for (const answer of answers) {
        if (answer === '') continue;
        expect(answer.slice(0, 9)).toBe('HTTP/1.1 ');
        for (const status of statusesIn(answer)) {
          seen.set(status, (seen.get(status) ?? 0) + 1);
          expect(status < 500 || status === 501 || status === 505, `answered ${status}`).toBe(true);
        }
        const { status, head, body: problem } = parsed(answer);
        if (status >= 400 && !head.includes('content-length: 0') && problem !== '') expect(head).toContain('application/problem+json');
      }
      expect(await timeOfGoodRequest(service.port)).toBeLessThan(5000);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  console.log(
    `answers by status: ${[...seen]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  for (const status of [200, 400, 404, 405, 408, 414, 431, 501])
    expect(seen.get(status) ?? 0, `some are answered ${status}`).toBeGreaterThan(0);
});

test.each([
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
  ['the same length twice', 'Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd'],
  ['lengths in a list', 'Content-Length: 4, 4\r\n\r\nabcd'],
  ['a length with a sign', 'Content-Length: +4\r\n\r\nabcd'],
  ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['an encoding after the chunks', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n'],
  ['a header on two lines', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
  ['a bare line feed in a header', 'X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a NUL in a header', 'X: a\0b\r\n\r\n'],
])('a request is not smuggled behind %s', async (_what, rest) => {
  const smuggled = 'GET /v1/actors/unrcca HTTP/1.1\r\nHost: a\r\n\r\n';
  const { socket, ended } = await connectTo(service.port);
  socket.write(Buffer.from(`GET /healthz HTTP/1.1\r\nHost: a\r\n${rest}${smuggled}`, 'latin1'));
  const answer = await ended;
  expect(answer).not.toContain('UNRCCA');
  expect([400, NaN]).toContain(parsed(answer).status);
});

test('bytes after a good request are not read as part of it', async () => {
  const { socket, ended } = await connectTo(service.port);
  socket.write('GET /v1/actors/csto HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/actors/unrcca HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n');
  const answers = (await ended).split('HTTP/1.1 ').slice(1);
  for (const [index, id] of ['csto', 'unrcca'].entries())
    if (answers[index]?.startsWith('200')) expect(answers[index]).toContain(`"id":"${id}"`);
  expect(answers.filter((each) => each.startsWith('400')).length + answers.filter((each) => each.startsWith('200')).length).toBe(
    answers.length,
  );
});
