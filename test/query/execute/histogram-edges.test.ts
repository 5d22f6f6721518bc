import { beforeEach, expect, test } from 'vitest';
import {
  EARLIEST_DAY,
  isoOfDay,
  LATEST_DAY,
  monthIndexOf,
  BUCKET_UNITS,
  firstMonthOf,
  lastMonthOf,
  type CalendarUnit,
} from '../../../src/domain/time/day.ts';
import { ongoingByMonth } from '../../../src/query/execute/ongoing.ts';
import { timelineHistogram } from '../../../src/query/execute/histogram.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { parseQuery } from '../../../src/query/filters/parse.ts';
import { SCANNED_MAX } from '../../../src/query/plan/costs.ts';
import { countedTerm, planOf } from '../../../src/query/plan/plan.ts';
import type { Annals } from '../../../src/records/annals.ts';
import { create } from '../../../src/records/create.ts';
import { event } from '../../../src/model/event.ts';
import type { Reader } from '../../../src/storage/port.ts';
import { temporaryAnnals } from '../../helpers/database.ts';

let annals: Annals;
beforeEach(async () => {
  annals = await temporaryAnnals();
});

async function record(...dates: string[]): Promise<void> {
  for (const edtf of dates) await create(annals, event, { kind: 'visit', title: edtf, date: { edtf } });
}

const asked = (filters: EntryFilters, by: (typeof BUCKET_UNITS)[number], count?: 'starts' | 'ongoing') =>
  timelineHistogram(annals.engine, filters, by, count);

const shown = async (by: CalendarUnit) => (await asked({}, by)).buckets.map(({ start, end, label }) => [start, end, label]);

test('buckets lie within the years that a date can name, and before Christ are counted as historians do', async () => {
  await record('-9999-03', '-9901', '-0499', '-0044-03-15', '0000', '0044', '0950', '1990', '9999-12-31');

  expect(await shown('century')).toEqual([
    ['-9999-01-01', '-9900-12-31', '10000 to 9901 BCE'],
    ['-0499-01-01', '-0400-12-31', '500 to 401 BCE'],
    ['-0099-01-01', '0000-12-31', '100 to 1 BCE'],
    ['0001-01-01', '0099-12-31', '1 to 99 CE'],
    ['0900-01-01', '0999-12-31', '900 to 999 CE'],
    ['1900-01-01', '1999-12-31', '1900 to 1999'],
    ['9900-01-01', '9999-12-31', '9900 to 9999'],
  ]);
  expect((await shown('decade')).slice(0, 6)).toEqual([
    ['-9999-01-01', '-9990-12-31', '10000 to 9991 BCE'],
    ['-9909-01-01', '-9900-12-31', '9910 to 9901 BCE'],
    ['-0499-01-01', '-0490-12-31', '500 to 491 BCE'],
    ['-0049-01-01', '-0040-12-31', '50 to 41 BCE'],
    ['-0009-01-01', '0000-12-31', '10 to 1 BCE'],
    ['0040-01-01', '0049-12-31', '40 to 49 CE'],
  ]);
  const years = ['10000 BCE', '9902 BCE', '500 BCE', '45 BCE', '1 BCE', '44 CE', '950 CE', '1990', '9999'];
  expect((await shown('year')).map(([, , label]) => label)).toEqual(years);

  for (const by of BUCKET_UNITS)
    for (const { start, end, count, uncertain } of (await asked({}, by)).buckets) {
      expect([start < isoOfDay(EARLIEST_DAY) && !start.startsWith('-'), end > isoOfDay(LATEST_DAY)]).toEqual([false, false]);
      // What a bucket says can be asked.
      const within = await asked({ from: start, to: end }, by);
      expect(within).toMatchObject({ buckets: [{ start, end, count, uncertain }], before: 0, total: count });
      expect(await asked({ from: start, to: end }, by, 'ongoing')).toMatchObject({ total: count });
    }
});

test.each(['month', 'year', 'decade', 'century'] as const)('each month is in one %s, from the first year to the last', (unit) => {
  const last = monthIndexOf(LATEST_DAY);
  const wrong: number[] = [];
  let next = monthIndexOf(EARLIEST_DAY);
  while (next <= last) {
    const [first, end] = [next, lastMonthOf(next, unit)];
    const months = [first, Math.floor((first + end) / 2), end];
    wrong.push(...months.filter((month) => firstMonthOf(month, unit) !== first || lastMonthOf(month, unit) !== end));
    next = end + 1;
  }
  expect([wrong, next]).toEqual([[], last + 1]);
});

test('a day is labelled as dates are', async () => {
  await record('-0044-03-15', '2018-03-26');
  expect((await asked({}, 'day')).buckets).toEqual([
    { start: '-0044-03-15', end: '-0044-03-15', label: '15 March 45 BCE', count: 1, uncertain: 0 },
    { start: '2018-03-26', end: '2018-03-26', label: '26 March 2018', count: 1, uncertain: 0 },
  ]);
});

