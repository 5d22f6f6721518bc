import { isDeepStrictEqual } from 'node:util';
import { groupsOf } from '../domain/groups.ts';
import { fieldOf, type RecordType } from '../domain/record-type.ts';
import { MOMENT_COLUMNS, moments } from '../model/child-tables.ts';
import { modelOf } from '../model/models.ts';
import type { Input } from '../model/record.ts';
import { dialect } from '../storage/dialect.ts';
import { conflictUnless, type Reader, type Statement, statement } from '../storage/port.ts';
import { guardRevisions } from '../storage/tables/records.ts';
import { type IndexChange, isMoved, type RecordChange } from './delta.ts';
import type { MomentColumns, Term } from './entry.ts';
import { SLOT_OF } from './position-sql.ts';

/**
 * A change of the relations of one record. `before` and `after` are the records that it points to, as `type/id`, each once; `isNew` records have no
 * relations in the database, nor has any record to them.
 */
export type RelationChange = { key: number; name: string; isNew: boolean; before: readonly string[]; after: readonly string[] };

/**
 * Related records before and after some changes: for each changed record, by its key, and the changes of records that others point to no longer
 * or anew. The guards abort a batch when relations or moments are no longer those that were read; they must come before its other statements.
 */
export type RelatedRecords = {
  of: (key: number) => { before: readonly string[]; after: readonly string[] };
  targets: readonly IndexChange[];
  guards: readonly Statement[];
};

/** Names of records by the key of a record. */
type Names = Map<number, Set<string>>;

/** Reads the related records of changes that are written in one batch. Each of two records is related to the other when either points to the other. */
export async function readRelated(reader: Reader, changes: readonly RelationChange[]): Promise<RelatedRecords> {
  const incoming = await readIncoming(reader, changes);
  const byName = new Map(changes.map((change) => [change.name, change]));
  const next: Names = new Map(Array.from(incoming.names, ([key, names]) => [key, new Set(names)]));
  const outside = new Map<string, Map<string, 'removed' | 'added'>>();
  for (const { key, name, before, after } of changes) {
    const pointingBack = incoming.names.get(key) ?? new Set<string>();
    for (const [target, how] of differing(before, after)) {
      const changed = byName.get(target);
      if (changed) setName(next, changed.key, name, how === 'added');
      else if (!pointingBack.has(target)) outside.set(target, (outside.get(target) ?? new Map()).set(name, how));
    }
  }
  const targets = await readTargets(reader, outside);
  const byKey = new Map(changes.map((change) => [change.key, change]));
  return {
    of(key) {
      const { before, after } = byKey.get(key)!;
      return { before: union(before, incoming.names.get(key)), after: union(after, next.get(key)) };
    },
    targets: targets.changes,
    guards: [...incoming.guards, ...targets.guards],
  };
}

const union = (names: readonly string[], others: Iterable<string> = []): string[] => [...new Set([...names, ...others])];

function* differing(before: readonly string[], after: readonly string[]): Generator<[string, 'removed' | 'added']> {
  for (const name of before) if (!after.includes(name)) yield [name, 'removed'];
  for (const name of after) if (!before.includes(name)) yield [name, 'added'];
}

function setName(names: Names, key: number, name: string, isThere: boolean): void {
  const known = names.get(key) ?? new Set<string>();
  names.set(key, known);
  if (isThere) known.add(name);
  else known.delete(name);
}

/** The records that point to those of the changes, and the guard that they still are the same. */
async function readIncoming(reader: Reader, changes: readonly RelationChange[]): Promise<{ names: Names; guards: Statement[] }> {
  const keys = changes.filter(({ isNew }) => !isNew).map(({ key }) => key);
  if (keys.length === 0) return { names: new Map(), guards: [] };
  const [rows] = await reader.read([
    statement<[key: number, from: number, name: string]>(
      `SELECT DISTINCT n.to_id, r.id, r.type || '/' || r.slug FROM ${dialect.integers('j', '?')}
         CROSS JOIN relations n ON n.to_id = ${dialect.integer('j')} CROSS JOIN records r ON r.id = n.record_id`,
      JSON.stringify(keys),
    ),
  ]);
  const names: Names = new Map();
  for (const [key, , name] of rows) setName(names, key, name, true);
  const same = `SELECT 1 WHERE ? = (SELECT count(*) FROM (SELECT DISTINCT n.to_id, n.record_id
      FROM ${dialect.integers('j', '?')} CROSS JOIN relations n ON n.to_id = ${dialect.integer('j')}) x)
    AND NOT EXISTS (SELECT 1 FROM ${dialect.elements('j', '?')}
      WHERE NOT EXISTS (SELECT 1 FROM relations WHERE to_id = ${dialect.column('j', 0, 'integer')} AND record_id = ${dialect.column('j', 1, 'integer')}))`;
  const pairs = JSON.stringify(rows.map(([key, from]) => [key, from]));
  return { names, guards: [conflictUnless(1, same, rows.length, JSON.stringify(keys), pairs)] };
}

