import { civilOf, dayOf, daysInMonth, isoOfDay, MONTH_NAMES } from './day.ts';

/** Longest text, in characters after normalization, of which forms are looked for: patterns go back over some of the text. */
const LONGEST = 64;

/**
 * Forms in EDTF of a text in which people write a date, first the likeliest; more than one where the text has several meanings. A form need not
 * be readable: `30.2.1999` has 1999-02-30.
 */
export function formsOf(text: string): string[] {
  const plain = plainText(text);
  if (plain.length > LONGEST) return [];
  return [...new Set([...matching(INTERVALS, plain), ...pointForms(plain)])].filter((form) => form !== text);
}

/** Text with ASCII digits and hyphens, in lower case, with single spaces. */
function plainText(text: string): string {
  const ascii = text
    .normalize('NFKC')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));
  const plain = ascii.replaceAll(/\s+/g, ' ').trim().toLowerCase();
  return plain.replace(/\b(?:first|second|third|fourth)(?= )/, (word) => ORDINALS[word]!);
}

const ORDINALS: Readonly<Record<string, string>> = { first: '1st', second: '2nd', third: '3rd', fourth: '4th' };

const number = (digits: string, width: number): string => digits.padStart(width, '0');
const wide = (year: number): string => `${year < 0 ? '-' : ''}${number(String(Math.abs(year)), 4)}`;
const beforeChrist = (years: string): string[] => (Number(years) > 0 ? [wide(1 - Number(years))] : []);

/** A year as four digits, or with its era: `44 bc`, `79 ad`. */
function yearOf(text: string): string {
  const [, digits = '', era = ''] = /^(\d{1,4}) ?(.*)$/.exec(text) ?? [];
  return era.startsWith('b') ? (beforeChrist(digits)[0] ?? '') : number(digits, 4);
}

const monthOf = (word: string): string => String(MONTH_NAMES.findIndex((name) => name.toLowerCase().startsWith(word.slice(0, 3))) + 1);

/** A day, or the month or year of a date whose other parts are 0. */
function dated(year: string, month: string, day = '0'): string[] {
  if (Number(month) === 0) return Number(day) === 0 && Number(year) !== 0 ? [year] : [];
  return [`${year}-${number(month, 2)}${Number(day) === 0 ? '' : `-${number(day, 2)}`}`];
}

/** Some unit from the first to the last, and the whole time. */
const span = (first: string, last: string): string[] => [`[${first}..${last}]`, `${first}/${last}`];

/** Months of a year, counted from 1; more than 12 are those of the next year. */
function months(year: string, first: number, count: number): string[] {
  const named = (month: number) => dated(wide(Number(year) + Math.floor((month - 1) / 12)), String(((month - 1) % 12) + 1))[0]!;
  return span(named(first), named(first + count - 1));
}

/** Parts of a year that ISO 8601-2 numbers from 25 to 41: seasons of the north and the south, quarters, thirds, halves. */
function partsOfYear(year: string, code: number): string[] {
  if (code >= 25 && code <= 28) return [`${year}-${code - 4}`];
  if (code === 30) return [...months(year, 12, 3), ...months(wide(Number(year) - 1), 12, 3)];
  if (code >= 29 && code <= 32) return months(year, { 29: 9, 31: 3, 32: 6 }[code]!, 3);
  if (code >= 33 && code <= 36) return months(year, (code - 33) * 3 + 1, 3);
  if (code >= 37 && code <= 39) return months(year, (code - 37) * 4 + 1, 4);
  return code === 40 || code === 41 ? months(year, (code - 40) * 6 + 1, 6) : [];
}

/** A year and two digits: a month or a part of the year, and a later year of the same century. */
function yearAndNumber(year: string, digits: string): string[] {
  const last = year.slice(0, 2) + digits;
  return [...dated(year, digits), ...partsOfYear(year, Number(digits)), ...(digits.length === 2 && last > year ? [`${year}/${last}`] : [])];
}

/** Days of a week of ISO 8601, which begins on Monday; week 1 has 4 January. */
function week(year: string, weeks: string, weekday: string | undefined): string[] {
  const fourth = dayOf(Number(year), 1, 4);
  const monday = fourth - ((fourth + 3) % 7) + (Number(weeks) - 1) * 7;
  if (Number(weeks) < 1 || civilOf(monday + 3).year !== Number(year)) return [];
  return weekday ? [isoOfDay(monday + Number(weekday) - 1)] : span(isoOfDay(monday), isoOfDay(monday + 6));
}

function dayOfYear(year: string, count: string): string[] {
  const day = dayOf(Number(year), 1, Number(count));
  return Number(count) > 0 && civilOf(day).year === Number(year) ? [isoOfDay(day)] : [];
}

