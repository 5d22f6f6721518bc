import { isDeepStrictEqual } from 'node:util';
import { sortKey } from '../../domain/text/sort-key.ts';
import { UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import { historicalDate } from '../../domain/time/historical-date.ts';
import { timelineColumns } from '../../index/entry.ts';
import { type Column, type KeyOf, namesOf } from '../../model/columns.ts';
import { changedFields, type Input, itemsOf, type Moment, momentsOf, titleOf, type ValidatedRecord, valueOf } from '../../model/record.ts';
import { models } from '../../model/models.ts';
import type { RecordModel } from '../../model/record-model.ts';
import {
  CHILD_TABLES,
  type ChildTable,
  citations,
  memberships,
  MOMENT_COLUMNS,
  moments,
  participations,
} from '../../model/child-tables.ts';
import type { Statement, Value } from '../../storage/port.ts';
import { deleteItems, deleteMoments, deleteRows, insertAll, type RowKey, type TableRows, updateRow } from '../../storage/tables/rows.ts';
import { type ServerFields, renderMoment, renderRecord } from './render.ts';

/**
 * A record whose references are ids; `keyOf` knows the keys of those in the fields that are written. `momentKeys` has one key per moment, and goes on
 * with those of moments that it had before.
 */
export type ResolvedRecord = { model: RecordModel; key: number; momentKeys: number[]; input: ValidatedRecord; keyOf: KeyOf };

/** A record that is ready to be written. */
export type PreparedRecord = ResolvedRecord & { serverFields: ServerFields };

/** The row of a record in `records`. */
export type RecordRow = ReturnType<typeof recordRow>;

/** Renders a record, and returns its row in `records`. */
export function recordRow({ model, key, input, serverFields }: PreparedRecord) {
  const title = titleOf(model, input);
  return {
    id: key,
    type: model.type,
    slug: serverFields.id,
    kind: input.kind,
    title,
    sortTitle: sortKey(title),
    revision: serverFields.revision,
    createdAt: serverFields.createdAt,
    updatedAt: serverFields.updatedAt,
    document: renderRecord(model, input, serverFields),
  };
}

/** The rows of a new record besides that in `records`, those of each table after those that they refer to. */
export function partRows(prepared: PreparedRecord): TableRows[] {
  const { model, key, input, keyOf } = prepared;
  const own = [key, ...valuesOf(input, model.columns, keyOf)];
  return [
    { table: LAYOUTS.get(model)!, rows: [own] },
    momentRows(prepared, 0),
    ...listsOf(prepared, input).map((list) => itemRows(prepared, list, 0)),
  ];
}

/** The statements that delete the rows of a record besides that in `records`, each before those that it refers to. */
export const deleteParts = ({ path }: RecordModel, key: number): Statement[] =>
  [...CHILD_TABLES.map(({ name }) => name), path].map((table) => deleteRows(table, { record_id: key }));

/** The statements that put the rows of a record in the place of those that it had as `former`: rows and columns that stay are not touched. */
export function replaceParts(prepared: PreparedRecord, former: ValidatedRecord): Statement[] {
  const fields = changedFields(former, prepared.input);
  const before = new Map(listsOf(prepared, former).map((list) => [list.name, list.items]));
  return [
    ...updateOwn(prepared, fields),
    ...updateMoments(prepared, former),
    ...listsOf(prepared, prepared.input).flatMap((list) => updateItems(prepared, list, before.get(list.name) ?? [])),
  ];
}

function updateOwn({ model, key, input, keyOf }: PreparedRecord, fields: ReadonlySet<string>): Statement[] {
  const changed = model.columns.filter(({ path: [field] }) => fields.has(field!));
  return updateRow(model.path, changed, valuesOf(input, changed, keyOf), { record_id: key });
}

/** A table with its columns, as `insertRuns` takes it. */
function columnsIn(table: string, key: readonly string[], columns: readonly Column[]): string {
  return `${table} (${[...key, ...namesOf(columns)].join(', ')})`;
}

/** The tables of child rows and of models with their columns. */
const LAYOUTS = new Map<ChildTable | RecordModel, string>([
  ...CHILD_TABLES.map((table) => [table, columnsIn(table.name, table.key, [...table.columns, ...table.derived])] as const),
  ...models.map((model) => [model, columnsIn(model.path, ['record_id'], model.columns)] as const),
]);

const valuesOf = (item: unknown, columns: readonly Column[], keyOf: KeyOf): Value[] =>
  columns.map((column) => valueOf(item, column, keyOf));

/** The rows of the moments of a record from an ordinal on. */
function momentRows(prepared: PreparedRecord, from: number): TableRows {
  const { model, key, input, keyOf, momentKeys } = prepared;
  const rows = momentsOf(model, input).map((moment, ordinal) => [
    momentKeys[ordinal]!,
    key,
    ordinal,
    ...valuesOf(moment, moments.columns, keyOf),
    ...derivedOf(prepared, moment, momentKeys[ordinal]!),
  ]);
  return { table: LAYOUTS.get(moments)!, rows: rows.slice(from) };
}

/** The days of a moment, and its item on the timeline. */
function derivedOf({ model, input, serverFields }: PreparedRecord, moment: Moment, key: number): Value[] {
  const columns = timelineColumns(moment, key);
  return [...MOMENT_COLUMNS.map((name) => columns[name]), columns.members, renderMoment(model, input, serverFields.id, moment)];
}

/** The statements that bring the moments of a record from `former` to what they are. */
function updateMoments(prepared: PreparedRecord, former: ValidatedRecord): Statement[] {
  const { model, key, input, keyOf, momentKeys } = prepared;
  const after = momentsOf(model, input);
  const before = momentsOf(model, former);
  const statements: Statement[] = [];
  for (const [ordinal, was] of before.slice(0, after.length).entries()) {
    const id = momentKeys[ordinal]!;
    const [old, fresh] = [derivedOf({ ...prepared, input: former }, was, id), derivedOf(prepared, after[ordinal]!, id)];
    const fields = changedFields(was, after[ordinal]!);
    const own = moments.columns.filter(({ path: [field] }) => fields.has(field!));
    const derived = moments.derived
      .map((column, index) => [column, index] as const)
      .filter(([, index]) => !isDeepStrictEqual(old[index], fresh[index]));
    const values = [...valuesOf(after[ordinal], own, keyOf), ...derived.map(([, index]) => fresh[index]!)];
    statements.push(...updateRow(moments.name, [...own, ...derived.map(([column]) => column)], values, { id }));
  }
  if (before.length > after.length) statements.push(...deleteMoments(key, after.length));
  return [...statements, ...insertAll(momentRows(prepared, before.length))];
}

/** Items that are the rows of a table with the same key but for the ordinal. */
type List = { name: string; table: ChildTable; key: RowKey; items: readonly unknown[] };

/** The lists of a record: those of its fields, and who takes part in each moment. */
function listsOf({ model, key, momentKeys }: Pick<PreparedRecord, 'model' | 'key' | 'momentKeys'>, input: ValidatedRecord): List[] {
  const ofRecord = LISTS.map((table): List => {
    const owner: List['key'] = table === participations ? { record_id: key, moment_id: null } : { record_id: key };
    return { name: table.name, table, key: owner, items: itemsOf(table, input) };
  });
  const ofMoments = momentsOf(model, input).map(({ participants = [] }, ordinal): List => {
    const owner = { record_id: key, moment_id: momentKeys[ordinal]! };
    return { name: `${participations.name}/${owner.moment_id}`, table: participations, key: owner, items: participants };
  });
  return [...ofRecord, ...ofMoments];
}

const LISTS = CHILD_TABLES.filter((table) => table !== moments);

/** The rows of the items of a list from an ordinal on. */
function itemRows(prepared: PreparedRecord, list: List, from: number): TableRows {
  const { table, key, items } = list;
  const owner = Object.values(key);
  const rows = items.slice(from).map((_, index) => [...owner, from + index, ...itemValues(prepared, list, from + index)]);
  return { table: LAYOUTS.get(table)!, rows };
}

/** The values of an item, with those that follow from it. */
function itemValues({ keyOf, serverFields: { verified } }: PreparedRecord, { table, items }: List, ordinal: number): Value[] {
  const item = items[ordinal];
  const values = valuesOf(item, table.columns, keyOf);
  if (table === citations) values.push(verifiedValue(verified, ordinal));
  if (table === memberships) values.push(...daysOf((item as MembershipItem).period)); // @NOTE the items of the table
  return values;
}

/** The stored result of a citation: 1 or 0, or NULL without one. */
export function verifiedValue(verified: ServerFields['verified'], citation: number): Value {
  const result = verified.get(citation);
  return result === undefined ? null : Number(result);
}

type MembershipItem = NonNullable<Input['memberships']>[number];

/** The days that a period may cover, since 1970-01-01, inclusive; all days where there is none. */
export function daysOf(period: MembershipItem['period']): [startMin: number, endMax: number] {
  if (period === undefined) return [UNBOUNDED_START, UNBOUNDED_END];
  const { startMin, endMax } = historicalDate(period.edtf, period.calendar).bounds;
  return [startMin, endMax];
}

/** The statements that bring the rows of a list from the items `before` to what they are; where their number changes, all rows from the first that differs. */
function updateItems(prepared: PreparedRecord, list: List, before: readonly unknown[]): Statement[] {
  const { table, key, items } = list;
  const differing = [...items.keys()].filter((ordinal) => !isDeepStrictEqual(items[ordinal], before[ordinal]));
  if (items.length === before.length) {
    const columns = [...table.columns, ...table.derived];
    return differing.flatMap((ordinal) => updateRow(table.name, columns, itemValues(prepared, list, ordinal), { ...key, ordinal }));
  }
  const from = differing[0] ?? items.length;
  return [...(from < before.length ? [deleteItems(table.name, key, from)] : []), ...insertAll(itemRows(prepared, list, from))];
}
