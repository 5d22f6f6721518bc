import { AnnalsError } from '../../domain/errors.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Reader } from '../../storage/port.ts';
import { isFound, resolve } from '../../records/names.ts';
import { findStored, readStored, type Stored } from '../../records/prepare.ts';

/** A record by its id, or by any of its names where its type has names. Throws `not-found` with the nearest, or `ambiguous-name`. */
export async function findRecord(reader: Reader, { type }: RecordModel, called: string): Promise<Stored> {
  const stored = await findStored(reader, type, called);
  if (stored) return stored;
  const [answer] = await resolve(reader, [{ type, value: called }]);
  if (isFound(answer!)) return readStored(reader, type, answer.id);
  const code = answer!.code === 'ambiguous-name' ? 'ambiguous-name' : 'not-found';
  throw new AnnalsError(code, answer!.issue.message, [{ parameter: 'id', ...answer!.issue }]);
}
