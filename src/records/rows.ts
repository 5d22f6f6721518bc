import { CHILD_TABLES, moments, participations, type ChildTable } from '../model/child-tables.ts';
import { type KeyOf, type Column, valueOf } from '../model/columns.ts';
import { isDeepStrictEqual } from 'node:util';
import { UNBOUNDED_END, UNBOUNDED_START } from '../domain/time/day.ts';
import { parseEdtf } from '../domain/time/edtf.ts';
import { sortKey } from '../domain/name.ts';
import { type Participation, momentsOf, titleOf, itemsOf } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import { nameKeysOf, timelineColumns } from '../index/entry.ts';
import { statement, type Statement, type Value } from '../storage/port.ts';
import { insert } from '../storage/insert.ts';
import * as tables from '../storage/tables.ts';
import { type Facts, renderMoment, renderRecord } from './render.ts';
import type { Valid } from './validate.ts';

/**
 * A record that is ready to be written: its references are ids, its keys are known. `momentKeys` has one key per moment, and goes on with those
 * of moments that it had before.
 */
export type Ready = {
  model: RecordModel;
  key: number;
  momentKeys: number[];
  input: Valid;
  facts: Facts;
  keyOf: KeyOf;
};

/** The columns of `records` that change with the record. */
export function recordRow({ model, key, input, facts }: Ready) {
  const title = titleOf(model, input);
  return {
    id: key,
    type: model.type,
    slug: facts.id,
    kind: input.kind,
    title,
    sortTitle: sortKey(title),
    revision: facts.revision,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    document: renderRecord(model, input, facts),
  };
}

/** The rows of a record in one table, as the statements that insert them. */
type TableRows = { table: string; rows: Statement[] };

/** The statements that insert everything of a record except its row in `records` and what is derived from the rest by the views. */
export const insertParts = (ready: Ready): Statement[] => partsOf(ready).flatMap(({ rows }) => rows);

/** The statements that delete what `insertParts` inserted. */
export const deleteParts = (model: RecordModel, key: number): Statement[] =>
  [...PART_TABLES, model.path].map((table) => deleteRows(table, key));

/**
 * The statements that put the rows of a record in the place of those that it had as `former`, a table at a time: where all rows of a table are
 * the same, none is touched.
 */
export function replaceParts(ready: Ready, former: Valid): { take: Statement[]; put: Statement[] } {
  // Ids in the place of keys: what only the former record referred to was not looked up.
  const keyOf = numberedKeys();
  const rowsBefore = partsOf({ ...ready, input: former, keyOf });
  const rowsAfter = partsOf({ ...ready, keyOf });
  const changed = new Set(rowsAfter.flatMap(({ table, rows }, index) => (isSameRows(rows, rowsBefore[index]!.rows) ? [] : [table])));
  // Participations in a moment are deleted with its row.
  if (changed.has('moments')) changed.add('participations');
  return {
    take: [...PART_TABLES, ready.model.path].filter((table) => changed.has(table)).map((table) => deleteRows(table, ready.key)),
    put: partsOf(ready).flatMap(({ table, rows }) => (changed.has(table) ? rows : [])),
  };
}

const isSameRows = (some: readonly Statement[], others: readonly Statement[]): boolean =>
  isDeepStrictEqual(
    some.map(({ params }) => params),
    others.map(({ params }) => params),
  );

