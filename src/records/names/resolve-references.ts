import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { type Reference, selfReferences, type ValidatedRecord } from '../../model/record.ts';
import type { RecordModel } from '../../model/record-model.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { guardExistence } from '../../storage/tables/records.ts';
import { isResolved, resolve } from './names.ts';

/**
 * Puts ids in the place of names in some references of a record, and adds the keys of all of them to `keys`. Returns the statements that abort the
 * batch when one of these records was deleted since. Throws with every reference that is not one record, and with those to itself that only its
 * names showed.
 */
export async function resolveReferences(
  reader: Reader,
  model: RecordModel,
  input: ValidatedRecord,
  references: readonly Reference[],
  keys: Map<string, number>,
): Promise<Statement[]> {
  const results = await resolve(reader, references);
  const found = new Set<number>();
  const issues: Issue[] = [];
  let code: 'unknown-reference' | 'ambiguous-name' = 'ambiguous-name';
  for (const [index, result] of results.entries()) {
    const reference = references[index]!;
    if (isResolved(result)) {
      reference.replace(result.id);
      keys.set(`${reference.type}/${result.id}`, result.key);
      found.add(result.key);
    } else {
      if (result.code === 'unknown-reference') code = result.code;
      issues.push({ pointer: reference.pointer, ...result.issue });
    }
  }
  if (issues.length > 0) throw new AnnalsError(code, issues[0]!.message, issues);
  const reflexive = selfReferences(model, input, input.id);
  if (reflexive.length > 0) throw new AnnalsError('invalid-request', reflexive[0]!.message, reflexive);
  return found.size === 0 ? [] : [guardExistence([...found])];
}
