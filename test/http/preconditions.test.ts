import { describe, expect, test } from 'vitest';
import { RENDERING } from '../../src/http/cache/etags.ts';
import { sharedApp } from '../helpers/app.ts';
import { type Asked, type Json, operations } from '../helpers/contract.ts';
import { GENERATION } from '../helpers/fixtures.ts';
import { etagHeaderOf, etagOf } from '../helpers/etags.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();
const strict = sharedApp({ REQUIRE_IF_MATCH: 'true' });

let count = 0;

/** Makes an event and changes it once: it stands at revision 2. */
async function changedEvent(): Promise<string> {
  const url = `/v1/events/precondition-${(count += 1)}`;
  await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id: url.split('/').pop() } });
  await service.ask({ method: 'PATCH', url, body: { note: 'Second.' } });
  return url;
}

const changes = (url: string): Asked[] => [
  { method: 'PATCH', url, body: { note: 'Third.' } },
  { method: 'DELETE', url },
];

/** Headers with the id of the record and its tags at the first three revisions in the place of ID, ONE, TWO and THREE. */
function told(text: string, url: string): string {
  const id = url.split('/').pop()!;
  return ['ONE', 'TWO', 'THREE'].reduce((all, word, index) => all.replaceAll(word, etagOf(id, index + 1)), text).replaceAll('ID', id);
}

describe('a change is made when If-Match lists the current ETag in any form and content coding:', () => {
  test.each([
    'TWO',
    ' TWO ',
    'ONE, TWO',
    'TWO,"7"',
    'W/TWO, TWO',
    '"other", TWO',
    ', TWO,',
    '*',
    '"ID.2.GENERATION.r77"',
    '"ID.2.GENERATION.r1-gzip"',
  ])('%j', async (tags) => {
    for (const at of [0, 1]) {
      const url = await changedEvent();
      const header = told(tags, url).replace('GENERATION', GENERATION);
      expect((await service.ask({ ...changes(url)[at]!, headers: { 'if-match': header } })).status).toBeLessThan(300);
    }
  });
});

describe('a change is refused when If-Match lists other or weak ETags:', () => {
  test.each([
    ['ONE', 'the event "ID" is at revision 2 now: read it again, then repeat the change with If-Match: TWO'],
    ['ONE, THREE', 'is at revision 2 now'],
    ['W/TWO', 'is not the ETag of a record: give the "etag" of the event, which is TWO'],
    ['W/TWO, ONE', 'is at revision 2 now'],
    ['"2"', 'If-Match: "2" is not the ETag of a record'],
    ['"ID.02.k2m9x0ab"', 'is not the ETag of a record'],
    ['""', 'is not the ETag of a record'],
    ['"ID.2.k2m9x0ab"', 'the database was restored or copied since the event "ID" was read: read it again'],
    ['"another.2.k2m9x0ab"', 'this is the event "ID" now, and If-Match lists another record: read it again'],
  ])('%j', async (tags, detail) => {
    const url = await changedEvent();
    for (const asked of changes(url)) {
      const refused = await service.ask({ ...asked, headers: { 'if-match': told(tags, url) } });
      expect([refused.status, refused.body.type]).toEqual([412, '/problems/stale-revision']);
      expect(refused.body.detail).toContain(told(detail, url));
    }
    expect((await service.ask({ url })).body.revision).toBe(2);
  });
});

test('a long precondition is shortened with an ellipsis in the problem', async () => {
  const refused = await service.ask({ ...changes(await changedEvent())[0]!, headers: { 'if-match': 'x'.repeat(61) } });
  expect(refused.body.detail).toContain(`If-Match: ${'x'.repeat(60)}… is no list of ETags`);
});

describe('an invalid precondition is refused before anything else:', () => {
  test.each(['"2" or so', '2', '"2', '', ',', '*, "2"', 'W/2', '"a b"', '"a" "b"', '"a""b"', '"a" W/"b", "c"'])('%j', async (tags) => {
    const url = await changedEvent();
    for (const parameter of ['If-Match', 'If-None-Match'])
      for (const asked of [...changes(url), { method: 'PATCH', url, body: '{' }, { method: 'DELETE', url: '/v1/events/none' }] as const) {
        const refused = await service.ask({ ...asked, headers: { [parameter]: tags } });
        expect([refused.status, refused.body.type, refused.body.errors[0].parameter]).toEqual([
          400,
          '/problems/invalid-request',
          parameter,
        ]);
        expect(refused.body.detail).toContain(`${parameter}: ${tags || 'what is empty'} is no list of ETags: give one such as "tashkent-`);
      }
    expect((await service.ask({ ...changes(url)[0]!, headers: { 'if-match': tags }, as: 'nobody' })).status).toBe(401);
    expect((await service.ask({ url, headers: { 'if-match': tags } })).status).toBe(400);
    expect((await service.ask({ url, headers: { 'if-none-match': tags } })).body.revision, 'which does a reader no harm').toBe(2);
  });
});