/** Keys that tell records apart by type and id, and are no keys of the database. */
function numberedKeys(): Ready['keyOf'] {
  const numbers = new Map<string, number>();
  return (type, id) => {
    const name = `${type}/${id}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
}

/** The tables of `partsOf` besides that of the type, each before those that its rows refer to. */
const PART_TABLES = [
  'names',
  'identifiers',
  'topics',
  'figures',
  'relations',
  'citations',
  'memberships',
  'participations',
  'moments',
  'lookups',
];

const deleteRows = (table: string, key: number): Statement => statement(`DELETE FROM ${table} WHERE record_id = ?`, key);

/** The rows of a record by table, in the order in which they are inserted. A type's own table bears its plural, as its path does. */
function partsOf(ready: Ready): TableRows[] {
  const { model, key, input, keyOf } = ready;
  return [
    { table: model.path, rows: [insertRow(model.path, ['record_id'], model.columns, [key, ...valuesOf(input, model.columns, keyOf)])] },
    { table: 'moments', rows: momentRows(ready) },
    { table: 'participations', rows: allParticipationRows(ready) },
    ...LISTS.map((table) => ({
      table: table.name,
      rows: itemsOf(table, input).map((item, ordinal) => itemRow(table, key, ordinal, item, keyOf)),
    })),
    { table: 'lookups', rows: insertLookups(model, key, input) },
  ];
}

/** The child tables whose rows are the items of a field, and nothing besides. */
const LISTS = CHILD_TABLES.filter((table) => table !== moments && table !== participations);

function itemRow(table: ChildTable, record: number, ordinal: number, item: unknown, keyOf: KeyOf): Statement {
  const values = valuesOf(item, table.columns, keyOf);
  const edtf = table.columns.findIndex(({ name }) => name === table.dated);
  const days = table.dated === undefined ? [] : daysOf(values[edtf]);
  return insertRow(
    table.name,
    ['record_id', 'ordinal'],
    table.columns,
    [record, ordinal, ...values, ...days],
    table.dated === undefined ? [] : DAYS,
  );
}

const DAYS = ['start_min', 'end_max'];

const valuesOf = (item: unknown, columns: readonly Column[], keyOf: KeyOf): Value[] =>
  columns.map((column) => valueOf(item, column, keyOf));

const texts = new Map<string, string>();

/** The statement that inserts a row of the columns `first`, those of an item, and `last`; its text is made once per table. */
function insertRow(
  table: string,
  first: readonly string[],
  columns: readonly Column[],
  values: Value[],
  last: readonly string[] = [],
): Statement {
  let sql = texts.get(table);
  if (sql === undefined) {
    const names = [...first, ...columns.map(({ name }) => name), ...last];
    sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    texts.set(table, sql);
  }
  return { sql, params: values };
}

/** The days that a date may cover, since 1970-01-01, inclusive; all days where there is none. */
export function daysOf(edtf: Value | undefined): [startMin: number, endMax: number] {
  if (typeof edtf !== 'string') return [UNBOUNDED_START, UNBOUNDED_END];
  const { startMin, endMax } = parseEdtf(edtf);
  return [startMin, endMax];
}

/** The statements that file a record under its name, its names and its identifiers. */
function insertLookups(model: RecordModel, recordId: number, input: Valid): Statement[] {
  return nameKeysOf(model, input).map((key) =>
    statement('INSERT INTO lookups (type, key, record_id) VALUES (?, ?, ?)', model.type, key, recordId),
  );
}

function momentRows({ model, key: recordId, input, facts, keyOf, momentKeys }: Ready): Statement[] {
  return momentsOf(model, input).map((moment, ordinal) => {
    const id = momentKeys[ordinal]!;
    return insert(tables.moments, {
      id,
      recordId,
      ordinal,
      ...timelineColumns(moment, id),
      role: moment.role,
      edtf: moment.edtf,
      asStated: moment.asStated,
      placeId: moment.place === undefined ? null : keyOf('place', moment.place),
      item: renderMoment(model, input, facts.id, moment),
    });
  });
}

/** The rows of those who take part in a moment, and of those who take part in the entry as a whole. */
function allParticipationRows(ready: Ready): Statement[] {
  const inMoments = momentsOf(ready.model, ready.input).flatMap(({ participants }, ordinal) =>
    participationRows(ready, participants, ready.momentKeys[ordinal]!),
  );
  return [...inMoments, ...participationRows(ready, ready.input.participants, null)];
}

function participationRows({ key, keyOf }: Ready, participants: Participation[] = [], moment: number | null): Statement[] {
  const { name, columns } = participations;
  return participants.map((each, ordinal) =>
    insertRow(name, ['record_id', 'moment_id', 'ordinal'], columns, [key, moment, ordinal, ...valuesOf(each, columns, keyOf)]),
  );
}
