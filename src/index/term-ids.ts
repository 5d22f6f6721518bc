import { guard, type Reader, type Statement, statement, WriteConflict } from '../storage/port.ts';
import { termKey } from './delta.ts';
import type { Term } from './entry.ts';

/** Ids of some terms, and the statements that insert those of them that are new; they abort the batch when another writer was first. */
export type ResolvedTerms = { idOf: (term: Term) => number; insertNew: readonly Statement[] };

/** Resolves terms to their ids before a batch is written. Terms are never deleted and keep their ids. */
export type TermIds = { resolve: (terms: Iterable<Term>) => Promise<ResolvedTerms> };

/** Number of ids that are kept in memory. */
const CACHED = 2 ** 15;

/** A cache of the ids of terms. `takeIds` returns the first of so many new ids in a row. */
export function termIds(reader: Reader, takeIds: (count: number) => Promise<number>): TermIds {
  /** Ids of terms that were read. */
  const stored = new Map<string, number>();
  /** Ids given to terms that the database did not have when they were looked up: batches under way insert them. */
  const given = new Map<string, number>();

  async function lookUp(terms: ReadonlyMap<string, Term>): Promise<void> {
    const names = [...terms.keys()];
    const taken = names.flatMap((name) => given.get(name) ?? []);
    const [found, others] = await reader.read([
      statement<[index: number, id: number]>(
        'SELECT j.key, t.id FROM json_each(?) j CROSS JOIN terms t ON t.field = j.value ->> 0 AND t.value = j.value ->> 1',
        JSON.stringify([...terms.values()]),
      ),
      statement<[id: number]>('SELECT t.id FROM json_each(?) j CROSS JOIN terms t ON t.id = j.value', JSON.stringify(taken)),
    ]);
    for (const [index, id] of found) {
      stored.set(names[index]!, id);
      given.delete(names[index]!);
    }
    const used = new Set(others.map(([id]) => id));
    for (const name of names) if (used.has(given.get(name) ?? 0)) given.delete(name);
    await giveIds(names);
  }

  const isNew = (name: string) => !stored.has(name) && !given.has(name);

  async function giveIds(names: readonly string[]): Promise<void> {
    const count = names.filter(isNew).length;
    if (count === 0) return;
    let next = await takeIds(count);
    // Another call may have given some of them an id meanwhile.
    for (const name of names) if (isNew(name)) given.set(name, next++);
  }

  return {
    async resolve(terms) {
      if (stored.size > CACHED) stored.clear();
      if (given.size > CACHED) given.clear();
      const wanted = new Map<string, Term>();
      for (const term of terms) wanted.set(termKey(term), term);
      const ids = new Map<string, number>();
      const unknown = new Map([...wanted].filter(([name]) => !stored.has(name)));
      if (unknown.size > 0) await lookUp(unknown);
      for (const name of wanted.keys()) ids.set(name, stored.get(name) ?? given.get(name)!);
      const fresh = [...unknown].filter(([name]) => !stored.has(name)).map(([name, [field, value]]) => [ids.get(name)!, field, value]);
      return { idOf: (term) => ids.get(termKey(term))!, insertNew: fresh.length > 0 ? insertTerms(fresh) : [] };
    },
  };
}

/** The statements that insert terms unless they are there, and abort the batch unless each then has its id. */
function insertTerms(rows: readonly (string | number)[][]): Statement[] {
  const json = JSON.stringify(rows);
  const insert = `INSERT OR FAIL INTO terms (id, field, value) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
    ON CONFLICT DO NOTHING`;
  const present = `SELECT t.id FROM json_each(?) j
    CROSS JOIN terms t ON t.id = j.value ->> 0 AND t.field = j.value ->> 1 AND t.value = j.value ->> 2`;
  return [statement(insert, json), guard(rows.length, new WriteConflict(), present, json)];
}
