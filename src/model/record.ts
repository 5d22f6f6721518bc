import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import { issuesOfJson, type JsonObject } from '../domain/json/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import { slugOf } from '../domain/text/slug.ts';
import { CALENDARS } from '../domain/time/calendars.ts';
import { isoOfDay } from '../domain/time/day.ts';
import { historicalDate } from '../domain/time/historical-date.ts';
import type { Value } from '../storage/port.ts';
import { CHILD_TABLES, type ChildTable, citations, memberships as membershipTable, moments, participations } from './child-tables.ts';
import { idMadeOf, otherId } from './addresses.ts';
import type { Column, KeyOf, RecordId, ReferenceOf } from './columns.ts';
import type { NewAgreementDate } from './fields.ts';
import type { RecordModel } from './record-model.ts';
import type * as types from './types.ts';
import { flatIssues, issuesOfBody } from './validation-errors.ts';

type Written = z.infer<(typeof types)[RecordType]['newSchema']>;
type Field = Written extends infer Each ? (Each extends unknown ? keyof Each : never) : never;
type ValueOf<Each, Name extends Field> = Each extends unknown ? (Name extends keyof Each ? Each[Name] : never) : never;

/** A record of any type as clients write it, after its schema has passed: the fields of all types, derived from their schemas. */
export type Input = { [Name in Exclude<Field, 'type'>]?: ValueOf<Written, Name> };

/** One moment of an entry or an actor as it lies on the timeline. Without `edtf` it is undated. */
export type Moment = Partial<z.infer<typeof NewAgreementDate>> & { membership?: Membership };

/** A membership of an actor. */
export type Membership = NonNullable<Input['memberships']>[number];

/** The role of a membership that states none. */
export const MEMBER = 'member';

/** The title of a record. */
export const titleOf = ({ titleField }: RecordModel, input: Pick<Input, 'title' | 'name' | 'label'>): string => input[titleField] ?? '';

/** The kind of a record; that of a code is its vocabulary. */
export const kindOf = ({ kindField }: RecordModel, input: Pick<Input, 'kind' | 'vocabulary'>): string => input[kindField] ?? '';

/** The status of an entry. */
export const statusOf = ({ status }: Pick<Input, 'status'>): string => status ?? 'occurred';

/** The moments of a record, none when its type does not stand on the timeline. */
export function momentsOf({ timeline }: RecordModel, { date, dates = [], memberships = [] }: Input): Moment[] {
  if (!timeline) return [];
  if (timeline.life) return [...dates, ...memberships.flatMap(momentOfMembership)];
  if (!timeline.single) return dates.length > 0 ? dates : [{}];
  return [{ ...date, role: 'date' }];
}

/** The moment of a membership with a period. */
const momentOfMembership = (membership: Membership): Moment[] =>
  membership.period ? [{ ...membership.period, role: membership.role ?? MEMBER, membership }] : [];

/** The places of a moment, each once: its own, then those of its entry. */
export const placesOf = ({ places = [] }: Pick<Input, 'places'>, { place }: Moment): string[] => [
  ...new Set(place === undefined ? places : [place, ...places]),
];

/** The fields that moments were made of, but for memberships: the opposite of `momentsOf`. */
export function fieldsOfMoments(
  model: RecordModel,
  items: Moment[],
  { memberships }: Pick<Input, 'memberships'>,
): Pick<Input, 'date' | 'dates'> {
  if (!model.timeline?.single) {
    const dates = items.slice(0, items.length - (memberships ?? []).flatMap(momentOfMembership).length);
    return { dates: dates.flatMap(({ role, ...rest }) => (role === undefined ? [] : [{ role, ...rest }])) };
  }
  const [{ role: _role, participants: _participants, edtf, ...rest } = {}] = items;
  return { date: edtf === undefined ? undefined : { edtf, ...rest } };
}

/** The items of a list of a record or of a moment. A field of that name that is no list is a column of its type. */
export function itemsOf({ field }: ChildTable, owner: JsonObject): unknown[] {
  const value = owner[field];
  return Array.isArray(value) ? value : [];
}

/**
 * A place in a record where another one is named. `reflexive` may name the record itself; `replace` puts the id there once it is known.
 */
export type Reference = {
  type: RecordType;
  value: string;
  pointer: string;
  reflexive: boolean;
  replace: (id: string) => void;
};

/** Every reference that a record makes, in the order in which they are checked. */
export function referencesIn(model: RecordModel, input: Input): Reference[] {
  const references: Reference[] = [];
  addReferences(references, input, model.columns, '');
  for (const table of REFERRING) addReferencesOfItems(references, input, table, '');
  return references;
}

