import type Database from 'better-sqlite3';
import type { Step, Statement } from '../port.ts';
import type { IndexChange } from '../index-change.ts';
import { indexWriter } from '../index-writer.ts';
import { preparer } from './reading.ts';

/** How many changes of the index a batch may hold before it puts them in: an import changes as many records as it likes. */
const CHANGES = 4096;

/** What runs batches in a transaction that is open. */
export type BatchRunner = {
  /** Runs batches with one change of the index for all of them, and answers the rows of each. What one throws leaves part of them done. */
  together: (batches: readonly Iterable<Step>[]) => unknown[][][];
  /** Runs one batch: all of it, or nothing when it throws. */
  apart: (batch: Iterable<Step>) => unknown[][];
  /** Must be called when the transaction is rolled back. */
  forget: () => void;
};

/** Runs batches on a connection. */
export function batchRunner(writer: Database.Database): BatchRunner {
  const prepare = preparer(writer);
  const savepoint = writer.prepare('SAVEPOINT batch');
  const release = writer.prepare('RELEASE batch');
  const undo = writer.prepare('ROLLBACK TO batch');
  const index = indexWriter((statement) => run(statement) ?? []);

  /** Runs a statement and answers its rows, if it is one that has any. */
  function run({ sql, params, guard }: Statement): unknown[][] | undefined {
    const prepared = prepare(sql);
    const rows = prepared.reader ? (prepared.all(...params) as unknown[][]) : undefined; // @NOTE raw mode answers arrays
    const count = rows?.length ?? prepared.run(...params).changes;
    if (guard && guard.rows !== count) throw guard.refuse;
    return rows;
  }

  /** Takes the steps of a batch, and adds to `changes` what it changes in the index. */
  function take(batch: Iterable<Step>, changes: IndexChange[]): unknown[][] {
    let answer: unknown[][] = [];
    for (const step of batch) {
      if ('sql' in step) answer = run(step) ?? answer;
      else if (changes.push(step) >= CHANGES) index.put(changes.splice(0));
    }
    return answer;
  }

  return {
    together(batches) {
      const changes: IndexChange[] = [];
      const answers = batches.map((batch) => take(batch, changes));
      index.put(changes);
      return answers;
    },
    apart(batch) {
      savepoint.run();
      try {
        const changes: IndexChange[] = [];
        const answer = take(batch, changes);
        index.put(changes);
        release.run();
        return answer;
      } catch (error) {
        index.forget();
        // A full disk may have rolled the whole transaction back already.
        if (writer.inTransaction) {
          undo.run();
          release.run();
        }
        throw error;
      }
    },
    forget: index.forget,
  };
}
