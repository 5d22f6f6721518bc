import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';
import { answerTo, sharedServer } from '../helpers/socket.ts';

const service = sharedServer();

/** An operation of each kind whose answers are kept, with its parameters in pairs. */
const ASKED: [path: string, ...parameters: string[]][] = [
  ['/v1/timeline', 'actor=CSTO', 'from=1990', 'limit=2'],
  ['/v1/timeline/histogram', 'by=year', 'from=1990', 'actor=csto'],
  ['/v1/timeline/counts', 'by=kind', 'from=1990', 'actor=csto'],
  ['/v1/events', 'limit=2', 'kind=operation,conference', 'sort=-date'],
  ['/v1/actors', 'limit=2', 'sort=-title'],
  ['/v1/search', 'q=security', 'limit=1', 'type=event'],
  ['/v1/changes', 'limit=1'],
  ['/v1/vocabulary'],
  ['/v1/actors/csto/timeline', 'limit=1', 'from=1990'],
  ['/v1/actors/CSTO/counterparts', 'limit=1'],
  ['/v1/agreements/tashkent-declaration-2018/related', 'limit=1'],
  ['/v1/actors/csto/history', 'limit=1'],
  ['/v1/sources/unrcca-website-timeline/paragraphs', 'limit=1', 'from=2'],
  ['/v1/sources/unrcca-website-timeline/paragraphs/2', 'phrase=second'],
  ['/v1/actors/CSTO'],
  ['/v1/events/csto-operation-in-kazakhstan-2022'],
];

const TEXT = 'The first paragraph.\nThe second.\nThe third.\n';

beforeAll(async () => {
  const headers = { 'content-type': 'text/plain' };
  await service.ask({ method: 'PUT', url: '/v1/sources/unrcca-website-timeline/text', body: TEXT, headers });
});

/** The request targets that ask for the same: a host of anybody's, and every other way to write it. */
const SPELLINGS: Record<string, (address: string, parameters: readonly string[]) => string> = {
  'in absolute form': (address) => `http://evil.example${address}`,
  'in absolute form with user info': (address) => `http://localhost:3000@evil.example:81${address}`,
  'with a scheme in capitals': (address) => `HTTPS://evil.example${address}`,
  'with its parameters in another order': (address, parameters) => {
    const [path] = address.split('?');
    return parameters.length > 0 ? `${path}?${parameters.toReversed().join('&')}` : address;
  },
  'with letters escaped': (address) => address.replaceAll(/c/gi, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  'with empty parameters': (address) => (address.includes('?') ? address.replace('?', '?&').replaceAll('&', '&&') : `${address}?`),
};

/** Headers that differ between equal requests. */
const OF_ONE_REQUEST = /^(?:date|x-request-id|ratelimit): .*\r\n/gim;

async function ask(target: string, host = 'localhost'): Promise<string> {
  const text = await answerTo(service.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return text.replaceAll(OF_ONE_REQUEST, '');
}

/** Makes the service forget the answers that it keeps. */
const forget = () => service.ask({ method: 'POST', url: '/v1/events', body: samples.event.least });

describe('no response repeats the spelling of an earlier request:', () => {
  test.each(ASKED)('%s', async (path, ...parameters) => {
    const address = parameters.length > 0 ? `${path}?${parameters.join('&')}` : path;
    for (const [how, spelled] of Object.entries(SPELLINGS)) {
      await forget();
      const target = spelled(address, parameters);
      // Some answers are kept only when they are asked for twice.
      const [first, second] = [await ask(target, 'evil.example'), await ask(target, 'evil.example')];
      const [third, fourth] = [await ask(address), await ask(address, 'other.example')];
      expect(first, how).toMatch(/^HTTP\/1\.1 200 /);
      expect([second, third, fourth], how).toEqual([first, first, first]);
      expect(first, how).not.toMatch(/evil|@|%63/i);
      const link = /^link: <(.+)>; rel="next"\r$/im.exec(first)?.[1];
      if (link !== undefined) expect(link, how).toMatch(new RegExp(`^${path}\\?.*(?:cursor|since)=`));
    }
  });
});

/** The path of a route, with one name for all record types. */
const general = (path: string) =>
  path
    .replace(/^\/v1\/(?:events|actors|agreements|meetings|sources|places|codebook)(?=\/|$)/, '/v1/type')
    .replace('{vocabulary}/{slug}', '{id}');

test('every operation with an ETag is tested above, each route of the record types for one type', () => {
  const asked = new Set(
    ASKED.map(([path]) =>
      general(path)
        .replace(/^(\/v1\/type\/)[^/]+/, '$1{id}')
        .replace(/\/\d+$/, '/{number}'),
    ),
  );
  const kept = operations.filter(({ method, operation }) => method === 'GET' && operation.responses['200']?.headers?.['ETag']);
  const missing = kept.map(({ path }) => general(path)).filter((path) => !asked.has(path));
  // The text is made anew each time, without any address in its headers.
  expect(missing).toEqual(['/v1/type/{id}/text']);
});

test('a link keeps every parameter in its canonical form', async () => {
  const { headers } = await service.app.inject('/v1/timeline?limit=1&actor=%43STO&actor=kazakhstan&topic=peacekeeping%2Csecurity');
  expect(String(headers['link'])).toMatch(
    /^<\/v1\/timeline\?actor=CSTO&actor=kazakhstan&topic=peacekeeping%2Csecurity&limit=1&cursor=[\w.-]+>; rel="next"$/,
  );
});

test('an Idempotency-Key recognizes a request in absolute form', async () => {
  const body = JSON.stringify({ ...samples.event.least, id: 'asked-in-absolute-form' });
  const post = (target: string) =>
    answerTo(
      service.port,
      `POST ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${service.writeKey}\r\nIdempotency-Key: spelled\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  for (const target of ['/v1/events', 'http://evil.example/v1/events', 'http://a@evil.example/v1/events']) {
    const answer = await post(target);
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(answer).toMatch(/^location: \/v1\/events\/asked-in-absolute-form\r$/im);
    expect(/^idempotent-replayed: true\r$/im.test(answer)).toBe(target !== '/v1/events');
  }
});

test('a problem names the path without the host', async () => {
  const answer = await ask('http://evil.example/v1/evnts?a=b');
  expect(answer).toContain('there is nothing at /v1/evnts: did you mean /v1/events?');
  expect(answer).not.toContain('evil');
  expect(await ask('http://a@evil.example?q=%zz')).toMatch(/^HTTP\/1\.1 400 /);
});
