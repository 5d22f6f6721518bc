import type { JsonObject } from '../domain/json/json.ts';
import { fieldOf, isEntryType, type RecordType } from '../domain/record-type.ts';
import { isoOfDay, monthIndexOf, UNBOUNDED_END, UNBOUNDED_START } from '../domain/time/day.ts';
import { slugged } from '../domain/text/slug.ts';
import { type DatedBounds, historicalDate } from '../domain/time/historical-date.ts';
import { ATTRIBUTE_VALUE_MAX, attributeTerm } from '../model/attributes.ts';
import { citationsOf } from '../model/citations.ts';
import { type Input, kindOf, MEMBER, type Moment, momentsOf, placesOf, statusOf, titleOf } from '../model/record.ts';
import { nameKeysOf } from '../model/record-names.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { SearchText, TextPart } from './search-text.ts';
import { levelOf, noStartDay, placeOf, positionAt, slotOf, UNDATED_DAY, UNDATED_LEVEL, UNDATED_MONTH } from '../domain/time/levels.ts';

/** A value by which moments are found, under the name of its filter. */
export type Term = readonly [field: string, value: string];

/**
 * The columns of a moment: days since 1970-01-01, months `year * 12 + month - 1`; months are those of startMin, startMax and endMax. `key` and `slot` make
 * its position. `doubted` is 1 for a date with `?` or `%`; `members` are those of one of several dates, as JSON.
 */
export type MomentColumns = ReturnType<typeof timelineColumns>;

/** A moment in the index, with its distinct terms. */
export type IndexMoment = MomentColumns & { terms: readonly Term[] };

/** Everything that the index holds of one record. `words` count for the vocabulary, `names` are the keys by which the record is found. */
export type IndexEntry = {
  key: number;
  type: RecordType;
  moments: readonly IndexMoment[];
  words: readonly Term[];
  names: readonly string[];
  text: SearchText;
};

/**
 * The index entry of a record whose references are ids. `momentKeys` has one key per moment; `related` lists the records, as `type/id`, that it
 * points to or that point to it, each once.
 */
export function entryOf(
  model: RecordModel,
  record: Input,
  { key, momentKeys }: { key: number; momentKeys: readonly number[] },
  related: readonly string[],
): IndexEntry {
  const moments = momentsOf(model, record);
  const common = [...commonTerms(model, record), ...related.map((each): Term => ['related', each])];
  const termsAt = (moment: Moment): Term[] => {
    if (!model.timeline?.life) return distinct([...common, ...momentTerms(moment, record)]);
    return distinct([...common, ...lifeTerms(moment, record)]).map(([field, value]) => [fieldOf(model.type, field), value]);
  };
  return {
    key,
    type: model.type,
    moments: moments.map((moment, ordinal) => ({
      ...timelineColumns(moment, momentKeys[ordinal]!, record.startTime),
      terms: termsAt(moment),
    })),
    words: wordsOf(model, record, moments),
    names: nameKeysOf(model, record),
    text: textOf(model, record, moments),
  };
}

/** The columns of a moment with this key, and the time of day of its entry. */
export function timelineColumns({ edtf, calendar }: Moment, key: number, startTime?: string) {
  const date = edtf === undefined ? undefined : historicalDate(edtf, calendar).bounds;
  const { startMin, startMax, endMin, endMax } = date ?? UNDATED;
  const unbounded = { start: startMin === UNBOUNDED_START, end: endMax === UNBOUNDED_END };
  const level = date ? levelOf(startMin, endMax, unbounded, date.hasGaps) : UNDATED_LEVEL;
  const month = (day: number) => (date ? monthIndexOf(day) : UNDATED_MONTH);
  return {
    key,
    slot: slotOf(startMin === UNBOUNDED_START ? noStartDay(endMax) : startMin, placeOf(level, startTime)),
    startMin,
    startMax,
    endMin,
    endMax,
    level,
    startMonth: month(startMin),
    startMonthMax: month(startMax),
    endMonth: month(endMax),
    doubted: date?.doubted ? 1 : 0,
    members: date?.members ? JSON.stringify(date.members) : null,
  };
}