/** The tables of lists whose items refer to records. */
const REFERRING = CHILD_TABLES.filter(({ columns }) => columns.some(({ to }) => to !== undefined));

function addReferencesOfItems(references: Reference[], owner: JsonObject, table: ChildTable, path: string): void {
  const { field, columns, reflexive } = table;
  const items = itemsOf(table, owner);
  for (const [index, item] of items.entries()) {
    const pointer = `${path}/${field}/${index}`;
    const [column] = columns;
    if (column?.path.length === 0) {
      addReference(references, { value: item, to: column.to!, pointer, reflexive, put: (id) => void (items[index] = id) });
      continue;
    }
    addReferences(references, item as JsonObject, columns, pointer, reflexive); // @NOTE an item with columns of its own is an object
    if (field === moments.field) addReferencesOfItems(references, item as JsonObject, participations, pointer);
    if (field === membershipTable.field) addReferencesOfItems(references, item as JsonObject, citations, pointer);
  }
}

function addReferences(references: Reference[], owner: JsonObject, columns: readonly Column[], path: string, reflexive = false): void {
  for (const { to, path: steps } of columns) {
    const field = steps[0]!;
    if (to === undefined || owner[field] === undefined) continue;
    const put = (id: unknown) => void (owner[field] = id);
    addReference(references, { value: owner[field], to, pointer: `${path}/${field}`, reflexive, put });
  }
}

/** A value that refers to another record, its place, and how another value is put there. */
type Referring = { value: unknown; to: RecordType | 'any'; pointer: string; reflexive: boolean | undefined; put: (id: unknown) => void };

function addReference(references: Reference[], { value, to, pointer, reflexive = false, put }: Referring): void {
  const { type, id } = asReference(value, to);
  references.push({ type, value: id, pointer, reflexive, replace: (known) => put(to === 'any' ? { type, id: known } : known) });
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

/** The fields in which two states of a record, or two of its moments, differ. */
export function changedFields(before: JsonObject, after: JsonObject): ReadonlySet<string> {
  const fields = [...Object.keys(before), ...Object.keys(after)];
  return new Set(fields.filter((field) => !isDeepStrictEqual(before[field], after[field])));
}

/** A record that has passed its schema and the check of its dates, with its id. */
export type ValidatedRecord = Input & { id: string };

/**
 * Checks a record as clients write it: text and nesting, the schema of its type, every date, references to itself. Returns a copy
 * of its own. Throws `invalid-request` with every issue found, each with its place.
 */
export function validate(model: RecordModel, body: unknown): ValidatedRecord {
  const input = checked(model, body);
  const made = model.idFields && idMadeOf(model, input);
  const id = made ?? input.id ?? slugOf(titleOf(model, input), { kind: input.kind, type: model.type });
  const dates = dateIssues(body);
  const issues = [
    ...dates,
    ...(dates.length === 0 ? timeIssues(input) : []),
    ...selfReferences(model, input, id),
    ...(made === undefined || (input.id ?? made) === made ? [] : [otherId(model, made)]),
  ];
  if (issues.length > 0) throw invalid(model, issues);
  return Object.assign(input, { id });
}

function checked(model: RecordModel, body: unknown): Input {
  refuseBadJson(model, body);
  const parsed = model.newSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalid(model, issuesOfBody(model.newSchema, parsed.error));
  const { type: _type, ...input } = parsed.data;
  return withoutEmpty(input as Input); // @NOTE the schema is that of a type
}

/** Refuses bad characters and deep nesting (`issuesOfJson`), which schemas and recursion must not meet. Throws `invalid-request`. */
function refuseBadJson(model: RecordModel, body: unknown): void {
  const issues = issuesOfJson(body);
  if (issues.length > 0) throw invalid(model, issues);
}

/**
 * Refuses a merge patch for what is wrong with it whatever it is merged into: deep nesting, unknown fields, values of another type. What it
 * leaves out may be there already, and null clears it. A patch that nulls a field that no record has would otherwise pass unseen. Throws
 * `invalid-request`.
 */
export function refuseBadPatch(model: RecordModel, patch: unknown): void {
  refuseBadJson(model, patch);
  const parsed = model.patchSchema.safeParse(patch, { reportInput: true });
  if (parsed.success) return;
  const issues = flatIssues(parsed.error.issues).filter(
    ({ code, input }) => code === 'unrecognized_keys' || (input !== null && input !== undefined),
  );
  if (issues.length > 0) throw invalid(model, issuesOfBody(model.patchSchema, new z.ZodError(issues)));
}

/** A copy in which lists and attributes without items are left out, as all fields without a value are: the tables could not tell them apart. */
export function withoutEmpty<Whole>(value: Whole): Whole {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEmpty) as Whole; // @NOTE the copy of a list is a list of the same
  const copy: Record<string, unknown> = {};
  for (const [field, child] of Object.entries(value)) {
    const kept: unknown = withoutEmpty(child);
    const isEmpty = typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0;
    if (kept !== undefined && !isEmpty) copy[field] = kept;
  }
  return copy as Whole; // @NOTE every list that an input may hold is optional, and so are attributes
}

