import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { AnnalsError } from '../../../src/domain/errors.ts';
import { isoOfDay, MONTH_NAMES } from '../../../src/domain/time/day.ts';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';
import { parseWindow } from '../../../src/domain/time/window.ts';

/** The message about a text, and the forms that it offers. */
function adviceOn(text: string): { message: string; forms: string[] } {
  try {
    parseEdtf(text);
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    return { message: error.message, forms: error.issues.flatMap(({ didYouMean = [] }) => didYouMean) };
  }
  throw new Error(`"${text}" is read`);
}

/** What people write, and the forms in which it can be meant. */
const FORMS: Record<string, [text: string, ...forms: string[]][]> = {
  'days in other notations': [
    ['12/31/1999', '1999-12-31'],
    ['31.12.1999', '1999-12-31'],
    ['18.3.1922', '1922-03-18'],
    ['1922-3-18', '1922-03-18'],
    ['1999-1-5', '1999-01-05'],
    ['1999/01/05', '1999-01-05'],
    ['20160131', '2016-01-31'],
    ['31122018', '2018-12-31'],
    ['5 March 2018', '2018-03-05'],
    ['March 5, 2018', '2018-03-05'],
    ['5th of March, 2018', '2018-03-05'],
    ['05-Mar-2018', '2018-03-05'],
    ['2018 March 5', '2018-03-05'],
    ['15 March 44 BC', '-0043-03-15'],
    ['Thu, 06 Jan 2022 10:00:00 GMT', '2022-01-06'],
    ['2022-01-06T10:00:00Z', '2022-01-06'],
    ['2022-01-06T10:00:00+05:00', '2022-01-06'],
    ['2022-01-06T10:00:00 05:00', '2022-01-06'],
    ['2018-060', '2018-03-01'],
    ['2018-W03-2', '2018-01-16'],
  ],
  'months, seasons and years': [
    ['March 2018', '2018-03'],
    ['2018 March', '2018-03'],
    ['03/2018', '2018-03'],
    ['2018/3', '2018-03'],
    ['1985-00-00', '1985'],
    ['1985-00', '1985'],
    ['1985-06-00', '1985-06'],
    ['Spring 2001', '2001-21'],
    ['500 BC', '-0499'],
    ['500 BCE', '-0499'],
    ['1 BC', '0000'],
    ['AD 79', '0079'],
    ['500', '0500'],
    ['٢٠١٨', '2018'],
    [' 2018', '2018'],
    ['2018−03', '2018-03'],
  ],
  'unspecified digits': [
    ['1870s', '187X'],
    ["the 1870's", '187X'],
    ['199u', '199X'],
    ['19uu', '19XX'],
    ['2004-06-uu', '2004-06-XX'],
    ['197-', '197X'],
    ['18--', '18XX'],
    ['199?', '199X?'],
    ['1XXX', '[1000..1999]'],
    ['2004-02-2X', '[2004-02-20..2004-02-29]'],
    ['5th century BC', '-04XX'],
    ['1st century BC', '[-0099..0000]'],
  ],
  qualifiers: [
    ['c. 1875', '1875~'],
    ['circa 1850', '1850~'],
    ['ca. 1850', '1850~'],
    ['[ca. 1850]', '1850~'],
    ['circa March 1875', '1875-03~'],
    ['c. 1870s', '187X~'],
    ['1850 ?', '1850?'],
    ['1850?~', '1850%'],
    ['1983?-12', '1983-12?'],
    ['2004-06~-11', '2004-06~'],
    ['~2004-06-11', '2004~'],
  ],
  'intervals and several dates': [
    ['1914-1918', '1914/1918'],
    ['1914–1918', '1914/1918'],
    ['1914-18', '1914/1918'],
    ['from 1914 to 1918', '1914/1918'],
    ['ca. 1914-1918', '1914~/1918~'],
    ['500-400 BC', '-0499/-0399'],
    ['7-11 January 1989', '1989-01-07/1989-01-11'],
    ['January to March 2018', '2018-01/2018-03'],
    ['2006/open', '2006/..'],
    ['2006/unknown', '2006/'],
    ['unknown/2006', '/2006'],
    ['since 2021', '2021/..'],
    ['2021-present', '2021/..'],
    ['1890 or 1892', '[1890,1892]'],
    ['[1890, 1892]', '[1890,1892]'],
    ['between 1906 and 1912', '[1906..1912]'],
    ['2021/2020', '2020/2021'],
  ],
  'texts with several meanings': [
    ['03/04/2005', '2005-04-03', '2005-03-04'],
    ['1500s', '15XX', '150X'],
    ['-500', '-0499', '-0500'],
    ['20th century', '[1901..2000]', '19XX'],
    ['XIX century', '[1801..1900]', '18XX'],
    ['19th c.', '[1801..1900]', '18XX'],
    ['Winter 2001', '2001-24', '2000-24'],
    ['2018-W03', '[2018-01-15..2018-01-21]', '2018-01-15/2018-01-21'],
    ['Q3 2021', '[2021-07..2021-09]', '2021-07/2021-09'],
    ['2021-33', '[2021-01..2021-03]', '2021-01/2021-03', '2021/2033'],
    ['2021-34', '[2021-04..2021-06]', '2021-04/2021-06', '2021/2034'],
    ['2021-35', '[2021-07..2021-09]', '2021-07/2021-09', '2021/2035'],
    ['2021-36', '[2021-10..2021-12]', '2021-10/2021-12', '2021/2036'],
    ['2021-25', '2021-21', '2021/2025'],
    ['2021-29', '[2021-09..2021-11]', '2021-09/2021-11', '2021/2029'],
    ['2021-39', '[2021-09..2021-12]', '2021-09/2021-12', '2021/2039'],
    ['2021-41', '[2021-07..2021-12]', '2021-07/2021-12', '2021/2041'],
    ['1911/12', '1911-12', '1911/1912'],
    ['2015..2021', '[2015..2021]', '2015/2021'],
    ['until 1911', '../1911', '/1911'],
    ['2018-', '2018/..', '2018/'],
  ],
};

