import { AnnalsError, type Candidate, type Issue } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { closeKey, identifierKey, keyOfName } from '../../domain/text/name.ts';
import { sortKey } from '../../domain/text/sort-key.ts';
import { NAMED_TYPES, type RecordType } from '../../domain/record-type.ts';
import type { Reader } from '../../storage/port.ts';
import { HOLDERS_MAX, keysOfIds, type NamedRow, recordsByIdOrName } from '../../storage/tables/names.ts';
import { alternatives, candidateOf, type KnownRecord, listed, lowest, rankIn, readKnown, suggestions } from './candidates.ts';
import { nearestRecords } from './nearest-records.ts';

/** A reference to a record by its id, by a name or symbol, or by `scheme:value`. */
export type NameReference = { type: RecordType; value: string };

/** A record that a reference means. `key` is its integer key. */
export type Resolved = { key: number; id: string };

/** The reason why a reference means no record. The issue has no place yet. */
export type Unresolved = { code: 'ambiguous-name' | 'unknown-reference'; issue: Issue };

/** The keys under which a value may be filed in `lookups`: as a name, and as `scheme:value` with an exact and a close match. */
export function lookupKeys(value: string): string[] {
  return value.includes(':') ? [keyOfName(value), identifierKey(value), closeKey(value)] : [keyOfName(value)];
}

/** Characters of a value that an issue repeats at most. */
const SHOWN = 80;

/** Resolves references, in order, each by the rule of `meantBy`. */
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

/**
 * Records that a reference may mean: the one with that id, and those with that name or identifier. Where `isSure` is false, some of these were found
 * by the sort key of their title, and may have another.
 */
export type Candidates = { byId?: Resolved | undefined; byName: Resolved[]; isSure: boolean };

/** The sort keys of titles that a value may mean: "&" stands for "and" in names, and for nothing in sort keys. */
const titleKeys = (value: string): string[] => [
  ...new Set([value, value.replaceAll('&', ' and '), value.replaceAll(/\band\b/giu, '&')].map(sortKey)),
];

/** Finds the candidates of references, in order; one round trip. */
export async function findCandidates(reader: Reader, references: readonly NameReference[]): Promise<Candidates[]> {
  const candidates: Candidates[] = references.map(() => ({ byName: [], isSure: true }));
  if (references.length === 0) return candidates;
  const wanted = references.flatMap(({ type, value }, index) => [
    { index, type, slug: value },
    ...lookupKeys(value).map((key) => ({ index, type, key })),
    ...(NAMED_TYPES.has(type) ? [] : titleKeys(value).map((title) => ({ index, type, title }))),
  ]);
  const [rows] = await reader.read([recordsByIdOrName(wanted)]);
  for (const [index, by, key, id] of rows.toSorted(byKindAndKey)) {
    const each = candidates[index]!;
    if (by === 'id') each.byId = { key, id };
    else if (!each.byName.some((other) => other.key === key)) each.byName.push({ key, id });
    if (by === 'title') each.isSure = false;
  }
  return candidates;
}

/** Compares found records: those with a name before those with a title, each in the order of keys. */
const byKindAndKey = ([, one, oneKey]: NamedRow, [, other, otherKey]: NamedRow): number =>
  one === other ? oneKey - otherKey : one < other ? -1 : 1;

/** Returns true for so many records of one name that no rule decides among them. */
export const isTooMany = ({ length }: readonly unknown[]): boolean => length > HOLDERS_MAX;

/** Reads the records of a name, unless there is only one. */
export const readContested = async (
  reader: Reader,
  { type }: NameReference,
  { byName, isSure }: Pick<Candidates, 'byName' | 'isSure'>,
): Promise<KnownRecord[]> =>
  isSure && byName.length <= 1
    ? []
    : readKnown(
        reader,
        type,
        byName.slice(0, HOLDERS_MAX).map(({ key }) => key),
      );

/**
 * The rule by which a reference means a record: the one with that id, else the only one with that name or identifier, else the one to whose names it
 * is nearest (`rankOf`). More than fifty are not told apart. Returns the records that it may mean where it means no single one.
 */
async function meantBy(reader: Reader, reference: NameReference, candidates: Candidates): Promise<Resolved | KnownRecord[]> {
  const { byId, byName, isSure } = candidates;
  if (byId) return byId;
  const [only, ...others] = byName;
  if (only && others.length === 0 && isSure) return only;
  const contested = await readContested(reader, reference, candidates);
  const meant = isTooMany(byName) ? contested : lowest(contested, (each) => rankIn(reference.value, each));
  return meant.length === 1 ? meant[0]! : meant;
}

async function decide(reader: Reader, reference: NameReference, candidates: Candidates): Promise<Resolved | Unresolved> {
  const meant = await meantBy(reader, reference, candidates);
  if (!Array.isArray(meant)) return meant;
  if (meant.length === 0) return { code: 'unknown-reference', issue: unknownReference(reference, await nearestRecords(reader, reference)) };
  return { code: 'ambiguous-name', issue: ambiguousName(reference, meant.map(candidateOf), isTooMany(candidates.byName)) };
}

/** Resolves one reference that need not mean a record: returns none for a name that is not known or ambiguous, and looks for nothing near it. */
export async function resolveIfKnown(reader: Reader, reference: NameReference): Promise<Resolved | undefined> {
  const [candidates] = await findCandidates(reader, [reference]);
  const meant = await meantBy(reader, reference, candidates!);
  return Array.isArray(meant) ? undefined : meant;
}

/** The issue of a name that several records have, none of them more than the others; `isMore` where there are more than the candidates. */
export function ambiguousName({ type, value }: NameReference, candidates: readonly Candidate[], isMore = false): Issue {
  const [shown, named] = [listed(candidates), `"${firstUnits(value, SHOWN)}"`];
  const message = isMore
    ? `${named} is a name of more than ${HOLDERS_MAX} ${type}s, such as ${alternatives(shown.slice(0, 3), 3)}: use the id`
    : `${named} may be ${alternatives(shown, candidates.length)}: use the id`;
  return { message, didYouMean: shown.map(({ id }) => id), candidates: shown };
}

/** The issue of an id or name that no record has; `candidates` are the records that it may have meant, the nearest first. */
export function unknownReference({ type, value }: NameReference, candidates: Candidate[]): Issue {
  const message = `there is no ${type} "${firstUnits(value, SHOWN)}"`;
  if (candidates.length === 0) return { message };
  return { message: `${message}: did you mean ${suggestions(candidates)}?`, didYouMean: candidates.map(({ id }) => id), candidates };
}
