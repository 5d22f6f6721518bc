import type Database from 'better-sqlite3';
import type { Statement } from '../port.ts';
import { preparer } from './reading.ts';

/** Runs batches in a transaction that is open. */
export type BatchRunner = {
  /** Runs batches that share the transaction, and returns the rows of each. What one throws leaves part of them done. */
  together: (batches: readonly (readonly Statement[])[]) => unknown[][][];
  /** Runs one batch: all of it, or nothing when it throws. */
  apart: (batch: readonly Statement[]) => unknown[][];
  /** Runs statements in the order in which they come, however many, and returns the rows of the last that has any. */
  inOrder: (statements: Iterable<Statement>) => unknown[][];
};

/** A runner of batches on a connection. */
export function batchRunner(writer: Database.Database): BatchRunner {
  const prepare = preparer(writer);
  const savepoint = writer.prepare('SAVEPOINT batch');
  const release = writer.prepare('RELEASE batch');
  const undo = writer.prepare('ROLLBACK TO batch');

  /** Runs a statement and returns its rows, if it is one that has any. */
  function run({ sql, params, guard }: Statement): unknown[][] | undefined {
    const prepared = prepare(sql);
    const rows = prepared.reader ? (prepared.all(...params) as unknown[][]) : undefined; // @NOTE raw mode returns arrays
    const count = rows?.length ?? prepared.run(...params).changes;
    if (guard && guard.rows !== count) throw guard.refuse;
    return rows;
  }

  function inOrder(statements: Iterable<Statement>): unknown[][] {
    let answer: unknown[][] = [];
    for (const each of statements) answer = run(each) ?? answer;
    return answer;
  }

  function together(batches: readonly (readonly Statement[])[]): unknown[][][] {
    const last: (Statement & { atEnd: number })[] = [];
    const answers = batches.map((batch) => inOrder(untilEnd(batch, last)));
    inOrder(last.toSorted((one, other) => one.atEnd - other.atEnd));
    return answers;
  }

  return {
    together,
    apart(batch) {
      savepoint.run();
      try {
        const [answer] = together([batch]);
        release.run();
        return answer!;
      } catch (error) {
        // A full disk may have rolled the whole transaction back already.
        if (writer.inTransaction) {
          undo.run();
          release.run();
        }
        throw error;
      }
    },
    inOrder,
  };
}

/** The statements of a batch that do not wait for the end of the transaction; the others are added to `last`. */
function* untilEnd(batch: readonly Statement[], last: (Statement & { atEnd: number })[]): Generator<Statement> {
  for (const each of batch) {
    const { atEnd } = each;
    if (atEnd === undefined) yield each;
    else last.push({ ...each, atEnd });
  }
}
