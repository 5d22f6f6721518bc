import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { Issue } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { CHILD_TABLES, type ChildTable, moments, participations } from './child-tables.ts';
import { asReference, type Column } from './columns.ts';
import type { NewAgreementDate, Participant } from './fields.ts';
import type { RecordModel } from './record-model.ts';
import type * as types from './types.ts';

type Written = z.infer<(typeof types)[RecordType]['newSchema']>;
type Field = Written extends infer Each ? (Each extends unknown ? keyof Each : never) : never;
type ValueOf<Each, Name extends Field> = Each extends unknown ? (Name extends keyof Each ? Each[Name] : never) : never;

/** A record of any type as clients write it, after its schema has passed: the fields of all types, derived from their schemas. */
export type Input = { [Name in Exclude<Field, 'type'>]?: ValueOf<Written, Name> } & { kind: string };

/** An actor in an entry or in one of its moments. */
export type Participation = z.infer<typeof Participant>;

/** One moment of an entry as it lies on the timeline. Without `edtf` it is undated. */
export type Moment = Partial<z.infer<typeof NewAgreementDate>>;

/** The title of a record. */
export const titleOf = ({ titleField }: RecordModel, input: Pick<Input, 'title' | 'name'>): string => input[titleField] ?? '';

/** The moments of a record, none when its type does not stand on the timeline. */
export function momentsOf({ timeline }: RecordModel, { date, place, dates = [] }: Input): Moment[] {
  if (!timeline) return [];
  if (!timeline.single) return dates.length > 0 ? dates : [{}];
  return [{ role: timeline.role, edtf: date?.edtf, asStated: date?.asStated, place }];
}

/** The fields that moments were made of: the opposite of `momentsOf`. */
export function fieldsOfMoments({ timeline }: RecordModel, items: Moment[]): Pick<Input, 'date' | 'dates' | 'place'> {
  if (!timeline?.single) return { dates: items.flatMap(({ role, ...rest }) => (role === undefined ? [] : [{ role, ...rest }])) };
  const [{ edtf, asStated, place } = {}] = items;
  return { date: edtf === undefined ? undefined : { edtf, asStated }, place };
}

/** The items of a record that are the rows of a child table, apart from moments and their participants. */
export const itemsOf = ({ field }: ChildTable, input: JsonObject): unknown[] => (input[field] ?? []) as unknown[]; // @NOTE the schemas make it a list

/**
 * A place in a record where another one is named. `exact` takes only an id; `reflexive` may name the record itself; `replace` puts the id there
 * once it is known.
 */
export type Reference = {
  type: RecordType;
  value: string;
  pointer: string;
  exact: boolean;
  reflexive: boolean;
  replace: (id: string) => void;
};

/** Every reference that a record makes, in the order in which they are checked. */
export function* referencesIn(model: RecordModel, input: Input): Generator<Reference> {
  const own = model.timeline?.single ? [...model.columns, PLACE] : model.columns;
  yield* referencesOf(input, own, '');
  for (const table of CHILD_TABLES) yield* referencesOfItems(input, table, '');
}

/** The place of the only moment of a record is a field of the record. */
const PLACE = moments.columns.find(({ to }) => to === 'place')!;

function* referencesOfItems(owner: JsonObject, { field, columns, reflexive }: ChildTable, path: string): Generator<Reference> {
  for (const [index, item] of ((owner[field] ?? []) as JsonObject[]).entries()) {
    // @NOTE the schema makes them objects, but for topics
    const pointer = `${path}/${field}/${index}`;
    yield* referencesOf(item, columns, pointer, reflexive);
    if (field === moments.field) yield* referencesOfItems(item, participations, pointer);
  }
}

function* referencesOf(owner: JsonObject, columns: readonly Column[], path: string, reflexive = false): Generator<Reference> {
  for (const column of columns) {
    const field = column.path[0]!;
    if (column.to === undefined || owner[field] === undefined) continue;
    const { type, id } = asReference(owner[field], column.to);
    const replace = (known: string) => {
      if (column.to !== 'any') owner[field] = known;
    };
    yield { type, value: id, pointer: `${path}/${field}`, exact: column.to === 'any', reflexive, replace };
  }
}

/** Issues of the references that a record makes to itself where none may. */
export function selfReferences(model: RecordModel, input: Input, id: string): Issue[] {
  const issues: Issue[] = [];
  for (const { type, value, pointer, reflexive } of referencesIn(model, input)) {
    if (type !== model.type || value !== id || reflexive) continue;
    issues.push({ pointer, message: `the ${type} "${id}" cannot refer to itself here: leave it out, or name another` });
  }
  return issues;
}

/** The fields in which two states of a record differ: only what these store is written, only what they refer to is looked up. */
export function changedFields(before: Input, after: Input): ReadonlySet<string> {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Input>; // @NOTE an Input has no others
  return new Set([...fields].filter((field) => !isDeepStrictEqual(before[field], after[field])));
}
