import { isDeepStrictEqual } from 'node:util';
import { nameKey } from '../../domain/text/name.ts';
import { slugged } from '../../domain/text/slug.ts';
import { sortKey } from '../../domain/text/sort-key.ts';
import { UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import type { Bounds } from '../../domain/time/edtf.ts';
import { historicalDate } from '../../domain/time/historical-date.ts';
import { attributeTermsOf, positionOfMoment, timelineColumns } from '../../index/entry.ts';
import { citationsOf } from '../../model/citations.ts';
import { existenceOf } from '../../model/existence.ts';
import { type Column, type KeyOf, namesOf } from '../../model/columns.ts';
import {
  changedFields,
  type Input,
  itemsOf,
  kindOf,
  type Membership,
  type Moment,
  momentsOf,
  titleOf,
  type ValidatedRecord,
  valueOf,
} from '../../model/record.ts';
import { models } from '../../model/models.ts';
import type { RecordModel } from '../../model/record-model.ts';
import {
  authors,
  CHILD_TABLES,
  type ChildTable,
  citations,
  figures,
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
    kind: kindOf(model, input),
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
  const own = [key, ...valuesOf(input, model.columns, keyOf), ...ownDerivedOf(model, input)];
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
    ...updateOwn(prepared, former, fields),
    ...updateMoments(prepared, former),
    ...listsOf(prepared, prepared.input).flatMap((list) => updateItems(prepared, list, before.get(list.name) ?? [])),
  ];
}

function updateOwn({ model, key, input, keyOf }: PreparedRecord, former: ValidatedRecord, fields: ReadonlySet<string>): Statement[] {
  const changed = model.columns.filter(({ path: [field] }) => fields.has(field!));
  const derived = changedValues(model.derived, ownDerivedOf(model, former), ownDerivedOf(model, input));
  const values = [...valuesOf(input, changed, keyOf), ...derived.map(({ value }) => value)];
  return updateRow(model.path, [...changed, ...derived.map(({ column }) => column)], values, { record_id: key });
}

/** The columns whose values differ, with their new values. */
const changedValues = (columns: readonly Column[], before: readonly Value[], after: readonly Value[]) =>
  columns.map((column, index) => ({ column, value: after[index]! })).filter(({ value }, index) => !isDeepStrictEqual(value, before[index]));

/** The values of the derived columns of a type. */
export function ownDerivedOf({ derived }: RecordModel, input: Input): Value[] {
  const { published } = input;
  const bounds = published && historicalDate(published.edtf, published.calendar).bounds;
  return derived.map(({ path: [field, bound] }) => {
    if (field === 'attributeTerms') {
      const terms = attributeTermsOf(input);
      return terms.length > 0 ? JSON.stringify(terms) : null;
    }
    if (bound === 'members') return bounds?.members ? JSON.stringify(bounds.members) : null;
    return bounds === undefined ? null : Number(bounds[bound as keyof Bounds | 'doubted']); // @NOTE the columns are named after the bounds
  });
}

/** A table with its columns, as `insertRuns` takes it. */
function columnsIn(table: string, key: readonly string[], columns: readonly Column[]): string {
  return `${table} (${[...key, ...namesOf(columns)].join(', ')})`;
}

/** The tables of child rows and of models with their columns. */
const LAYOUTS = new Map<ChildTable | RecordModel, string>([
  ...CHILD_TABLES.map((table) => [table, columnsIn(table.name, table.key, [...table.columns, ...table.derived])] as const),
  ...models.map((model) => [model, columnsIn(model.path, ['record_id'], [...model.columns, ...model.derived])] as const),
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
    ...derivedOf(prepared, moment, ordinal),
  ]);
  return { table: LAYOUTS.get(moments)!, rows: rows.slice(from) };
}

/** The days of a moment, its item on the timeline, and the existence that begins with it. */
function derivedOf({ model, input, momentKeys, serverFields }: PreparedRecord, moment: Moment, ordinal: number): Value[] {
  const columns = timelineColumns(moment, momentKeys[ordinal]!, input.startTime);
  return [
    positionOfMoment(columns),
    ...MOMENT_COLUMNS.map((name) => columns[name]),
    columns.members,
    renderMoment(model, input, serverFields.id, moment),
    ...existenceAt(model, input, ordinal),
  ];
}

