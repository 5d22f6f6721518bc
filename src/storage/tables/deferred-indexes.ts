import { type Reader, type Statement, statement } from '../port.ts';

/** The statements that drop indexes before many rows are inserted, and those that create them again. */
export type DeferredIndexes = Record<'drop' | 'create', readonly Statement[]>;

/** Keeps every index, for few rows. */
export const NO_INDEXES: DeferredIndexes = { drop: [], create: [] };

/**
 * The indexes that a large load creates when all rows are there: sorted once, each page is written once. Indexes by the record of a row are kept,
 * as rows are inserted in their order.
 */
export async function deferredIndexes(reader: Reader): Promise<DeferredIndexes> {
  const [rows] = await reader.read([
    statement<[name: string, sql: string]>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name NOT GLOB '*_by_record' ORDER BY name",
    ),
  ]);
  return { drop: rows.map(([name]) => statement(`DROP INDEX ${name}`)), create: rows.map(([, sql]) => statement(sql)) };
}
