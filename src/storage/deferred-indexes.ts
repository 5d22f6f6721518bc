import { type Reader, type Statement, statement } from './port.ts';
import { JOIN_PIECES, KEEP_PIECES } from './text-pieces.ts';

/** Statements that drop indexes before many rows are inserted, make them again afterwards, and then merge the segments of the full text. */
export type DeferredIndexes = Record<'drop' | 'create' | 'join', readonly Statement[]>;

/** No statements: a load of few rows keeps every index. */
export const NO_INDEXES: DeferredIndexes = { drop: [], create: [], join: [] };

/**
 * The indexes that a large load makes when all rows are there: sorted once, each page is written once, however many rows there
 * are. Kept are those by which the parts of one record are found, since the full text is made out of them meanwhile; their rows come in order anyway.
 */
export async function deferredIndexes(reader: Reader): Promise<DeferredIndexes> {
  const [rows] = await reader.read([
    statement<[name: string, sql: string]>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT GLOB '*_by_record' ORDER BY name",
    ),
  ]);
  return {
    drop: [...rows.map(([name]) => statement(`DROP INDEX ${name}`)), ...KEEP_PIECES],
    create: rows.map(([, sql]) => statement(sql)),
    join: JOIN_PIECES,
  };
}