describe.each(Object.entries(FORMS))('a message shows each form in which a text can be meant: %s', (_, rows) => {
  it.each(rows)('%s', (text, ...forms) => {
    const advice = adviceOn(text);
    expect(advice.forms).toEqual(forms);
    for (const form of forms) expect(advice.message).toContain(form);
  });
});

it.each([
  ['today', /it is another day for each reader/],
  ['uuuu', /^"uuuu" is not a date: no date is known; leave it out$/],
  ['0000-00-00', /no date is known; leave it out/],
  ['early 1990s', /first and last date/],
  ['30.2.1999', /^1999-02-30 does not exist: February 1999 has 28 days/],
  ['+12013', /^"\+12013" is not a date: years have four digits/],
  ['31.12.99', /the year has four digits/],
  ['2018-366', /four digits/],
  ['2015-W54', /four digits/],
])('a text without a clear meaning gets no form: %s', (text, message) => {
  expect(adviceOn(text)).toEqual({ message: expect.stringMatching(message) as string, forms: [] });
});

const day = fc.record({
  year: fc.integer({ min: 1000, max: 9999 }),
  month: fc.integer({ min: 1, max: 12 }),
  date: fc.integer({ min: 1, max: 28 }),
});

test('a day in any notation is among the forms, and a day that has one meaning is the only one', () => {
  fc.assert(
    fc.property(day, ({ year, month, date }) => {
      const iso = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
      const name = MONTH_NAMES[month - 1]!;
      const clear = [`${date} ${name} ${year}`, `${name.slice(0, 3)}. ${date}, ${year}`, `${iso}T08:30`, `${year}/${month}/${date}`];
      for (const text of clear) expect(adviceOn(text).forms, text).toEqual([iso]);
      for (const text of [`${date}.${month}.${year}`, `${month}/${date}/${year}`]) {
        const { forms } = adviceOn(text);
        expect(forms, text).toContain(iso);
        expect(forms.length, text).toBe(date <= 12 && date !== month ? 2 : 1);
      }
    }),
    { numRuns: 300 },
  );
});

const piece = fc.constantFrom(
  ...'0 1 2 9 18 31 1999 2005 - / . , .. [ ] ~ ? % X u T Z : c. ca. circa about from to or between and since until BC AD s th st century March Mar may winter spring Q3 W03 of the unknown open'.split(
    ' ',
  ),
  ' ',
);
const anything = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

