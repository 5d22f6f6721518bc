import type { JsonObject } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { monthIndexOf, UNBOUNDED_END, UNBOUNDED_START } from '../domain/time/day.ts';
import { historicalDate } from '../domain/time/historical-date.ts';
import { type Input, type Moment, momentsOf, nameKeysOf, statusOf, titleOf } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { SearchText, TextPart } from './search-text.ts';
import { levelOf, noStartDay, positionOf, UNDATED_DAY, UNDATED_LEVEL, UNDATED_MONTH } from '../domain/time/levels.ts';

/** A value by which moments are found, under the name of its filter. */
export type Term = readonly [field: string, value: string];

/**
 * The columns of a moment: days since 1970-01-01, months `year * 12 + month - 1`; months are those of startMin, startMax and endMax. `doubted` is 1 for a
 * date with `?` or `%`; `members` are those of one of several dates, as JSON.
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
  return {
    key,
    type: model.type,
    moments: moments.map((moment, ordinal) => ({
      ...timelineColumns(moment, momentKeys[ordinal]!),
      terms: distinct([...common, ...momentTerms(moment, record)]),
    })),
    words: wordsOf(model, record, moments),
    names: nameKeysOf(model, record),
    text: textOf(model, record, moments),
  };
}

/** The columns of a moment with this key. */
export function timelineColumns({ edtf, calendar }: Moment, key: number) {
  const date = edtf === undefined ? undefined : historicalDate(edtf, calendar).bounds;
  const { startMin, startMax, endMin, endMax } = date ?? UNDATED;
  const unbounded = { start: startMin === UNBOUNDED_START, end: endMax === UNBOUNDED_END };
  const level = date ? levelOf(startMin, endMax, unbounded, date.hasGaps) : UNDATED_LEVEL;
  const month = (day: number) => (date ? monthIndexOf(day) : UNDATED_MONTH);
  return {
    startMin,
    startMax,
    endMin,
    endMax,
    level,
    position: positionOf(startMin === UNBOUNDED_START ? noStartDay(endMax) : startMin, level, key),
    startMonth: month(startMin),
    startMonthMax: month(startMax),
    endMonth: month(endMax),
    doubted: date?.doubted ? 1 : 0,
    members: date?.members ? JSON.stringify(date.members) : null,
  };
}

/** The term of moments with `?` or `%`, of which nothing is certain. */
export const DOUBTED: Term = ['doubted', ''];

const UNDATED = { startMin: UNDATED_DAY, startMax: UNDATED_DAY, endMin: UNDATED_DAY, endMax: UNDATED_DAY };

/** The terms that all moments of a record share, except for related records. */
function commonTerms({ type }: RecordModel, record: Input): Term[] {
  const { topics = [], citations = [] } = record;
  return [
    ['everything', ''],
    ['type', type],
    ['kind', record.kind],
    ['status', statusOf(record)],
    ...topics.map((topic): Term => ['topic', topic]),
    ...citations.map(({ source }): Term => ['source', source]),
  ];
}

function momentTerms({ edtf, calendar, basis, role, place, participants = [] }: Moment, record: Input): Term[] {
  const terms: Term[] = [];
  // Few dates are doubted or inferred: whoever asks for the others asks for those that have no such term.
  if (edtf !== undefined && historicalDate(edtf, calendar).bounds.doubted) terms.push(DOUBTED);
  if (basis === 'inferred') terms.push(['basis', basis]);
  if (role !== undefined) terms.push(['moment', role]);
  if (place !== undefined) terms.push(['place', place]);
  for (const participation of [...(record.participants ?? []), ...participants]) {
    const { actor, onBehalfOf } = participation;
    terms.push(['role', participation.role], ['actor', actor], ['actor-role', `${actor}/${participation.role}`]);
    if (onBehalfOf !== undefined) terms.push(['actor', onBehalfOf], ['actor-role', `${onBehalfOf}/${participation.role}`]);
  }
  return terms;
}

/** The distinct words that a record adds to the vocabulary of its type. */
function wordsOf(model: RecordModel, record: Input, moments: readonly Moment[]): Term[] {
  const { topics = [], participants = [], relations = [] } = record;
  const words: Term[] = [['kind', record.kind]];
  if (model.timeline) words.push(['status', statusOf(record)]);
  for (const topic of topics) words.push(['topic', topic]);
  for (const { type } of relations) words.push(['relation', type]);
  for (const { role } of participants) words.push(['role', role]);
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
  const { names = [], topics = [], participants = [], figures = [], citations = [] } = record;
  const parts: (string | undefined)[] = [record.kind];
  const fields: JsonObject = record;
  for (const { searched, path } of model.columns) if (searched) parts.push(...fieldTexts(fields[path[0]!]));
  parts.push(...topics);
  for (const { label, value, unit } of figures) parts.push(label, figureText(value), unit);
  for (const each of [...participants, ...moments.flatMap((moment) => moment.participants ?? [])])
    parts.push(each.actor, each.onBehalfOf, each.asStated);
  for (const { place, asStated } of moments) parts.push(place, asStated);
  for (const { phrase } of citations) parts.push(phrase);
  const inLanguage = (text: string): TextPart => ({ text, ...(record.language !== undefined && { language: record.language }) });
  return {
    title: inLanguage(titleOf(model, record)),
    names: names.map(({ name, language }) => ({ text: name, ...(language !== undefined && { language }) })),
    body: parts.flatMap((part) => (part === undefined ? [] : [inLanguage(part)])),
  };
}

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
