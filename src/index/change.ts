import { isDeepStrictEqual } from 'node:util';
import type { Input } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { deltaOf, type IndexChange, placementOf } from './delta.ts';
import { entryOf, type IndexEntry, type Term } from './entry.ts';
import { readRelated, type RelatedRecords, type RelationChange } from './related.ts';
import type { TermIds } from './term-ids.ts';
import { statementsOf, termsOf } from './writer.ts';

/** The index of a database: where it is read, and the ids of its terms. */
export type Index = { reader: Reader; terms: TermIds };

/** A record as clients wrote it, with ids for references, and the keys of its moments, at least one for each. */
export type RecordState = { record: Input & { id: string }; momentKeys: readonly number[] };

/** A change of one record: a new one has no state before, a deleted one none after. */
export type RecordChange = { model: RecordModel; key: number; before?: RecordState | undefined; after?: RecordState | undefined };

/** The statements that change the index in the batch of a write: `guards` must come before all others of the batch. */
export type IndexStatements = { guards: readonly Statement[]; statements: readonly Statement[] };

/**
 * Reads what a change of records depends on in the index, and returns the statements that make it: of the records themselves, and of those that they
 * are related to. The batch must abort when a record is no longer as it was `before`, and when any record points to one that is deleted.
 */
export async function indexChange({ reader, terms }: Index, changes: readonly RecordChange[]): Promise<IndexStatements> {
  const entries = changes.map(entriesOf);
  const relations = relationChanges(changes, entries);
  const related = relations.length > 0 ? await readRelated(reader, relations) : undefined;
  const delta = deltaOf(related ? [...withRelated(entries, relations, related), ...related.targets] : entries);
  const { idOf, insertNew } = await terms.resolve(termsOf(delta));
  return { guards: related?.guards ?? [], statements: [...insertNew, ...statementsOf(delta, idOf)] };
}

/** The entries of a record before and after a change, without related records. */
function entriesOf({ model, key, before, after }: RecordChange): IndexChange {
  const entry = (state: RecordState | undefined): IndexEntry | undefined =>
    state && entryOf(model, state.record, { key, momentKeys: state.momentKeys }, []);
  return { before: entry(before), after: entry(after) };
}

/** The changes on which depends who is related to whom, or where related records stand in the index: of relations, and of moments. */
function relationChanges(changes: readonly RecordChange[], entries: readonly IndexChange[]): RelationChange[] {
  const all = changes.map(({ model, key, before, after }, index) => ({
    key,
    name: `${model.type}/${(after ?? before)!.record.id}`,
    isNew: before === undefined,
    before: targetsOf(before?.record),
    after: targetsOf(after?.record),
    isMoved: before !== undefined && after !== undefined && isMoved(entries[index]!),
  }));
  const pointedTo = new Set(all.flatMap(({ before, after }) => (isDeepStrictEqual(before, after) ? [] : [...before, ...after])));
  return all.filter((each) => each.isMoved || pointedTo.has(each.name) || !isDeepStrictEqual(each.before, each.after));
}

/** The records that a record points to, each once. */
export function targetsOf(record: Input | undefined): string[] {
  return [...new Set(record?.relations?.map(({ record: { type, id } }) => `${type}/${id}`))];
}

const isMoved = ({ before, after }: IndexChange): boolean =>
  !isDeepStrictEqual(before?.moments.map(placementOf) ?? [], after?.moments.map(placementOf) ?? []);

/** The entries with the terms of related records, where these matter. */
function withRelated(entries: readonly IndexChange[], relations: readonly RelationChange[], related: RelatedRecords): IndexChange[] {
  const keys = new Set(relations.map(({ key }) => key));
  return entries.map(({ before, after }) => {
    const { key } = (after ?? before)!;
    if (!keys.has(key)) return { before, after };
    const names = related.of(key);
    return { before: addRelated(before, names.before), after: addRelated(after, names.after) };
  });
}

function addRelated(state: IndexChange['before'], names: readonly string[]): IndexChange['before'] {
  const terms = names.map((name): Term => ['related', name]);
  return state && { ...state, moments: state.moments.map((moment) => ({ ...moment, terms: [...moment.terms, ...terms] })) };
}
