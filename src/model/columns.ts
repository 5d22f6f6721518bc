import type { RecordType } from '../domain/record-type.ts';

/**
 * Columns of the tables that hold what clients write, described by the field that each stores. A column is named after its field: `asStated` is
 * in `as_stated`, `period.edtf` in `period_edtf`, a reference `source` in `source_id`.
 */

/** Kind of a column. `to` is the type of record that it refers to, `any` where the field holds the type too; `wide` is an integer that may be larger than JavaScript has a number for; `initial` is stored for an absent field. */
export type Kind = {
  type: 'TEXT' | 'INTEGER' | 'REAL' | 'BLOB';
  required?: true;
  json?: true;
  to?: RecordType | 'any';
  wide?: true;
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

/** A list or a boolean, stored as JSON: the engines have no common type for either. */
export const json: Kind = { type: 'TEXT', json: true };

/** The integer key of a record of a type. */
export const reference = (to: RecordType | 'any'): Kind => ({ type: 'INTEGER', to });

/** A column that always has a value. */
export const required = (kind: Kind): Kind => ({ ...kind, required: true });

/** A column of integers beyond 2^53, which are read as text. */
export const wide = (kind: Kind): Kind => ({ ...kind, wide: true });

/** A column whose words the full text finds, and search results quote. */
export const searched = (kind: Kind): Kind => ({ ...kind, searched: true });

/** Kinds of the columns of an item, by field; an object of kinds for a field that holds an object. */
export type Kinds<Field extends PropertyKey> = { [Name in Field]?: Kind | Record<string, Kind> };

/** The columns of some fields of an item, in this order. */
export function columnsOf<Field extends PropertyKey>(kinds: Kinds<Field>): Column[] {
  return Object.entries<Kind | Record<string, Kind> | undefined>(kinds).flatMap(([field, kind = {}]) =>
    isKind(kind) ? [column([field], kind)] : Object.entries(kind).map(([inner, each]) => column([field, inner], each)),
  );
}

/** The column of an item that is itself a value, such as a topic. */
export const columnOfValue = (name: string, kind: Kind): Column => ({ ...kind, name, path: [] });

/** The SQL that reads some columns, wide integers as text. */
export const readingOf = (columns: readonly Column[]): string[] =>
  columns.map(({ name, wide: isWide }) => (isWide ? `CAST(${name} AS TEXT)` : name));

/** The names of some columns. */
export const namesOf = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);

const isKind = (kind: Kind | Record<string, Kind>): kind is Kind => typeof kind.type === 'string';

function column(path: string[], kind: Kind): Column {
  const name = path.join('_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { name: kind.to === undefined ? name : `${name}_id`, ...kind, path };
}

/** A record, by its type and id. */
export type RecordId = { type: RecordType; id: string };

/** The records with integer keys from `first` to `last`. */
export type KeyRange = { first: number; last: number };

/** Returns the integer key of a record by its type and id. */
export type KeyOf = (type: RecordType, id: string) => number;

/** Returns the type and the id of a record by its integer key. */
export type ReferenceOf = (key: number) => RecordId;