/** The position of a moment. */
export const positionOfMoment = ({ slot, key }: Pick<MomentColumns, 'slot' | 'key'>): bigint => positionAt(slot, key);

/** The fields whose terms are no tags of the full text: related records change with other records, and the others are very many. */
export const UNTAGGED: ReadonlySet<string> = new Set(['related', 'attribute', 'month-day']);

/** The term of moments with `?` or `%`, of which nothing is certain. */
export const DOUBTED: Term = ['doubted', ''];

const UNDATED = { startMin: UNDATED_DAY, startMax: UNDATED_DAY, endMin: UNDATED_DAY, endMax: UNDATED_DAY };

/** The terms that all moments of a record share, except for related records. */
function commonTerms(model: RecordModel, record: Input): Term[] {
  const { type } = model;
  const { topics = [], figures = [] } = record;
  return [
    ['everything', ''],
    ...(isEntryType(type)
      ? ([
          ['type', type],
          ['status', statusOf(record)],
        ] satisfies Term[])
      : []),
    ['kind', kindOf(model, record)],
    ...topics.map((topic): Term => ['topic', topic]),
    ...citationsOf(record).map(({ source }): Term => ['source', source]),
    ...figures.map(({ label }): Term => ['figure', slugged(label)]),
    ...attributeTermsOf(record).map((value): Term => ['attribute', value]),
  ];
}

/** The terms of a moment in the life of an actor: of the actor itself, and of the organization of a membership and the actor for whom it is held. */
function lifeTerms(moment: Moment, { id = '' }: Input): Term[] {
  const terms = [...datedTerms(moment), ...(moment.place === undefined ? [] : [['place', moment.place] satisfies Term])];
  const { membership, role = MEMBER } = moment;
  if (membership === undefined) return [...terms, ['actor', id]];
  const { organization, onBehalfOf } = membership;
  terms.push(['role', role]);
  for (const actor of [id, organization, onBehalfOf])
    if (actor !== undefined) terms.push(['actor', actor], ['actor-role', `${actor}/${role}`]);
  return terms;
}

function momentTerms(moment: Moment, record: Input): Term[] {
  const terms = datedTerms(moment);
  for (const place of placesOf(record, moment)) terms.push(['place', place]);
  for (const participation of [...(record.participants ?? []), ...(moment.participants ?? [])]) {
    const { actor, onBehalfOf } = participation;
    terms.push(['role', participation.role], ['actor', actor], ['actor-role', `${actor}/${participation.role}`]);
    if (onBehalfOf !== undefined) terms.push(['actor', onBehalfOf], ['actor-role', `${onBehalfOf}/${participation.role}`]);
  }
  return terms;
}

/** The terms of the date and the role of a moment. */
function datedTerms({ edtf, calendar, basis, role }: Moment): Term[] {
  const terms: Term[] = [];
  if (edtf !== undefined) terms.push(...termsOfBounds(historicalDate(edtf, calendar).bounds));
  if (basis === 'inferred') terms.push(['basis', basis]);
  if (role !== undefined) terms.push(['moment', role]);
  return terms;
}

/** The terms of a date. Few dates are doubted: whoever asks for the others asks for those that have no such term. */
function termsOfBounds({ doubted, startMin, startMax }: DatedBounds): Term[] {
  const terms: Term[] = doubted ? [DOUBTED] : [];
  if (startMin === startMax) terms.push(['month-day', monthDayOf(startMin)]);
  return terms;
}

/** The month and the day of a day, in the Gregorian calendar: `01-10`. */
const monthDayOf = (day: number): string => isoOfDay(day).slice(-5);

