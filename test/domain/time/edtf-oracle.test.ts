// @ts-expect-error the package ships no types
import untypedEdtf from 'edtf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoOfDay } from '../../../src/domain/time/day.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';
import { AnnalsError } from '../../../src/domain/errors.ts';

/** What the npm package `edtf` answers: milliseconds since 1970, `null` for an unknown bound. */
type OracleDate = { min: number | null; max: number | null; edtf: string; covers(other: OracleDate): boolean };

// Level 3 is the package's own name for seasons in intervals and seasons with a qualifier.
const askOracle: (text: string, options: { level: 3 }) => OracleDate = untypedEdtf;

function oracleOf(text: string): OracleDate | undefined {
  try {
    return askOracle(text, { level: 3 });
  } catch {
    return undefined;
  }
}

function oracleDays(text: string): { first: number; last: number } | undefined {
  const date = oracleOf(text);
  if (date?.min == null || date.max == null) return undefined;
  return { first: Math.floor(date.min / 86_400_000), last: Math.floor(date.max / 86_400_000) };
}

/** First and last day as the package sees them, in ISO; `refused` where it refuses. */
function oracleRange(text: string): string {
  const days = oracleDays(text);
  return days ? `${isoOfDay(days.first)}..${isoOfDay(days.last)}` : 'refused';
}

function ownDays(text: string): { first: number; last: number } | undefined {
  try {
    const { startMin, endMax } = parseEdtf(text);
    return { first: startMin, last: endMax };
  } catch (error) {
    if (error instanceof AnnalsError) return undefined;
    throw error;
  }
}

function ownRange(text: string): string {
  const days = ownDays(text);
  return days ? `${isoOfDay(days.first)}..${isoOfDay(days.last)}` : 'refused';
}

/** Where the package is wrong, or decides otherwise, for a date without a slash. `examples` pin what it answers, so that this list cannot go stale. */
const DIFFERENCES: { what: string; applies: RegExp; examples: [text: string, theirs: string, ours: string][] }[] = [
  {
    what: 'moves 29 February of a common year to 1 March',
    applies: /-02-29/,
    examples: [
      ['2013-02-29', '2013-03-01..2013-03-01', 'refused'],
      ['1900-02-29', '1900-03-01..1900-03-01', 'refused'],
      // Not its whole mistake: 0000 is a leap year.
      ['0000-02-29', '0000-03-01..0000-03-01', '0000-02-29..0000-02-29'],
    ],
  },
  {
    what: 'ends February of the year 0000 on 1 March when the day is unspecified',
    applies: /^0000-02-XX/,
    examples: [['0000-02-XX', '0000-02-01..0000-03-01', '0000-02-01..0000-02-29']],
  },
  {
    what: 'takes the seasons for the quarters of the year (the standard leaves their days open; here they are whole northern seasons)',
    applies: /^-?\d{4}-2[1-4][?~%]?$/,
    examples: [
      ['2001-21', '2001-01-01..2001-03-31', '2001-03-01..2001-05-31'],
      ['2001-24', '2001-10-01..2001-12-31', '2001-12-01..2002-02-28'],
      // Loses the sign of the year at the season's end.
      ['-0044-21', '-0044-01-01..0044-03-31', '-0044-03-01..-0044-05-31'],
    ],
  },
  {
    what: 'turns the bounds round when a year before 0 has an unspecified month or day',
    applies: /^-\d{4}-.*XX/,
    examples: [
      ['-0044-XX', '-0044-12-01..-0044-01-31', '-0044-01-01..-0044-12-31'],
      ['-0044-02-XX', '-0044-02-29..-0044-02-01', '-0044-02-01..-0044-02-29'],
    ],
  },
  {
    what: 'loses the sign of the decade and the century next to year 0',
    applies: /^-00(?:0X|XX)/,
    examples: [
      ['-000X', '0000-01-01..0009-12-31', '-0009-01-01..-0001-12-31'],
      ['-00XX', '0000-01-01..0099-12-31', '-0099-01-01..-0001-12-31'],
    ],
  },
  {
    what: 'refuses a qualifier after an unspecified digit',
    applies: /X[?~%]$/,
    examples: [
      ['199X?', 'refused', '1990-01-01..1999-12-31'],
      ['19XX~', 'refused', '1850-01-01..2049-12-30'],
      ['2004-XX?', 'refused', '2004-01-01..2004-12-31'],
      ['2004-06-XX?', 'refused', '2004-06-01..2004-06-30'],
    ],
  },
  {
    what: 'does not widen what is approximate (the standard sets no amount; here it is half the unit)',
    applies: /[~%]$/,
    examples: [
      ['2022-01~', '2022-01-01..2022-01-31', '2021-12-17..2022-02-15'],
      ['2022-01-06%', '2022-01-06..2022-01-06', '2022-01-05..2022-01-07'],
    ],
  },
];

