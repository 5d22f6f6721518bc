import { describe, expect, test } from 'vitest';
import { models } from '../../src/model/models.ts';
import { sharedApp } from '../helpers/app.ts';
import { type Json, operations } from '../helpers/contract.ts';

import { addressOf, idFieldsOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

/** Texts with a meaning in SQL, FTS5, LIKE, JSON, HTML or a shell. */
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

/** Every operation that reads at an address with an id, and one for each text that may stand in a query. */
const askedFor = [
  ...new Map(
    operations
      .filter(({ method }) => method === 'GET')
      .flatMap(({ path, operation }) =>
        (operation.parameters ?? [])
          .filter(({ in: place, schema }) => place !== 'header' && ['string', 'array'].includes(String(schema['type'])))
          .map(({ name, in: place }) => [place === 'path' ? path : name, { path, name, place }] as const),
      ),
  ).values(),
];

describe('hostile text in a parameter is plain text:', () => {
  test('in paths and in these queries', () => {
    const names = askedFor.flatMap(({ place, name }) => (place === 'query' ? [name] : []));
    expect(names).toEqual(expect.arrayContaining(['q', 'actor', 'place', 'source', 'relatedTo', 'from', 'cursor', 'partOf', 'language']));
    expect(askedFor.length - names.length).toBeGreaterThan(20);
  });

  test.each(HOSTILE)('%s', async (text) => {
    const asked = encodeURIComponent(text);
    const before = await countOfHits();
    for (const { path, name, place } of askedFor) {
      const here = path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, place === 'path' ? asked : 'csto');
      const url = place === 'path' ? here : `${here}?${name}=${asked}`;
      expect([200, 400, 404], url).toContain((await service.ask({ url })).status);
    }
    expect(await countOfHits()).toBe(before);
  });
});

/** A copy in which every free text is another one. */
function withTexts(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, child]) => [
      field,
      FREE_TEXTS.has(field) && typeof child === 'string'
        ? text
        : field === 'authors' || field === 'editors'
          ? [text]
          : withTexts(child, text),
    ]),
  );
}

const FREE_TEXTS = new Set([
  'title',
  'name',
  'summary',
  'description',
  'note',
  'asStated',
  'phrase',
  'page',
  'label',
  'unit',
  'definition',
  'publisher',
  'journal',
  'volume',
  'issue',
  'pages',
  'license',
  'credit',
  'dyad.name',
  'symbol',
]);

describe('hostile text is kept unchanged in every text field of a record:', () => {
  test.each(HOSTILE.map((text, index) => ({ text, index })))('$text', async ({ text, index }) => {
    for (const { type, path, titleField } of models) {
      const id = `hostile-${index}`;
      const body = { ...(withTexts(samples[type].full, text) as object), ...idFieldsOf(type, id) };
      const created = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
      expect(created.status, created.text).toBe(201);
      expect(created.body).toMatchObject({ ...(withTexts(withoutDates(samples[type].full), text) as object), ...idFieldsOf(type, id) });
      const { body: list } = await service.ask({ url: `/v1/${path}?sort=-updated&limit=1` });
      expect(list.items[0][titleField]).toBe(text);
      const changed = await service.ask({ method: 'PATCH', url: addressOf(type, id), body: { note: `${text}${text}` } });
      expect([changed.status, changed.body.note]).toEqual([200, `${text}${text}`]);
      expect((await service.ask({ method: 'DELETE', url: addressOf(type, id) })).status).toBe(204);
    }
  });
});

/** A copy without the fields to which the service adds derived values. */
const withoutDates = ({ date: _date, dates: _dates, published: _published, memberships: _memberships, ...rest }: Json): Json => rest;

describe('a wildcard of LIKE or GLOB matches itself only:', () => {
  test.each(['kazakhsta_', 'kazakh%', '%', '_', 'kazakh*', 'k?zakhstan', '[jk]azakhstan', 'k%n'])('%s', async (pattern) => {
    const asked = encodeURIComponent(pattern);
    expect((await service.ask({ url: `/v1/actors/${asked}` })).status).toBe(404);
    expect((await service.ask({ url: `/v1/timeline?actor=${asked}` })).body.type).toBe('/problems/unknown-reference');
    expect((await service.ask({ url: `/v1/places?partOf=${asked}` })).body.type).toBe('/problems/unknown-reference');
    for (const parameter of ['kind', 'topic', 'role'])
      expect((await service.ask({ url: `/v1/events?${parameter}=${asked}` })).body.total ?? 0, parameter).toBe(0);
  });
});

