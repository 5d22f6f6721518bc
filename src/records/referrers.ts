import { AnnalsError } from '../domain/errors.ts';
import { REFERENCE_COLUMNS } from '../model/models.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Reader } from '../storage/port.ts';
import { referrersBy, referrersOfAnyBy } from '../storage/tables/references.ts';
import type { StoredRecord } from './stored-record.ts';

const referrers = referrersBy(REFERENCE_COLUMNS);

/** The statements that tell who refers to any of many records. */
export const referrersOfAny = referrersOfAnyBy(REFERENCE_COLUMNS);

const SHOWN = 20;

/** The error that says which records still refer to this one, or nothing when none does. */
export async function stillReferenced(reader: Reader, { type }: RecordModel, { key, id }: StoredRecord): Promise<AnnalsError | undefined> {
  const [rows] = await reader.read([referrers.read(key, SHOWN + 1)]);
  if (rows.length === 0) return undefined;
  const issues = rows.slice(0, SHOWN).map(([referrer, slug]) => ({ message: `${referrer} "${slug}" refers to it` }));
  if (rows.length > SHOWN) issues.push({ message: 'and more' });
  return new AnnalsError('still-referenced', `the ${type} "${id}" is still referred to: change or delete those records first`, issues);
}

/** Aborts a batch with an error while any record refers to the one with a key. */
export const refuseReferrers = referrers.refuse;
