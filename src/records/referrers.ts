import { AnnalsError } from '../domain/errors.ts';
import { REFERENCE_COLUMNS } from '../model/models.ts';
import type { RecordModel } from '../model/record-model.ts';
import { guard, type Reader, type Statement } from '../storage/port.ts';
import type { StoredRecord } from './stored-record.ts';

/** The records that refer to the record `:key`, once for each reference. */
const REFERRING = REFERENCE_COLUMNS.map(({ table, column }) => `SELECT record_id AS id FROM ${table} WHERE ${column} = :key`).join(
  ' UNION ALL ',
);

const SHOWN = 20;

/** The error that says which records still refer to this one, or nothing when none does. */
export async function stillReferenced(reader: Reader, { type }: RecordModel, { key, id }: StoredRecord): Promise<AnnalsError | undefined> {
  const referrers: Statement<[type: string, id: string]> = {
    sql: `SELECT DISTINCT r.type, r.slug FROM (${REFERRING} LIMIT 1000) x JOIN records r ON r.id = x.id WHERE x.id <> :key LIMIT ${SHOWN + 1}`,
    params: [{ key }],
  };
  const [rows] = await reader.read([referrers]);
  if (rows.length === 0) return undefined;
  const issues = rows.slice(0, SHOWN).map(([referrer, slug]) => ({ message: `${referrer} "${slug}" refers to it` }));
  if (rows.length > SHOWN) issues.push({ message: 'and more' });
  return new AnnalsError('still-referenced', `the ${type} "${id}" is still referred to: change or delete those records first`, issues);
}

/** Aborts a batch while any record still refers to this one. */
export function refuseReferrers(key: number, refuse: Error): Statement {
  return { ...guard(0, refuse, `SELECT 1 FROM (${REFERRING}) x WHERE x.id <> :key LIMIT 1`), params: [{ key }] };
}
