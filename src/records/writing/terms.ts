import type { Moment, Participation, Resource } from '../../resources/resource.ts';
import type { Said } from '../../storage/bulk-index.ts';
import type { Indexed } from '../../storage/index-change.ts';
import { momentsOf, timelineColumns } from './rows.ts';
import type { Valid } from './validate.ts';

// @NOTE the schema of the type has passed: where these fields are, they have these shapes
type Fields = {
  status?: string;
  topics?: string[];
  participants?: Participation[];
  citations?: { source: string }[];
  relations?: { type: string }[];
};

/** How a record stands in the index, apart from what relations say; `keys` are those of its moments, in order. */
export function indexedAs(resource: Resource, input: Valid, keys: readonly number[]): Indexed {
  const terms = termsOf(resource, input);
  const moments = momentsOf(resource, input).map((moment, ordinal) => ({
    type: resource.type,
    ...timelineColumns(moment, keys[ordinal]!),
    said: terms[ordinal]!,
  }));
  return { moments, words: [...wordsOf(resource, input)] };
}

/**
 * What the moments of a record can be asked for, one list for each, except for what relations say, which two records decide. References
 * are ids. It says what the view `moment_terms` says; a test holds the two together.
 */
export function termsOf(resource: Resource, input: Valid): Said[][] {
  const { topics = [], participants = [], citations = [] } = input as Fields;
  const common: Said[] = [
    ['everything', ''],
    ['type', resource.type],
    ['kind', String(input['kind'])],
    ['status', statusOf(input)],
  ];
  for (const topic of topics) common.push(['topic', topic]);
  for (const { source } of citations) common.push(['source', source]);
  return momentsOf(resource, input).map((moment) => [...common, ...ownTerms(moment, participants)]);
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
export function wordsOf(resource: Resource, input: Valid): Iterable<Said> {
  const { topics = [], participants = [], relations = [] } = input as Fields;
  const words = new Map<string, Set<string>>();
  const use = (field: string, value: string) => {
    const values = words.get(field);
    if (values) values.add(value);
    else words.set(field, new Set([value]));
  };
  use('kind', String(input['kind']));
  if (resource.timeline) use('status', statusOf(input));
  for (const topic of topics) use('topic', topic);
  for (const { type } of relations) use('relation', type);
  for (const { role } of participants) use('role', role);
  for (const moment of momentsOf(resource, input)) {
    if (moment.role !== undefined) use('moment', moment.role);
    for (const { role } of moment.participants ?? []) use('role', role);
  }
  return Array.from(words, ([field, values]) => Array.from(values, (value): Said => [field, value])).flat();
}

const statusOf = (input: Valid): string => (input as Fields).status ?? 'occurred';
