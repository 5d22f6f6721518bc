import type { RecordType } from '../domain/record-type.ts';
import type { KeyRange } from '../model/columns.ts';
import type { TableRows } from '../storage/tables/rows.ts';
import { dialect } from '../storage/dialect.ts';
import { type Statement, statement } from '../storage/port.ts';
import type { IndexEntry } from './entry.ts';

/** The rows of the names by which a new record is found. */
export const nameRows = ({ type, key, names }: IndexEntry): TableRows => ({
  table: 'lookups (type, key, record_id)',
  rows: names.map((name) => [type, name, key]),
});

const NAMES = 'FROM lookups WHERE record_id BETWEEN ? AND ?';

/** Inserts the trigrams of the names of records. */
export const putTrigrams = ({ first, last }: KeyRange): Statement => statement(dialect.insertNames(NAMES), first, last);

/** Deletes the trigrams of the names of records; it must run before the rows of `lookups` change. */
export const takeTrigrams = ({ first, last }: KeyRange): Statement =>
  statement(`DELETE FROM nearby WHERE ${dialect.nameRow()} IN (SELECT id ${NAMES})`, first, last);

/** Writes the trigrams of names anew, by their ids: those that `lookups` has then. */
export function renewTrigrams(ids: readonly number[]): Statement[] {
  const json = JSON.stringify(ids);
  return [
    statement(`DELETE FROM nearby WHERE ${dialect.nameRow()} IN ${dialect.list('?', 'integer')}`, json),
    statement(dialect.insertNames(`FROM lookups WHERE id IN ${dialect.list('?', 'integer')}`), json),
  ];
}

/** Makes the rows of `lookups` those of the names of a record. Right ones keep their ids. */
export function restoreNames(type: RecordType, key: number, names: readonly string[]): Statement[] {
  const json = JSON.stringify(names);
  const wrong = `type <> ? OR key NOT IN ${dialect.list('?', 'text')}`;
  const insert = `INSERT INTO lookups (type, key, record_id) SELECT ?, ${dialect.value('j', 'text')}, ? FROM ${dialect.elements('j', '?')} WHERE true ON CONFLICT DO NOTHING`;
  return [statement(`DELETE FROM lookups WHERE record_id = ? AND (${wrong})`, key, type, json), statement(insert, type, key, json)];
}
