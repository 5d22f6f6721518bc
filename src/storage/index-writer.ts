import { type Statement, statement } from './port.ts';
import type { IndexChange } from './index-change.ts';
import { indexStatements } from './index-statements.ts';

/** What changes the index in a transaction. */
export type IndexWriter = {
  put: (changes: readonly IndexChange[]) => void;
  /** What it knows of a transaction that was rolled back must not be used in the next. */
  forget: () => void;
};

/** How many keys of terms are remembered: a term that was committed keeps its key for ever. */
const TERMS = 2 ** 15;

/** An index that is changed by statements, which `run` runs and answers the rows of. */
export function indexWriter(run: (statement: Statement) => unknown[][]): IndexWriter {
  const terms = new Map<string, number>();

  function termOf(field: string, value: string): number {
    const name = `${field}\n${value}`;
    const known = terms.get(name);
    if (known !== undefined) return known;
    const [found = run(statement('INSERT INTO terms (field, value) VALUES (?, ?) RETURNING id', field, value))[0]] = run(
      statement('SELECT id FROM terms WHERE field = ? AND value = ?', field, value),
    );
    const id = Number(found![0]);
    terms.set(name, id);
    return id;
  }

  return {
    put(changes) {
      if (terms.size > TERMS) terms.clear();
      for (const each of indexStatements(changes, termOf)) run(each);
    },
    forget: () => terms.clear(),
  };
}
