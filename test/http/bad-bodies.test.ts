import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { models } from '../../src/model/models.ts';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const event = samples.event.least;
const post = (body: unknown, path = 'events'): Promise<Answered> => service.ask({ method: 'POST', url: `/v1/${path}`, body });

/** The one thing that is wrong with a body. */
async function issueOf(body: unknown, path = 'events'): Promise<Json> {
  const refused = await post(body, path);
  expect([refused.status, refused.body.type], refused.text).toEqual([400, '/problems/invalid-request']);
  expect(refused.body.errors, refused.text).toHaveLength(1);
  expect(refused.body.detail).toContain(refused.body.errors[0].message);
  return refused.body.errors[0];
}

describe('a body that is not JSON is refused with the position of the error:', () => {
  test.each([
    ['{"kind":"a",}', 'position 12'],
    ['{"kind":', 'Unexpected end of JSON input'],
    ["{'kind':'a'}", 'position 1'],
    ['{"a":01}', 'position 6'],
    ['{"a":NaN}', 'NaN'],
    ['', 'the body is empty: send a JSON object'],
    [' \n', 'the body is empty: send a JSON object'],
    [Buffer.from('{"title":"\xff"}', 'latin1'), 'its bytes are not UTF-8'],
    [Buffer.from('{"title":"\uD83D"}', 'utf16le'), 'not JSON'],
  ])('%s', async (body, where) => {
    const refused = await post(body);
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/malformed-json']);
    expect(refused.body.detail).toContain(where);
  });
});

test.each([
  ['{"kind":"a","title":"first","title":"second"}', '/title'],
  ['{"kind":"a","title":"first","\\u0074itle":"first"}', '/title'],
  ['{"kind":"a","title":"b","date":{"edtf":"2001","edtf":"2002"}}', '/date/edtf'],
  ['{"kind":"a","title":"b","citations":[{"source":"x"},{"source":"x", "source" : "y"}]}', '/citations/1/source'],
])('a repeated field is refused: %s', async (body, pointer) => {
  expect(await issueOf(body)).toEqual({ pointer, message: 'is given more than once in the same object: give each field once' });
  const url = '/v1/events/csto-operation-in-kazakhstan-2022';
  expect((await service.ask({ method: 'PATCH', url, body })).body.errors[0].pointer).toBe(pointer);
});

test('a byte order mark before JSON is accepted', async () => {
  expect((await post(`\uFEFF${JSON.stringify(event)}`)).status).toBe(201);
});

test.each(['"text"', '12', 'null', '[{}]', 'false'])('JSON that is not an object is refused: %s', async (value) => {
  expect(await issueOf(value)).toEqual({ pointer: '', message: 'give an object' });
});