describe('If-None-Match is evaluated after If-Match, and prevents the change of a listed ETag:', () => {
  test.each(['*', 'TWO', '"other", W/TWO'])('%j', async (tags) => {
    const url = await changedEvent();
    const known = { 'if-none-match': told(tags, url).replace(/"$/, `.r${RENDERING}"`) };
    for (const asked of changes(url)) {
      const refused = await service.ask({ ...asked, headers: known });
      expect([refused.status, refused.body.type]).toEqual([412, '/problems/precondition-failed']);
      expect(refused.body.detail).toContain(told('exists, as TWO, which If-None-Match', url));
      const both = await service.ask({ ...asked, headers: { ...known, 'if-match': told('ONE', url) } });
      expect([both.status, both.body.type], 'If-Match goes first').toEqual([412, '/problems/stale-revision']);
      expect((await service.ask({ ...asked, headers: { ...known, 'if-match': '*' } })).status).toBe(412);
    }
    expect((await service.ask({ url })).body.revision).toBe(2);
    const other = { 'if-none-match': told('ONE', url) };
    for (const asked of changes(url)) expect((await service.ask({ ...asked, headers: other })).status).toBeLessThan(300);
  });
});

test('a text is stored only when its preconditions hold', async () => {
  await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, id: 'none-match' } });
  const put = (headers: Record<string, string>) =>
    service.ask({
      method: 'PUT',
      url: '/v1/sources/none-match/text',
      body: 'A text.',
      headers: { 'content-type': 'text/plain', ...headers },
    });
  expect((await put({ 'if-none-match': '*' })).body.revision, 'there is none yet').toBe(2);
  const refused = await put({ 'if-none-match': '*' });
  expect([refused.status, refused.body.type]).toEqual([412, '/problems/precondition-failed']);
  expect((await put({ 'if-none-match': etagHeaderOf('none-match', 2) })).status).toBe(412);
  expect((await put({ 'if-none-match': etagHeaderOf('none-match', 7) })).status).toBe(200);
});

describe('a read evaluates If-Match and If-None-Match:', () => {
  test.each(['/v1/events/ID', '/v1/events?limit=1', '/v1/events/ID/history', '/v1/vocabulary', '/v1/changes', '/'])(
    '%s',
    async (template) => {
      const url = told(template, await changedEvent());
      const { headers } = await service.ask({ url });
      const etag = headers['etag']!;
      for (const method of ['GET', 'HEAD'] as const) {
        const ask = (preconditions: Record<string, string>) => service.ask({ method, url, headers: preconditions });
        for (const met of [etag, '*', `"other", ${etag}`]) expect((await ask({ 'if-match': met })).status, met).toBe(200);
        for (const unmet of ['"other"', `W/${etag}`]) {
          const refused = await ask({ 'if-match': unmet });
          expect([refused.status, refused.headers['etag'], refused.headers['link']], unmet).toEqual([412, undefined, undefined]);
          if (method === 'GET') expect(refused.body.type).toBe('/problems/precondition-failed');
          expect((await ask({ 'if-match': unmet, 'if-none-match': etag })).status, 'If-Match goes first').toBe(412);
        }
        expect((await ask({ 'if-match': etag, 'if-none-match': etag })).status).toBe(304);
      }
      if (/\.r[0-9]+"$/.test(etag)) {
        expect((await service.ask({ url, headers: { 'if-none-match': etag.replace(/\.r[0-9]+"$/, '"') } })).status).toBe(200);
        expect((await service.ask({ url, headers: { 'if-none-match': etag.replace(/\.r[0-9]+"$/, '.r999"') } })).status).toBe(200);
        expect((await service.ask({ url, headers: { 'if-match': etag.replace(/\.r[0-9]+"$/, '.r999-gzip"') } })).status).toBe(200);
      }
    },
  );

  test('a missing record is 404 before any precondition', async () => {
    for (const url of ['/v1/events/none', '/v1/actors/none/related'])
      for (const header of ['if-match', 'if-none-match'])
        for (const tag of ['*', '"other"']) expect((await service.ask({ url, headers: { [header]: tag } })).status).toBe(404);
  });
});

describe('a name that moves to another record', () => {
  test('never returns 304 and never satisfies If-Match for the old record', async () => {
    await service.ask({ method: 'POST', url: '/v1/actors', body: { kind: 'group', id: 'old-holder', name: 'Holder' } });
    const url = '/v1/actors/Holder';
    const seen = await service.ask({ url });
    expect(seen.body.id).toBe('old-holder');
    await service.ask({ method: 'PATCH', url: '/v1/actors/old-holder', body: { name: 'Former' } });
    await service.ask({ method: 'POST', url: '/v1/actors', body: { kind: 'group', id: 'new-holder', name: 'Holder' } });
    const again = await service.ask({ url, headers: { 'if-none-match': seen.headers['etag']! } });
    expect([again.status, again.body.id, again.body.revision]).toEqual([200, 'new-holder', seen.body.revision]);
    for (const tag of [seen.headers['etag']!, seen.body.etag, etagOf('old-holder', 2)])
      for (const asked of [{ method: 'PATCH', body: { note: 'Lost.' } }, { method: 'DELETE' }] as const) {
        const refused = await service.ask({ ...asked, url, headers: { 'if-match': tag } });
        expect([refused.status, refused.body.type], tag).toEqual([412, '/problems/stale-revision']);
        expect(refused.body.detail).toContain('this is the actor "new-holder" now, and If-Match lists another record');
      }
    expect((await service.ask({ method: 'PATCH', url, body: { note: 'Meant.' }, headers: { 'if-match': again.body.etag } })).status).toBe(
      200,
    );
  });
});

test('every record in a body has the etag that If-Match takes', async () => {
  const { body: made } = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.full, id: 'with-etag' } });
  expect(made.etag).toBe(etagOf('with-etag', 1));
  const list = await service.ask({ url: '/v1/events?limit=200&include=actors,places,sources' });
  expect(list.body.items.length).toBeGreaterThan(0);
  for (const record of [list.body.items, ...Object.values(list.body.included)].flat())
    expect(record.etag).toBe(etagOf(record.id, record.revision));
  for (const path of ['actors', 'sources', 'places', 'meetings', 'agreements'])
    for (const record of (await service.ask({ url: `/v1/${path}` })).body.items)
      expect(record.etag).toBe(etagOf(record.id, record.revision));
  await service.ask({
    method: 'PATCH',
    url: '/v1/events/with-etag',
    body: { note: '"id":"x","createdAt":"y"' },
    headers: { 'if-match': made.etag },
  });
  const history = await service.ask({ url: '/v1/events/with-etag/history' });
  expect(history.body.items.map(({ record }: Json) => record.etag)).toEqual([etagOf('with-etag', 1), etagOf('with-etag', 2)]);
  expect((await service.ask({ url: '/v1/events/with-etag' })).body).toMatchObject({ etag: etagOf('with-etag', 2), revision: 2 });
});

test('an invalid patch is refused before its precondition', async () => {
  const url = await changedEvent();
  for (const body of [{ nothing: 1 }, { nothing: null }, { date: { nothing: null } }, { kind: 5 }, { topics: [null, 7] }])
    expect(
      (await service.ask({ method: 'PATCH', url, body, headers: { 'if-match': told('ONE', url) } })).status,
      JSON.stringify(body),
    ).toBe(400);
  // What a patch leaves out may be there already.
  const rest = { date: { asStated: 'then' }, note: null };
  expect((await service.ask({ method: 'PATCH', url, body: rest, headers: { 'if-match': told('ONE', url) } })).status).toBe(412);
});

test('a text takes a list of ETags as well', async () => {
  await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, id: 'listed-tags' } });
  const put = (tags: string) =>
    service.ask({
      method: 'PUT',
      url: '/v1/sources/listed-tags/text',
      body: `Text for ${tags}.`,
      headers: { 'content-type': 'text/plain', 'if-match': tags },
    });
  const [one, two, three] = [1, 2, 3].map((revision) => etagOf('listed-tags', revision));
  expect([(await put(`${two}, ${three}`)).status, (await put(`${two}, ${one}`)).status]).toEqual([412, 200]);
});

const conditional = operations.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method));

test.each(conditional.map(({ method, path, operation }) => ({ id: operation.operationId, method, path })))(
  '$id needs If-Match when the server requires it',
  async ({ method, path }) => {
    const asked = {
      method,
      url: path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'nothing-like-it'),
      body: method === 'DELETE' ? undefined : '{}',
    } as Asked;
    const headers: Record<string, string> = method === 'PUT' ? { 'content-type': 'text/plain' } : {};
    const refused = await strict.ask({ ...asked, headers });
    expect([refused.status, refused.body.type]).toEqual([428, '/problems/missing-precondition']);
    expect(refused.body.detail).toBe(
      `${method} needs If-Match here: send the "etag" of the record as you have read it, such as If-Match: "tashkent-declaration-2018.3.k2m9x0ab"`,
    );
    expect((await strict.ask({ ...asked, headers: { ...headers, 'if-match': '*' } })).status).toBe(404);
    expect((await strict.ask({ ...asked, headers, as: 'nobody' })).status, 'a key is asked for first').toBe(401);
  },
);

test('reads and creations need no If-Match when the server requires it for changes', async () => {
  expect((await strict.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id: 'free' } })).status).toBe(201);
  expect((await strict.ask({ url: '/v1/events/free' })).status).toBe(200);
  expect((await strict.ask({ method: 'PATCH', url: '/v1/events', body: {} })).status).toBe(405);
});
