import { CHILD_TABLES } from './child-tables.ts';
import type { Column } from './columns.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import type { RecordModel } from './record-model.ts';
import * as types from './types.ts';

/** The model of every record type, by name. */
export const modelOf: Record<RecordType, RecordModel> = types;

/** The models, in the order of the reference and of an export: a type comes before those that refer to it. */
export const models: RecordModel[] = RECORD_TYPES.map((type) => modelOf[type]);

/** A column through which one record refers to others, of the type `to`. The row names the record that refers in `record_id`. */
export type ReferenceColumn = { table: string; column: string; to: RecordType | 'any' };

/** Every column through which one record refers to another; a test compares them with the foreign keys of the schema. */
export const REFERENCE_COLUMNS: readonly ReferenceColumn[] = [
  ...CHILD_TABLES.flatMap(({ name, columns }) => referencesOf(name, columns)),
  ...models.flatMap(({ path, columns }) => referencesOf(path, columns)),
];

function referencesOf(table: string, columns: readonly Column[]): ReferenceColumn[] {
  return columns.flatMap(({ name, to }) => (to === undefined ? [] : [{ table, column: name, to }]));
}

/** The last steps of the paths of columns whose words the full text finds; undefined for an item that is itself a text. */
function searchedIn(columns: readonly Column[]): (string | undefined)[] {
  return columns.flatMap(({ path, searched }) => (searched ? [path.at(-1)] : []));
}

/** The fields whose words the full text finds, in a record or in an item of it. */
export const SEARCHED_FIELDS: ReadonlySet<string> = new Set(
  [
    ...models.flatMap(({ columns }) => searchedIn(columns)),
    ...CHILD_TABLES.flatMap(({ field, columns }) => searchedIn(columns).map((name) => name ?? field)),
  ].filter((name) => name !== undefined),
);
