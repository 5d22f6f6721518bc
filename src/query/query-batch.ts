import type { Reader, Statement } from '../storage/port.ts';

/** Statements and what their answers say: so that several questions can be asked of one snapshot, in one go. */
export type Asked<Found> = { statements: readonly Statement[]; found: (answers: readonly (readonly unknown[])[][]) => Found };

/** A question from statements that all answer the same kind of row. */
export function asked<Row extends readonly unknown[], Found>(
  statements: readonly Statement<Row>[],
  found: (answers: readonly Row[][]) => Found,
): Asked<Found> {
  return { statements, found: (answers) => found(answers as Row[][]) }; // @NOTE the answers are those of these very statements
}

/** Asks one question. */
export async function ask<Found>(reader: Reader, { statements, found }: Asked<Found>): Promise<Found> {
  return found(statements.length === 0 ? [] : await reader.read(statements));
}