const ROMAN = ' i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi'.split(' ');

/** The 19th century is 1801 to 1900, and often meant as 1800 to 1899, which X says. Before Christ both are the same but for the first. */
function century(ordinal: string, era: string): string[] {
  const count = ROMAN.includes(ordinal) ? ROMAN.indexOf(ordinal) : Number(ordinal);
  if (count < 1) return [];
  const digits = number(String(count - 1), 2);
  if (!era.startsWith('b')) return [`[${digits}01..${wide(count * 100)}]`, `${digits}XX`];
  return [count === 1 ? '[-0099..0000]' : `-${digits}XX`];
}

/** Days of a month of which the first digit is known. */
function daysFrom(year: string, month: string, digit: string): string[] {
  const last = Math.min(Number(`${digit}9`), daysInMonth(Number(year), Number(month)));
  const first = Math.max(Number(`${digit}0`), 1);
  return [`[${year}-${month}-${number(String(first), 2)}..${year}-${month}-${number(String(last), 2)}]`];
}

function season(name: string, year: string): string[] {
  if (name === 'winter') return [`${year}-24`, `${wide(Number(year) - 1)}-24`];
  return [`${year}-${{ spring: 21, summer: 22, autumn: 23, fall: 23 }[name]}`];
}

const NAMES: Readonly<Record<string, string>> = {
  M: '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)',
  D: '(\\d{1,2})(?:st|nd|rd|th)?',
  Y: '(\\d{4}|\\d{1,4} ?(?:b\\.?c\\.?(?:e\\.?)?|a\\.?d\\.?|c\\.?e\\.?))',
  S: '(spring|summer|autumn|fall|winter)',
  _: '[-., ]{0,2}',
};
const named = (template: string): RegExp => new RegExp(`^${template.replaceAll(/[A-Z_]/g, (name) => NAMES[name]!)}$`);

/** Notations of a single date, and the forms of each. */
const POINTS: readonly Rule[] = [
  [
    /^(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})$/,
    (y, a, b) => [...dated(y, a, b), ...(Number(a) > 12 ? dated(y, b, a) : []), ...(Number(a) > 20 && Number(a) < 25 ? [`${y}-${a}`] : [])],
  ],
  [/^(\d{1,2})([-./ ])(\d{1,2})\2(\d{4})$/, (a, _, b, y) => [...dated(y, b, a), ...dated(y, a, b)]],
  [/^(\d{4})(0\d|1[012])(\d\d)$/, (y, m, d) => dated(y, m, d)],
  [/^([0-3]\d)([0-3]\d)((?:1[3-9]|20)\d\d)$/, (a, b, y) => [...dated(y, b, a), ...dated(y, a, b)]],
  [/^(\d{4})[-./ ](\d{1,2})$/, (y, n) => yearAndNumber(y, n)],
  [/^(\d{1,2})[-./ ](\d{4})$/, (m, y) => dated(y, m)],
  [/^(\d{4})(0[1-9]|1[012])$/, (y, m) => dated(y, m)],
  [/^(\d{4})-?(\d{3})$/, (y, count) => dayOfYear(y, count)],
  [/^(\d{4})-?w(\d\d)(?:-?([1-7]))?$/, (y, w, day) => week(y, w, day)],
  [/^(\d{3})$/, (y) => [`0${y}`]],
  [/^-(\d{1,4})$/, (y) => [...beforeChrist(y), ...(Number(y) > 0 ? [`-${number(y, 4)}`] : [])]],
  [/^(\d{1,5}) ?b\.?c\.?(?:e\.?)?$/, (y) => beforeChrist(y)],
  [/^bce? ?(\d{1,5})$/, (y) => beforeChrist(y)],
  [/^(\d{1,4}) ?(?:a\.?d\.?|c\.?e\.?)$/, (y) => [number(y, 4)]],
  [/^a\.?d\.? ?(\d{1,4})$/, (y) => [number(y, 4)]],
  [/^[+y](-?\d{4}.*)$/, (y) => [y]],
  [/^(\d\d)(\d)0'?s$/, (c, d) => [...(d === '0' ? [`${c}XX`] : []), `${c}${d}X`]],
  [/^(\d{1,2}|[ivx]{1,5})(?:st|nd|rd|th)? ?(?:c\.?|cent\.?|century) ?(bce?|ad|ce)?$/, (count, era) => century(count, era ?? '')],
  [/^(\d{3})-?(\?)$|^(\d{3})-$/, (d, mark, known) => [`${d || known}X${mark}`]],
  [/^(\d\d)--(\??)$/, (c, mark) => [`${c}XX${mark}`]],
  [/^(-?\d{2,3}[ux]{1,2})(?:-[ux]{2}){1,2}$/, (year) => [year.replaceAll('u', 'x')]],
  [/^(-?\d[\dux-]{3,10})([?~%]?)$/, (text, mark) => [text.replaceAll('u', 'x') + mark]],
  [/^([1-9])[ux]{3}$/, (d) => [`[${d}000..${d}999]`]],
  [/^(\d{4})-([01])[ux]$/, (y, d) => [d === '0' ? `[${y}-01..${y}-09]` : `[${y}-10..${y}-12]`]],
  [/^(\d{4})-(0[1-9]|1[012])-([0-3])[ux]$/, (y, m, d) => daysFrom(y, m, d)],
  [/^(-?\d{4}-\d\d-\d\d)(?:[t ]\d\d?(?::?\d\d){0,2}(?:[.,]\d{1,9})?)? ?(?:z|utc|gmt|[-+ ]?\d\d:?\d\d)?$/, (day) => [day]],
  [/^(\d{4})(\d\d)(\d\d)t\d{2,6}(?:z|[-+ ]\d{4})?$/, (y, m, d) => dated(y, m, d)],
  [/^q([1-4])[-/ ]?(\d{4})$/, (q, y) => partsOfYear(y, 32 + Number(q))],
  [/^(\d{4})[-/ ]?q([1-4])$/, (y, q) => partsOfYear(y, 32 + Number(q))],
  [/^([1-4])(?:st|nd|rd|th) quarter (\d{4})$/, (q, y) => partsOfYear(y, 32 + Number(q))],
  [/^([12])(?:st|nd) half (\d{4})$/, (h, y) => partsOfYear(y, 39 + Number(h))],
  [named('D_M_Y'), (d, m, y) => dated(yearOf(y), monthOf(m), d)],
  [named('M_D_Y'), (m, d, y) => dated(yearOf(y), monthOf(m), d)],
  [named('Y_M_D'), (y, m, d) => dated(yearOf(y), monthOf(m), d)],
  [named('M_Y'), (m, y) => dated(yearOf(y), monthOf(m))],
  [named('Y_M'), (y, m) => dated(yearOf(y), monthOf(m))],
  [named('S_Y'), (s, y) => season(s, yearOf(y))],
  [named('Y_S'), (y, s) => season(s, yearOf(y))],
  [/^winter (\d{4})[-/](\d{2}|\d{4})$/, (y, next) => (wide(Number(y) + 1).endsWith(next) ? [`${y}-24`] : [])],
];

