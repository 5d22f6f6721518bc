import { momentsOf, type Moment, type Participation, type Valid } from '../../model/record.ts';
import { timelineColumns } from '../../index/entry.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Said } from '../../storage/bulk-index.ts';
import type { Indexed } from '../../storage/index-change.ts';

/** How a record stands in the index, apart from what relations say; `keys` are those of its moments, in order. */
export function indexedAs(model: RecordModel, input: Valid, keys: readonly number[]): Indexed {
  const terms = termsOf(model, input);
  const moments = momentsOf(model, input).map((moment, ordinal) => ({
    type: model.type,
    ...timelineColumns(moment, keys[ordinal]!),
    said: terms[ordinal]!,
  }));
  return { moments, words: [...wordsOf(model, input)] };
}

/**
 * What the moments of a record can be asked for, one list for each, except for what relations say, which two records decide. References
 * are ids. It says what the view `moment_terms` says; a test holds the two together.
 */
export function termsOf(model: RecordModel, input: Valid): Said[][] {
  const { topics = [], participants = [], citations = [] } = input;
  const common: Said[] = [
    ['everything', ''],
    ['type', model.type],
    ['kind', input.kind],
    ['status', statusOf(input)],
  ];
  for (const topic of topics) common.push(['topic', topic]);
  for (const { source } of citations) common.push(['source', source]);
  return momentsOf(model, input).map((moment) => [...common, ...ownTerms(moment, participants)]);
}

function ownTerms({ role, place, participants = [] }: Moment, others: readonly Participation[]): Said[] {
  const terms: Said[] = [];
  if (role !== undefined) terms.push(['moment', role]);
  if (place !== undefined) terms.push(['place', place]);
  for (const participation of [...others, ...participants]) {
    const { actor, onBehalfOf } = participation;
    terms.push(['role', participation.role], ['actor', actor], ['actor-role', `${actor}/${participation.role}`]);
    if (onBehalfOf !== undefined) terms.push(['actor', onBehalfOf], ['actor-role', `${onBehalfOf}/${participation.role}`]);
  }
  return terms;
}

/** The words that a record uses, each once: what the view `record_words` says. */
export function wordsOf(model: RecordModel, input: Valid): Iterable<Said> {
  const { topics = [], participants = [], relations = [] } = input;
  const words = new Map<string, Set<string>>();
  const use = (field: string, value: string) => {
    const values = words.get(field);
    if (values) values.add(value);
    else words.set(field, new Set([value]));
  };
  use('kind', input.kind);
  if (model.timeline) use('status', statusOf(input));
  for (const topic of topics) use('topic', topic);
  for (const { type } of relations) use('relation', type);
  for (const { role } of participants) use('role', role);
  for (const moment of momentsOf(model, input)) {
    if (moment.role !== undefined) use('moment', moment.role);
    for (const { role } of moment.participants ?? []) use('role', role);
  }
  return Array.from(words, ([field, values]) => Array.from(values, (value): Said => [field, value])).flat();
}

const statusOf = (input: Valid): string => input.status ?? 'occurred';
