import { describe, expect, it } from 'vitest';
import { parseEdtf } from '../../../src/domain/time/edtf.ts';
import { labelOf } from '../../../src/domain/time/edtf-label.ts';

const LABELS: Record<string, [edtf: string, label: string][]> = {
  'names a single date as precisely as it is known': [
    ['2018-03-05', '5 March 2018'],
    ['2018-03', 'March 2018'],
    ['2018', '2018'],
    ['2001-21', 'spring 2001'],
    ['2001-22', 'summer 2001'],
    ['2001-23', 'autumn 2001'],
    ['2001-24', 'winter 2001'],
    ['199X', '1990s'],
    ['19XX', '1900–1999'],
  ],
  'shows what is unspecified by leaving it out': [
    ['2004-XX', '2004'],
    ['2004-XX-XX', '2004'],
    ['2004-06-XX', 'June 2004'],
  ],
  'does not call the first decade of a century by the name of the century': [['190X', '1900–1909']],
  'says in an interval once what its ends share': [
    ['2022-01-06/2022-01-13', '6 to 13 January 2022'],
    ['2018-02-28/2018-03-03', '28 February to 3 March 2018'],
    ['2018-03/2018-05', 'March to May 2018'],
    ['2001-21/2001-23', 'spring to autumn 2001'],
    ['2018-03-05/2018-05', '5 March to May 2018'],
    ['2018-03-05/2018-03', '5 March to March 2018'],
    ['-0044-03-15/-0044-03-17', '15 to 17 March 45 BCE'],
  ],
  'says both ends in full where they share nothing': [
    ['2015/2021', '2015 to 2021'],
    ['2017-12-30/2018-01-02', '30 December 2017 to 2 January 2018'],
    ['2017-01/2018-01', 'January 2017 to January 2018'],
    ['2018-03-05/2018', '5 March 2018 to 2018'],
    ['199X/200X', '1990s to 2000–2009'],
    ['-0050/0030', '51 BCE to 30 CE'],
  ],
  'names an interval from a date to the same date by that date': [
    ['2018-03/2018-03', 'March 2018'],
    ['2018-03~/2018-03~', 'about March 2018'],
  ],
  'tells an open end from an unknown one': [
    ['2021-09/..', 'since September 2021'],
    ['2021-09/', 'from September 2021, end unknown'],
    ['../2021', 'until 2021'],
    ['/2021', 'until 2021, start unknown'],
    ['2021-09-05/..', 'since 5 September 2021'],
    ['199X/..', 'since the 1990s'],
    ['199X~/..', 'since about the 1990s'],
    ['/19XX', 'until 1900–1999, start unknown'],
  ],
  'shows what is approximate and what is uncertain': [
    ['2022-01~', 'about January 2022'],
    ['2018-03?', 'March 2018 (uncertain)'],
    ['2018-03%', 'about March 2018 (uncertain)'],
    ['199X~', 'about 1990s'],
    ['2021-09?/..', 'since September 2021 (uncertain)'],
    ['/2021%', 'until about 2021 (uncertain), start unknown'],
  ],
  'names the dates of which one is meant': [
    ['[1890,1892]', '1890 or 1892'],
    ['[1667,1668,1670..1672]', '1667, 1668 or some year from 1670 to 1672'],
    ['[1989-01-07..1989-01-11]', 'some day from 7 to 11 January 1989'],
    ['[1890-05..1890-07]', 'some month from May to July 1890'],
    ['[2001-21..2001-23]', 'some season from spring to autumn 2001'],
    ['[189X..191X]', 'some decade from the 1890s to the 1910s'],
    ['[..1911]', 'before 1912'],
    ['[..1911-05-03]', 'before 4 May 1911'],
    ['[1945..]', 'after 1944'],
    ['[2001-21..]', 'after winter 2000'],
    ['[189X..]', 'after 1889'],
    ['[1361-10-01..]', 'after 30 September 1361'],
    ['[..1760,1800?]', 'before 1761 or 1800 (uncertain)'],
    ['[1890]', '1890'],
  ],
  'keeps a qualifier with the end it belongs to': [
    ['2022-01~/2022-03', 'about January 2022 to March 2022'],
    ['2022-01/2022-03~', 'January 2022 to about March 2022'],
    ['2022-01?/2022-03?', 'January 2022 (uncertain) to March 2022 (uncertain)'],
    ['2018-03/2018-03~', 'March 2018 to about March 2018'],
  ],
  'counts years before 1 as historians do, and says CE where a year below 1000 could mislead': [
    ['-0044', '45 BCE'],
    ['0000', '1 BCE'],
    ['0001', '1 CE'],
    ['-0001', '2 BCE'],
    ['-0044-03-15', '15 March 45 BCE'],
    ['0476-09', 'September 476 CE'],
    ['0999', '999 CE'],
    ['1000', '1000'],
    ['-004X', '50–41 BCE'],
    ['-01XX', '200–101 BCE'],
    ['000X', '1 BCE–9 CE'],
    ['-000X', '10–2 BCE'],
    ['047X', '470–479 CE'],
  ],
};

describe('label', () => {
  for (const [sentence, cases] of Object.entries(LABELS)) {
    it.each(cases)(`${sentence}: %s`, (edtf, label) => {
      expect(labelOf(parseEdtf(edtf))).toBe(label);
    });
  }
});
