import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';
import { AnnalsError, type Issue } from '../../../src/domain/errors.ts';
import { boundsOf } from '../../../src/domain/time/historical-date.ts';
import { type Limits, matchOf as match, OVERLAPS, parseWindow, type Window, windowWithin } from '../../../src/domain/time/window.ts';

type Asked = Parameters<typeof parseWindow>[0];

function windowInIso(asked: Asked): { from?: string; to?: string } {
  const { from, to } = parseWindow(asked);
  return { ...(from !== undefined && { from: isoOfDay(from) }), ...(to !== undefined && { to: isoOfDay(to) }) };
}

function issuesOf(asked: Asked): Issue[] {
  try {
    parseWindow(asked);
  } catch (error) {
    expect(error).toBeInstanceOf(AnnalsError);
    if (error instanceof AnnalsError) return error.issues;
  }
  return [];
}

describe('a window', () => {
  it.each<[Asked, { from?: string; to?: string }]>([
    [{}, {}],
    [{ from: '2018' }, { from: '2018-01-01' }],
    [{ to: '2018' }, { to: '2018-12-31' }],
    [
      { from: '2018-03', to: '2018-03' },
      { from: '2018-03-01', to: '2018-03-31' },
    ],
    [
      { from: '2018-03-05', to: '2018' },
      { from: '2018-03-05', to: '2018-12-31' },
    ],
    [
      { from: '2018-03-05', to: '2018-03-05' },
      { from: '2018-03-05', to: '2018-03-05' },
    ],
    [
      { from: '199X', to: '19XX' },
      { from: '1990-01-01', to: '1999-12-31' },
    ],
    [
      { from: '2001-21', to: '2001-24' },
      { from: '2001-03-01', to: '2002-02-28' },
    ],
    [
      { from: '-0044', to: '-0044-03-15' },
      { from: '-0044-01-01', to: '-0044-03-15' },
    ],
    [
      { from: '2004-XX', to: '2004-06-XX' },
      { from: '2004-01-01', to: '2004-06-30' },
    ],
    [{ on: '2022-01' }, { from: '2022-01-01', to: '2022-01-31' }],
    [{ on: '2022-03-03/2022-03-04' }, { from: '2022-03-03', to: '2022-03-04' }],
    [{ on: '2018/2018-03' }, { from: '2018-01-01', to: '2018-03-31' }],
    [{ on: '2018-03-25/2018-03-25' }, { from: '2018-03-25', to: '2018-03-25' }],
  ])('takes partial dates at their first day in from, their last in to, and both in on: %j', (asked, expected) => {
    expect(windowInIso(asked)).toEqual(expected);
  });

  it.each<[Asked, string[], RegExp]>([
    [{ from: '2013-02-29' }, ['from'], /^2013-02-29 does not exist: February 2013 has 28 days/],
    [{ to: 'soon' }, ['to'], /"soon" is not a date/],
    [{ on: '' }, ['on'], /nothing is written/],
    [{ from: '2022-01~' }, ['from'], /from=2022-01~ is qualified: write from=2022-01$/],
    [{ to: '2022?' }, ['to'], /write to=2022$/],
    [{ on: '2022%' }, ['on'], /write on=2022$/],
    [{ on: '2021/2022~' }, ['on'], /write on=2021\/2022$/],
    [{ from: '2015/2021' }, ['from'], /is an interval: write from=2015&to=2021, or on=2015\/2021$/],
    [{ to: '2015/2015' }, ['to'], /is an interval/],
    [{ on: '2021-09/..' }, ['on'], /no limit on one side: write from=2021-09$/],
    [{ on: '/2021' }, ['on'], /no limit on one side: write to=2021$/],
    [{ from: '2021/' }, ['from'], /write from=2021$/],
    [{ on: '2018', from: '2018' }, ['on'], /leave out from and to/],
    [{ on: '2018', to: '2018' }, ['on'], /leave out from and to/],
    [{ from: '2019', to: '2018' }, ['from', 'to'], /from=2019 \(2019-01-01\) is after to=2018 \(2018-12-31\)/],
    [{ from: '2018-03-06', to: '2018-03-05' }, ['from', 'to'], /from=2018-03-06 .* to=2018-03-05/],
    [{ from: 'x', to: 'y' }, ['from', 'to'], /is not a date/],
  ])('refuses what cannot bound it and says which parameter to change: %j', (asked, parameters, message) => {
    const issues = issuesOf(asked);
    expect(issues.map((issue) => issue.parameter)).toEqual(parameters);
    expect(issues[0]?.message).toMatch(message);
    expect(() => parseWindow(asked)).toThrow(message);
    expect(() => parseWindow(asked)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('says once what two parameters do wrong together', () => {
    expect(() => parseWindow({ from: '2019', to: '2018' })).toThrow(/^from=2019[^;]*$/);
  });
});

// A model that knows no formula: it lists every day an end can fall on, pairs every start with every end that does not precede it, and looks at each pair.
// Days are numbers on a calendar of sixteen months; -Infinity and Infinity are the ends that lie beyond every day.
const CALENDAR = Array.from({ length: 485 }, (_, index) => new Date(Date.UTC(2017, 10, 1 + index)).toISOString().slice(0, 10));
const FIRST = Date.UTC(2017, 10, 1) / 86_400_000;

type ModelEnd = { text: string; days: (side: 'start' | 'end') => number[] };

function daysCovered(date: string, qualifier: string): number[] {
  const covered = CALENDAR.flatMap((iso, index) => (iso.startsWith(date) ? [FIRST + index] : []));
  if (qualifier !== '~' && qualifier !== '%') return covered;
  const margin = Math.max(1, Math.floor(covered.length / 2));
  const around = Array.from({ length: margin }, (_, index) => index + 1);
  return [...around.map((n) => covered[0]! - n), ...covered, ...around.map((n) => covered.at(-1)! + n)];
}

const datedEnd: fc.Arbitrary<ModelEnd> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...CALENDAR.slice(61, 365)), fc.constantFrom('2017-12', '2018-01', '2018-02', '2018-03', '2018-12', '2018')),
    fc.constantFrom('', '', '', '?', '~', '%'),
  )
  .map(([date, qualifier]) => ({ text: date + qualifier, days: () => daysCovered(date, qualifier) }));
