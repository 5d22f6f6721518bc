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
  let stored = new Map<string, number>();
  /** Ids given to terms that the database did not have when they were looked up: batches under way insert them. */
  const given = new Map<string, number>();

  /** The ids of terms that are not in memory, by their keys; `isNew` says which of them the database does not have. */
  async function lookUp(terms: ReadonlyMap<string, Term>): Promise<{ ids: Map<string, number>; isNew: (key: string) => boolean }> {
    const keys = [...terms.keys()];
    const [found, used] = await reader.read([
      statement<[index: number, id: number]>(
        'SELECT j.key, t.id FROM json_each(?) j CROSS JOIN terms t ON t.field = j.value ->> 0 AND t.value = j.value ->> 1',
        JSON.stringify([...terms.values()]),
      ),
      statement<[id: number]>(
        'SELECT t.id FROM json_each(?) j CROSS JOIN terms t ON t.id = j.value',
        JSON.stringify(keys.flatMap((key) => given.get(key) ?? [])),
      ),
    ]);
    const ids = new Map(found.map(([index, id]) => [keys[index]!, id]));
    const taken = new Set(used.map(([id]) => id));
    for (const key of keys) if (ids.has(key) || taken.has(given.get(key) ?? 0)) given.delete(key);
    for (const [key, id] of ids) stored.set(key, id);
    const missing = keys.filter((key) => !ids.has(key));
    await giveIds(missing);
    for (const key of missing) ids.set(key, given.get(key)!);
    const fresh = new Set(missing);
    return { ids, isNew: (key) => fresh.has(key) };
  }

  async function giveIds(keys: readonly string[]): Promise<void> {
    const missing = () => keys.filter((key) => !given.has(key));
    for (let without = missing(); without.length > 0; without = missing()) {
      let next = await takeIds(without.length);
      // Another call may have given some of them an id meanwhile.
      for (const key of without) if (!given.has(key)) given.set(key, next++);
    }
  }

  return {
    async resolve(terms) {
      if (stored.size > CACHED) stored = new Map();
      if (given.size > CACHED) given.clear();
      const known = stored;
      const unknown = new Map<string, Term>();
      for (const term of terms) if (!known.has(termKey(term))) unknown.set(termKey(term), term);
      if (unknown.size === 0) return { idOf: (term) => known.get(termKey(term))!, insertNew: [] };
      const { ids, isNew } = await lookUp(unknown);
      const rows = [...unknown].filter(([key]) => isNew(key)).map(([key, term]) => [ids.get(key)!, ...term]);
      return {
        idOf: (term) => known.get(termKey(term)) ?? ids.get(termKey(term))!,
        insertNew: rows.length > 0 ? insertTerms(rows) : [],
      };
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
