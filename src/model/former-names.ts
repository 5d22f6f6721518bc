import { z } from 'zod';
import type { JsonObject } from '../domain/json/json.ts';

/** Names that fields or parameters had in earlier releases, each with its name of today. A field that held one value holds a list under its new name. */
export type FormerNames = Readonly<Record<string, string>>;

/** The former names of the fields of schemas, for messages. */
export const formerNames = z.registry<FormerNames>();

/** A record of an earlier release with the fields of today: a record that has a field under both names stays as it is. */
export function withTodaysFields({ former }: { former: FormerNames }, record: JsonObject): JsonObject {
  let renamed = record;
  for (const [before, now] of Object.entries(former)) {
    if (renamed[before] === undefined || renamed[now] !== undefined) continue;
    const entries = Object.entries(renamed).map(([field, value]): [string, unknown] =>
      field === before ? [now, [value]] : [field, value],
    );
    renamed = Object.fromEntries(entries);
  }
  return renamed;
}