/** The terms of attributes, each once: one for each value, and for each text of a list. Values of more than 200 characters have none. */
export const attributeTermsOf = ({ attributes = {} }: Pick<Input, 'attributes'>): string[] => [
  ...new Set(
    Object.entries(attributes).flatMap(([key, value]) =>
      [value].flat().flatMap((each) => (String(each).length > ATTRIBUTE_VALUE_MAX ? [] : [attributeTerm(key, each)])),
    ),
  ),
];

/** The texts among the values of attributes. */
export const attributeTexts = (attributes: Input['attributes'] = {}): string[] =>
  Object.values(attributes).flatMap((value) => (typeof value === 'string' ? [value] : Array.isArray(value) ? value : []));

/** The distinct words that a record adds to the vocabulary of its type. */
function wordsOf(model: RecordModel, record: Input, moments: readonly Moment[]): Term[] {
  const { topics = [], participants = [], relations = [], figures = [], attributes = {}, memberships = [] } = record;
  const words: Term[] = record.kind === undefined ? [] : [['kind', record.kind]];
  if (isEntryType(model.type)) words.push(['status', statusOf(record)]);
  for (const topic of topics) words.push(['topic', topic]);
  for (const { type } of relations) words.push(['relation', type]);
  for (const { label } of figures) words.push(['figure', slugged(label)]);
  for (const key of Object.keys(attributes)) words.push(['attribute', key]);
  for (const { role } of participants) words.push(['role', role]);
  for (const { role = MEMBER } of memberships) words.push(['role', role]);
  for (const { role, participants: own = [] } of moments) {
    if (role !== undefined) words.push(['moment', role]);
    for (const each of own) words.push(['role', each.role]);
  }
  return distinct(words);
}

function distinct(terms: readonly Term[]): Term[] {
  const byName = new Map<string, Term>();
  for (const term of terms) byName.set(`${term[0]}\n${term[1]}`, term);
  return [...byName.values()];
}

/**
 * The text of a record. The ids of actors and places stand in it as words, so that "guterres" finds what he said; the editor's note does not. The language
 * of a source is that of its title and summary, too, as far as its script tells.
 */
function textOf(model: RecordModel, record: Input, moments: readonly Moment[]): SearchText {
  const { names = [], topics = [], participants = [], figures = [], authors = [], links = [], places = [] } = record;
  const parts: (string | undefined)[] = [kindOf(model, record)];
  const fields: JsonObject = record;
  for (const { searched, path } of model.columns) if (searched) parts.push(...fieldTexts(fields[path[0]!]));
  parts.push(...authors, ...topics, ...places, ...attributeTexts(record.attributes));
  for (const { label, unit, ...range } of figures) parts.push(label, ...figureTexts(range), unit);
  for (const each of [...participants, ...moments.flatMap((moment) => moment.participants ?? [])])
    parts.push(each.actor, each.onBehalfOf, each.asStated);
  for (const { place, asStated } of moments) parts.push(place, asStated);
  for (const { phrase } of citationsOf(record)) parts.push(phrase);
  for (const { title, credit } of links) parts.push(title, credit);
  const inLanguage = (text: string): TextPart => ({ text, ...(record.language !== undefined && { language: record.language }) });
  return {
    title: inLanguage(titleOf(model, record)),
    names: names.map(({ name, language }) => ({ text: name, ...(language !== undefined && { language }) })),
    body: parts.flatMap((part) => (part === undefined ? [] : [inLanguage(part)])),
  };
}

/** The numbers of a figure as texts. */
const figureTexts = ({ value, low, high }: { value?: number | undefined; low?: number | undefined; high?: number | undefined }): string[] =>
  [value, low, high].flatMap((each) => (each === undefined ? [] : [figureText(each)]));

function fieldTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.map(String) : [];
}

/** The value of a figure as C's `%.15g` writes it: 15 digits, without trailing zeros, with an exponent below 1e-4 and from 1e15 on. */
export function figureText(value: number): string {
  const [digits, exponent] = value.toExponential(14).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 15) return String(Number(value.toPrecision(15)));
  return `${Number(digits)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