const found = async (q: string): Promise<Json[]> =>
  (await service.ask({ url: `/v1/search?q=${encodeURIComponent(q)}&limit=200` })).body.items;

test('the syntax of FTS5 is plain text in a search', async () => {
  expect(await found('csto NEAR un')).toEqual(await found('csto near un'));
  expect(await found('title:csto')).toEqual(await found('title csto'));
  expect((await found('cst_')).length).toBe((await found('cst')).length);
});

describe('the url of a source is an address of the web:', () => {
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

  test('https://example.org/a is accepted', async () => {
    const created = await service.ask({
      method: 'POST',
      url: '/v1/sources',
      body: { ...samples.source.least, url: 'https://example.org/a' },
    });
    expect([created.status, created.body.url]).toEqual([201, 'https://example.org/a']);
  });
});

describe('a property name of every JavaScript object is refused as an unknown field:', () => {
  test.each([
    '{"constructor":null}',
    '{"toString":null}',
    '{"date":{"constructor":null}}',
    '{"date":{"edtf":"2001","__proto__":{"asStated":"polluted"}}}',
    '{"date":{"edtf":"2001","constructor":{"prototype":{"asStated":"polluted"}}}}',
    '{"participants":[{"actor":"csto","role":"host","hasOwnProperty":1}]}',
  ])('%s', async (patch) => {
    const url = '/v1/events/csto-operation-in-kazakhstan-2022';
    const before = (await service.ask({ url })).text;
    const refused = await service.ask({ method: 'PATCH', url, body: patch });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    const line = `{"type":"event","id":"polluted","kind":"a","title":"b",${patch.slice(1)}`;
    const imported = await service.ask({ method: 'POST', url: '/v1/import', body: line, headers: NDJSON });
    expect([imported.status, imported.body.errors?.[0].line]).toEqual([400, 1]);
    expect((await service.ask({ url })).text).toBe(before);
    expect(({} as Json).asStated).toBeUndefined();
  });
});

const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('line breaks in a text do not end its header:', () => {
  test.each(['csto\r\ncsto', 'csto\ncsto', 'csto\rcsto', 'csto>,<csto', 'csto>; "csto'])('%j', async (text) => {
    const asked = encodeURIComponent(text);
    const { status, headers } = await service.ask({ url: `/v1/search?limit=1&q=${asked}` });
    expect(status).toBe(text.includes('\r') ? 400 : 200);
    if (status === 200 && headers['link'] !== undefined) expect(headers['link']).toMatch(/^<[^\s<>"]*>; rel="next"$/);
    expect([400, 404]).toContain((await service.ask({ url: `/v1/actors/${asked}` })).status);
    const refused = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id: text } });
    expect(refused.body.errors[0].pointer).toBe('/id');
  });

  test('in the name of a record', async () => {
    const name = 'Two\nlines: of a name';
    await service.ask({ method: 'POST', url: '/v1/actors', body: { kind: 'group', id: 'two-lines', name } });
    const { status, headers } = await service.ask({ url: `/v1/actors/${encodeURIComponent(name)}` });
    expect([status, headers['content-location']]).toEqual([200, '/v1/actors/two-lines']);
  });
});

test('line breaks in a text make no line of an export or import', async () => {
  const smuggled = '{"type":"actor","id":"smuggled","kind":"group","name":"Smuggled"}';
  for (const note of [`a\n${smuggled}\n`, `a\n\n${smuggled}`, `\\n${smuggled}`, `"}\n${smuggled}`])
    expect((await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, note } })).status).toBe(201);
  const { text } = await service.ask({ url: '/v1/export' });
  const lines = text.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('{"type":"actor","id":"smuggled"'))).toEqual([]);
  const { body } = await service.ask({ method: 'POST', url: '/v1/import', body: text, headers: NDJSON });
  expect(body).toMatchObject({ dryRun: false, created: 0, updated: 0, unchanged: lines.length });
  expect((await service.ask({ url: '/v1/actors/smuggled' })).status).toBe(404);
});
