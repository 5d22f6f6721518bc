import type { Candidate } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { keyOfName } from '../../domain/text/name.ts';
import type { NameWarning } from '../../model/page.ts';
import type { Input } from '../../model/record.ts';
import { filedNames, type Named, type WrittenName, writtenNames } from '../../model/record-names.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { modelOf } from '../../model/models.ts';
import type { Reader } from '../../storage/port.ts';
import type { ResolvedRecord } from '../document/rows.ts';
import { alternatives, candidateOf, type KnownRecord, listed, lowest, rankOf, readKnown } from './candidates.ts';
import { findCandidates, isTooMany } from './names.ts';

/** A record with its names, as far as they are compared. */
export type Holder = { id: string; names: readonly WrittenName[]; identifiers?: Named['identifiers']; candidate: Candidate };

/** Names of a record that it has not had before, or that count otherwise now; titles of entries, which are often alike, are none. */
export function addedNames(model: RecordModel, input: Input, former?: Input): WrittenName[] {
  const before = former ? filedNames(model, former).flatMap(({ name }) => name ?? []) : [];
  const isKnown = ({ name, nameClass }: WrittenName) => before.some((each) => each.name === name && each.nameClass === nameClass);
  return filedNames(model, input).flatMap(({ name }) => (name && !isKnown(name) ? [name] : []));
}

/**
 * The warnings of a write that gives a record names which other records of its type have, in a form that is spread into its result; nothing where there
 * are none. Records that others write at the same time may be missed.
 */
export async function homonyms(
  reader: Reader,
  { model, key, input }: Pick<ResolvedRecord, 'model' | 'key' | 'input'>,
  former?: Input,
): Promise<{ warnings?: NameWarning[] }> {
  const added = addedNames(model, input, former);
  if (added.length === 0) return {};
  const { type } = model;
  const found = await findCandidates(
    reader,
    added.map(({ name }) => ({ type, value: name })),
  );
  const own: Holder = { ...ownNames(model, input), id: input.id, candidate: { type, id: input.id } };
  const warnings: NameWarning[] = [];
  for (const [index, name] of added.entries()) {
    const { byId, byName } = found[index]!;
    const keys = [...new Set([...(byId ? [byId] : []), ...byName].map((each) => each.key))].filter((each) => each !== key);
    if (keys.length === 0) continue;
    const others = (await readKnown(reader, type, keys.slice(0, COMPARED))).map(holderOf);
    const warning = homonymWarning(name, own, others, isTooMany(byName));
    if (warning) warnings.push(warning);
  }
  return warnings.length > 0 ? { warnings } : {};
}

/** Other records of a name that are read at most. */
const COMPARED = 50;

const ownNames = (model: RecordModel, input: Input) => ({ names: writtenNames(model, input), identifiers: input.identifiers });

/** A stored record with its names. */
export const holderOf = (known: KnownRecord): Holder => ({
  ...ownNames(modelOf[known.type], known.record),
  id: known.id,
  candidate: candidateOf(known),
});

/** Spellings of others that a warning speaks of at most. */
const SPELLINGS = 2;

/** Characters of a name that a warning repeats at most. */
const SHOWN = 80;

const quoted = (name: string): string => `"${firstUnits(name, SHOWN)}"`;

/**
 * The warning of a name of a record that others have, which says what each spelling means from now on; undefined if no other has it. `isMore` where
 * others have it that are not compared: it is ambiguous then.
 */
export function homonymWarning(written: WrittenName, own: Holder, others: readonly Holder[], isMore = false): NameWarning | undefined {
  const { name, pointer } = written;
  const key = keyOfName(name);
  const sharing = others.filter((each) => isAskedWith(own, each) && (each.id === name || rankOf(name, each) < Infinity));
  if (sharing.length === 0) return undefined;
  const theirs = new Set(sharing.flatMap(({ names }) => names.flatMap((each) => (keyOfName(each.name) === key ? [each.name] : []))));
  const spellings = [name, ...[...theirs].filter((each) => each !== name).slice(0, SPELLINGS)];
  const meanings = spellings.map((spelling) => [spelling, isMore ? undefined : meaningOf(spelling, [own, ...sharing])] as const);
  const candidates = listed(sharing.map(({ candidate }) => candidate));
  const whose = `${quoted(name)} is also a name of ${alternatives(candidates, sharing.length, ' and ')}`;
  const means = meanings[0]![1];
  return {
    pointer,
    name,
    ...(means !== undefined && { means }),
    message: `${whose}: from now on ${meanings.map(sentenceOf).join(', and ')}`,
    candidates,
  };
}

/** Returns true for two records whose names are asked for together. Those of codes are asked for within a vocabulary, with which their ids begin. */
function isAskedWith({ id, candidate }: Holder, other: Holder): boolean {
  return !modelOf[candidate.type].idFields || id.split('-')[0] === other.id.split('-')[0];
}

function sentenceOf([spelling, means]: readonly [string, string | undefined]): string {
  if (means !== undefined) return `${quoted(spelling)} means ${means}`;
  return `${quoted(spelling)} is ambiguous, and is refused where a record is named: use the id`;
}

/** The id of the record that a name means, as `meantBy` of `names.ts` has it; undefined where it is ambiguous. */
function meaningOf(asked: string, holders: readonly Holder[]): string | undefined {
  const byId = holders.find(({ id }) => id === asked);
  if (byId) return byId.id;
  const [meant, ...equals] = lowest(holders, (each) => rankOf(asked, each));
  return equals.length === 0 ? meant?.id : undefined;
}