const openEnd: ModelEnd = { text: '..', days: (side) => [side === 'start' ? -Infinity : Infinity] };
// Wider than the calendar, because `2018~` reaches beyond it.
const unknownEnd: ModelEnd = {
  text: '',
  days: () => [-Infinity, ...Array.from({ length: 900 }, (_, index) => FIRST - 200 + index), Infinity],
};

const modelled = fc.oneof(
  datedEnd.map((end) => ({ text: end.text, start: end, end })),
  fc.tuple(datedEnd, datedEnd).map(intervalOf),
  fc.tuple(datedEnd, fc.constantFrom(openEnd, unknownEnd)).map(intervalOf),
  fc.tuple(fc.constantFrom(openEnd, unknownEnd), datedEnd).map(intervalOf),
);

function intervalOf([start, end]: [ModelEnd, ModelEnd]): { text: string; start: ModelEnd; end: ModelEnd } {
  return { text: `${start.text}/${end.text}`, start, end };
}

/** Every (start, end) that a date leaves possible; none at all if it is reversed. */
function pairsOf({ start, end }: { start: ModelEnd; end: ModelEnd }): [start: number, end: number][] {
  const ends = end.days('end');
  return start.days('start').flatMap((first) => ends.filter((last) => first <= last).map((last): [number, number] => [first, last]));
}

