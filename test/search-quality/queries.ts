import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEEDS } from '../helpers/fixtures.ts';
import { readNdjson } from '../helpers/ndjson.ts';
import type { RecordType } from '../../src/domain/record-type.ts';
import { idMadeOf } from '../../src/model/addresses.ts';
import { modelOf } from '../../src/model/models.ts';

/** Points of the search that a query is about, in the order of the table. */
export const POINTS = [
  'folding',
  'scripts',
  'inflection',
  'exact',
  'prefixes',
  'compounds',
  'searched',
  'symbols',
  'exclusion',
  'alternatives',
  'names',
  'nearest',
] as const;

/** A request, and the records that a reader of its language expects. A record is its id, or `type/id` where two types share the id. */
export type Query = {
  point: (typeof POINTS)[number];
  /** The address up to the value, which is encoded and appended. */
  ask: string;
  value: string;
  /** Records that must be found. */
  finds: string[];
  /** Records that must not be found. */
  never: string[];
  /** Words or ids that an answer must offer in `didYouMean`. */
  offers: string[];
  offersNever: string[];
  /** The reason of the expectation, where the value does not show it. */
  why?: string;
};

/** Fields of a record of which the tests know. */
export type Fields = Record<string, unknown> & {
  type: string;
  id: string;
  name?: string;
  title?: string;
  label?: string;
  names?: { name: string }[];
};

const here = (name: string): string => join(import.meta.dirname, name);

/** Sixty invented records of all types, in eight scripts. */
export const records: Fields[] = readNdjson(here('records.ndjson'));

/** The texts of some of their sources. */
export const texts: { source: string; text: string }[] = readNdjson(here('texts.ndjson'));

/** The queries over these records and the seeds. */
export const queries: Query[] = readNdjson<Partial<Query>>(here('queries.ndjson')).map(
  (query) => ({ finds: [], never: [], offers: [], offersNever: [], ...query }) as Query, // @NOTE every line has the three fields that are left
);

/** The name of a query in the list of known failures. */
export const nameOf = ({ ask, value }: Query): string => ask + value;

/** The file with the names of queries that are not answered rightly yet. A listed query that is right fails the tests. */
export const KNOWN_FAILURES = here('known-failures.json');

/** Names of the queries that are not answered rightly yet. */
export const knownFailures = JSON.parse(readFileSync(KNOWN_FAILURES, 'utf8')) as string[]; // @NOTE a file of this repository

const invented = new Set(records.flatMap(({ type, id }) => [id, `${type}/${id}`]));

/** Whether a query names one of the invented records. All others are over the seeds alone. */
export const isOverInvented = ({ finds, never, offers, offersNever }: Query): boolean =>
  [...finds, ...never, ...offers, ...offersNever].some((name) => invented.has(name));

/** The seeds and the invented records. */
export function allRecords(): Fields[] {
  const seeds = readdirSync(SEEDS).filter((name) => name.endsWith('.ndjson'));
  const all = [...seeds.flatMap((name) => readNdjson<Fields>(join(SEEDS, name))), ...records];
  return all.map((each) => ({ ...each, id: idMadeOf(modelOf[each.type as RecordType], each) ?? each.id })); // @NOTE the types of records
}

/** Ids of all records, by themselves and with their type, each with the number of records that have it. */
export function idsInUse(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type, id } of allRecords()) for (const name of [id, `${type}/${id}`]) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
