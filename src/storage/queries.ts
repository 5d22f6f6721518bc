import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { Reader, Value } from './port.ts';

/** Drizzle's query builder on the port: one handle type whatever the engine. It reads; writes are batches (`Engine.write`). */
export function queries(reader: Reader) {
  return drizzle(async (sql, params) => {
    const [rows] = await reader.read([{ sql, params: params as Value[] }]); // @NOTE parameters of columns in `tables.ts` are Values
    return { rows };
  });
}