const WEEKDAY = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.? /;
const ABOUT = /^(?:circa|ca\.?|c\.?|about|around|approximately|approx\.?|roughly|~|≈) ?|(?: ?\(?(?:approx\.?|circa|ca\.?)\)?|~)$/;
const DOUBTFUL = /^(?:probably|perhaps|possibly|maybe|\?) ?| ?(?:\?|\(\?\))$/;
const QUALIFIED_PARTS = /^([?~%]{0,2})(-?\d{4})([?~%]{0,2})(?:-([?~%]{0,2})(\d\d)([?~%]{0,2}))?(?:-([?~%]{0,2})(\d\d)([?~%]{0,2}))?$/;

/** Forms of a single date. */
function pointForms(text: string): string[] {
  const parts = QUALIFIED_PARTS.exec(text);
  if (parts && /[?~%]/.test(text)) return qualifiedParts(parts.slice(1).map((part) => part ?? ''));
  const bare = text
    .replace(/^\[([^[\],]*)\]$/, '$1')
    .replaceAll(/,? of |, ?/g, ' ')
    .replace(/^(?:in )?(?:the )?/, '')
    .replace(WEEKDAY, '')
    .replace(/ \d\d?:\d\d.*$/, '');
  const found = matching(POINTS, bare);
  if (found.length > 0) return found.map(upper);
  const certain = bare.replace(DOUBTFUL, '');
  const rest = certain.replace(ABOUT, '');
  const mark = rest === certain ? '?' : certain === bare ? '~' : '%';
  return rest === bare
    ? []
    : matching(POINTS, rest)
        .map(upper)
        .flatMap((form) => (/^[-\dX]+$/.test(form) ? [form + mark] : []));
}

type Rule = readonly [pattern: RegExp, forms: (...groups: string[]) => string[]];

/** Forms by all rules whose pattern a text matches. */
const matching = (rules: readonly Rule[], text: string): string[] =>
  rules.flatMap(([pattern, forms]) => {
    const match = pattern.exec(text);
    return match ? forms(...match.slice(1).map((group) => group ?? '')) : [];
  });

