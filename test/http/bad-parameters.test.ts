import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { type Answered, type Json, operations } from '../helpers/contract.ts';

const service = sharedApp();

const refusal = async (url: string): Promise<Answered> => {
  const refused = await service.ask({ url });
  expect(refused.status, refused.text).toBe(400);
  return refused;
};

/** An address of each operation that reads, without its query. */
const addresses = operations
  .filter(({ method, path }) => method === 'GET' && !path.endsWith('/text'))
  .map(({ path, operation }) => ({
    id: operation.operationId,
    url: path
      .replace('{vocabulary}', 'topic')
      .replace(/\{(?:id|slug)\}/, 'kazakhstan')
      .replace('{number}', '1'),
    operation,
  }));

test.each(addresses)('$id refuses a parameter that it does not know', async ({ url, operation }) => {
  const known = operation.parameters?.find(({ in: place, name }) => place === 'query' && name.length > 3);
  const misspelt = known ? `${known.name}z` : 'limitz';
  const { body } = await refusal(`${url}?${misspelt}=1`);
  const issue = body.errors.find(({ parameter }: Json) => parameter === misspelt);
  expect(issue.message).toContain(`parameter "${misspelt}" is unknown`);
  if (known) expect(issue.didYouMean).toContain(known.name);
});

describe('a wrong parameter is refused with a correction:', () => {
  test.each([
    ['actr=x', 'actr', 'parameter "actr" is unknown: did you mean actor'],
    ['filter[actor]=x', 'filter[actor]', 'is unknown'],
    ['__proto__=1', '__proto__', 'is unknown'],
    ['constructor=1', 'constructor', 'is unknown'],
    ['limit=1&limit=2', 'limit', 'is given more than once: give it once'],
    ['from=2001&from=2002&from=2003', 'from', 'is given more than once: give it once'],
    ['q=a&q=b', 'q', 'is given more than once: give it once'],
    ['limit=0', 'limit', 'give a whole number from 1 to 200'],
    ['limit=201', 'limit', 'give a whole number from 1 to 200'],
    ['limit=1.5', 'limit', 'give a whole number from 1 to 200'],
    ['limit=ten', 'limit', 'give a whole number from 1 to 200'],
    ['limit=', 'limit', 'give a whole number from 1 to 200'],
    ['match=surely', 'match', 'give one of possible, certain'],
    ['match=certain', 'match', 'match=certain is about a window: add from, to or on, or a record in during, before or after'],
    ['match=certain&undated=true', 'match', 'add from, to or on'],
    ['actorScope=members', 'actorScope', 'actorScope=members is about an actor: add actor'],
    ['actorScope=self&role=host', 'actorScope', 'add actor'],
    ['undated=yes', 'undated', 'give one of true, false'],
    ['actorScope=all', 'actorScope', 'give one of self, parts, members, groups'],
    ['sort=size', 'sort', 'give one of date, -date, updated, -updated, title, -title, relevance'],
    ['sort=relevance', 'sort', 'give q, or another sort'],
    ['status=likely', 'status', 'give occurred, ongoing, planned, cancelled, claimed, disputed'],
    ['include=all', 'include', 'give actors, places, sources'],
    ['actor=', 'actor', 'is empty: give a value or leave it out'],
    ['actor=,,', 'actor', 'is empty: give a value or leave it out'],
    ['kind=,', 'kind', 'is empty: give a value or leave it out'],
    ['actor=kazakhstan&actor=Kazakstan', 'actor', 'there is no actor "Kazakstan": did you mean kazakhstan?'],
    ['place=Tashkend', 'place', 'did you mean tashkent'],
    ['source=nothing-like-it', 'source', 'there is no source "nothing-like-it"'],
    ['relatedTo=tashkent', 'relatedTo', 'give its type and id, such as agreement/tashkent-declaration-2018'],
    ['relatedTo=war/x', 'relatedTo', 'give its type and id'],
    ['relatedTo=event/never-happened', 'relatedTo', 'there is no event "never-happened"'],
    ['q=%22', 'q', 'has no word to look for: give at least one letter or digit'],
    ['q=***', 'q', 'has no word to look for'],
    ['from=2013-02-29', 'from', 'February 2013 has 28 days; if the day is not known, write 2013-02'],
    ['on=yesterday', 'on', 'yesterday'],
    ['from=2018~', 'from', 'write from=2018'],
    ['from=2018/2019', 'from', 'write from=2018&to=2019'],
    ['from=2019&to=2018', 'from', 'from=2019 (2019-01-01) is after to=2018 (2018-12-31): write the earlier date in from'],
    ['on=2018&to=2019', 'on', 'leave out from and to'],
    ['undated=true&from=2018', 'undated', 'what has no date lies in no window'],
    ['updatedSince=now', 'updatedSince', 'give an instant such as 2026-11-21T10:00:00Z, or a day'],
    ['updatedSince=2026-13-01', 'updatedSince', 'does not exist'],
    ['updatedSince=2026-11-21T25:00:00Z', 'updatedSince', 'does not exist'],
    ['updatedSince=2026-02-30', 'updatedSince', 'does not exist'],
    ['updatedSince=2026-11-30T24:00:00Z', 'updatedSince', 'has an hour 24: write 2026-12-01T00:00:00Z, where the next day begins'],
    ['updatedSince=2026-11-28T24:00:00+05:00', 'updatedSince', 'write 2026-11-28T19:00:00Z'],
    [
      'updatedSince=2026-11-28T00:00:00+05:00',
      'updatedSince',
      'has a space before its offset: write %2B for + in an address, or 2026-11-27T19:00:00Z',
    ],
    ['q=a%00b', 'q', 'U+0000'],
    ['actor=a%1bb', 'actor', 'U+001B'],
    ['kind=a%C2%85', 'kind', 'U+0085'],
    ['q=%ff', 'q', 'is not percent-encoded UTF-8: write %25 for a percent sign'],
    ['kind=a&q=100%', 'q', 'is not percent-encoded UTF-8: write %25 for a percent sign'],
    ['q=%zz', 'q', 'is not percent-encoded UTF-8: write %25 for a percent sign'],
    ['q=%ED%A0%80', 'q', 'is not percent-encoded UTF-8: write %25 for a percent sign'],
  ])('%s', async (query, parameter, message) => {
    const { body } = await refusal(`/v1/events?${query}`);
    const issue = body.errors.find((each: Json) => each.parameter === parameter);
    expect(issue?.message, JSON.stringify(body)).toContain(message);
    expect(body.detail).toContain(body.errors[0].message);
  });

  test.each([
    ['/v1/search', 'q', 'is required: give a string'],
    ['/v1/search?q=a&type=war', 'type', 'give code, place, actor, source, agreement, meeting, event'],
    ['/v1/timeline?type=source', 'type', 'give agreement, meeting, event, actor'],
    ['/v1/timeline?type=event,actor', 'type', 'the moments of actors are listed alone, write type=actor'],
    ['/v1/timeline?type=actor&q=csto', 'q', 'ask GET /v1/actors?q= for the actors'],
    ['/v1/timeline?sort=title', 'sort', 'give one of date, -date'],
    ['/v1/timeline/histogram?by=week', 'by', 'give one of century, decade, year, month'],
    ['/v1/timeline/counts', 'by', 'is required: give a string such as "kind"'],
    ['/v1/timeline/counts?by=', 'by', 'is empty: give a value or leave it out'],
    ['/v1/timeline/counts?by=kinds', 'by', 'names the dimension "kinds", which is unknown: did you mean kind?'],
    [
      '/v1/timeline/counts?by=week',
      'by',
      'known are type, kind, status, moment, topic, role, actor, place, source, year, decade, century, month',
    ],
    ['/v1/timeline/counts?by=kind,role,topic', 'by', 'names 3 dimensions: give one or two of type, kind'],
    ['/v1/timeline/counts?by=kind,kind', 'by', 'names kind twice: give it once, or another dimension'],
    ['/v1/timeline/counts?by=year,month', 'by', 'names two units of time, year and month: give the narrower one'],
    ['/v1/timeline/counts?by=kind:x', 'by', 'gives kind an argument, which it does not take: write kind'],
    ['/v1/timeline/counts?by=attribute', 'by', 'gives attribute without a key: write attribute:key, such as attribute:event_clarity'],
    ['/v1/timeline/counts?by=attribute:', 'by', 'gives attribute without a key: write attribute:key'],
    ['/v1/timeline/counts?by=attribute:1a', 'by', 'gives attribute the key "1a", which none can have: write one of at most 80 letters'],
    ['/v1/timeline/counts?by=attribute:a:b', 'by', 'gives attribute the key "a:b", which none can have'],
    [`/v1/timeline/counts?by=attribute:${'k'.repeat(81)}`, 'by', 'which none can have'],
    ['/v1/timeline/counts?by=attribute:a,attribute:b', 'by', 'names two attributes, attribute:a and attribute:b: give one'],
    ['/v1/timeline/counts?by=attribute:a,attribute:a', 'by', 'names attribute:a twice: give it once'],
    ['/v1/timeline/counts?by=attributes:a', 'by', 'names the dimension "attributes", which is unknown: did you mean attribute:key?'],
    ['/v1/timeline/counts?by=kind&sum=', 'sum', 'is empty: give a value or leave it out'],
    [
      '/v1/timeline/counts?by=kind&sum=deaths,troops',
      'sum',
      'sum=deaths,troops names 2 labels: give the one label whose figures are added',
    ],
    ['/v1/timeline/counts?by=kind&sum=!deaths', 'sum', 'sum=!deaths leaves out a label: give the one label'],
    ['/v1/timeline/counts?by=kind&by=role', 'by', 'is given more than once: give it once'],
    ['/v1/timeline/counts?by=kind&sort=date', 'sort', 'is unknown'],
    ['/v1/actors/kazakhstan/timeline?actor=csto', 'actor', 'is unknown'],
    ['/v1/actors/kazakhstan/counterparts?actor=csto', 'actor', 'is unknown'],
    ['/v1/actors/kazakhstan/counterparts?from=2019&to=2018', 'to', 'write the earlier date in from'],
    ['/v1/actors?partOf=Nobody+At+All', 'partOf', 'there is no actor "Nobody At All"'],
    ['/v1/changes?since=-1', 'since', 'give the position of a change, such as "k2m9x0ab-42", or 0'],
    ['/v1/changes?since=1e3', 'since', 'give the position of a change, such as "k2m9x0ab-42", or 0'],
    ['/v1/changes?since=9999999999999999999', 'since', 'give the position of a change, such as "k2m9x0ab-42", or 0'],
    ['/v1/events/a%00b', 'id', 'U+0000'],
    [`/v1/actors/${'a'.repeat(8000)}`, 'id', 'is longer than 300 characters: it has 8,000'],
  ])('%s', async (url, parameter, message) => {
    const { body } = await refusal(url);
    expect(body.errors.find((each: Json) => each.parameter === parameter)?.message, JSON.stringify(body)).toContain(message);
  });
});

