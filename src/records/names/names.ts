import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { identifierKey, nameKey } from '../../domain/text/name.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { SLUG_MAX } from '../../domain/text/slug.ts';
import { NAMED_TYPES, type RecordType } from '../../domain/record-type.ts';
import type { Reader } from '../../storage/port.ts';
import { idsBeginning, keysOfIds, namesWithTrigrams, recordsByIdOrName } from '../../storage/tables/names.ts';

/** A reference to a record by its id, by a name or by `scheme:value`; `exact` admits the id only. */
export type NameReference = { type: RecordType; value: string; exact?: boolean };

/** A record that a reference means. `key` is its integer key. */
export type Resolved = { key: number; id: string };

/** The reason why a reference means no record. The issue has no place yet. */
export type Unresolved = { code: 'ambiguous-name' | 'unknown-reference'; issue: Issue };

/** The keys under which a value may be filed in `lookups`: as a name, and as `scheme:value`. */
export function lookupKeys(value: string): string[] {
  const keys = [nameKey(value)];
  if (value.includes(':')) keys.push(identifierKey(value));
  return keys.filter((key) => key !== '');
}

/** Characters of a value that an issue repeats at most. */
const SHOWN = 80;

/** Resolves references, in order: each means the record with that id, else the only one with that name or identifier. */
export const resolve = (reader: Reader, references: readonly NameReference[]): Promise<(Resolved | Unresolved)[]> =>
  resolveEach(reader, references, (result) => result);

/** Resolves the values of a parameter. Throws `ambiguous-name` or `unknown-reference`, naming the parameter, for the first that means no record. */
export const resolveParameters = (reader: Reader, parameter: string, references: readonly NameReference[]): Promise<Resolved[]> =>
  resolveEach(reader, references, (result) => {
    if (isResolved(result)) return result;
    throw new AnnalsError(result.code, result.issue.message, [{ parameter, ...result.issue }]);
  });

/** Resolves references one after the other until `accept` throws. One round trip where all are ids, as most are: names are not looked up then. */
async function resolveEach<Result>(
  reader: Reader,
  references: readonly NameReference[],
  accept: (result: Resolved | Unresolved) => Result,
): Promise<Result[]> {
  const byId = await findByIds(reader, references);
  const others = references.filter((each) => !byId.has(each));
  const results = new Map([...byId].map(([each, result]) => [each, accept(result)]));
  const candidates = await findCandidates(reader, others);
  for (const [index, each] of others.entries()) results.set(each, accept(await decide(reader, each, candidates[index]!)));
  return references.map((each) => results.get(each)!);
}

/** Resolves one value of a parameter, as `resolveParameters` does. */
export async function resolveParameter(reader: Reader, parameter: string, reference: NameReference): Promise<Resolved> {
  const [resolved] = await resolveParameters(reader, parameter, [reference]);
  return resolved!;
}

/** Returns true for a result of `resolve` that is a record. */
export function isResolved(result: Resolved | Unresolved): result is Resolved {
  return 'key' in result;
}

/** Finds the records of references by id. */
async function findByIds(reader: Reader, references: readonly NameReference[]): Promise<Map<NameReference, Resolved>> {
  if (references.length === 0) return new Map();
  const [rows] = await reader.read([keysOfIds(references.map(({ type, value }) => [type, value]))]);
  return new Map(rows.map(([index, key, id]) => [references[index]!, { key, id }]));
}

/** Records that a reference may mean: the one with that id, and those with that name or identifier. */
export type Candidates<Candidate = Resolved> = { byId?: Candidate | undefined; byName: Candidate[] };