const upper = (form: string): string => form.toUpperCase();

/**
 * A qualifier of a part of a date (level 2) as one of the whole: doubt of a part doubts the whole, and what is about a year or a month says no
 * finer date.
 */
function qualifiedParts([beforeYear, year, afterYear, beforeMonth, month, afterMonth, beforeDay, day, afterDay]: string[]): string[] {
  const marks = [beforeYear! + afterYear!, beforeMonth! + afterMonth!, beforeDay! + afterDay!];
  const about = marks.findIndex((each) => /[~%]/.test(each));
  const doubtful = /[?%]/.test(marks.join(''));
  const kept = [year, month, day].filter((each) => each !== '').slice(0, about < 0 ? 3 : about + 1);
  return [kept.join('-') + (about < 0 ? '?' : doubtful ? '%' : '~')];
}

const OPEN = /^(?:open|now|present|today|ongoing|current|\.\.)$/;
const UNKNOWN = /^(?:unknown|unk|[ux]{4}|\?|)$/;

const sideForms = (text: string): string[] => (OPEN.test(text) ? ['..'] : UNKNOWN.test(text) ? [''] : endForms(text));

/** Forms of a date that is an end or an item: those of the text, or the text itself. */
function endForms(text: string): string[] {
  const forms = pointForms(text);
  return (forms.length > 0 ? forms : [upper(text)]).filter((form) => /^-?[\dX]{4}[-\dX]*[?~%]?$/.test(form));
}

/** Forms of two texts, joined: the first with the first, the second with the second. */
function joined(left: string[], right: string[], join: (from: string, to: string) => string[]): string[] {
  if (left.length === 0 || right.length === 0) return [];
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, index) => join(left[index] ?? left[0]!, right[index] ?? right[0]!)).flat();
}

const interval = (from: string, to: string): string[] => [`${from}/${to}`];

/** Notations of an interval or of one of several dates, and the forms of each. */
const INTERVALS: readonly Rule[] = [
  [/^([^/]*)\/([^/]*)$/, (from, to) => joined(sideForms(from.trim()), sideForms(to.trim()), interval)],
  [/^(\d{4}(?:-\d\d){0,2})-(\d{4}(?:-\d\d){0,2})$/, (from, to) => [`${from}/${to}`]],
  [/^(\d{4}-\d\d)-(\d\d)-(\d\d)$/, (month, from, to) => [`${month}-${from}/${month}-${to}`]],
  [/^(\d{4})-$/, (from) => [`${from}/..`, `${from}/`]],
  [/^(?:from )?(.+?) (?:-|to|until|till|through) (.+)$/, (from, to) => spoken(from, to, interval)],
  [/^([^-]+)-([^-]*[a-z][^-]*)$/, (from, to) => spoken(from, to, interval)],
  [/^(?:circa|ca\.?|c\.?) ?(\d{4})-(\d{4})$/, (from, to) => [`${from}~/${to}~`]],
  [/^between (.+) and (.+)$/, (from, to) => spoken(from, to, (first, last) => [`[${first}..${last}]`])],
  [/^\[?([^,]+) or ([^,]+)\]?$/, (one, other) => spoken(one, other.replace(/\]$/, ''), (first, second) => [`[${first},${second}]`])],
  [
    /^([^[\].{}]*)\.\.([^[\].{}]*)$/,
    (from, to) =>
      from + to ? joined(limit(from), limit(to), (first, last) => [`[${first}..${last}]`, `${first || '..'}/${last || '..'}`]) : [],
  ],
  [/^\[?((?:[^[\]{},]+,)+[^[\]{},]+)\]?$/, (items) => setOf(items.split(','))],
  [/^since (.+)$/, (from) => endForms(from).map((form) => `${form}/..`)],
  [/^(?:until|till|up to) (.+)$/, (to) => endForms(to).flatMap((form) => [`../${form}`, `/${form}`])],
];

const limit = (text: string): string[] => (text === '' ? [''] : endForms(text.trim()));

/** Two dates as they are said: the first may leave out what the second says, as in "7 to 11 January 1989". */
function spoken(from: string, to: string, join: (from: string, to: string) => string[]): string[] {
  const left = / bce?$/.test(to) && !from.includes('bc') ? endForms(`${from} bc`) : endForms(from);
  return joined(left.length > 0 ? left : endForms(`${from} ${to.replace(/^\S+ /, '')}`), OPEN.test(to) ? ['..'] : endForms(to), join);
}

/** One set of which every item has one form. */
function setOf(items: string[]): string[] {
  const forms = items.map((item) => endForms(item.trim()));
  return forms.every(({ length }) => length === 1) ? [`[${forms.join(',')}]`] : [];
}
