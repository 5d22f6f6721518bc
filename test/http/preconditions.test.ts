import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { type Asked, operations } from '../helpers/contract.ts';
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

describe('a change is made when If-Match lists the current ETag:', () => {
  test.each(['"2"', ' "2" ', '"1", "2"', '"2","7"', 'W/"2", "2"', '"other", "2"', ', "2",', '*'])('%j', async (tags) => {
    for (const at of [0, 1]) {
      const asked = changes(await changedEvent())[at]!;
      expect((await service.ask({ ...asked, headers: { 'if-match': tags } })).status).toBeLessThan(300);
    }
  });
});

describe('nothing is changed when If-Match lists others or weak ones:', () => {
  test.each([
    ['"1"', 'is at revision 2 now'],
    ['"1", "3"', 'is at revision 2 now'],
    ['W/"2"', 'If-Match: W/"2" is not the ETag of a record'],
    ['W/"2", "1"', 'is at revision 2 now'],
    ['"02"', 'give one such as "3"'],
    ['""', 'is not the ETag of a record'],
  ])('%j', async (tags, detail) => {
    const url = await changedEvent();
    for (const asked of changes(url)) {
      const refused = await service.ask({ ...asked, headers: { 'if-match': tags } });
      expect([refused.status, refused.body.type]).toEqual([412, '/problems/stale-revision']);
      expect(refused.body.detail).toContain(detail);
    }
    expect((await service.ask({ url })).body.revision).toBe(2);
  });
});

describe('an If-Match that is no list is refused before anything else is judged:', () => {
  test.each(['"2" or so', '2', '"2', '', ',', '*, "2"', 'W/2', '"a b"'])('%j', async (tags) => {
    const url = await changedEvent();
    for (const asked of [...changes(url), { method: 'PATCH', url, body: '{' }, { method: 'DELETE', url: '/v1/events/none' }] as const) {
      const refused = await service.ask({ ...asked, headers: { 'if-match': tags } });
      expect([refused.status, refused.body.type, refused.body.errors[0].parameter]).toEqual([400, '/problems/invalid-request', 'If-Match']);
      expect(refused.body.detail).toContain(`If-Match: ${tags || 'what is empty'} is no list of ETags: give one such as "3"`);
    }
    expect((await service.ask({ ...changes(url)[0]!, headers: { 'if-match': tags }, as: 'nobody' })).status).toBe(401);
    expect((await service.ask({ url, headers: { 'if-match': tags } })).body.revision).toBe(2);
  });
});

test('what is wrong with a patch is said before whether the record has changed', async () => {
  const url = await changedEvent();
  for (const body of [{ nothing: 1 }, { nothing: null }, { date: { nothing: null } }, { kind: 5 }, { topics: [null, 7] }])
    expect((await service.ask({ method: 'PATCH', url, body, headers: { 'if-match': '"1"' } })).status, JSON.stringify(body)).toBe(400);
  // What a patch leaves out may be there already.
  const rest = { date: { asStated: 'then' }, note: null };
  expect((await service.ask({ method: 'PATCH', url, body: rest, headers: { 'if-match': '"1"' } })).status).toBe(412);
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
  expect([(await put('"2", "3"')).status, (await put('"2", "1"')).status]).toEqual([412, 200]);
});

const conditional = operations.filter(({ method }) => ['PUT', 'PATCH', 'DELETE'].includes(method));

test.each(conditional.map(({ method, path, operation }) => ({ id: operation.operationId, method, path })))(
  '$id needs If-Match where the server demands it',
  async ({ method, path }) => {
    const asked = { method, url: path.replace('{id}', 'nothing-like-it'), body: method === 'DELETE' ? undefined : '{}' } as Asked;
    const headers: Record<string, string> = method === 'PUT' ? { 'content-type': 'text/plain' } : {};
    const refused = await strict.ask({ ...asked, headers });
    expect([refused.status, refused.body.type]).toEqual([428, '/problems/missing-precondition']);
    expect(refused.body.detail).toBe(
      `${method} needs If-Match here: send the ETag of the record as you have read it, such as If-Match: "3"`,
    );
    expect((await strict.ask({ ...asked, headers: { ...headers, 'if-match': '*' } })).status).toBe(404);
    expect((await strict.ask({ ...asked, headers, as: 'nobody' })).status, 'a key is asked for first').toBe(401);
  },
);

test('what the server demands for changes it does not demand for the rest', async () => {
  expect((await strict.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id: 'free' } })).status).toBe(201);
  expect((await strict.ask({ url: '/v1/events/free' })).status).toBe(200);
  expect((await strict.ask({ method: 'PATCH', url: '/v1/events', body: {} })).status).toBe(405);
});
