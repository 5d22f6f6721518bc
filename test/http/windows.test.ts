import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();

/** Events of a kind of their own, by id: their dates. */
const DATES: Record<string, string | undefined> = {
  'inside-day': '1950-06-10',
  'inside-span': '1950-06-05/1950-06-20',
  'whole-year': '1950/1950',
  'year-unknown-day': '1950',
  'from-before': '1949-12-20/1950-06-02',
  'long-lasting': '1940/1960',
  doubted: '1950-06-10?',
  'after-all': '1950-08-01',
  'before-all': '1950-01-01',
  'one-of-years': '[1949,1951]',
  'one-of-days': '[1950-06-10,1951-06-10]',
  undated: undefined,
};

/** The record by which windows are given: from some day of June to some day of July. */
const RULE = 'rule-of-somebody';

async function post(path: string, body: object): Promise<void> {
  expect((await service.ask({ method: 'POST', url: `/v1/${path}`, body })).status).toBe(201);
}

beforeAll(async () => {
  for (const [id, edtf] of Object.entries(DATES))
    await post('events', { id, kind: 'window-test', title: id, ...(edtf && { date: { edtf } }) });
  await post('events', { id: RULE, kind: 'rule', title: 'Rule of somebody', date: { edtf: '1950-06/1950-07' } });
  await post('events', { id: 'doubted-rule', kind: 'rule', title: 'A doubted rule', date: { edtf: '1950-06/1950-07?' } });
  await post('events', { id: 'rule-without-date', kind: 'rule', title: 'A rule without a date' });
  await post('events', {
    id: 'inferred-rule',
    kind: 'inferred-rule',
    title: 'An inferred rule',
    date: { edtf: '1950', basis: 'inferred' },
  });
  await post('events', { id: 'stated-rule', kind: 'inferred-rule', title: 'A stated rule', date: { edtf: '1950' } });
  await post('agreements', {
    id: 'pact-1950',
    kind: 'treaty',
    title: 'Pact of 1950',
    dates: [
      { role: 'signed', edtf: '1950-06-10' },
      { role: 'effective', edtf: '1950-07/1950-12' },
    ],
  });
  await post('actors', { id: 'chaired-body', kind: 'organization', name: 'Chaired body' });
  await post('actors', {
    id: 'chairperson',
    kind: 'person',
    name: 'Chairperson',
    memberships: [{ organization: 'chaired-body', role: 'chair', period: { edtf: '1950-06-01/1950-06-30' } }],
  });
});

/** The events that a query finds, with how certain each is. */
async function found(query: string): Promise<Record<string, string>> {
  const { status, body } = await service.ask({ url: `/v1/events?kind=window-test&limit=200&${query}` });
  expect(status).toBe(200);
  const items = body.items as { id: string; match: string }[];
  return Object.fromEntries(items.map(({ id, match }) => [id, match]));
}

async function refused(query: string): Promise<{ parameter?: string; message: string }[]> {
  const { status, body } = await service.ask({ url: `/v1/timeline?${query}` });
  expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
  return body.errors as { parameter?: string; message: string }[];
}

describe('overlap says how a moment and a window overlap:', () => {
  test('any day of it', async () => {
    expect(await found('on=1950-06')).toEqual({
      'inside-day': 'certain',
      'inside-span': 'certain',
      'whole-year': 'possible',
      'year-unknown-day': 'possible',
      'from-before': 'certain',
      'long-lasting': 'certain',
      doubted: 'possible',
      'one-of-days': 'possible',
    });
  });

  test.each(['starts', 'within'])('begins in it or lies wholly in it: %s', async (overlap) => {
    expect(await found(`on=1950-06&overlap=${overlap}`)).toEqual({
      'inside-day': 'certain',
      'inside-span': 'certain',
      'whole-year': 'possible',
      'year-unknown-day': 'possible',
      doubted: 'possible',
      'one-of-days': 'possible',
    });
  });

  test('covers all of it', async () => {
    expect(await found('on=1950-06&overlap=covers')).toEqual({
      'whole-year': 'possible',
      'year-unknown-day': 'possible',
      'long-lasting': 'certain',
    });
  });

  test('and certain leaves out what is only possible', async () => {
    expect(await found('on=1950-06&overlap=starts&match=certain')).toEqual({ 'inside-day': 'certain', 'inside-span': 'certain' });
    expect(await found('on=1950-06&overlap=covers&match=certain')).toEqual({ 'long-lasting': 'certain' });
  });

  test('on the timeline and among counterparts too', async () => {
    const { body } = await service.ask({ url: '/v1/timeline?kind=window-test&on=1950-06&overlap=covers&match=certain' });
    expect(body.total).toBe(1);
    expect(body.query).toMatchObject({ from: '1950-06-01', to: '1950-06-30', overlap: 'covers', match: 'certain' });
    expect((await service.ask({ url: '/v1/actors/uzbekistan/counterparts?on=2018&overlap=starts' })).status).toBe(200);
  });

  test('needs a window, and covers both ends of it', async () => {
    expect(await refused('overlap=starts')).toEqual([
      { parameter: 'overlap', message: 'overlap=starts is about a window: add from, to or on, or a record in during' },
    ]);
    expect(await refused('from=1950&overlap=covers')).toEqual([
      { parameter: 'overlap', message: 'overlap=covers is about a window with both ends: add from and to, or on' },
    ]);
  });
});

