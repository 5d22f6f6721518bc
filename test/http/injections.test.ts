import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

/** What means something to SQL, FTS5, LIKE, JSON, HTML or a shell, and here is text like any other. */
const HOSTILE = [
  `'; DROP TABLE records; --`,
  `" OR 1=1 --`,
  `') UNION SELECT hash, 1, 1, 1 FROM api_keys --`,
  '%',
  '_'.repeat(20),
  '\\',
  'title:csto',
  '{names} : csto',
  'csto OR un',
  'csto NOT un',
  'csto AND (un',
  'NEAR(csto un, 2)',
  '^csto',
  '-csto',
  'csto + un',
  'tags : t1',
  '"csto',
  'csto"*',
  '*',
  '"*"',
  '<script>alert(1)</script>',
  '$(id)',
  '{"$ref":"#"}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
];

const countOfHits = async (): Promise<number> => (await service.ask({ url: '/v1/search?q=csto' })).body.total;

describe('is nothing but text, wherever it is asked for:', () => {
  test.each(HOSTILE)('%s', async (text) => {
    const asked = encodeURIComponent(text);
    const before = await countOfHits();
    const addresses = [
      ...['events', 'actors', 'sources', 'places', 'timeline', 'search'].map((path) => `/v1/${path}?q=${asked}`),
      ...['actor', 'place', 'source', 'kind', 'topic', 'role', 'moment', 'relatedTo', 'from', 'cursor'].map(
        (parameter) => `/v1/timeline?${parameter}=${asked}`,
      ),
      ...['events', 'actors', 'places'].flatMap((path) => [`/v1/${path}/${asked}`, `/v1/${path}/${asked}/history`]),
      `/v1/actors?partOf=${asked}`,
      `/v1/actors?memberOf=${asked}`,
      `/v1/places?country=${asked}`,
    ];
    for (const url of addresses) expect([200, 400, 404], url).toContain((await service.ask({ url })).status);
    expect(await countOfHits()).toBe(before);
  });
});

const found = async (q: string): Promise<Json[]> =>
  (await service.ask({ url: `/v1/search?q=${encodeURIComponent(q)}&limit=200` })).body.items;

test('what is FTS5 syntax elsewhere is words here', async () => {
  // "or" and "not" are words that have to be there, not operators.
  for (const { type, id } of await found('csto OR un')) {
    const { text } = await service.ask({ url: `/v1/${type === 'agreement' ? 'agreements' : `${type}s`}/${id}` });
    expect(text.toLowerCase()).toMatch(/\bor\b/);
  }
  expect(await found('title:csto')).toEqual(await found('title csto'));
  expect((await found('cst_')).length).toBe((await found('cst')).length);
});

describe('a source has no address but one of the web:', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'blob:https://a/b',
    '//evil.example',
    '/v1/events',
    'https:',
    'https://a b',
    'https://',
    'view-source:https://a',
  ])('%j is refused', async (url) => {
    const refused = await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, url } });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].pointer).toBe('/url');
    const patched = await service.ask({ method: 'PATCH', url: '/v1/sources/un-and-central-asia-regional-security', body: { url } });
    expect(patched.status).toBe(400);
  });

  test('https://example.org/a is taken', async () => {
    const created = await service.ask({
      method: 'POST',
      url: '/v1/sources',
      body: { ...samples.source.least, url: 'https://example.org/a' },
    });
    expect([created.status, created.body.url]).toEqual([201, 'https://example.org/a']);
  });
});
