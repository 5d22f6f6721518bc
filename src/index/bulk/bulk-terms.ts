import { dialect } from '../../storage/dialect.ts';
import { insertRuns } from '../../storage/tables/rows.ts';
import { conflictUnless, type Reader, type Statement, statement, WriteConflict } from '../../storage/port.ts';
import { within } from './bulk-writer.ts';
import type { IdOf } from '../writer.ts';

/**
 * Ids of terms for one load, in memory, since a load reads nothing: those of the database and those of new terms, which it takes from the sequence
 * of ids itself.
 */
export type BulkTerms = {
  idOf: IdOf;
  /** Yields the statements that insert the new terms since the last call. */
  drain: () => Generator<Statement>;
  /** Yields the statements that insert the rest and note the ids that were taken. */
  finish: () => Generator<Statement>;
};

/** Terms of a database, and the first id that no term has and no process has taken. */
export type KnownTerms = { terms: readonly (readonly [field: string, value: string, id: number])[]; next: number };

/**
 * Reads the terms of the database. Terms of related records may be as many as records: where `related` is given, they are read only for those
 * records, as `type/id`.
 */
export async function readTerms(reader: Reader, related?: Iterable<string>): Promise<KnownTerms> {
  type TermRow = [field: string, value: string, id: number];
  const all = 'SELECT field, value, id FROM terms';
  const [terms, [next]] = await reader.read([
    related
      ? statement<TermRow>(
          `${all} WHERE field <> 'related' UNION ALL ${all} WHERE field = 'related' AND value IN ${dialect.list('?', 'text')}`,
          JSON.stringify([...related]),
        )
      : statement<TermRow>(all),
    statement<[next: number]>(
      `SELECT ${dialect.greater('next', '(SELECT coalesce(max(id), 0) + 1 FROM terms)')} FROM sequences WHERE name = 'term'`,
    ),
  ]);
  return { terms, next: next![0] };
}

/** Aborts the batch when another process has taken ids of terms since they were read. */
export function guardTermIds({ next }: KnownTerms): Statement {
  const free = "SELECT 1 FROM sequences WHERE name = 'term' AND next <= ? AND NOT EXISTS (SELECT 1 FROM terms WHERE id >= ?)";
  return conflictUnless(1, free, next, next);
}

/** The ids of a load, which starts with the terms that are known. */
export function bulkTerms({ terms, next: first }: KnownTerms): BulkTerms {
  const ids = new Map<string, Map<string, number>>();
  let fresh: [id: number, field: string, value: string, count: number][] = [];
  let next = first;
  for (const [field, value, id] of terms) within(ids, field).set(value, id);

  function* drain(): Generator<Statement> {
    // Another process may have added the same term meanwhile.
    yield* insertRuns('terms', fresh, 'ON CONFLICT DO NOTHING', new WriteConflict());
    fresh = [];
  }

  return {
    idOf([field, value]) {
      const values = within(ids, field);
      const known = values.get(value);
      if (known !== undefined) return known;
      values.set(value, next);
      fresh.push([next, field, value, 0]);
      return next++;
    },
    drain,
    *finish() {
      yield* drain();
      yield statement("UPDATE sequences SET next = ? WHERE name = 'term'", next);
    },
  };
}
