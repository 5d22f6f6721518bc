import { expect, test } from 'vitest';
import { EARLIEST_DAY, isoOfDay, LATEST_DAY } from '../../../src/domain/time/day.ts';
import { timelineHistogram } from '../../../src/query/execute/histogram.ts';
import { create } from '../../../src/records/create.ts';
import { event } from '../../../src/model/event.ts';
import { temporaryAnnals } from '../../helpers/database.ts';

test('buckets stay within the years of dates, and write years as dates do', async () => {
  const annals = await temporaryAnnals();
  for (const edtf of ['-9999-03', '-9901', '-0044-03-15', '0000', '0044', '0950', '1990', '9999-12-31'])
    await create(annals, event, { kind: 'visit', title: edtf, date: { edtf } });
  const bucketsBy = async (by: 'century' | 'decade' | 'year' | 'month') => (await timelineHistogram(annals.engine, {}, by)).buckets;

  const shown = async (by: 'century' | 'decade' | 'year') => (await bucketsBy(by)).map(({ start, end, label }) => [start, end, label]);
  expect(await shown('century')).toEqual([
    ['-9999-01-01', '-9901-12-31', '10000 BCE to 9902 BCE'],
    ['-0100-01-01', '-0001-12-31', '101 BCE to 2 BCE'],
    ['0000-01-01', '0099-12-31', '1 BCE to 99 CE'],
    ['0900-01-01', '0999-12-31', '900 CE to 999 CE'],
    ['1900-01-01', '1999-12-31', '1900 to 1999'],
    ['9900-01-01', '9999-12-31', '9900 to 9999'],
  ]);
  expect((await shown('decade'))[0]).toEqual(['-9999-01-01', '-9991-12-31', '10000 BCE to 9992 BCE']);
  expect((await shown('year')).map(([, , label]) => label)).toEqual([
    '10000 BCE',
    '9902 BCE',
    '45 BCE',
    '1 BCE',
    '44 CE',
    '950 CE',
    '1990',
    '9999',
  ]);

  for (const by of ['century', 'decade', 'year', 'month'] as const)
    for (const { start, end, count } of await bucketsBy(by)) {
      expect([start < isoOfDay(EARLIEST_DAY) && !start.startsWith('-'), end > isoOfDay(LATEST_DAY)]).toEqual([false, false]);
      // What a bucket says can be asked.
      const within = await timelineHistogram(annals.engine, { from: start, to: end }, by);
      expect(within.buckets.map((bucket) => bucket.count)).toEqual([count]);
    }
});