/** The key and the slot of a moment and its `MOMENT_COLUMNS`, as they are stored. */
const PLACEMENT = ['key', 'slot', ...MOMENT_COLUMNS] as const;
const STORED_PLACEMENT = [
  'm.id',
  SLOT_OF('m.position'),
  ...moments.derived.filter(({ path: [field] }) => MOMENT_COLUMNS.some((name) => name === field)).map(({ name }) => `m.${name}`),
].join(', ');

type MomentRow = [name: string, key: number, type: RecordType, revision: number, ...columns: (number | null)[]];

/** The changes of records that are related otherwise to others, and the guard that their moments still are the same. */
async function readTargets(
  reader: Reader,
  related: ReadonlyMap<string, ReadonlyMap<string, 'removed' | 'added'>>,
): Promise<{ changes: IndexChange[]; guards: Statement[] }> {
  // A record of a type that may have moments is guarded also while it has none: it may get some.
  const names = [...related.keys()].map((name) => name.split('/')).filter(([type]) => modelOf[type as RecordType].timeline); // @NOTE `type/id`
  if (names.length === 0) return { changes: [], guards: [] };
  const [rows] = await reader.read([
    statement<MomentRow>(
      `SELECT r.type || '/' || r.slug, r.id, r.type, r.revision, ${STORED_PLACEMENT} FROM ${dialect.elements('j', '?')}
         CROSS JOIN records r ON r.type = ${dialect.column('j', 0, 'text')} AND r.slug = ${dialect.column('j', 1, 'text')} LEFT JOIN moments m ON m.record_id = r.id`,
      JSON.stringify(names),
    ),
  ]);
  const byKey = groupsOf(rows, ([, key]) => key);
  const revisions = Array.from(byKey, ([key, [[, , , revision]]]) => [key, revision] as const);
  return {
    changes: Array.from(byKey, ([key, ofRecord]): IndexChange => {
      const [[name, , type]] = ofRecord;
      const ofMoments = ofRecord.flatMap(([, , , , ...columns]) => (columns[0] === null ? [] : [columnsOf(columns)]));
      const terms = (how: 'removed' | 'added') =>
        [...related.get(name)!].filter(([, each]) => each === how).map(([other]): Term => [fieldOf(type, 'related'), other]);
      const state = (how: 'removed' | 'added') => ({ key, type, moments: ofMoments.map((moment) => ({ ...moment, terms: terms(how) })) });
      return { before: state('removed'), after: state('added') };
    }),
    guards: revisions.length > 0 ? [guardRevisions(revisions.length, revisions)] : [],
  };
}

const columnsOf = (columns: readonly (number | null)[]): MomentColumns =>
  Object.fromEntries(PLACEMENT.map((name, index) => [name, columns[index]])) as MomentColumns; // @NOTE none of them is NULL

/**
 * The changes of the entries of records and of all that they are related to. Only the records whose relations or moments change, and those that they
 * point to, have the terms of their related records: all others keep these.
 */
export async function relatedChanges(
  reader: Reader,
  changes: readonly RecordChange[],
  entries: readonly IndexChange[],
): Promise<{ changes: readonly IndexChange[]; guards: readonly Statement[] }> {
  const relations = relationChanges(changes, entries);
  const related = await readRelated(reader, relations);
  return { changes: [...withRelated(entries, relations, related), ...related.targets], guards: related.guards };
}

/** The changes on which depends who is related to whom, or where related records stand in the index: of relations, and of moments. */
function relationChanges(changes: readonly RecordChange[], entries: readonly IndexChange[]): RelationChange[] {
  const all = changes.map(({ model, key, before, after }, index) => ({
    key,
    name: `${model.type}/${(after ?? before)!.record.id}`,
    isNew: before === undefined,
    before: targetsOf(before?.record),
    after: targetsOf(after?.record),
    isMoved: isMoved(entries[index]!),
  }));
  const pointedTo = new Set(all.flatMap(({ before, after }) => (isDeepStrictEqual(before, after) ? [] : [...before, ...after])));
  return all.filter((each) => each.isMoved || pointedTo.has(each.name) || !isDeepStrictEqual(each.before, each.after));
}

/** The records that a record points to, each once. */
export function targetsOf(record: Input | undefined): string[] {
  return [...new Set(record?.relations?.map(({ record: { type, id } }) => `${type}/${id}`))];
}

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
  if (!state) return undefined;
  const terms = names.map((name): Term => [fieldOf(state.type, 'related'), name]);
  return { ...state, moments: state.moments.map((moment) => ({ ...moment, terms: [...moment.terms, ...terms] })) };
}
