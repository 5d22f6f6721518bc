import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARLIEST_DAY, LATEST_DAY, UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { type EdtfDate, parseEdtf } from '../../../src/domain/time/edtf.ts';
import { AnnalsError } from '../../../src/domain/errors.ts';

function outcomeOf(text: string): EdtfDate | AnnalsError {
  try {
    return parseEdtf(text);
  } catch (error) {
    if (error instanceof AnnalsError) return error;
    throw error;
  }
}

function messageOf(text: string): string {
  const outcome = outcomeOf(text);
  return outcome instanceof AnnalsError ? outcome.message : '';
}

describe('a text that is no date', () => {
  it.each([
    ['2013-02-29', /^2013-02-29 does not exist: February 2013 has 28 days; .* write 2013-02$/],
    ['1900-02-29~', /^1900-02-29 does not exist: February 1900 has 28 days/],
    ['2014/2013-02-29', /^2013-02-29 does not exist/],
    ['2018-04-31', /April 2018 has 30 days/],
    ['2018-04-00', /write 2018-04$/],
    ['2018-00', /write 2018$/],
    ['2018-13', /no such month/],
    ['2018-20', /write 2018\/2020$/],
    ['2018-25', /write 2018-21 .* or 2018\/2025/],
    ['2018-21-05', /write 2018-05-21 .* or 2018-21 /],
    ['2018-21-XX', /seasons, without a day/],
    ['-0000', /write 0000 for 1 BCE/],
    ['-0000-01', /write 0000 for 1 BCE/],
    ['', /nothing is written; write a date, such as 2018-03/],
    ['/', /no date on either side: write at least one/],
    ['../..', /no date on either side/],
    ['/..', /no date on either side/],
    ['../', /no date on either side/],
    ['..', /slash between its start and its end/],
    ['2021/2020', /"2021\/2020" ends before it starts: .* 2020\/2021$/],
    ['2018-03-05/2018-03-04', /ends before it starts/],
    ['2018/2019/2020', /more than one slash: an interval has one/],
    ['2015..2021', /write \[2015\.\.2021\] .* or 2015\/2021 /],
    ['{2015}', /braces mean all .* record each/],
    ['2015,2021', /write \[2015,2021\]$/],
    ['[2015]/2021', /write 2015\/2021$/],
    ['[2015,2017]/2021', /stand alone in square brackets/],
    ['[2015..2021-05]', /from a year to a month: write both ends alike/],
    ['[2021..2015]', /ends before it starts: .* 2015\.\.2021/],
    ['[2015~..2021]', /qualifier in a range/],
    ['[..]', /square brackets/],
    ['[1890,,1892]', /square brackets/],
    ['2018-03-05T10:00:00Z', /write 2018-03-05$/],
    ['10:00', /no time of day/],
    ['12018', /four digits, from -9999 to 9999/],
    ['+2018', /write 2018$/],
    ['-12018', /four digits/],
    ['20180305', /write 2018-03-05$/],
    ['Y17E7', /four digits/],
    ['1950S2', /four digits/],
    ['?2018', /write 2018\?$/],
    ['2018?-03', /write 2018-03\?$/],
    ['2018-~03', /write 2018-03~$/],
    ['2018?~', /write 2018%$/],
    ['1XXX', /write \[1000\.\.1999\]$/],
    ['XXXX', /no date is known; leave it out/],
    ['19X1', /X replaces/],
    ['199x', /write 199X$/],
    ['199X-05', /X replaces/],
    ['19XX-XX', /write 19XX$/],
    ['2004-1X', /write \[2004-10\.\.2004-12\]$/],
    ['2004-XX-05', /X replaces/],
    ['2004-06-1X', /write \[2004-06-10\.\.2004-06-19\]$/],
    ['2018-3', /write 2018-03$/],
    ['18', /four digits/],
    ['2018-', /write 2018\/\.\. .* or 2018\/ /],
    ['2018-03-05-06', /write 2018-03-05\/2018-03-06$/],
    ['2018 - 2019', /write 2018\/2019$/],
    [' 2018', /write 2018$/],
    ['2018\n', /write 2018$/],
    ['٢٠١٨', /write 2018$/],
    ['2０18', /write 2018$/],
    ['2018−03', /write 2018-03$/],
  ])('is refused by a message that names it and shows what to write: %j', (text, message) => {
    const error = outcomeOf(text);
    expect(error).toBeInstanceOf(AnnalsError);
    expect(error).toMatchObject({ code: 'invalid-request', message: expect.stringMatching(message) });
    expect(error).toMatchObject({ issues: [{ message: messageOf(text) }] });
  });

  it('is refused beyond 64 characters however it goes on, and its message is no longer for it', () => {
    expect(outcomeOf('2018-03-05%/2018-03-06%')).not.toBeInstanceOf(AnnalsError);
    for (const text of ['2018/'.repeat(13), '9'.repeat(65), 'X'.repeat(1_000_000), '/'.repeat(1_000_000)]) {
      expect(outcomeOf(text)).toMatchObject({
        code: 'invalid-request',
        message: expect.stringMatching(/too long: it has \d+ characters, and at most 64 are taken/),
      });
      expect(messageOf(text).length).toBeLessThan(200);
    }
    expect(outcomeOf('9'.repeat(64))).toMatchObject({ message: expect.stringMatching(/four digits/) });
  });
});