test('every form that is offered is read, is written in the message, and is not the text itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anything,
        fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(' ')),
      ),
      (text) => {
        let advice: ReturnType<typeof adviceOn>;
        try {
          advice = adviceOn(text);
        } catch {
          return;
        }
        for (const form of advice.forms) {
          expect(parseEdtf(form).edtf).toBe(form);
          expect(advice.message).toContain(form);
          expect(form).not.toBe(text);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

const EXTENTS: [text: string, earliest: string, latest: string][] = [
  ['12/31/1999', '1999-12-31', '1999-12-31'],
  ['1870s', '1870-01-01', '1879-12-31'],
  ['500 BC', '-0499-01-01', '-0499-12-31'],
  ['5th century BC', '-0499-01-01', '-0400-12-31'],
  ['1st century BC', '-0099-01-01', '0000-12-31'],
  ['20th century', '1901-01-01', '2000-12-31'],
  ['2021-35', '2021-07-01', '2021-09-30'],
  ['2018-W01', '2018-01-01', '2018-01-07'],
  ['2020-W53', '2020-12-28', '2021-01-03'],
  ['2020-366', '2020-12-31', '2020-12-31'],
  ['Winter 2001', '2001-12-01', '2002-02-28'],
  ['1914-1918', '1914-01-01', '1918-12-31'],
  ['between 1906 and 1912', '1906-01-01', '1912-12-31'],
];

it.each(EXTENTS)('the first form covers the days that are meant: %s', (text, earliest, latest) => {
  const { startMin, endMax } = parseEdtf(adviceOn(text).forms[0]!);
  expect([isoOfDay(startMin), isoOfDay(endMax)]).toEqual([earliest, latest]);
});

it('takes no longer than the text is long, whatever it holds', () => {
  const start = performance.now();
  for (const unit of ['~', '?', ' ', '-', '1', 'x', '[', 'to ', 'c.', '/', '..', 'a ', '1 ', 'or ', '1-', ',', 'x,'])
    for (let round = 0; round < 20; round += 1) expect(() => parseEdtf(unit.repeat(64).slice(0, 63) + '!')).toThrow(AnnalsError);
  expect(performance.now() - start).toBeLessThan(1000);
});

/** The parameters that the message about a parameter tells to write, none where it tells of none. */
function windowAdvice(parameter: 'from' | 'to' | 'on', text: string): { message: string; asked: Record<string, string>[] } {
  try {
    parseWindow({ [parameter]: text });
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const written = / write (.*)$/.exec(error.message)?.[1] ?? '';
    const asked = written.split(/,? or /).filter((each) => each.includes('='));
    return { message: error.message, asked: asked.map((each) => Object.fromEntries(each.split('&').map((pair) => pair.split('=')))) };
  }
  return { message: '', asked: [] };
}

test('a window is told what it takes: an uncertain date with an unknown end is told its start', () => {
  expect(windowAdvice('on', '1984-06-02?/').asked).toEqual([{ from: '1984-06-02' }]);
  expect(windowAdvice('from', '[..1911]').asked).toEqual([{ to: '1911' }]);
  expect(windowAdvice('to', '2021-35').asked).toEqual([
    { from: '2021-07', to: '2021-09' },
    { from: '2021', to: '2035' },
  ]);
  expect(windowAdvice('on', 'c. 1850').asked).toEqual([{ on: '1850' }]);
  expect(windowAdvice('from', '[..1911,1945..]').message).toMatch(/leave it out$/);
});

const REFUSED = [
  '1984-06-02?/',
  '2022-01~',
  '2015/2021',
  '2021~/..',
  '/2021',
  '[1892,1890..1891]',
  '[..1911]',
  '[1945..]',
  '2022-02~/2022-01',
];

test('every window that a message offers is read', () => {
  const texts = [...REFUSED, ...Object.values(FORMS).flatMap((rows) => rows.map(([text]) => text))];
  let offered = 0;
  for (const parameter of ['from', 'to', 'on'] as const)
    for (const text of texts) {
      const { message, asked } = windowAdvice(parameter, text);
      if (parameter !== 'on' || text !== '2015/2021') expect(asked.length, `${parameter}=${text}: ${message}`).toBeGreaterThan(0);
      for (const each of asked) expect(() => parseWindow(each), message).not.toThrow();
      offered += asked.length;
    }
  expect(offered).toBeGreaterThan(300);
});