const isComparable = (text: string) => !DIFFERENCES.some(({ applies }) => applies.test(text));

const date = fc.stringMatching(
  /^-?(?:\d{4}|\d{3}X|\d\dXX|\d{4}-(?:0[1-9]|1[0-2]|2[1-4]|XX|XX-XX)|\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]|XX))[?~%]?$/,
);
const comparable = fc
  .stringMatching(/^-?(?:\d{4}|\d{3}X|\d\dXX|\d{4}-(?:0[1-9]|1[0-2]|XX|XX-XX)|\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]|XX))$/)
  .chain((text) => (text.includes('X') ? fc.constant(text) : fc.constantFrom(text, `${text}?`)))
  .filter(isComparable);
// Ends close to each other, so that they often overlap and as often are reversed.
const near = comparable.map((text) => text.replace(/^-?\d{3}/, (digits) => (digits.startsWith('-') ? '-004' : '200')));
const end = near.filter((text) => isComparable(text) && oracleDays(text) !== undefined);

describe('against the npm package edtf', () => {
  it('a date without a slash is accepted by both or by none, and covers the same days', () => {
    fc.assert(
      fc.property(comparable, (text) => {
        expect(ownRange(text)).toBe(oracleRange(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('what is accepted here is accepted there, but for the differences listed', () => {
    fc.assert(
      fc.property(date, (text) => {
        if (ownDays(text) && !/X[?~%]$/.test(text)) expect(oracleOf(text)).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('an interval runs from the first day of its start to the last of its end, and the package agrees where it accepts it', () => {
    fc.assert(
      fc.property(end, end, (left, right) => {
        const text = `${left}/${right}`;
        const [start, finish] = [oracleDays(left), oracleDays(right)];
        if (!start || !finish) return;
        expect(ownDays(text)).toEqual(finish.last < start.first ? undefined : { first: start.first, last: finish.last });
        // What it refuses beyond that is listed below.
        if (text.includes('?') && text.includes('X')) return;
        if (start.first < finish.first) expect(ownRange(text)).toBe(oracleRange(text));
        else expect(oracleRange(text)).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });

  for (const { what, applies, examples } of DIFFERENCES) {
    it.each(examples)(`the package ${what}: %s`, (text, theirs, ours) => {
      expect(text).toMatch(applies);
      expect(oracleRange(text)).toBe(theirs);
      expect(ownRange(text)).toBe(ours);
    });
  }

  it.each([
    ['2018-03/2018-03', '2018-03-01..2018-03-31'],
    ['2018-03-05/2018', '2018-03-05..2018-12-31'],
    ['2018/2018', '2018-01-01..2018-12-31'],
  ])('the package refuses an interval whose second date does not begin after its first: %s', (text, ours) => {
    expect(oracleRange(text)).toBe('refused');
    expect(ownRange(text)).toBe(ours);
  });

  it.each([
    ['1990?/200X', '1990-01-01..2009-12-31'],
    ['2004-XX/2010?', '2004-01-01..2010-12-31'],
    ['2001-21/2002', '2001-03-01..2002-12-31'],
    ['2001/2002-22', '2001-01-01..2002-08-31'],
  ])('the package refuses an interval of a qualified and an unspecified date, and of a season and another date: %s', (text, ours) => {
    expect(oracleRange(text)).toBe('refused');
    expect(ownRange(text)).toBe(ours);
  });

  it('the package accepts intervals without any date', () => {
    for (const text of ['/', '../..', '/..', '../']) {
      expect(oracleOf(text)?.edtf).toBe(text);
      expect(ownDays(text)).toBeUndefined();
    }
  });

  it('the package tells open from unknown as infinite from null, and then compares null as 1970', () => {
    const [open, unknown, in1960, in1990] = ['../2021', '/2021', '1960', '1990'].map((text) => askOracle(text, { level: 3 }));
    expect([open?.min, unknown?.min]).toEqual([-Infinity, null]);
    expect([open?.covers(in1960!), open?.covers(in1990!)]).toEqual([true, true]);
    expect([unknown?.covers(in1960!), unknown?.covers(in1990!)]).toEqual([false, true]);
    expect(parseEdtf('../2021').startMin).toBe(parseEdtf('/2021').startMin);
    expect(parseEdtf('../2021').startMax).toBeLessThan(parseEdtf('/2021').startMax);
  });

  it('the package reads what is left out here on purpose: masks within a part, distant years, sets, times, qualifiers of one part', () => {
    for (const text of ['1XXX', '2004-1X', '2004-XX-05', 'Y17E7', '{2004,2006}', '2004-06-01T10:00:00Z', '2004?-06', '2004-25']) {
      expect(oracleOf(text)).toBeDefined();
      expect(ownDays(text)).toBeUndefined();
    }
  });
});
