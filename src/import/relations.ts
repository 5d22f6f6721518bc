import { isDeepStrictEqual } from 'node:util';
import type { RecordType } from '../domain/record-type.ts';
import { targetsOf } from '../index/change.ts';
import { placementOf } from '../index/delta.ts';
import { timelineColumns } from '../index/entry.ts';
import { readRelated, type RelatedRecords, type RelationChange } from '../index/related.ts';
import { type Input, momentsOf, type ValidatedRecord } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Reader } from '../storage/port.ts';
import { isFresh, type Resolution } from './resolve.ts';

/** Related records of all records of an import, and the names, as `type/id`, of all that are related to any. */
export type ImportRelations = RelatedRecords & { names: ReadonlySet<string> };

/** The change of relations that a record makes; undefined where no related record depends on it. A new record has no `former` content. */
export function relationChange(
  model: RecordModel,
  key: number,
  input: ValidatedRecord,
  former?: ValidatedRecord,
): RelationChange | undefined {
  const [before, after] = [targetsOf(former), targetsOf(input)];
  const isMoved = former !== undefined && !isDeepStrictEqual(placements(model, former), placements(model, input));
  if (!isMoved && isDeepStrictEqual(before, after)) return undefined;
  return { key, name: `${model.type}/${input.id}`, isNew: former === undefined, before, after };
}

const placements = (model: RecordModel, input: Input): string[] =>
  momentsOf(model, input).map((moment, ordinal) => placementOf(timelineColumns(moment, ordinal)));

/** Reads the related records of the changes of an import, and of the new records that they point to. */
export async function readRelations(reader: Reader, changes: readonly RelationChange[], resolution: Resolution): Promise<ImportRelations> {
  const all = new Map(changes.map((change) => [change.name, change]));
  for (const name of changes.flatMap(({ after }) => after)) {
    const [type, id] = name.split('/') as [RecordType, string]; // @NOTE neither has a slash
    const key = resolution.keyOf(type, id);
    if (!all.has(name) && isFresh(key, resolution)) all.set(name, { key, name, isNew: true, before: [], after: [] });
  }
  const related = await readRelated(reader, [...all.values()]);
  const keys = new Set(Array.from(all.values(), ({ key }) => key));
  const of: RelatedRecords['of'] = (key) => (keys.has(key) ? related.of(key) : { before: [], after: [] });
  const names = new Set(all.keys());
  for (const key of keys) for (const each of Object.values(of(key)).flat()) names.add(each);
  return { ...related, of, names };
}
