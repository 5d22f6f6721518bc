import type { JsonObject } from '../domain/json.ts';
import type { RecordType } from '../domain/record-type.ts';
import type { Value } from '../storage/port.ts';

/**
 * Columns of the tables that hold what clients write, described by the field that each stores. A column is named after its field: `asStated` is
 * in `as_stated`, `period.edtf` in `period_edtf`, a reference `source` in `source_id`.
 */

/** Kind of a column. `to` is the type of record that it refers to, `any` where the field holds the type too; `initial` is stored for an absent field. */
export type Kind = {
  type: 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB';
  required?: true;
  json?: true;
  to?: RecordType | 'any';
  searched?: true;
  initial?: string;
  name?: string;
};

/** Column of a table, with the path of its field in the item of a row; the path is empty where the item is itself the value. */
export type Column = Omit<Kind, 'name'> & { name: string; path: readonly string[] };

export const text: Kind = { type: 'TEXT' };
export const integer: Kind = { type: 'INTEGER' };
export const real: Kind = { type: 'REAL' };
export const blob: Kind = { type: 'BLOB' };

/** A list, stored as JSON. */
export const json: Kind = { type: 'TEXT', json: true };

/** The integer key of a record of a type. */
export const reference = (to: RecordType | 'any'): Kind => ({ type: 'INTEGER', to });

/** A column that always has a value. */
export const required = (kind: Kind): Kind => ({ ...kind, required: true });

/** A column whose words the full text finds, and search results quote. */
export const searched = (kind: Kind): Kind => ({ ...kind, searched: true });

/** Kinds of the columns of an item, by field; an object of kinds for a field that holds an object. */
type Kinds<Field extends PropertyKey> = { [Name in Field]?: Kind | Record<string, Kind> };

/** The columns of some fields of an item, in this order. */
export function columnsOf<Item>(kinds: Kinds<keyof Item>): Column[] {
  return Object.entries<Kind | Record<string, Kind> | undefined>(kinds).flatMap(([field, kind = {}]) =>
    isKind(kind) ? [column([field], kind)] : Object.entries(kind).map(([inner, each]) => column([field, inner], each)),
  );
}

/** The column of an item that is itself a value, such as a topic. */
export const columnOfValue = (name: string, kind: Kind): Column => ({ ...kind, name, path: [] });

const isKind = (kind: Kind | Record<string, Kind>): kind is Kind => typeof kind.type === 'string';

function column(path: string[], kind: Kind): Column {
  const name = path.join('_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { name: kind.to === undefined ? name : `${name}_id`, ...kind, path };
}

/** Returns the integer key of a record by its type and id. */
export type KeyOf = (type: RecordType, id: string) => number;

/** Returns the type and the id of a record by its integer key. */
export type ReferenceOf = (key: number) => RecordId;

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

/** A record, by its type and id. */
type RecordId = { type: RecordType; id: string };

/** The record that the value of a field refers to. */
export function asReference(value: unknown, to: RecordType | 'any'): RecordId {
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