/** The columns `EXISTENCE_COLUMNS` of the date of a record with an ordinal: NULL where no existence begins with it. */
export function existenceAt({ timeline }: RecordModel, input: Pick<Input, 'dates'>, ordinal: number): Value[] {
  const found = (timeline?.life ? existenceOf(input) : []).find((each) => each.ordinal === ordinal);
  const { startMin = null, startMax = null, endMin = null, endMax = null } = found ?? {};
  return [startMin, startMax, endMin, endMax];
}

/** The statements that bring the moments of a record from `former` to what they are. */
function updateMoments(prepared: PreparedRecord, former: ValidatedRecord): Statement[] {
  const { model, key, input, keyOf, momentKeys } = prepared;
  const after = momentsOf(model, input);
  const before = momentsOf(model, former);
  const statements: Statement[] = [];
  for (const [ordinal, was] of before.slice(0, after.length).entries()) {
    const old = derivedOf({ ...prepared, input: former }, was, ordinal);
    const fresh = derivedOf(prepared, after[ordinal]!, ordinal);
    const fields = changedFields(was, after[ordinal]!);
    const own = moments.columns.filter(({ path: [field] }) => fields.has(field!));
    const derived = changedValues(moments.derived, old, fresh);
    const values = [...valuesOf(after[ordinal], own, keyOf), ...derived.map(({ value }) => value)];
    statements.push(...updateRow(moments.name, [...own, ...derived.map(({ column }) => column)], values, { id: momentKeys[ordinal]! }));
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
    return { name: table.name, table, key: owner, items: itemsIn(table, input) };
  });
  const ofMoments = momentsOf(model, input).map(({ participants = [] }, ordinal): List => {
    const owner = { record_id: key, moment_id: momentKeys[ordinal]! };
    return { name: `${participations.name}/${owner.moment_id}`, table: participations, key: owner, items: participants };
  });
  return [...ofRecord, ...ofMoments];
}

const LISTS = CHILD_TABLES.filter((table) => table !== moments);

/** The items of a record in a table: those of a list of it, but for citations, which its memberships have, too. */
const itemsIn = (table: ChildTable, input: Input): readonly unknown[] => (table === citations ? citationsOf(input) : itemsOf(table, input));

/** The rows of the items of a list from an ordinal on. */
function itemRows(prepared: PreparedRecord, list: List, from: number): TableRows {
  const { table, key, items } = list;
  const owner = Object.values(key);
  const rows = items.slice(from).map((_, index) => [...owner, from + index, ...itemValues(prepared, list, from + index)]);
  return { table: LAYOUTS.get(table)!, rows };
}

/** The values of an item, with those that follow from it. */
function itemValues({ keyOf, serverFields: { verified } }: PreparedRecord, { table, items }: List, ordinal: number): Value[] {
  return [...valuesOf(items[ordinal], table.columns, keyOf), ...derivedOfItem(table, items[ordinal], verified.get(ordinal))];
}

/** The values of the derived columns of an item of a table. `verified` is the result of a citation. */
function derivedOfItem(table: ChildTable, item: unknown, verified: boolean | undefined): Value[] {
  if (table === citations) return [verified === undefined ? null : Number(verified)];
  if (table === memberships) return daysOf((item as Membership).period); // @NOTE the items of the table
  if (table === authors) return [nameKey(item as string)]; // @NOTE the items of the table
  if (table === figures) return [slugged((item as { label: string }).label)]; // @NOTE the items of the table
  return [];
}

/** The derived columns of the items of a record, by the names of their tables: of each item the key of the record, its ordinal and their values. */
export const derivedItemsOf = (key: number, input: Input, { verified }: Pick<ServerFields, 'verified'>): Record<string, Value[][]> =>
  Object.fromEntries(
    LISTS.filter(({ derived }) => derived.length > 0).map((table) => [
      table.name,
      itemsIn(table, input).map((item, ordinal) => [key, ordinal, ...derivedOfItem(table, item, verified.get(ordinal))]),
    ]),
  );

/** The derived columns of a membership: the days since 1970-01-01 that its period may cover and certainly covers. All days are possible without one. */
function daysOf(period: Membership['period']): Value[] {
  if (period === undefined) return [UNBOUNDED_START, UNBOUNDED_END, UNBOUNDED_START, UNBOUNDED_END, 0, null];
  const { startMin, startMax, endMin, endMax, doubted, members } = historicalDate(period.edtf, period.calendar).bounds;
  return [startMin, startMax, endMin, endMax, Number(doubted), members ? JSON.stringify(members) : null];
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
