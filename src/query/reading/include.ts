import type { Reader, Statement } from '../../storage/port.ts';
import type { Item } from './page.ts';

/** How the records that items refer to are found, by the name in `include`. */
const REFERRED = {
  actors: `SELECT actor_id AS id FROM participations WHERE record_id IN (SELECT value FROM json_each(:items))
    UNION SELECT on_behalf_of_id FROM participations WHERE record_id IN (SELECT value FROM json_each(:items))
    UNION SELECT attributed_to_id FROM citations WHERE record_id IN (SELECT value FROM json_each(:items))
    UNION SELECT attributed_to_id FROM figures WHERE record_id IN (SELECT value FROM json_each(:items))`,
  places: 'SELECT DISTINCT place_id AS id FROM moments WHERE record_id IN (SELECT value FROM json_each(:items))',
  sources: 'SELECT DISTINCT source_id AS id FROM citations WHERE record_id IN (SELECT value FROM json_each(:items))',
} as const;

/** What so many items refer to is read within a few milliseconds: each may have hundreds of participants. */
const LIGHT_ITEMS_MAX = 10;

/** The records that the items refer to, each once, by id; nothing when none are asked for. `include` names kinds, separated by commas. */
export async function includedWith(
  reader: Reader,
  items: readonly Item[],
  include: string | undefined,
): Promise<Record<string, Buffer[]> | undefined> {
  if (include === undefined) return undefined;
  const kinds = [...new Set(include.split(','))] as (keyof typeof REFERRED)[]; // @NOTE the parameter's pattern admits these only
  const keys = JSON.stringify(items.flatMap(({ record }) => (record === undefined ? [] : [record])));
  const statements = kinds.map(
    (kind): Statement<[document: Buffer]> => ({
      sql: `SELECT r.document FROM (${REFERRED[kind]}) x JOIN records r ON r.id = x.id ORDER BY r.slug`,
      params: [{ items: keys }],
      ...(items.length > LIGHT_ITEMS_MAX ? { offload: true } : {}),
    }),
  );
  const answers = await reader.read(statements);
  return Object.fromEntries(kinds.map((kind, index) => [kind, answers[index]!.map(([document]) => document)]));
}