/** A list of each kind that goes on after its first page. */
const lists = [
  '/v1/events?limit=2',
  '/v1/timeline?from=1990&limit=2',
  '/v1/timeline?sort=-date&limit=2',
  '/v1/actors?limit=2',
  '/v1/events?sort=title&limit=2',
  '/v1/search?q=peace&limit=1',
  '/v1/events?q=peace&sort=relevance&limit=1',
  '/v1/actors/kazakhstan/counterparts?limit=1',
  '/v1/timeline/counts?by=kind&limit=1',
  '/v1/actors/csto/related?limit=1',
];
const nextOf = async (url: string): Promise<string> => {
  const { body } = await service.ask({ url });
  expect(body.next, url).toBeTypeOf('string');
  return body.next as string; // @NOTE the line above
};

test.each(lists)('a cursor of %s is valid for that list only', async (url) => {
  const cursor = await nextOf(url);
  expect((await service.ask({ url: `${url}&cursor=${cursor}` })).status).toBe(200);
  expect((await service.ask({ url: `${url.replace(/limit=./, 'limit=7')}&cursor=${cursor}` })).status, 'the limit may change').toBe(200);
  for (const other of [...lists.filter((each) => each !== url), '/v1/events?kind=statement', '/v1/meetings?limit=2']) {
    const { body } = await refusal(`${other}${other.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(body.type, other).toBe('/problems/invalid-cursor');
    expect(body.errors).toEqual([
      { parameter: 'cursor', message: expect.stringContaining('take `next` of the page before as it is') as string },
    ]);
  }
});

test('a cursor with one character changed, missing or added is refused', async () => {
  const url = lists[1]!;
  const cursor = await nextOf(url);
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.~!'.split('');
  const tampered = fc
    .tuple(fc.nat(cursor.length), fc.constantFrom(...characters, ''), fc.boolean())
    .map(([at, character, insert]) => cursor.slice(0, at) + character + cursor.slice(insert ? at : at + 1))
    .filter((other) => other !== cursor && other !== '');
  await fc.assert(
    fc.asyncProperty(tampered, async (other) => {
      const { body } = await refusal(`${url}&cursor=${encodeURIComponent(other)}`);
      expect(body.type).toBe('/problems/invalid-cursor');
    }),
    { numRuns: 500 },
  );
});

test('any query returns 200 or 400', async () => {
  const names = [
    'from',
    'to',
    'on',
    'actor',
    'place',
    'kind',
    'topic',
    'q',
    'cursor',
    'limit',
    'sort',
    'relatedTo',
    'updatedSince',
    'role',
    'type',
  ];
  const query = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(query, fc.constantFrom('/v1/events', '/v1/timeline', '/v1/search', '/v1/actors'), async (pairs, path) => {
      const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&');
      const { status } = await service.ask({ url: `${path}?${text}` });
      expect([200, 400]).toContain(status);
    }),
    { numRuns: 300 },
  );
});