/** An event whose note is that many lists within each other, less one for the event. */
const nested = (depth: number) => `{"kind":"a","title":"b","note":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

test('JSON nested deeper than 32 levels is refused, and quickly at any depth', async () => {
  expect(await issueOf(nested(32))).toEqual({ pointer: '/note', message: 'give a string' });
  expect((await issueOf(nested(33))).message).toBe('nests deeper than 32 levels');
  const start = performance.now();
  expect((await issueOf(nested(100_000))).message).toBe('nests deeper than 32 levels');
  expect((await issueOf(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).message).toBe('nests deeper than 32 levels');
  expect(performance.now() - start).toBeLessThan(1000);
});

test('a patch nested deeper is refused quickly, before it is merged', async () => {
  const url = '/v1/events/csto-operation-in-kazakhstan-2022';
  const body = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const start = performance.now();
  const refused = await service.ask({ method: 'PATCH', url, body });
  expect([refused.status, refused.body.errors[0].message]).toEqual([400, 'nests deeper than 32 levels']);
  expect(performance.now() - start).toBeLessThan(1000);
});

test.each([
  [{ kind: 5 }, '/kind', 'give a string'],
  [{ date: 2013 }, '/date', 'give a string or an object such as "2018-03-26"'],
  [{ date: null }, '/date', 'is null: give a string or an object such as "2018-03-26", or leave it out'],
  [{ date: '' }, '/date', 'is empty'],
  [{ date: '2013-02-29' }, '/date', '2013-02-29 does not exist'],
  [{ date: { edtf: '2013-02-29' } }, '/date/edtf', '2013-02-29 does not exist'],
  [{ date: { edtf: 2013 } }, '/date/edtf', 'give a string'],
  [{ participants: 'kazakhstan' }, '/participants', 'give an array such as [{"actor":"kazakhstan","role":"initiator"}]'],
  [{ participants: ['kazakhstan'] }, '/participants/0', 'give an object such as {"actor":"kazakhstan","role":"initiator"}'],
  [{ topics: 'aral-sea' }, '/topics', 'give an array'],
  [{ topics: [7] }, '/topics/0', 'give a string'],
  [{ note: null }, '/note', 'is null: give a string, or leave it out'],
  [{ status: 'likely' }, '/status', 'give one of occurred, ongoing, planned, cancelled, claimed, disputed'],
  [{ type: 'actor' }, '/type', 'give event'],
  [{ kind: 'Big War' }, '/kind', 'use lower-case letters, digits and single hyphens: "big-war"'],
  [{ id: 'no_slug' }, '/id', 'use lower-case letters, digits and single hyphens: "no-slug"'],
  [{ title: '  ' }, '/title', 'give at least one character that is not a space'],
  [{ title: '' }, '/title', 'is empty: give a value or leave it out'],
  [{ citations: [{ source: 'x', paragraph: 1.5 }] }, '/citations/0/paragraph', 'give a whole number'],
  [{ citations: [{ source: 'x', paragraph: 0 }] }, '/citations/0/paragraph', 'is less than 1'],
  [{ figures: [{ label: 'a', value: '1', unit: 'b', qualifier: 'exact' }] }, '/figures/0/value', 'give a number'],
  [
    { relations: [{ type: 'a', record: { type: 'war', id: 'b' } }] },
    '/relations/0/record/type',
    'give one of code, place, actor, source, agreement, meeting, event',
  ],
])('a wrong type or value is refused with its pointer: %j', async (fields, pointer, message) => {
  expect(await issueOf({ ...event, ...fields })).toMatchObject({ pointer, message: expect.stringContaining(message) as string });
});

/** Every object schema within another, with its path and its examples. */
function* objectsIn(schema: z.core.$ZodType, path = ''): Generator<[path: string, example: unknown, schema: z.ZodType]> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) yield* objectsIn(schema.unwrap(), path);
  else if (schema instanceof z.ZodArray) yield* objectsIn(schema.element, `${path}/0`);
  else if (schema instanceof z.ZodObject) {
    if (path !== '') yield [path, schema.meta()?.['examples'], schema];
    for (const [field, child] of Object.entries(schema.shape)) yield* objectsIn(child as z.ZodType, `${path}/${field}`);
  }
}

test('every object in a record has an example that its schema accepts', () => {
  for (const { newSchema } of models)
    for (const [path, examples, schema] of objectsIn(newSchema)) {
      expect(examples, path).toHaveLength(1);
      expect(schema.safeParse((examples as unknown[])[0]).error, path).toBeUndefined();
    }
});

test('a missing required field is named', async () => {
  expect(await issueOf({ kind: 'a' })).toEqual({ pointer: '/title', message: 'is required: give a string' });
});

test('all faults of a body are reported together', async () => {
  const refused = await post({ titel: 'x', status: 'likely', date: {} });
  expect(refused.body.errors.map(({ pointer }: Json) => pointer).toSorted()).toEqual([
    '/date/edtf',
    '/kind',
    '/status',
    '/titel',
    '/title',
  ]);
  expect(refused.body.detail).toMatch(/\(and 4 more, see errors\)$/);
});

test.each([
  [{ sumary: 'x' }, '/sumary', ['summary']],
  [{ citations: [{ source: 'x', paragrph: 1 }] }, '/citations/0/paragrph', ['paragraph']],
  [{ date: { edtf: '2001', asstated: 'x' } }, '/date/asstated', ['asStated']],
  [{ 'a/b~c': 1 }, '/a~1b~0c', undefined],
  [{ constructor: 1 }, '/constructor', undefined],
  [{ toString: 1 }, '/toString', undefined],
])('an unknown field is refused with the most similar known fields: %j', async (fields, pointer, didYouMean) => {
  const issue = await issueOf({ ...event, ...fields });
  expect(issue.pointer).toBe(pointer);
  expect(issue.didYouMean).toEqual(didYouMean);
  expect(issue.message).toMatch(didYouMean ? /is unknown: did you mean / : /is unknown: known are type, id, kind, /);
});

test.each([
  '{"kind":"a","title":"b","__proto__":{"note":"c"}}',
  '{"kind":"a","title":"b","\\u005f_proto__":1}',
  '{"constructor":{"prototype":{}}}',
])('a field name that JavaScript objects cannot hold is refused in a new record and in a patch: %s', async (body) => {
  await post({ ...event, id: 'proto' });
  for (const asked of [
    { method: 'POST', url: '/v1/events' },
    { method: 'PATCH', url: '/v1/events/proto' },
  ] as const) {
    const refused = await service.ask({ ...asked, body });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    expect(refused.body.detail).toContain('__proto__');
  }
});

test.each([
  ['\u0000', 'U+0000'],
  ['\u0007', 'U+0007'],
  ['\u001b[31m', 'U+001B'],
  ['\u007f', 'U+007F'],
  ['\u0085', 'U+0085'],
  ['\u2028', 'U+2028'],
  ['\ud800', 'half of a surrogate pair'],
  ['\udc00x', 'half of a surrogate pair'],
])('text that holds %j is refused, as a value and as a field name', async (text, message) => {
  expect(await issueOf({ ...event, title: `a${text}b` })).toMatchObject({
    pointer: '/title',
    message: expect.stringContaining(message) as string,
  });
  expect((await post({ ...event, [`a${text}`]: 1 })).body.errors[0].message).toContain(message);
  expect((await service.ask({ method: 'PATCH', url: '/v1/events/csto-operation-in-kazakhstan-2022', body: { note: text } })).status).toBe(
    400,
  );
});

test.each(['9007199254740992', '-9007199254740993', '1e400', '123456789012345678901234567890'])(
  'the number %s, which would lose digits, is refused',
  async (number) => {
    const body = `{"kind":"a","title":"b","figures":[{"label":"c","value":${number},"unit":"d","qualifier":"exact"}]}`;
    expect(await issueOf(body)).toMatchObject({ pointer: '/figures/0/value', message: expect.stringContaining('2^53') as string });
  },
);

test.each([
  ['2013-02-29', '2013-02-29 does not exist: February 2013 has 28 days; if the day is not known, write 2013-02'],
  ['2013-13', '13'],
  ['March 2013', '"March 2013"'],
  ['2015/2014', '2015'],
  ['20130226', '"20130226"'],
  ['+12013', '+12013'],
])('the date %s is refused with a reason', async (edtf, reason) => {
  for (const [path, fields, pointer] of [
    ['events', { ...event, date: { edtf } }, '/date/edtf'],
    [
      'agreements',
      {
        ...event,
        dates: [
          { role: 'signed', edtf: '2001' },
          { role: 'ended', edtf },
        ],
      },
      '/dates/1/edtf',
    ],
    ['sources', { ...event, published: { edtf } }, '/published/edtf'],
    ['actors', { kind: 'group', name: 'a', memberships: [{ organization: 'csto', period: { edtf } }] }, '/memberships/0/period/edtf'],
  ] as const)
    expect(await issueOf(fields, path)).toMatchObject({ pointer, message: expect.stringContaining(reason) as string });
});

test('the problem for a body of nonsense is short', async () => {
  const nonsense = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`unheard-of-${index}`, index]));
  const refused = await post({ ...event, ...nonsense });
  expect(refused.status).toBe(400);
  expect(refused.body.errors).toHaveLength(51);
  expect(refused.body.errors.at(-1)).toEqual({ message: 'and 19950 more' });
});