describe('a record gives a window:', () => {
  test('during it', async () => {
    expect(await found(`during=event/${RULE}`)).toEqual({
      // It certainly lasted from 30 June to 1 July at least.
      'inside-day': 'possible',
      'inside-span': 'possible',
      'whole-year': 'possible',
      'year-unknown-day': 'possible',
      'from-before': 'possible',
      'long-lasting': 'certain',
      doubted: 'possible',
      'one-of-days': 'possible',
    });
  });

  test('before it began: certain of what ended before it can have begun', async () => {
    expect(await found(`before=event/${RULE}`)).toEqual({
      'inside-day': 'possible',
      'inside-span': 'possible',
      'whole-year': 'possible',
      'year-unknown-day': 'possible',
      'from-before': 'possible',
      'before-all': 'certain',
      doubted: 'possible',
      'one-of-days': 'possible',
      'one-of-years': 'possible',
    });
    expect(await found(`before=event/${RULE}&match=certain`)).toEqual({ 'before-all': 'certain' });
  });

  test('but never itself, although its date is not exact', async () => {
    const { body } = await service.ask({ url: `/v1/events?kind=rule&before=event/${RULE}` });
    expect((body.items as { id: string }[]).map(({ id }) => id)).not.toContain(RULE);
    const { body: between } = await service.ask({ url: `/v1/events?kind=rule&after=event/${RULE}&before=event/doubted-rule` });
    expect((between.items as { id: string }[]).map(({ id }) => id)).toEqual([]);
  });

  test('after it had ended, and between two', async () => {
    expect(await found(`after=event/${RULE}&match=certain`)).toEqual({ 'after-all': 'certain' });
    expect(await found('after=agreement/pact-1950/signed&before=event/after-all&match=certain')).toEqual({});
    expect(await found('after=event/before-all&before=event/after-all&match=certain')).toEqual({
      'inside-day': 'certain',
      'inside-span': 'certain',
    });
  });

  test('by one of the dates of an agreement, or a membership', async () => {
    expect(await found('during=agreement/pact-1950/signed&match=certain')).toEqual({
      'inside-day': 'certain',
      'inside-span': 'certain',
      'long-lasting': 'certain',
    });
    expect(await found('during=actor/chairperson/chaired-body&overlap=within&match=certain')).toEqual({
      'inside-day': 'certain',
      'inside-span': 'certain',
    });
  });

  test('and nothing is certain of one whose date is doubted', async () => {
    expect(await found('during=event/doubted-rule&match=certain')).toEqual({});
    expect(await found('during=event/doubted-rule')).toMatchObject({ 'long-lasting': 'possible' });
  });

  test('by its id or its name, which the answer repeats', async () => {
    const { body } = await service.ask({ url: '/v1/timeline?during=actor/Chairperson/Chaired%20body&match=certain&kind=window-test' });
    expect(body.query).toMatchObject({ during: 'actor/chairperson/chaired-body', match: 'certain' });
  });

  test.each([
    ['during=event/nobody-knows', 'during', /there is no event "nobody-knows"/],
    ['during=event/rule-without-date', 'during', /^event\/rule-without-date has no date: give the days themselves in from and to$/],
    ['during=agreement/pact-1950', 'during', /several dates: name one of agreement\/pact-1950\/signed, agreement\/pact-1950\/effective$/],
    ['during=agreement/pact-1950/ended', 'during', /has no date: name one of agreement\/pact-1950\/signed/],
    ['during=actor/chairperson', 'during', /names no membership: write actor\/ID\/ORGANIZATION$/],
    ['after=place/kabul', 'after', /is no record with a date: write event\/ID, /],
    ['before=kabul', 'before', /is no record with a date: write event\/ID, /],
    [`during=event/${RULE}&from=1950`, 'during', /leave out from, to and on, or leave out during$/],
    [`during=event/${RULE}&before=event/${RULE}`, 'during', /leave out before and after, or leave out during$/],
    [`before=event/${RULE}&overlap=starts`, 'overlap', /leave out overlap$/],
  ])('is refused where it cannot: %s', async (query, parameter, message) => {
    const { status, body } = await service.ask({ url: `/v1/timeline?${query}` });
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ parameter, message: expect.stringMatching(message) as string })]);
  });
});

/** The ids of the rules that are known in a way. */
async function idsOf(basis: string): Promise<string[]> {
  const { body } = await service.ask({ url: `/v1/events?kind=inferred-rule&basis=${basis}` });
  return (body.items as { id: string }[]).map(({ id }) => id);
}

describe('basis asks how a date is known:', () => {
  test('inferred from the source, or stated by it, which is the same as not said', async () => {
    expect(await idsOf('inferred')).toEqual(['inferred-rule']);
    expect(await idsOf('stated')).toEqual(['stated-rule']);
  });

  test('which hits on the timeline show', async () => {
    const { body } = await service.ask({ url: '/v1/timeline?kind=inferred-rule&basis=inferred' });
    expect((body.items as { date: object }[])[0]!.date).toMatchObject({ edtf: '1950', basis: 'inferred' });
  });

  test('of nothing without a date', async () => {
    expect(await refused('undated=true&basis=stated')).toEqual([
      { parameter: 'basis', message: 'what has no date is not known in any way: leave out basis, or undated=true' },
    ]);
  });
});
