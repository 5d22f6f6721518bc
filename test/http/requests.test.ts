import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/http/routes.ts';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';
import { document } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'] as const;
const body = samples.event.least;

/** Headers that differ between equal requests. */
const OF_ONE_REQUEST = new Set(['date', 'x-request-id', 'ratelimit', 'transfer-encoding', 'connection']);

describe('every address handles every method:', () => {
  test.each(Object.keys(document.paths))('%s', async (path) => {
    const url = path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'csto');
    const documented = new Set(Object.keys(document.paths[path]!).map((method) => method.toUpperCase()));
    const allowed = [
      ...(documented.has('GET') ? ['GET', 'HEAD'] : []),
      ...METHODS.filter((method) => method !== 'GET' && documented.has(method)),
      'OPTIONS',
    ];
    const options = await service.ask({ method: 'OPTIONS', url });
    expect([options.status, options.text, options.headers['allow']?.split(', ').toSorted()]).toEqual([204, '', allowed.toSorted()]);
    for (const method of METHODS.filter((each) => !documented.has(each))) {
      const refused = await service.ask({ method, url, body: 'whatever', headers: { 'content-type': 'application/xml' }, as: 'nobody' });
      expect([refused.status, refused.body.type, refused.headers['allow']], method).toEqual([
        405,
        '/problems/method-not-allowed',
        options.headers['allow'],
      ]);
      expect(refused.body.detail).toContain(method);
    }
  });

  test.each([
    '/v1/events?limit=2',
    '/v1/events/csto-operation-in-kazakhstan-2022',
    '/v1/timeline',
    '/v1/actors/UN',
    '/healthz',
    '/openapi.json',
    '/',
  ])('HEAD of %s is GET without its body', async (url) => {
    const [head, get] = [await service.ask({ method: 'HEAD', url }), await service.ask({ url })];
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-length', 'content-type', 'etag', 'link', 'content-location'])
      expect(head.headers[name], name).toBe(get.headers[name]);
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(get.text));
  });

  test('HEAD returns 200 and the headers of GET at every address', async () => {
    await service.ask({
      method: 'PUT',
      url: '/v1/sources/un-preventive-diplomacy-in-central-asia/text',
      body: 'A text.',
      headers: { 'content-type': 'text/plain' },
    });
    const reads = OPERATIONS.filter(({ method }) => method === 'GET');
    const others = ['/openapi.json', '/page/style.css', '/problems/internal', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css'];
    for (const url of [...reads.map(({ example }) => example.address), ...others, '/v1/export', '/v1/actors/UN']) {
      const [head, get] = [await service.app.inject({ method: 'HEAD', url }), await service.app.inject({ url })];
      expect([head.statusCode, head.body, get.statusCode], url).toEqual([200, '', 200]);
      // Of a stream neither says how long it is.
      for (const name of new Set([...Object.keys(get.headers), ...Object.keys(head.headers)]))
        if (!OF_ONE_REQUEST.has(name)) expect(head.headers[name], `${name} of ${url}`).toBe(get.headers[name]);
    }
  });

  test('HEAD of a missing record is 404 without a body', async () => {
    const head = await service.ask({ method: 'HEAD', url: '/v1/events/never-happened' });
    expect([head.status, head.text]).toEqual([404, '']);
  });
});

