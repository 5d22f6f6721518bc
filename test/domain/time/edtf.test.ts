import { describe, expect, it } from 'vitest';
import { gregorian } from '../../../src/domain/time/calendars.ts';
import { dayOf, isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';

function boundsInIso(text: string): string[] {
  const { startMin, startMax, endMin, endMax } = parseEdtf(text);
  return [startMin, startMax, endMin, endMax].map((day) => {
    if (day === UNBOUNDED_START) return '-∞';
    return day === UNBOUNDED_END ? '∞' : isoOfDay(day);
  });
}

describe('a date without a slash', () => {
  it.each([
    ['2018', '2018-01-01', '2018-12-31', 'year'],
    ['2018-03', '2018-03-01', '2018-03-31', 'month'],
    ['2018-03-05', '2018-03-05', '2018-03-05', 'day'],
    ['2004-02-29', '2004-02-29', '2004-02-29', 'day'],
    ['2004-02', '2004-02-01', '2004-02-29', 'month'],
    ['2001-21', '2001-03-01', '2001-05-31', 'season'],
    ['2001-22', '2001-06-01', '2001-08-31', 'season'],
    ['2001-23', '2001-09-01', '2001-11-30', 'season'],
    ['2001-24', '2001-12-01', '2002-02-28', 'season'],
    ['2003-24', '2003-12-01', '2004-02-29', 'season'],
    ['9999-24', '9999-12-01', '9999-12-31', 'season'],
    ['199X', '1990-01-01', '1999-12-31', 'decade'],
    ['19XX', '1900-01-01', '1999-12-31', 'century'],
    ['000X', '0000-01-01', '0009-12-31', 'decade'],
    ['-004X', '-0049-01-01', '-0040-12-31', 'decade'],
    ['-01XX', '-0199-01-01', '-0100-12-31', 'century'],
    ['-000X', '-0009-01-01', '-0001-12-31', 'decade'],
    ['-00XX', '-0099-01-01', '-0001-12-31', 'century'],
    ['2004-XX', '2004-01-01', '2004-12-31', 'year'],
    ['2004-XX-XX', '2004-01-01', '2004-12-31', 'year'],
    ['2004-06-XX', '2004-06-01', '2004-06-30', 'month'],
    ['-0044-02-XX', '-0044-02-01', '-0044-02-29', 'month'],
    ['-0044-03-15', '-0044-03-15', '-0044-03-15', 'day'],
    ['0000', '0000-01-01', '0000-12-31', 'year'],
    ['-9999-01-01', '-9999-01-01', '-9999-01-01', 'day'],
    ['9999-12-31', '9999-12-31', '9999-12-31', 'day'],
  ])('lies somewhere in the days it covers: %s', (text, first, last, precision) => {
    expect(boundsInIso(text)).toEqual([first, last, first, last]);
    expect(parseEdtf(text)).toMatchObject({ edtf: text, precision, approximate: false, uncertain: false });
  });

  it.each([
    ['2022-01~', '2021-12-17', '2022-02-15'],
    ['2022-01%', '2021-12-17', '2022-02-15'],
    ['2022-01?', '2022-01-01', '2022-01-31'],
    ['2022-01-06~', '2022-01-05', '2022-01-07'],
    ['2021~', '2020-07-03', '2022-07-01'],
    ['199X~', '1985-01-01', '2004-12-30'],
    ['-9999~', '-9999-01-01', '-9998-07-01'],
    ['9999-12-31%', '9999-12-30', '9999-12-31'],
    ['2004-XX~', '2003-07-02', '2005-07-02'],
  ])(
    'is widened on each side by half its length, at least a day, when approximate, and never when only uncertain: %s',
    (text, first, last) => {
      expect(boundsInIso(text)).toEqual([first, last, first, last]);
    },
  );

  it('says whether it is approximate, uncertain or both', () => {
    const said = ['2018', '2018~', '2018?', '2018%'].map((text) => [parseEdtf(text).approximate, parseEdtf(text).uncertain]);
    expect(said).toEqual([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('is both of its own ends', () => {
    const { from, to } = parseEdtf('2022-01~');
    expect(from).toBe(to);
    const days = { first: dayOf(2022, 1, 1), last: dayOf(2022, 1, 31) };
    expect(from).toEqual({ precision: 'month', calendar: gregorian, ...days, approximate: true, uncertain: false });
  });
});

describe('an interval', () => {
  it.each([
    ['2022-03-03/2022-03-04', ['2022-03-03', '2022-03-03', '2022-03-04', '2022-03-04'], 'day'],
    ['2015/2021', ['2015-01-01', '2015-12-31', '2021-01-01', '2021-12-31'], 'year'],
    ['2021-09/..', ['2021-09-01', '2021-09-30', '∞', '∞'], 'month'],
    ['2021-09/', ['2021-09-01', '2021-09-30', '2021-09-01', '∞'], 'month'],
    ['../2021', ['-∞', '-∞', '2021-01-01', '2021-12-31'], 'year'],
    ['/2021', ['-∞', '2021-12-31', '2021-01-01', '2021-12-31'], 'year'],
    ['2018-03/2018-03', ['2018-03-01', '2018-03-31', '2018-03-01', '2018-03-31'], 'month'],
    ['2018-03-05/2018-03-05', ['2018-03-05', '2018-03-05', '2018-03-05', '2018-03-05'], 'day'],
    ['2018-03-05/2018', ['2018-03-05', '2018-03-05', '2018-03-05', '2018-12-31'], 'year'],
    ['2018/2018-03-05', ['2018-01-01', '2018-03-05', '2018-03-05', '2018-03-05'], 'year'],
    ['2018-03/2018', ['2018-03-01', '2018-03-31', '2018-03-01', '2018-12-31'], 'year'],
    ['199X/2001-22', ['1990-01-01', '1999-12-31', '2001-06-01', '2001-08-31'], 'decade'],
    ['2015~/2021', ['2014-07-03', '2016-06-30', '2021-01-01', '2021-12-31'], 'year'],
    ['2022-01~/2022-02?', ['2021-12-17', '2022-02-15', '2022-02-01', '2022-02-28'], 'month'],
    ['2022-02~/2022-01', ['2022-01-18', '2022-01-31', '2022-01-18', '2022-01-31'], 'month'],
    ['-0050/-0040', ['-0050-01-01', '-0050-12-31', '-0040-01-01', '-0040-12-31'], 'year'],
  ])('starts in its first date, ends in its second, and never ends before it starts: %s', (text, bounds, precision) => {
    expect(boundsInIso(text)).toEqual(bounds);
    expect(parseEdtf(text)).toMatchObject({ edtf: text, precision });
  });

  it('tells an open end from an unknown one', () => {
    const said = ['2021/..', '2021/', '../2021', '/2021', '2020/2021', '2021'].map((text) => [
      parseEdtf(text).open,
      parseEdtf(text).unknown,
    ]);
    expect(said).toEqual([
      ['end', undefined],
      [undefined, 'end'],
      ['start', undefined],
      [undefined, 'start'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('leaves out the end that names no date, and what does not apply', () => {
    expect(Object.keys(parseEdtf('2021/..')).toSorted()).toEqual(
      ['edtf', 'startMin', 'startMax', 'endMin', 'endMax', 'precision', 'open', 'approximate', 'uncertain', 'from'].toSorted(),
    );
    expect(Object.keys(parseEdtf('/2021'))).not.toContain('from');
  });

  it('is approximate or uncertain if either end is', () => {
    expect(parseEdtf('2021~/2022')).toMatchObject({ approximate: true, uncertain: false });
    expect(parseEdtf('2021/2022?')).toMatchObject({ approximate: false, uncertain: true });
  });
});