test('what had begun before the window is counted apart; what may have begun in it is uncertain in the first bucket', async () => {
  await record('1990/2005', '../2003-06', '/2003-06', '200X', '2003-02/2003-09', '2003-05~', '2003-08', '[2001,2004]', '[1999,2009]');
  const year = await asked({ from: '2003-03-15', to: '2004' }, 'year');
  expect(year).toMatchObject({ before: 3, withoutStart: 0, total: 8 });
  expect(year.buckets).toEqual([
    // Without a known start, in the decade, about May and in August; since 1990, until June and since February had begun.
    { start: '2003-03-15', end: '2003-12-31', label: '2003', count: 4, uncertain: 2 },
    { start: '2004-01-01', end: '2004-12-31', label: '2004', count: 1, uncertain: 1 },
  ]);
  expect((await asked({ from: '2003-03-15', to: '2004' }, 'decade')).buckets).toMatchObject([
    { start: '2003-03-15', end: '2009-12-31', label: '2003 to 2009', count: 5, uncertain: 3 },
  ]);
  const whole = await asked({}, 'year');
  expect(whole).toMatchObject({ before: 0, withoutStart: 2, total: 9 });
});

test('a date with ? certainly begins nowhere, on a day as little as in a century', async () => {
  await record('2003-05-05?', '2003-05-05', '2003-05-06%');
  for (const by of BUCKET_UNITS) {
    const { buckets } = await asked({}, by);
    expect(buckets.reduce((sum, { uncertain }) => sum + uncertain!, 0)).toBe(2);
  }
  expect((await asked({ q: '2003' }, 'year')).buckets).toMatchObject([{ count: 3, uncertain: 2 }]);
});

test('what is ongoing counts in each bucket that it overlaps, and the total counts it once', async () => {
  await record('2001/2003', '2002-06/..', '2002?', '200X', '[2001,2003]', '2004-05-05', '/2001');
  const found = await asked({ from: '2001', to: '2004' }, 'year', 'ongoing');
  expect(found.buckets.map(({ label, count, uncertain }) => [label, count, uncertain])).toEqual([
    ['2001', 4, 2],
    ['2002', 4, 2],
    ['2003', 4, 2],
    ['2004', 3, 1],
  ]);
  expect(found).toMatchObject({ total: 7 });
  expect(found).not.toHaveProperty('before');
  expect(found).not.toHaveProperty('withoutStart');
  // Without limits, from the first to the last of the known beginnings and ends.
  const whole = await asked({}, 'year', 'ongoing');
  expect([whole.buckets[0]!.label, whole.buckets.at(-1)!.label]).toEqual(['2000', '2009']);
});

test('a first or last bucket that the window cuts holds what is going on in the window', async () => {
  await record('2003-01/2003-02', '2003-02-10/2003-04', '2003-12');
  const cut = await asked({ from: '2003-03-15', to: '2003-11' }, 'year', 'ongoing');
  expect(cut.buckets).toEqual([{ start: '2003-03-15', end: '2003-12-31', label: '2003', count: 1, uncertain: 0 }]);
});

test('a histogram of more than 5,000 buckets is refused, of what is ongoing too', async () => {
  await record('1900/1950');
  await expect(asked({}, 'day', 'ongoing')).rejects.toThrow(
    'by=day would give more than 5000 buckets: ask for wider ones, or a shorter window',
  );
  expect((await asked({ from: '1900', to: '1910' }, 'day', 'ongoing')).buckets).toHaveLength(4017);
});

/** A reader that returns so high counts of terms and months that not all moments may be read. */
function busy(reader: Reader): Reader {
  return {
    async read(statements) {
      const results = await reader.read(statements);
      const [first] = statements;
      const isTotal = first !== undefined && first.sql.startsWith('SELECT sum(started) - sum(');
      // @NOTE one row of one number
      return isTotal
        ? (results.map((rows, index) => (index === 0 ? [[Number(rows[0]![0]) + SCANNED_MAX]] : rows)) as typeof results)
        : results;
    },
  };
}

test('of more than 50,000 moments of one term, what is ongoing is counted by month and year; days are refused', async () => {
  await record('2001/2003', '200X', '[2001,2003]');
  const reader = busy(annals.engine);
  const found = await timelineHistogram(reader, { from: '2001', to: '2003' }, 'year', 'ongoing');
  expect(found.buckets.map(({ label, count, uncertain }) => [label, count, uncertain])).toEqual([
    ['2001', 3, undefined],
    ['2002', 2, undefined],
    ['2003', 3, undefined],
  ]);
  await expect(timelineHistogram(reader, { from: '2001', to: '2003' }, 'day', 'ongoing')).rejects.toThrow(
    'count=ongoing with by=day reads at most 50000 moments: ask for a shorter window, or add a filter',
  );
  const { query } = await parseQuery(annals.engine, {}, 'moment');
  const plan = await planOf(annals.engine, query);
  expect([...(await ongoingByMonth(annals.engine, plan, countedTerm(plan)!, 'decade')).values()]).toEqual([{ count: 3 }]);
});