describe('an unknown content type is refused with the supported ones:', () => {
  test.each([
    ['POST', '/v1/events', 'text/plain', 'send application/json'],
    ['POST', '/v1/events', 'application/xml', 'send application/json'],
    ['POST', '/v1/events', 'application/merge-patch+json', 'send application/json'],
    ['POST', '/v1/events', 'application/x-www-form-urlencoded', 'send application/json'],
    ['POST', '/v1/events', 'multipart/form-data; boundary=a', 'send application/json'],
    ['POST', '/v1/events', 'nonsense', 'send application/json'],
    ['POST', '/v1/events', 'application/json; charset=latin1', 'the charset "latin1" is not accepted here: send UTF-8'],
    ['POST', '/v1/events', 'application/json;charset="UTF-16"', 'the charset "UTF-16" is not accepted here: send UTF-8'],
    ['PATCH', '/v1/events/x', 'application/json; a=b; CHARSET=koi8-r', 'the charset "koi8-r" is not accepted here'],
    ['PUT', '/v1/sources/x/text', 'text/plain; charset=windows-1251', 'the charset "windows-1251" is not accepted here'],
    ['POST', '/v1/import', 'application/x-ndjson; charset=ascii', 'the charset "ascii" is not accepted here'],
    ['POST', '/v1/import', 'application/json', 'send application/x-ndjson or application/jsonl'],
    ['POST', '/v1/events', '', 'the request has no content type: send application/json'],
    ['PATCH', '/v1/events/x', 'text/plain', 'send application/merge-patch+json or application/json'],
    ['PATCH', '/v1/events/x', 'application/json-patch+json', 'send application/merge-patch+json or application/json'],
  ] as const)('%s %s as %j', async (method, url, type, detail) => {
    const refused = await service.ask({ method, url, body: JSON.stringify(body), headers: { 'content-type': type } });
    expect([refused.status, refused.body.type]).toEqual([415, '/problems/unsupported-media-type']);
    expect(refused.body.detail).toContain(detail);
    const accepted = method === 'PATCH' ? refused.headers['accept-patch'] : refused.headers['accept'];
    if (type.toLowerCase().includes('charset')) expect(accepted).toBeUndefined();
    else expect(accepted?.split(', ').slice(0, 2).join(' or ')).toBe(/send (.*)$/.exec(refused.body.detail)?.[1]);
  });

  test.each([
    ['POST', '/v1/events', 'application/json', 'gzip'],
    ['PATCH', '/v1/events/x', 'application/json', 'br'],
    ['PUT', '/v1/sources/x/text', 'text/plain', 'gzip, identity'],
    ['POST', '/v1/import', 'application/x-ndjson', 'zstd'],
  ] as const)('%s %s as %s in the encoding %s', async (method, url, type, encoding) => {
    const headers = { 'content-type': type, 'content-encoding': encoding };
    const refused = await service.ask({ method, url, body: Buffer.from([31, 139, 8, 0]), headers });
    expect([refused.status, refused.headers['accept-encoding']]).toEqual([415, 'identity']);
    expect(refused.body.detail).toBe(
      `the content encoding "${encoding}" is not accepted here: send the body as it is, without Content-Encoding`,
    );
  });

  test('the content coding identity is accepted', async () => {
    const headers = { 'content-encoding': 'Identity' };
    expect((await service.ask({ method: 'POST', url: '/v1/events', body: { ...body, id: 'not-encoded' }, headers })).status).toBe(201);
  });

  test('the type of JSON may have parameters and capitals, and a patch may be application/json', async () => {
    const id = 'content-types';
    const created = await service.ask({
      method: 'POST',
      url: '/v1/events',
      body: { ...body, id },
      headers: { 'content-type': 'Application/JSON; charset="UTF-8"' },
    });
    expect(created.status).toBe(201);
    for (const type of ['application/json', 'application/merge-patch+json; charset=utf-8'])
      expect(
        (await service.ask({ method: 'PATCH', url: `/v1/events/${id}`, body: {}, headers: { 'content-type': type } })).status,
        type,
      ).toBe(200);
  });

  test.each([
    'application/x-ndjson',
    'application/x-ndjson; charset=utf-8',
    'Application/NDJSON;charset="UTF8"',
    'application/jsonl',
    'application/x-jsonl',
    'application/jsonlines; charset=UTF-8',
    'application/x-jsonlines',
    'application/json-lines',
    'application/x-json-stream',
    'text/jsonl; header=absent',
    'text/ndjson',
    'text/x-ndjson',
  ])('an import is taken as %s', async (type) => {
    const line = JSON.stringify({ type: 'event', ...body, id: 'imported-line' });
    const imported = await service.ask({
      method: 'POST',
      url: '/v1/import?dryRun=true',
      body: `${line}\n`,
      headers: { 'content-type': type },
    });
    expect([imported.status, imported.body.created]).toEqual([200, 1]);
  });

  test('OPTIONS of a record names the types of a patch, and no other address does', async () => {
    for (const path of Object.keys(document.paths)) {
      const { headers } = await service.ask({
        method: 'OPTIONS',
        url: path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'nothing'),
      });
      const types = document.paths[path]!['patch'] ? 'application/merge-patch+json, application/json' : undefined;
      expect(headers['accept-patch'], path).toBe(types);
    }
  });

  test('a request without a body is refused with the type to send', async () => {
    const refused = await service.ask({ method: 'POST', url: '/v1/events' });
    expect([refused.status, refused.body.detail]).toEqual([415, 'the request has no content type: send application/json']);
  });

  test('a DELETE may have a Content-Type without a body', async () => {
    await service.ask({ method: 'POST', url: '/v1/events', body: { ...body, id: 'typed-deletion' } });
    const headers = { 'content-type': 'application/json' };
    expect((await service.ask({ method: 'DELETE', url: '/v1/events/typed-deletion', headers })).status).toBe(204);
  });
});

