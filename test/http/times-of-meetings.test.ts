import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { tamper } from '../helpers/tamper.ts';

const service = sharedApp();

const meeting = { kind: 'session', title: 'A session with times' };
const post = (fields: object) => service.ask({ method: 'POST', url: '/v1/meetings', body: { ...meeting, ...fields } });
const importOf = (fields: object) =>
  service.ask({
    method: 'POST',
    url: '/v1/import',
    body: JSON.stringify({ type: 'meeting', ...meeting, ...fields }),
    headers: { 'content-type': 'application/x-ndjson' },
  });

const night = { startTime: '22:00', endTime: '01:30' };

describe('an endTime before the startTime', () => {
  const message =
    'is before the startTime 22:00 on one day: give a later time, or a date of two days, 2022-02-28/2022-03-01, if it ended past midnight';

  test.each(['2022-02-28', '2022-02-28?', '2022-02-28/2022-02-28'])('is refused on the one day %s, also on import', async (edtf) => {
    for (const refused of [await post({ date: { edtf }, ...night }), await importOf({ date: { edtf }, ...night })])
      expect([refused.status, refused.body.errors]).toEqual([400, [expect.objectContaining({ pointer: '/endTime', message })]]);
  });

  test.each([
    ['a date of two days', { date: { edtf: '2022-02-28/2022-03-01' } }],
    ['a date that may be any day of a month', { date: { edtf: '2022-02' } }],
    ['no date', {}],
  ])('is accepted with %s', async (_what, fields) => {
    const { status, body } = await post({ ...fields, ...night });
    expect([status, body.endTime]).toEqual([201, '01:30']);
  });

  test('is refused of a patch that makes it so, and a time equal to the start is not', async () => {
    const { body } = await post({ date: { edtf: '2022-02-28' }, startTime: '22:00', endTime: '22:00' });
    const url = `/v1/meetings/${body.id}`;
    const refused = await service.ask({ method: 'PATCH', url, body: { endTime: '01:30' } });
    expect([refused.status, refused.body.errors]).toEqual([400, [{ pointer: '/endTime', message }]]);
    expect((await service.ask({ method: 'PATCH', url, body: { endTime: '01:30', date: { edtf: '2022-02-28/2022-03-01' } } })).status).toBe(
      200,
    );
  });
});

describe('a timeZone', () => {
  test.each(['Asia/Tashkent', 'Asia/Calcutta', 'Asia/Kolkata', 'Europe/Kyiv', 'US/Pacific', 'UTC', 'EST5EDT', 'CET', 'Etc/GMT-5', 'W-SU'])(
    '%s is accepted and kept as written',
    async (timeZone) => {
      const { status, body } = await post({ timeZone });
      expect([status, body.timeZone]).toEqual([201, timeZone]);
    },
  );

  test.each([
    ['Asia/Tashkend', 'is not a time zone: did you mean Asia/Tashkent or'],
    ['Samarkand', 'is not a time zone: did you mean Asia/Samarkand or'],
    ['America/New York', 'is not a time zone: did you mean America/New_York?'],
    ['Asia/Nowhere', 'is not a time zone: give the IANA name of the place, such as "Asia/Tashkent"'],
    ['', 'is not a time zone: give the IANA name of the place'],
    ['MSK', 'is not a time zone: give the IANA name of the place'],
    ['IST', 'is not a time zone: give the IANA name of the place'],
    ['SystemV/PST8', 'is not a time zone: give the IANA name of the place'],
    ['UTC+5', 'is an offset: give the zone of the place, such as "Asia/Tashkent", or "Etc/GMT-5"'],
    ['+05:00', 'is an offset: give the zone of the place, such as "Asia/Tashkent", or "Etc/GMT-5"'],
    ['-0330', 'is an offset: give the zone of the place, such as "Asia/Tashkent"'],
    ['a'.repeat(61), 'is longer than 60 characters: it has 61'],
  ])('%j is refused, also on import', async (timeZone, message) => {
    for (const refused of [await post({ timeZone }), await importOf({ timeZone })]) {
      expect([refused.status, refused.body.errors]).toEqual([400, [expect.objectContaining({ pointer: '/timeZone' })]]);
      expect(refused.body.errors[0].message).toContain(message);
    }
  });
});

test('what an older release has stored stays readable, and a change of it asks for the zone', async () => {
  const { body } = await post({ id: 'of-an-older-release', timeZone: 'Asia/Tashkent' });
  tamper(
    service.path,
    `UPDATE meetings SET time_zone = 'UTC+5' WHERE time_zone = 'Asia/Tashkent';
     UPDATE records SET document = CAST(replace(CAST(document AS TEXT), 'Asia/Tashkent', 'UTC+5') AS BLOB) WHERE slug = 'of-an-older-release'`,
  );
  const url = `/v1/meetings/${body.id}`;
  expect((await service.ask({ url })).body).toMatchObject({ timeZone: 'UTC+5' });
  const refused = await service.ask({ method: 'PATCH', url, body: { note: 'Changed.' } });
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/timeZone']);
  expect((await service.ask({ method: 'PATCH', url, body: { timeZone: 'Asia/Tashkent' } })).body).toMatchObject({
    timeZone: 'Asia/Tashkent',
  });
});
