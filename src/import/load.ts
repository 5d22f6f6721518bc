import { momentsOf, referencesIn } from '../model/record.ts';
import { timelineColumns } from '../index/entry.ts';
import type { KeyOf } from '../model/columns.ts';
import { modelOf } from '../model/models.ts';
import type { RecordType } from '../domain/record-type.ts';
import { WriteConflict, type Statement } from '../storage/port.ts';
import { bulkIndex, type IndexStart } from '../storage/bulk-index.ts';
import { rowRuns } from '../storage/insert.ts';
import { moments as momentsTable, records as recordsTable } from '../storage/tables.ts';
import type { Called } from '../records/names.ts';
import type { Ready } from '../records/rows.ts';
import { searchTextOf } from '../records/writing/search-text.ts';
import { termsOf, wordsOf } from '../records/writing/terms.ts';
import type { Valid } from '../records/validate.ts';
import { insertNew } from '../records/write.ts';
import { type Read, referenceKey } from './check.ts';
import { byType } from './gather.ts';

/** What the index starts with, and the instant at which all new records are made. */
export type Start = IndexStart & { now: number };

/** What a reference is. */
export type Told = [called: Called, id: string, key: number];

/** Some lines whose new records are to be written. Indices count the records of the lines from 0. */
export type Job = {
  /** The records as JSON text, a list of `Read`. */
  records: string;
  /** The key of each; 0 for one that is not new. */
  keys: number[];
  /** The ids of those whose lines state none, where they are not made from the title alone. */
  ids: [index: number, id: string][];
  /** What each of their references is, unless a job before said it. */
  references: Told[];
  /** Whether what the jobs before said is to be forgotten, as it has become much. */
  forget: boolean;
  firstMoment: number;
  /** The last revisions of deleted records that had the same ids. */
  revisions: [index: number, revision: number][];
  /** Whether citations are verified, by their indices. */
  verified: [index: number, citations: [citation: number, verified: boolean][]][];
};

/** Makes the statements that write new records and all that is derived of them, except for what relations say in the index. */
export type Loader = { add: (job: Job) => Generator<Statement>; finish: () => Generator<Statement> };

/** A loader for one import. It asks the database nothing, so that it may run beside the thread that writes. */
export function loader({ now, ...start }: Start): Loader {
  const index = bulkIndex(start);
  const rows = rowRuns([recordsTable, momentsTable]);
  const link = linker();
  const overtaken = new WriteConflict();
  let last = start.first - 1;

  function write(ready: Ready): void {
    const { model, key, input, momentKeys } = ready;
    for (const row of insertNew(ready, overtaken)) rows.add(row);
    const moments = momentsOf(model, input);
    const text = searchTextOf(model, input);
    if (moments.length === 0) index.addText(key, model.type, text);
    for (const [ordinal, said] of termsOf(model, input).entries()) {
      const columns = timelineColumns(moments[ordinal]!, momentKeys[ordinal]!);
      index.add(key, { type: model.type, ...columns }, said, text);
    }
    index.countWords(model.type, wordsOf(model, input));
    last = key;
  }

  return {
    *add(job) {
      const records = JSON.parse(job.records) as Read[]; // @NOTE `checkLines` wrote it
      link.learn(job);
      for (const [number, id] of job.ids) records[number]!.input.id = id;
      const revisions = new Map(job.revisions);
      const verified = new Map(job.verified);
      let nextMoment = job.firstMoment;
      for (const [number, { type, input }] of records.entries()) {
        const key = job.keys[number]!;
        if (key === 0) continue;
        const model = modelOf[type];
        link.replace(type, input);
        const momentKeys = momentsOf(model, input).map(() => nextMoment++);
        const revision = (revisions.get(number) ?? 0) + 1;
        const facts = { id: input.id, revision, createdAt: now, updatedAt: now, verified: new Map(verified.get(number)) };
        write({ model, key, momentKeys, input, facts, keyOf: link.keyOf });
      }
      yield* rows.drain();
      yield* index.drain();
    },
    finish: () => index.finish(last),
  };
}

/** Puts ids in the place of names, and answers the keys of ids, as jobs say. */
function linker() {
  let keys = byType<number>();
  const renamed = new Map<string, string>();

  function learn({ references, forget }: Job): void {
    if (forget) {
      keys = byType();
      renamed.clear();
    }
    for (const [called, id, key] of references) {
      keys[called.type].set(id, key);
      if (called.value !== id) renamed.set(referenceKey(called), id);
    }
  }

  const keyOf: KeyOf = (type, id) => {
    const key = keys[type].get(id);
    if (key === undefined) throw new Error(`the ${type} ${id} was not resolved`);
    return key;
  };

  function replace(type: RecordType, input: Valid): void {
    if (renamed.size === 0) return;
    for (const reference of referencesIn(modelOf[type], input)) {
      const id = renamed.get(referenceKey(reference));
      if (id !== undefined) reference.replace(id);
    }
  }

  return { learn, keyOf, replace };
}