describe('an unknown address is refused with the most similar one:', () => {
  test.each([
    ['/v1/evnts', 'did you mean /v1/events?'],
    ['/events', 'did you mean /v1/events'],
    ['/v1/EVENTS', 'did you mean /v1/events'],
    ['/timeline', 'did you mean /v1/timeline'],
    ['/doc', 'did you mean /docs'],
    ['/v2/nothing/like/it/anywhere/at/all', '/docs lists all addresses'],
    ['//v1/events', ': did you mean /v1/events?'],
    ['/v1/events/', ': did you mean /v1/events or /v1/events/{id}?'],
    ['/v1/events/?limit=2', ': did you mean /v1/events or /v1/events/{id}?'],
    ['/v1/events//', ': did you mean /v1/events?'],
    ['/v1/events/some-visit/', ': did you mean /v1/events/some-visit?'],
    ['/v1//events//some-visit//history/', ': did you mean /v1/events/some-visit/history?'],
    ['/v1/actors//timeline', ': did you mean /v1/actors/{id}/timeline?'],
    ['/v1/timeline/', ': did you mean /v1/timeline?'],
    ['/V1/Actors/%D0%9E%D0%9E%D0%9D/', ': did you mean /v1/actors/%D0%9E%D0%9E%D0%9D?'],
    ['/v1/TIMELINE/Histogram', ': did you mean /v1/timeline/histogram?'],
    ['/healthz/', ': did you mean /healthz?'],
    ['/v1/healthz', ': did you mean /healthz?'],
    ['/v1/event/some-visit', ': did you mean /v1/events/some-visit?'],
    ['/v1/actor/UN/histroy', ': did you mean /v1/actors/UN/history?'],
    ['/meeting/some-meeting', ': did you mean /v1/meetings/some-meeting?'],
    ['/v1/people/some-person', '/docs lists all addresses'],
    ['/api/v1/events', 'did you mean /v1/events'],
    ['///', '/docs lists all addresses'],
    ['/../../etc/passwd', 'there is nothing at'],
    ['/docs/static/../../../package.json', 'there is nothing at'],
  ])('%s', async (url, detail) => {
    const refused = await service.ask({ url });
    expect([refused.status, refused.body.type]).toEqual([404, '/problems/unknown-route']);
    expect(refused.body.detail).toContain(detail);
  });

  test('with a slash too many, for every method', async () => {
    for (const method of METHODS)
      for (const url of ['/v1/events/', '/v1/events/?dryRun=true', '/v1/events/some-visit/', '/v1/import/']) {
        const refused = await service.ask({ method, url, body, as: 'nobody' });
        expect([refused.status, refused.body.type], `${method} ${url}`).toEqual([404, '/problems/unknown-route']);
        expect(refused.body.detail).toContain(`did you mean ${url.split('?')[0]!.slice(0, -1)}`);
      }
    expect((await service.ask({ method: 'OPTIONS', url: '/v1/events/' })).status).toBe(404);
  });

  test('for an unknown method', async () => {
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'TRACE'] as const)
      expect((await service.ask({ method, url: '/v1/evnts' })).status, method).toBe(404);
  });

  test.each(['/v1/actors/%zz', '/v1/actors/%ff', '/v1/%', '/v1/actors/100%'])('%s is malformed', async (url) => {
    const refused = await service.ask({ url });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/malformed-request']);
    expect(refused.body.detail).toBe(`the address ${url} is not percent-encoded UTF-8: write %25 for a percent sign`);
  });
});

