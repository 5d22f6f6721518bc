import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();
const KIND = 'kind=calendar-test';

async function write(path: string, body: object) {
  const answer = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function idsFound(query: string): Promise<unknown[]> {
  const { status, body } = await service.ask({ url: `/v1/events?${KIND}&${query}` });
  expect(status).toBe(200);
  return (body.items as { id: string; match: string }[]).map(({ id, match }) => `${id} ${match}`);
}

async function refusal(path: string, body: object) {
  const answer = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
  expect(answer.status).toBe(400);
  return (answer.body.errors as object[])[0];
}

const refusalOfDate = (date: object) => refusal('events', { kind: 'x', title: 'X', date });

const patchDate = (date: object | string) =>
  service.ask({
    method: 'PATCH',
    url: '/v1/events/moved',
    body: { date },
    headers: { 'content-type': 'application/merge-patch+json', 'if-match': '*' },
  });

async function movedOnTwelfth(): Promise<unknown> {
  return (await service.ask({ url: '/v1/events?kind=calendar-moved&on=1900-03-12' })).body.total;
}

const OCTOBER = { edtf: '1917-10-25', asStated: '25 October (old style)', basis: 'stated', calendar: 'julian' };
const DERIVED = {
  earliest: '1917-11-07',
  latest: '1917-11-07',
  precision: 'day',
  label: '25 October 1917 (Julian; 7 November 1917)',
};

beforeAll(async () => {
  await write('events', { id: 'storming-1917', kind: 'calendar-test', title: 'Storming of the palace', date: OCTOBER });
  await write('events', { id: 'month-1917', kind: 'calendar-test', title: 'A month', date: { edtf: '1917-10', calendar: 'julian' } });
  await write('events', { id: 'years-1890', kind: 'calendar-test', title: 'Years', date: { edtf: '[1890..1895]', calendar: 'julian' } });
  await write('events', { id: 'same-text', kind: 'calendar-other', title: 'The same text', date: { edtf: '1917-10-25' } });
});

describe('a date of the Julian calendar', () => {
  test('is answered as it was written, with its Gregorian days and a label of both', async () => {
    const { body } = await service.ask({ url: '/v1/events/storming-1917' });
    expect(JSON.stringify(body.date)).toBe(JSON.stringify({ ...OCTOBER, ...DERIVED }));
    const { body: timeline } = await service.ask({ url: `/v1/timeline?${KIND}&on=1917-11-07&sort=-date` });
    expect((timeline.items as { date: unknown }[]).map(({ date }) => date)).toContainEqual({ ...OCTOBER, ...DERIVED });
  });

  test('leaves the same text without a calendar as it is', async () => {
    const { body } = await service.ask({ url: '/v1/events/same-text' });
    const day = { earliest: '1917-10-25', latest: '1917-10-25', precision: 'day', label: '25 October 1917' };
    expect(body.date).toEqual({ edtf: '1917-10-25', ...day });
  });

  test('is found by its Gregorian days: the parameters of a window are Gregorian', async () => {
    expect(await idsFound('on=1917-11-07')).toEqual(['month-1917 possible', 'storming-1917 certain']);
    expect(await idsFound('on=1917-10-25')).toEqual(['month-1917 possible']);
    expect(await idsFound('from=1917-10-14&to=1917-11-13')).toEqual(['month-1917 certain', 'storming-1917 certain']);
    expect(await idsFound('on=1917-10-13')).toEqual([]);
  });

  test('lasts as long as its own years when it is one of several', async () => {
    expect(await idsFound('overlap=covers&from=1890-12-20&to=1891-01-10')).toEqual(['years-1890 possible']);
    expect(await idsFound('overlap=covers&from=1891-01-05&to=1891-01-20')).toEqual([]);
  });

  test('is counted in its Gregorian month', async () => {
    const { body } = await service.ask({ url: `/v1/timeline/histogram?${KIND}&by=month&from=1917-11&to=1917-12` });
    const { buckets } = body as { buckets: { label: string; count: number }[] };
    expect(buckets.find(({ label }) => label === '1917-11')?.count).toBeGreaterThan(0);
  });

  test('gives a window to others', async () => {
    await write('events', { id: 'on-the-day', kind: 'calendar-during', title: 'On the day', date: { edtf: '1917-11-07' } });
    const { body } = await service.ask({ url: '/v1/events?kind=calendar-during&during=event/storming-1917' });
    expect(body.items).toMatchObject([{ id: 'on-the-day', match: 'certain' }]);
  });

  test('moves when its calendar is patched', async () => {
    await write('events', { id: 'moved', kind: 'calendar-moved', title: 'Moved', date: { edtf: '1900-02-28', calendar: 'julian' } });
    expect(await movedOnTwelfth()).toBe(1);
    expect((await patchDate({ edtf: '1900-02-29' })).body.date).toMatchObject({ earliest: '1900-03-13' });
    expect((await patchDate({ edtf: '1900-02-28' })).body.date).toMatchObject({ earliest: '1900-03-12' });
    expect((await patchDate({ calendar: null })).body.date).toMatchObject({ earliest: '1900-02-28', label: '28 February 1900' });
    expect(await movedOnTwelfth()).toBe(0);
    expect((await patchDate({ calendar: 'gregorian' })).body.date).toEqual({
      edtf: '1900-02-28',
      calendar: 'gregorian',
      earliest: '1900-02-28',
      latest: '1900-02-28',
      precision: 'day',
      label: '28 February 1900',
    });
    await patchDate({ calendar: 'julian' });
    expect((await patchDate('1900-02-28')).body.date).not.toHaveProperty('calendar');
  });

  test('may be that of a publication, of a membership and of a date of an agreement', async () => {
    const written = { edtf: '1917', calendar: 'julian' };
    const derived = { ...written, earliest: '1917-01-14', latest: '1918-01-13' };
    const source = await write('sources', { kind: 'book', title: 'A book of 1917', published: written });
    expect(source.published).toMatchObject(derived);
    const agreement = await write('agreements', { kind: 'treaty', title: 'A pact of 1917', dates: [{ role: 'signed', ...written }] });
    expect(agreement.dates).toMatchObject([derived]);
    await write('actors', { id: 'duma', kind: 'organization', name: 'Duma' });
    const memberships = [{ organization: 'duma', period: written }];
    const actor = await write('actors', { id: 'deputy', kind: 'person', name: 'Deputy', memberships });
    expect(actor.memberships).toMatchObject([{ organization: 'duma', period: derived }]);

    // Its members at the time of an entry: still on 13 January 1918, no longer on the day after.
    for (const day of ['13', '14'])
      await write('events', {
        id: `speech-${day}`,
        kind: 'calendar-speech',
        title: `Speech of ${day} January`,
        date: { edtf: `1918-01-${day}` },
        participants: [{ actor: 'deputy', role: 'speaker' }],
      });
    const { body } = await service.ask({ url: '/v1/events?kind=calendar-speech&actor=duma&actorScope=members' });
    expect(body.items).toMatchObject([{ id: 'speech-13' }]);
    expect(body.total).toBe(1);
    const { body: during } = await service.ask({ url: '/v1/events?kind=calendar-speech&during=actor/deputy/duma' });
    expect(during.items).toMatchObject([{ id: 'speech-13', match: 'possible' }]);
  });
});

test('a date of the civil Islamic calendar is answered with its Gregorian days', async () => {
  const { date } = await write('events', {
    kind: 'calendar-islamic',
    title: 'A month of Ramadan',
    date: { edtf: '1341-09', calendar: 'islamic-civil' },
  });
  expect(date).toMatchObject({
    earliest: '1923-04-17',
    latest: '1923-05-16',
    label: 'Ramadan 1341 AH (Islamic civil; 17 April to 16 May 1923)',
  });
});

test('a window given by a record with several dates of the Julian calendar says which these are', async () => {
  const dates = ['1917-10-25', '1917-10-27'].map((edtf) => ({ organization: 'csto', period: { edtf, calendar: 'julian' } }));
  await write('actors', { id: 'twice-member', kind: 'person', name: 'Twice a member', memberships: dates });
  const { status, body } = await service.ask({ url: '/v1/events?during=actor/twice-member/csto' });
  expect([status, body.detail]).toEqual([
    400,
    'actor/twice-member/csto has several dates (25 October 1917 (Julian; 7 November 1917), 27 October 1917 (Julian; 9 November 1917)): give the days themselves in from and to',
  ]);
});

describe('what is refused:', () => {
  test('a calendar that is not offered, with the reason and what to write instead', async () => {
    expect(await refusalOfDate({ edtf: '5678-01', calendar: 'hebrew' })).toEqual({
      pointer: '/date/calendar',
      message:
        'give one of gregorian, julian, islamic-civil (hebrew is not offered: its leap years have thirteen months, which EDTF cannot number), or write the Gregorian days that the date means and keep its words in asStated',
    });
    expect(await refusalOfDate({ edtf: '1917', calendar: 'Julian' })).toMatchObject({
      message: expect.stringMatching(/^give one of gregorian, julian, islamic-civil, or write/),
    });
  });

  test('a day that the calendar has not', async () => {
    expect(await refusalOfDate({ edtf: '1917-02-29', calendar: 'julian' })).toEqual({
      pointer: '/date/edtf',
      message: '1917-02-29 does not exist: February 1917 has 28 days; if the day is not known, write 1917-02',
    });
    await write('events', { kind: 'calendar-leap', title: 'A leap day', date: { edtf: '1900-02-29', calendar: 'julian' } });
    expect(await refusalOfDate({ edtf: '1900-02-29', calendar: 'gregorian' })).toMatchObject({ pointer: '/date/edtf' });
  });

  test('an end of a meeting before its start, with the two days of its calendar', async () => {
    const times = { startTime: '23:00', endTime: '01:00' };
    const meeting = { kind: 'summit', title: 'A night', date: { edtf: '1900-02-28', calendar: 'julian' }, ...times };
    expect(await refusal('meetings', meeting)).toEqual({
      pointer: '/endTime',
      message: expect.stringContaining('or a date of two days, 1900-02-28/1900-02-29, if'),
    });
  });

  test('a calendar without a date', async () => {
    const dates = [{ role: 'signed', calendar: 'julian' }];
    expect(await refusal('agreements', { kind: 'treaty', title: 'A pact', dates })).toEqual({
      pointer: '/dates/0/calendar',
      message: 'is the calendar of no date: give edtf, or leave out calendar',
    });
  });
});