/** Finds the candidates of references, in order; one round trip. */
export async function findCandidates(reader: Reader, references: readonly NameReference[]): Promise<Candidates[]> {
  const candidates: Candidates[] = references.map(() => ({ byName: [] }));
  if (references.length === 0) return candidates;
  const wanted = references.flatMap(({ type, value, exact }, index) => {
    const keys = exact || !NAMED_TYPES.has(type) ? [] : lookupKeys(value);
    return [{ index, type, slug: value }, ...keys.map((key) => ({ index, type, key }))];
  });
  const [rows] = await reader.read([recordsByIdOrName(wanted)]);
  for (const [index, isByName, key, id] of rows) {
    const each = candidates[index]!;
    if (isByName === 0) each.byId = { key, id };
    else if (!each.byName.some((other) => other.key === key)) each.byName.push({ key, id });
  }
  return candidates;
}

/** The rule by which a reference means a record: the one with that id, else the only one with that name or identifier. */
export function choose<Candidate>({ byId, byName }: Candidates<Candidate>): Candidate | 'none' | 'several' {
  if (byId) return byId;
  const [only, ...others] = byName;
  if (only === undefined) return 'none';
  return others.length > 0 ? 'several' : only;
}

async function decide(reader: Reader, reference: NameReference, candidates: Candidates): Promise<Resolved | Unresolved> {
  const chosen = choose(candidates);
  if (chosen === 'none') return { code: 'unknown-reference', issue: unknownReference(reference, await nearestRecords(reader, reference)) };
  if (chosen !== 'several') return chosen;
  const ids = candidates.byName.map(({ id }) => id);
  return { code: 'ambiguous-name', issue: ambiguousName(reference, ids) };
}

/** The issue of a name that several records have. */
export function ambiguousName({ value }: NameReference, ids: readonly string[]): Issue {
  const didYouMean = ids.toSorted();
  return { message: `"${firstUnits(value, SHOWN)}" may be ${didYouMean.join(' or ')}: use the id`, didYouMean };
}

/** The issue of an id or name that no record has; `didYouMean` are the ids that it may have meant. */
export function unknownReference({ type, value }: NameReference, didYouMean: string[]): Issue {
  const message = `there is no ${type} "${firstUnits(value, SHOWN)}"`;
  return didYouMean.length > 0 ? { message: `${message}: did you mean ${didYouMean.join(' or ')}?`, didYouMean } : { message };
}

/** While the reader pool is busy, unknown references are refused without suggestions. */
function withoutSuggestions(error: unknown): undefined {
  if (error instanceof AnnalsError && ['query-timeout', 'too-many-queries'].includes(error.code)) return undefined;
  throw error;
}

/** Trigrams of a name that are looked up at most: each is read in full, so a long name would cost more than it tells. */
const TRIGRAMS_MAX = 8;

/** The ids of up to three records whose id or a name of which is nearest: by the trigrams they share or how their ids begin, then by edits. */
export async function nearestRecords(reader: Reader, { type, value }: NameReference): Promise<string[]> {
  const key = firstUnits(nameKey(value), 60);
  const suggestions = await reader
    .read([namesWithTrigrams(type, trigramsOf(key)), idsBeginning(type, beginningOf(value.toLowerCase()))])
    .catch(withoutSuggestions);
  if (!suggestions) return [];
  const [byName, byId] = suggestions;
  const idOf = new Map([...byId.map(([id]) => [nameKey(id), id] as const), ...byName]);
  return [...new Set(nearest(key, idOf.keys()).map((name) => idOf.get(name)!))];
}

/** Some trigrams of a name, as an expression of the full text that finds any of them. */
function trigramsOf(key: string): string {
  const letters = Array.from(key);
  const all = [...new Set(letters.slice(2).map((_, index) => letters.slice(index, index + 3).join('')))];
  const step = Math.max(1, all.length / TRIGRAMS_MAX);
  const trigrams = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  return trigrams.length > 0 ? trigrams.map((trigram) => `"${trigram}"`).join(' OR ') : '""';
}

/** The part of a misspelt id that most likely is right: its first two thirds. */
const beginningOf = (id: string): string => firstUnits(id, Math.max(3, Math.ceil((Math.min(id.length, SLUG_MAX) * 2) / 3)));