function invalid({ type }: RecordModel, issues: Issue[]): AnnalsError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see errors)` : '';
  const where = first!.pointer ? `${first!.pointer} ` : '';
  return new AnnalsError('invalid-request', `this is not a valid ${type}: ${where}${first!.message}${more}`, issues);
}

/** The issues of the dates of a body that has passed its schema. */
function dateIssues(body: unknown): Issue[] {
  const issues: Issue[] = [];
  // @NOTE the schema has passed; a date may still be its text alone, and pointers lead to what was sent
  withDates(body as Input, (date: Moment | string, at) => {
    const [{ edtf, calendar }, pointer] = typeof date === 'string' ? [{ edtf: date }, at] : [date, `${at}/edtf`];
    if (edtf === undefined && calendar !== undefined)
      issues.push({ pointer: `${at}/calendar`, message: 'is the calendar of no date: give edtf, or leave out calendar' });
    try {
      if (edtf !== undefined) historicalDate(edtf, calendar);
    } catch (error) {
      if (!(error instanceof AnnalsError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, pointer })));
    }
  });
  return issues;
}

/** The issue of an `endTime` before the `startTime` on one single day. A meeting past midnight has a date of two days. */
function timeIssues({ date, startTime, endTime }: Input): Issue[] {
  if (date === undefined || startTime === undefined || endTime === undefined || endTime >= startTime) return [];
  const { startMin, endMax } = historicalDate(date.edtf, date.calendar).bounds;
  if (startMin !== endMax) return [];
  const { civilOf } = CALENDARS[date.calendar ?? 'gregorian'];
  const twoDays = [startMin, startMin + 1].map((day) => isoOfDay(day, civilOf)).join('/');
  const message = `is before the startTime ${startTime} on one day: give a later time, or a date of two days, ${twoDays}, if it ended past midnight`;
  return [{ pointer: '/endTime', message }];
}

/** The fields of a record that hold dates, with the result of `replace` in the place of each date. */
export function withDates<Result>(
  { names, date, published, dates, memberships }: Input,
  replace: (date: Moment, pointer: string) => Result,
) {
  const withPeriod = <Item extends { period?: Moment | undefined }>(item: Item, pointer: string) =>
    item.period ? { ...item, period: replace(item.period, `${pointer}/period`) } : item;
  return {
    names: names?.map((each, index) => withPeriod(each, `/names/${index}`)),
    date: date && replace(date, '/date'),
    published: published && replace(published, '/published'),
    dates: dates?.map((each, index) => replace(each, `/dates/${index}`)),
    memberships: memberships?.map((each, index) => withPeriod(each, `/memberships/${index}`)),
  };
}

/** The value of a column for an item. */
export function valueOf(item: unknown, { path, to, json: isJson, initial }: Column, keyOf: KeyOf): Value {
  let value = item;
  for (const step of path) value = (value as JsonObject | undefined)?.[step]; // @NOTE the schema of the item has this path
  if (value === undefined) return initial ?? null;
  if (isJson) return JSON.stringify(value);
  if (to === undefined) return value as Value; // @NOTE the schema of the field admits strings or numbers only
  const { type, id } = asReference(value, to);
  return keyOf(type, id);
}

/** The record that the value of a field refers to. */
function asReference(value: unknown, to: RecordType | 'any'): RecordId {
  return to === 'any' ? (value as RecordId) : { type: to, id: value as string }; // @NOTE the schemas RecordReference and Reference
}

/** The item whose columns have these values: the opposite of `valueOf`. A column that is NULL is a field that is absent. */
export function itemOf(columns: readonly Column[], values: readonly Value[], referenceOf: ReferenceOf): unknown {
  const item: JsonObject = {};
  for (const [index, { path, to, json: isJson }] of columns.entries()) {
    const stored = values[index]!;
    if (stored === null) continue;
    const [field, inner] = path;
    const value: unknown = isJson ? JSON.parse(String(stored)) : to === undefined ? stored : referred(referenceOf(Number(stored)), to);
    if (field === undefined) return value;
    if (inner === undefined) item[field] = value;
    else item[field] = { ...(item[field] as JsonObject | undefined), [inner]: value }; // @NOTE set by the line before for an earlier column
  }
  return item;
}

const referred = (record: RecordId, to: RecordType | 'any') => (to === 'any' ? record : record.id);
