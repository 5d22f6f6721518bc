import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/http/problems/problems.ts';
import { sharedApp } from '../helpers/app.ts';
import { DOCUMENT_FILE } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const REFERENCE = "img-src 'self' data:; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";
const ORIGIN = { origin: 'https://elsewhere.example' };
const body = samples.event.least;

/** The addresses that a page or a style sheet names, as they stand there. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/(?:src|href)="([^"]*)"|url\(["']?([^"')]+)/g)].map(([, attribute, url]) => attribute ?? url!);

describe('every response has security headers:', () => {
  test.each([
    '/',
    '/v1/events?limit=1',
    '/v1/evnts',
    '/v1/events/never-happened',
    '/problems/not-found',
    '/openapi.json',
    '/healthz',
    '/docs',
  ])('%s', async (url) => {
    const { headers } = await service.ask({ url });
    expect(headers['content-security-policy']).toBe(url === '/docs' ? `${POLICY}; ${REFERENCE}` : POLICY);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    for (const absent of ['x-powered-by', 'server', 'strict-transport-security', 'set-cookie']) expect(headers).not.toHaveProperty(absent);
  });
});

describe('pages of other origins', () => {
  test('may read responses and their headers', async () => {
    for (const url of ['/v1/events?limit=1', '/v1/actors/UN', '/v1/events/never-happened', '/v1/evnts', '/openapi.json', '/healthz']) {
      const { headers } = await service.ask({ url, headers: ORIGIN });
      expect(headers['access-control-allow-origin'], url).toBe('*');
      expect(headers['access-control-expose-headers']).toBe(
        'ETag, Link, Location, Content-Location, Change-Position, RateLimit-Policy, RateLimit, Retry-After, X-Request-Id',
      );
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  test('may read with a key and a precondition', async () => {
    const { status, headers } = await service.ask({
      method: 'OPTIONS',
      url: '/v1/events',
      headers: { ...ORIGIN, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,if-none-match' },
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'authorization,if-none-match',
    });
  });

  test('may not write: CORS allows neither the method nor the response', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post', '']) {
      const preflight = await service.ask({
        method: 'OPTIONS',
        url: '/v1/events',
        headers: { ...ORIGIN, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type' },
      });
      expect(
        Object.keys(preflight.headers).filter((name) => name.startsWith('access-control')),
        `preflight for ${method}`,
      ).toEqual([]);
    }
    const asked = [
      { method: 'POST', url: '/v1/events', body: { ...body, id: 'cross-origin' } },
      { method: 'PATCH', url: '/v1/events/cross-origin', body: {} },
      { method: 'DELETE', url: '/v1/events/cross-origin' },
      { method: 'PUT', url: '/v1/sources/unrcca-website-timeline/text', body: 'A text.', headers: { 'content-type': 'text/plain' } },
    ] as const;
    for (const each of asked)
      for (const as of [service.writeKey, 'nobody']) {
        const { headers } = await service.ask({ ...each, as, headers: { ...('headers' in each ? each.headers : {}), ...ORIGIN } });
        expect(headers, `${each.method} as ${as}`).not.toHaveProperty('access-control-allow-origin');
      }
  });
});

describe('each problem has a page that explains it:', () => {
  test.each(Object.entries(PROBLEMS))('%s', async (code, { status, title }) => {
    const page = await service.ask({ url: `/problems/${code}` });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain(`<h1>${title}</h1>`);
    expect(page.text).toContain(`HTTP status ${status}`);
    for (const link of linksIn(page.text)) expect((await service.ask({ url: link })).status, link).toBe(200);
  });
});

test('the page and its files are at /, and are returned as 304 to a client that has them', async () => {
  const page = await service.ask({ url: '/' });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const links = linksIn(page.text).filter((link) => !link.startsWith('#'));
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) {
    expect(link).not.toMatch(/^(?:[a-z]+:)?\/\//i);
    expect((await service.ask({ url: new URL(link, 'http://host/').pathname })).status, link).toBe(200);
  }
  const again = await service.ask({ url: '/', headers: { 'if-none-match': page.headers['etag']! } });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('/openapi.json is the committed document', async () => {
  const { status, headers, text } = await service.ask({ url: '/openapi.json' });
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  expect(text).toBe(readFileSync(DOCUMENT_FILE, 'utf8'));
});

test.each(['/docs', '/docs/'])('%s loads no file from another host', async (url) => {
  const page = await service.ask({ url });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text).toContain('<title>Annals: reference</title>');
  expect(page.text, 'the policy admits no script in the page').not.toMatch(/<script>|<style>|\son\w+=|\sstyle=/);
  const links = linksIn(page.text);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) {
    const { origin, pathname } = new URL(link, `http://host${url}`);
    expect(origin).toBe('http://host');
    const loaded = await service.ask({ url: pathname });
    expect(loaded.status, link).toBe(200);
    if (pathname.endsWith('.css')) for (const inner of linksIn(loaded.text)) expect(inner).toMatch(/^data:/);
  }
  const initializer = await service.ask({ url: '/docs/static/swagger-initializer.js' });
  expect(initializer.text).toContain('validatorUrl: null');
  expect((await service.ask({ url: '/docs/json' })).body).toEqual((await service.ask({ url: '/openapi.json' })).body);
});

test('the reference has one address, and other spellings redirect to it', async () => {
  for (const url of ['/docs?anything', '/docs/?a=b/', '/docs?/', '/docs/static/index.html', '/docs/static/index.html?x=1']) {
    const { status, headers } = await service.ask({ url });
    expect(status, url).toBe(302);
    const target = new URL(headers['location']!, `http://host${url}`);
    expect(['/docs', '/docs/']).toContain(`${target.pathname}${target.search}`);
    expect((await service.ask({ url: target.pathname })).status, url).toBe(200);
  }
});

test('/docs refuses other methods as every address does', async () => {
  for (const url of ['/docs', '/docs/', '/docs/json', '/openapi.json', '/', '/problems/not-found']) {
    const refused = await service.ask({ method: 'POST', url, body: {} });
    expect([refused.status, refused.headers['allow']], url).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});

test('/healthz reports the process and /readyz the database, and neither is cached', async () => {
  for (const url of ['/healthz', '/readyz']) {
    const { status, body: answer, headers } = await service.ask({ url, headers: { 'if-none-match': '*' } });
    expect([status, answer, headers['cache-control']], url).toEqual([200, { status: 'ok' }, 'no-store']);
  }
});
