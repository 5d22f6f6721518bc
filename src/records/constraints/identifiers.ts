import { groupsOf } from '../../domain/groups.ts';
import { identifierKey } from '../../domain/text/name.ts';
import { AnnalsError, type Issue } from '../../domain/errors.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Input } from '../../model/record.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { guardHolders, holdersOf } from '../../storage/tables/names.ts';
import type { ResolvedRecord } from '../document/rows.ts';

/** An identifier of a record: `scheme:value` as it was written, its key in `lookups`, and its place in the list. */
export type Identifier = { text: string; key: string; index: number };

/**
 * Refuses an identifier that another record of the type has: it would find neither of them. One that `before`, the record as it was, has already
 * may stay, so that a record whose identifier was shared before this was refused can still be changed. Throws `identifier-taken`.
 */
export async function refuseTaken(
  reader: Reader,
  { model: { type }, input }: Pick<ResolvedRecord, 'model' | 'input'>,
  before?: Input,
): Promise<void> {
  const added = addedIdentifiers(input, before);
  if (added.length === 0) return;
  const keys = added.map(({ key }) => key);
  const holders = await readHolders(reader, type, keys);
  const issues = added.flatMap(({ text, key, index }) => {
    const id = holders.get(key)?.find((holder) => holder !== input.id);
    return id === undefined ? [] : [takenIdentifier(text, `of the ${type} "${id}"`, `/identifiers/${index}`)];
  });
  if (issues.length > 0) throw new AnnalsError('identifier-taken', issues[0]!.message, issues);
}

/** Ids of the records of a type that have each of some identifiers, sorted, by the key of the identifier; a key that no record has is absent. */
export async function readHolders(reader: Reader, type: RecordType, keys: readonly string[]): Promise<Map<string, string[]>> {
  const [rows] = await reader.read([holdersOf(type, keys)]);
  return new Map(
    Array.from(
      groupsOf(rows, ([key]) => key),
      ([key, held]) => [key, held.map(([, id]) => id)],
    ),
  );
}

/** Aborts the batch when another record has got one of the identifiers since that was looked at. */
export function guardIdentifiers({ model: { type }, input, key }: ResolvedRecord, before?: Input): Statement[] {
  const added = addedIdentifiers(input, before);
  if (added.length === 0) return [];
  return [
    guardHolders(
      type,
      added.map((each) => each.key),
      key,
    ),
  ];
}

/** The issue of an identifier that another record has; `whose` names that record: `of the actor "csto"`. */
export function takenIdentifier(identifier: string, whose: string, pointer: string): Issue {
  return { pointer, message: `"${identifier}" is an identifier ${whose} already: leave it out here, or take it from that one first` };
}

/** The identifiers that a record has and `before` has not. */
function addedIdentifiers(input: Input, before: Input | undefined): Identifier[] {
  const known = new Set(before && identifiersIn(before).map(({ key }) => key));
  return identifiersIn(input).filter(({ key }) => !known.has(key));
}

/** Identifiers of a record with an exact match, in the order of its list. */
export function identifiersIn({ identifiers = [] }: Input): Identifier[] {
  return identifiers.flatMap(({ scheme, value, match }, index) => {
    const text = `${scheme}:${value}`;
    return match === 'close' ? [] : [{ text, key: identifierKey(text), index }];
  });
}