// What the scanner should accept, said a second time and differently: the shape, and a calendar that is not ours.
const SHAPES = [
  /^-?\d{4}$/,
  /^-?\d{3}X$/,
  /^-?\d\dXX$/,
  /^-?\d{4}-(?:0[1-9]|1[012]|XX|2[1-4])$/,
  /^-?\d{4}-(?:0[1-9]|1[012])-(?:0[1-9]|[12]\d|3[01]|XX)$/,
  /^-?\d{4}-XX-XX$/,
];

function isSupportedDate(text: string): boolean {
  const bare = text.replace(/[?~%]$/, '');
  if (!SHAPES.some((shape) => shape.test(bare)) || bare.startsWith('-0000')) return false;
  const [, year, month, day] = /^(-?\d{4})-(\d\d)-(\d\d)$/.exec(bare) ?? [];
  if (day === undefined) return true;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1;
}

function isDated(side: string): boolean {
  return side !== '' && side !== '..';
}

function isSupported(text: string): boolean {
  if (text.length > 64) return false;
  const ends = text.split('/');
  if (ends.length === 1) return isSupportedDate(text);
  const [start = '', end = ''] = ends;
  if (ends.length > 2 || (!isDated(start) && !isDated(end))) return false;
  if ([start, end].some((side) => isDated(side) && !isSupportedDate(side))) return false;
  return !isDated(start) || !isDated(end) || parseEdtf(end).endMax >= parseEdtf(start).startMin;
}

const supportedShape = fc.stringMatching(
  /^-?(?:\d{4}|\d{3}X|\d\dXX|\d{4}-(?:0[1-9]|1[0-2]|2[1-4]|XX)|\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]|XX))[?~%]?$/,
);
const dateLike = fc.oneof(
  supportedShape,
  fc
    .tuple(fc.oneof(supportedShape, fc.constantFrom('', '..')), fc.oneof(supportedShape, fc.constantFrom('', '..')))
    .map((ends) => ends.join('/')),
);
const symbol = fc.constantFrom(...'0123456789-/.X?~%Tx Y[]:٣'.split(''));
const damaged = fc.tuple(dateLike, fc.nat(24), fc.nat(2), fc.array(symbol, { maxLength: 2 })).map(([text, at, cut, inserted]) => {
  const place = at % (text.length + 1);
  return text.slice(0, place) + inserted.join('') + text.slice(place + cut);
});
const anyText = fc.oneof(
  { weight: 4, arbitrary: damaged },
  { weight: 2, arbitrary: dateLike },
  { weight: 1, arbitrary: fc.array(symbol, { maxLength: 70 }).map((symbols) => symbols.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
);

describe('the scanner', () => {
  it('accepts exactly the supported dates, and refuses the rest with an AnnalsError that can be shown', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const outcome = outcomeOf(text);
        expect(outcome instanceof AnnalsError).toBe(!isSupported(text));
        if (!(outcome instanceof AnnalsError)) return;
        expect(outcome.code).toBe('invalid-request');
        expect(outcome.message).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
        expect(outcome.message.length).toBeLessThan(300);
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps the text as given and orders the bounds, within the calendar or at its sentinels', () => {
    fc.assert(
      fc.property(dateLike.filter(isSupported), (text) => {
        const date = parseEdtf(text);
        expect(date.edtf).toBe(text);
        expect(date.startMin).toBeLessThanOrEqual(date.startMax);
        expect(date.endMin).toBeLessThanOrEqual(date.endMax);
        expect(date.startMin).toBeLessThanOrEqual(date.endMin);
        expect(date.startMax).toBeLessThanOrEqual(date.endMax);
        for (const day of [date.startMin, date.startMax, date.endMin, date.endMax]) {
          const isDay = day >= EARLIEST_DAY && day <= LATEST_DAY;
          expect(isDay || day === UNBOUNDED_START || day === UNBOUNDED_END).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('widens every approximate date by half its days, rounded down, at least one, clamped to the calendar', () => {
    fc.assert(
      fc.property(supportedShape.filter(isSupported), (text) => {
        const bare = text.replace(/[?~%]$/, '');
        const { startMin: first, endMax: last } = parseEdtf(bare);
        const margin = first === last ? 1 : (last - first + 1 - ((last - first + 1) % 2)) / 2;
        for (const qualifier of ['~', '%']) {
          const { startMin, startMax, endMin, endMax } = parseEdtf(bare + qualifier);
          expect([startMin, endMin]).toEqual(Array(2).fill(Math.max(EARLIEST_DAY, first - margin)));
          expect([startMax, endMax]).toEqual(Array(2).fill(Math.min(LATEST_DAY, last + margin)));
        }
        expect(parseEdtf(`${bare}?`)).toMatchObject({ startMin: first, startMax: last, endMin: first, endMax: last });
      }),
      { numRuns: 1000 },
    );
  });
});
