import { AnnalsError } from '../../domain/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import { isFound, resolve } from '../names.ts';
import { readStored, type Stored } from '../writing/prepare.ts';

/** A record by its id, or by any of its names where its type has names. Throws `not-found` with the nearest, or `ambiguous-name`. */
export async function findRecord(reader: Reader, { type }: Resource, called: string): Promise<Stored> {
  const byId = statement<[key: number, revision: number, createdAt: number, document: Buffer]>(
    'SELECT id, revision, created_at, document FROM records WHERE type = ? AND slug = ?',
    type,
    called,
  );
  const [[row]] = await reader.read([byId]);
  if (row) return { key: row[0], id: called, revision: row[1], createdAt: row[2], document: row[3] };
  const [answer] = await resolve(reader, [{ type, value: called }]);
  if (isFound(answer!)) return readStored(reader, type, answer.id);
  const code = answer!.code === 'ambiguous-name' ? 'ambiguous-name' : 'not-found';
  throw new AnnalsError(code, answer!.issue.message, [{ parameter: 'id', ...answer!.issue }]);
}