const dayOfCalendar = fc.integer({ min: FIRST, max: FIRST + CALENDAR.length - 1 });
const anyWindow: fc.Arbitrary<Window> = fc.oneof(
  fc.tuple(dayOfCalendar, dayOfCalendar).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  dayOfCalendar.map((day) => ({ from: day, to: day })),
  dayOfCalendar.map((from) => ({ from })),
  dayOfCalendar.map((to) => ({ to })),
  fc.constant({}),
);

function withoutSentinel(day: number): number {
  if (day === UNBOUNDED_START) return -Infinity;
  return day === UNBOUNDED_END ? Infinity : day;
}

describe('overlap', () => {
  it('is possible when some start and end that the date allows meet the window, and certain when all do', () => {
    fc.assert(
      fc.property(modelled, fc.array(anyWindow, { minLength: 8, maxLength: 8 }), (date, windows) => {
        const pairs = pairsOf(date);
        if (pairs.length === 0) return;
        const bounds = boundsOf(parseEdtf(date.text));
        for (const window of windows) {
          const { from = -Infinity, to = Infinity } = window;
          const meeting = pairs.filter(([start, end]) => start <= to && end >= from).length;
          const expected = meeting === pairs.length && !date.text.match(/[?%]/) ? 'certain' : meeting > 0 ? 'possible' : undefined;
          expect(match(bounds, window)).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('rests on bounds that are exactly the first and last start and end that the date allows', () => {
    fc.assert(
      fc.property(modelled, (date) => {
        const pairs = pairsOf(date);
        if (pairs.length === 0) {
          expect(() => parseEdtf(date.text)).toThrow(/ends before it starts/);
          return;
        }
        const extremes = { startMin: Infinity, startMax: -Infinity, endMin: Infinity, endMax: -Infinity };
        for (const [start, end] of pairs) {
          extremes.startMin = Math.min(extremes.startMin, start);
          extremes.startMax = Math.max(extremes.startMax, start);
          extremes.endMin = Math.min(extremes.endMin, end);
          extremes.endMax = Math.max(extremes.endMax, end);
        }
        const { startMin, startMax, endMin, endMax } = parseEdtf(date.text);
        const [first, last, earliestEnd, latestEnd] = [startMin, startMax, endMin, endMax].map(withoutSentinel);
        expect({ startMin: first, startMax: last, endMin: earliestEnd, endMax: latestEnd }).toEqual(extremes);
      }),
      { numRuns: 300 },
    );
  });

  it('is told apart as certain, possible or none', () => {
    expect(matchOf('2018-03', parseWindow({ on: '2018' }))).toBe('certain');
    expect(matchOf('2018-03', parseWindow({ on: '2018-03-05' }))).toBe('possible');
    expect(matchOf('2018-03', parseWindow({ from: '2018-03-31' }))).toBe('possible');
    expect(matchOf('2018-03', parseWindow({ from: '2018-04' }))).toBeUndefined();
    expect(matchOf('2018-03', {})).toBe('certain');
    expect(matchOf('2022-03-03/2022-03-06', parseWindow({ on: '2022-03-04' }))).toBe('certain');
  });

  it('holds for an open end in every later year, and for an unknown end only as a possibility', () => {
    const far = parseWindow({ on: '9999' });
    expect(matchOf('2021-09/..', far)).toBe('certain');
    expect(matchOf('2021-09/', far)).toBe('possible');
    const early = parseWindow({ on: '-9999' });
    expect(matchOf('../2021', early)).toBe('certain');
    expect(matchOf('/2021', early)).toBe('possible');
  });
});

const matchOf = (edtf: string, window: Window) => match(boundsOf(parseEdtf(edtf)), window);

describe('one of several dates', () => {
  it.each<[edtf: string, on: string, expected: string | undefined]>([
    ['[1890,1892]', '1890', 'possible'],
    ['[1890,1892]', '1891', undefined],
    ['[1890,1892]', '1890/1892', 'certain'],
    ['[1890..1892]', '1891', 'possible'],
    ['[..1911]', '1800', 'possible'],
    ['[..1911]', '1912', undefined],
    ['[1945..]', '9999', 'possible'],
    ['[1989-01-07..1989-01-11]', '1989-01-09', 'possible'],
    ['[1989-01-07..1989-01-11]', '1989-01', 'certain'],
    ['[1890?,1892]', '1890/1892', 'possible'],
  ])('lies in a window by one of them: %s in %s', (edtf, on, expected) => {
    expect(matchOf(edtf, parseWindow({ on }))).toBe(expected);
  });

  it.each<[edtf: string, from: string, to: string, expected: string | undefined]>([
    ['[1890,1892]', '1890-03', '1890-05', 'possible'],
    ['[1890..1892]', '1890-12', '1891-01', undefined],
    ['[1890..1892]', '1891-01', '1891-12', 'possible'],
    ['[..1911]', '1850-03', '1850-04', 'possible'],
    ['[..1911]', '1850-12', '1851-01', undefined],
    ['[1989-01-07..1989-01-11]', '1989-01-08', '1989-01-09', undefined],
    ['[189X..]', '1893', '1899', 'possible'],
    ['[189X..]', '1893', '1901', undefined],
  ])('lasts as long as one of its units: %s covers %s to %s', (edtf, from, to, expected) => {
    const { from: first, to: last } = parseWindow({ from, to });
    expect(matchOf(edtf, windowWithin('covers', { fromMin: first!, fromMax: first!, toMin: last!, toMax: last! }))).toBe(expected);
  });
});

/** A pair of ordered numbers out of a few. */
const ordered = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

/** Every start and end that two ranges allow, where no start follows its end. */
const readings = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): [number, number][] => {
  const all: [number, number][] = [];
  for (let start = a; start <= b; start += 1) for (let end = c; end <= d; end += 1) if (start <= end) all.push([start, end]);
  return all;
};

const LIES = {
  any: (start: number, end: number, from: number, to: number) => start <= to && end >= from,
  starts: (start: number, _end: number, from: number, to: number) => start >= from && start <= to,
  within: (start: number, end: number, from: number, to: number) => start >= from && end <= to,
  covers: (start: number, end: number, from: number, to: number) => start <= from && end >= to,
};

describe('a date and a window that are both known roughly', () => {
  it.each(OVERLAPS)('lie so (%s) possibly on some reading of both, and certainly on every reading', (overlap) => {
    fc.assert(
      fc.property(ordered, ordered, ordered, ordered, (starts, ends, froms, tos) => {
        const dates = readings(starts, ends);
        const windows = readings(froms, tos);
        fc.pre(dates.length > 0 && windows.length > 0);
        const [bounds, limits] = [tight(dates), tight(windows)];
        const asked: Limits = { fromMin: limits[0], fromMax: limits[1], toMin: limits[2], toMax: limits[3] };
        const [startMin, startMax, endMin, endMax] = bounds;
        const results = dates.flatMap(([start, end]) => windows.map(([from, to]) => LIES[overlap](start, end, from, to)));
        const expected = results.every(Boolean) ? 'certain' : results.some(Boolean) ? 'possible' : undefined;
        expect(match({ startMin, startMax, endMin, endMax, doubted: false, hasGaps: false }, windowWithin(overlap, asked))).toBe(expected);
        const doubtedWindow = windowWithin(overlap, asked, true);
        expect(match({ startMin, startMax, endMin, endMax, doubted: false, hasGaps: false }, doubtedWindow)).toBe(expected && 'possible');
      }),
      { numRuns: 1000 },
    );
  });
});

/** The first and the last start and end of some pairs. */
function tight(pairs: readonly (readonly [number, number])[]): [number, number, number, number] {
  const [starts, ends] = [pairs.map(([start]) => start), pairs.map(([, end]) => end)];
  return [Math.min(...starts), Math.max(...starts), Math.min(...ends), Math.max(...ends)];
}
