import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';

const service = sharedApp();

const post = (path: string, body: object): Promise<Answered> => service.ask({ method: 'POST', url: `/v1/${path}`, body });
const patch = (path: string, body: object): Promise<Answered> => service.ask({ method: 'PATCH', url: `/v1/${path}`, body });
const importing = (line: object, query = ''): Promise<Answered> =>
  service.ask({
    method: 'POST',
    url: `/v1/import${query}`,
    body: JSON.stringify(line),
    headers: { 'content-type': 'application/x-ndjson' },
  });

const MARCH = { edtf: '2018-03', earliest: '2018-03-01', latest: '2018-03-31', precision: 'month', label: 'March 2018' };

describe('a date may be sent as its text alone, and is returned as an object:', () => {
  test.each([
    ['events', { title: 'Dated by text' }, (date: unknown) => ({ date })],
    ['meetings', { title: 'Dated by text' }, (date: unknown) => ({ date })],
    ['sources', { title: 'Published at a text' }, (published: unknown) => ({ published })],
    ['actors', { name: 'Member by text' }, (period: unknown) => ({ memberships: [{ organization: 'csto', role: 'member', period }] })],
  ])('%s', async (path, title, dated) => {
    const byText = await post(path, { kind: 'dated-by-text', ...title, ...dated('2018-03') });
    expect([byText.status, byText.body], byText.text).toEqual([201, expect.objectContaining(dated(MARCH))]);
    const byObject = await post(path, { kind: 'dated-by-object', ...title, ...dated({ edtf: '2018-03' }) });
    expect(byObject.body).toMatchObject(dated(MARCH));
  });
});

test('in a patch the text takes the place of the object and all it said (RFC 7396), and an object is merged into what the text became', async () => {
  const date = { edtf: '2017', asStated: 'last year', basis: 'inferred' };
  const { id } = (await post('events', { kind: 'patched-by-text', title: 'Patched by text', date })).body;
  expect((await patch(`events/${id}`, { date: '2018-03' })).body.date).toEqual(MARCH);
  expect((await patch(`events/${id}`, { date: { asStated: 'in spring' } })).body.date).toEqual({ ...MARCH, asStated: 'in spring' });
  expect((await patch(`events/${id}`, { date: null })).body).not.toHaveProperty('date');
  expect((await patch(`events/${id}`, { date: '2018-13' })).body.errors).toEqual([
    { pointer: '/date', message: expect.stringContaining('no such month') as string },
  ]);
  expect((await patch(`events/${id}`, { date: { edtf: 7 } })).body.errors).toMatchObject([
    { pointer: '/date/edtf', message: expect.stringContaining('give a string') as string },
  ]);
});

test('an import takes it, the same date in either form changes nothing, and an export writes the object', async () => {
  const line = { type: 'event', id: 'imported-by-text', kind: 'imported-by-text', title: 'Imported by text' };
  expect((await importing({ ...line, date: '2018-03' })).body).toMatchObject({ created: 1 });
  for (const date of ['2018-03', { edtf: '2018-03' }]) expect((await importing({ ...line, date })).body).toMatchObject({ unchanged: 1 });
  const exported = (await service.ask({ url: '/v1/export?type=event' })).text.split('\n').filter((each) => each.includes(line.id));
  expect(exported.map((each): Json => JSON.parse(each))).toEqual([{ ...line, status: 'occurred', date: { edtf: '2018-03' } }]);
  const refused = await importing({ ...line, date: '2018-13' });
  expect(refused.body.errors).toContainEqual(expect.objectContaining({ pointer: '/date', sent: '"2018-13"' }));
});
