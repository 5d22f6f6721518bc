import type Database from 'better-sqlite3';
import type { Statement } from '../engine.ts';
import { preparer } from './snapshot.ts';

/** What runs the statements of a batch in the transaction that is open, and answers the rows of the last one that has any. */
export function batches(writer: Database.Database): (statements: Iterable<Statement>) => unknown[][] {
  const prepare = preparer(writer);
  return (statements) => {
    let answer: unknown[][] = [];
    for (const each of statements) {
      const prepared = prepare(each.sql);
      const rows = prepared.reader ? (prepared.all(...each.params) as unknown[][]) : undefined; // @NOTE raw mode answers arrays
      const count = rows?.length ?? prepared.run(...each.params).changes;
      if (each.guard && each.guard.rows !== count) throw each.guard.refuse;
      if (rows) answer = rows;
    }
    return answer;
  };
}
