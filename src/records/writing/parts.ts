import { asc, between } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { RecordType } from '../../domain/record-type.ts';
import type { Column, IdOf, KeyOf } from '../../model/record-model.ts';
import { type Reader, statement } from '../../storage/port.ts';
import type { KeyRange } from '../../storage/interval-index.ts';
import { queries } from '../../storage/queries.ts';
import * as tables from '../../storage/tables.ts';

/** The rows that the relational tables have of the records of a range. */
export type Parts = Awaited<ReturnType<typeof readParts>>;

/** The names of the records that rows refer to by their keys. */
export type Named = { idOf: IdOf; typeOf: (key: number) => RecordType; keyOf: KeyOf };

type Part = { recordId: number };

/** Reads what the relational tables have of the records of a range of keys, in order. */
export async function readParts(reader: Reader, { first, last }: KeyRange) {
  const database = queries(reader);
  const within = (column: SQLiteColumn) => between(column, first, last);
  const { names, identifiers, topics, figures, relations, citations, memberships, participations, moments } = tables;
  return {
    records: await database.select().from(tables.records).where(within(tables.records.id)).orderBy(asc(tables.records.id)),
    own: await readOwn(reader, { first, last }),
    names: await database.select().from(names).where(within(names.recordId)).orderBy(names.recordId, names.ordinal),
    identifiers: await database
      .select()
      .from(identifiers)
      .where(within(identifiers.recordId))
      .orderBy(identifiers.recordId, identifiers.ordinal),
    topics: await database.select().from(topics).where(within(topics.recordId)).orderBy(topics.recordId, topics.ordinal),
    figures: await database.select().from(figures).where(within(figures.recordId)).orderBy(figures.recordId, figures.ordinal),
    relations: await database.select().from(relations).where(within(relations.recordId)).orderBy(relations.recordId, relations.ordinal),
    citations: await database.select().from(citations).where(within(citations.recordId)).orderBy(citations.recordId, citations.ordinal),
    memberships: await database
      .select()
      .from(memberships)
      .where(within(memberships.recordId))
      .orderBy(memberships.recordId, memberships.ordinal),
    participations: await database
      .select()
      .from(participations)
      .where(within(participations.recordId))
      .orderBy(participations.recordId, participations.ordinal),
    moments: await database.select().from(moments).where(within(moments.recordId)).orderBy(moments.recordId, moments.ordinal),
  };
}

type Own = Part & Record<string, Column>;

/** The rows of the types' own tables. */
async function readOwn(reader: Reader, { first, last }: KeyRange): Promise<Own[]> {
  const rows: Own[] = [];
  for (const table of Object.values(tables.typeTables))
    rows.push(
      ...(await queries(reader)
        .select()
        .from(table)
        .where(between(table.recordId, first, last))),
    );
  return rows;
}

/** The type and id of every record that the rows are of or refer to: a key is in `id`, or in a column named `…Id` other than `momentId`. */
export async function readNames(reader: Reader, parts: Parts): Promise<Named> {
  const wanted = new Set(parts.records.map(({ id }) => id));
  for (const rows of Object.values(parts))
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        if (column.endsWith('Id') && column !== 'momentId' && typeof value === 'number') wanted.add(value);
  const byKey = statement<[key: number, type: RecordType, id: string]>(
    'SELECT id, type, slug FROM records WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify([...wanted]),
  );
  const [rows] = await reader.read([byKey]);
  const named = new Map(rows.map(([key, type, id]) => [key, { type, id }]));
  const keys = new Map(rows.map(([key, type, id]) => [`${type}/${id}`, key]));
  return {
    idOf: (key) => found(named.get(key), key).id,
    typeOf: (key) => found(named.get(key), key).type,
    keyOf: (type, id) => found(keys.get(`${type}/${id}`), `${type}/${id}`),
  };
}

function found<Value>(value: Value | undefined, name: string | number): Value {
  if (value === undefined) throw new Error(`the record ${name} was not read`);
  return value;
}

/** The rows of each record, in their order. */
export function byRecord<Row extends Part>(rows: readonly Row[]): (key: number) => Row[] {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.recordId);
    if (group) group.push(row);
    else groups.set(row.recordId, [row]);
  }
  return (key) => groups.get(key) ?? [];
}

/** A row of a table. */
export type RowOf<Name extends keyof Parts> = Parts[Name][number];
