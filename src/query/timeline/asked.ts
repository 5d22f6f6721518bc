import type { ResultRows, Reader, Statement } from '../../storage/port.ts';

/** Statements and what their answers say: so that several questions can be asked of one snapshot, in one go. */
export type Asked<Found> = { statements: readonly Statement[]; found: (answers: readonly (readonly unknown[])[][]) => Found };

/** A question from statements that all answer the same kind of row. */
export function asked<Row extends readonly unknown[], Found>(
  statements: readonly Statement<Row>[],
  found: (answers: readonly Row[][]) => Found,
): Asked<Found> {
  return { statements, found: (answers) => found(answers as Row[][]) }; // @NOTE the answers are those of these very statements
}

/** The same question, which is asked only when the one before it is answered by so many rows, and else finds nothing. */
export function onlyAfter<Found>(rows: number, { statements, found }: Asked<Found>): Asked<Found | undefined> {
  return {
    statements: statements.map((statement) => ({ ...statement, onlyAfter: rows })),
    found: (answers) => (answers.every((answer) => answer.length === 0) ? undefined : found(answers)),
  };
}

/** Asks two questions of one snapshot. */
export async function askBoth<First, Second>(reader: Reader, first: Asked<First>, second: Asked<Second>): Promise<[First, Second]> {
  const statements: Statement[] = [...first.statements, ...second.statements];
  const answers: ResultRows<Statement[]> = await reader.read(statements);
  const mark = first.statements.length;
  return [first.found(answers.slice(0, mark)), second.found(answers.slice(mark))];
}

/** Asks one question. */
export async function ask<Found>(reader: Reader, { statements, found }: Asked<Found>): Promise<Found> {
  return found(statements.length === 0 ? [] : await reader.read(statements));
}