describe('bytes that are not a request are answered with a problem:', () => {
  let listening: TestApp & { close: () => Promise<void> };
  let port = 0;

  beforeAll(async () => {
    listening = await seededApp();
    port = Number(new URL(await listening.app.listen({ port: 0 })).port);
    return () => listening.close();
  });

  /** The response of the service to these bytes until it closes the connection. */
  function answerTo(bytes: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.setTimeout(5000, () => socket.destroy(new Error(`no end after: ${answer}`)));
      socket
        .on('data', (chunk) => (answer += chunk.toString()))
        .on('error', reject)
        .on('close', () => resolve(answer));
    });
  }

  const HOST = 'Host: a\r\nConnection: close\r\n';

  test.each([
    ['words', 'hello\r\n\r\n', 400, 'malformed-request'],
    ['a TLS handshake', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]), 400, 'malformed-request'],
    ['an invented method', `FETCH /v1/events HTTP/1.1\r\n${HOST}\r\n`, 400, 'malformed-request'],
    ['a method of other services', `PROPFIND /v1/events HTTP/1.1\r\n${HOST}\r\n`, 501, 'method-not-known'],
    ['TRACE', `TRACE /v1/events HTTP/1.1\r\n${HOST}\r\n`, 405, 'method-not-allowed'],
    ['a wish to be connected elsewhere', `CONNECT example.org:443 HTTP/1.1\r\n${HOST}\r\n`, 405, 'method-not-allowed'],
    ['another version', `GET / HTTP/3.7\r\n${HOST}\r\n`, 400, 'malformed-request'],
    ['a length that is no number', `POST /v1/events HTTP/1.1\r\n${HOST}Content-Length: many\r\n\r\n`, 400, 'malformed-request'],
    [
      'two lengths',
      `POST /v1/events HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
      'malformed-request',
    ],
    ['a header that is too long', `GET /v1/events HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['no host', 'GET /v1/events HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
    ['an address elsewhere', `GET http://example.org/nowhere HTTP/1.1\r\n${HOST}\r\n`, 404, 'unknown-route'],
    ['bytes beyond ASCII in the address', Buffer.from(`GET /v1/actors?q=\xff HTTP/1.1\r\n${HOST}\r\n`, 'latin1'), 400, 'malformed-request'],
    ['an expectation', `GET /v1/events HTTP/1.1\r\n${HOST}Expect: miracles\r\n\r\n`, 417, 'malformed-request'],
  ])('%s', async (_what, bytes, status, code) => {
    const answer = await answerTo(bytes);
    const [head = '', text = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(text)).toMatchObject({ type: `/problems/${code}`, status });
  });

  test.each([
    ['get', 'the method get is not known here: write it in capitals, as GET'],
    ['Patch', 'the method Patch is not known here: write it in capitals, as PATCH'],
    ['FETCH', 'the method FETCH is not known here: OPTIONS lists the known methods'],
  ])('the method %s, with what to write', async (method, detail) => {
    const answer = await answerTo(`${method} /v1/events HTTP/1.1\r\n${HOST}\r\n`);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ type: '/problems/malformed-request', status: 400, detail });
  });

  test('and the service continues', async () => {
    const answer = await answerTo(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect((await listening.ask({ url: '/readyz' })).status).toBe(200);
  });
});
