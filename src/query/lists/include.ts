import type { Item } from '../../model/page.ts';
import { ENTRY_TYPES, type RecordType } from '../../domain/record-type.ts';
import { CHILD_TABLES, INCLUDED_TYPES } from '../../model/child-tables.ts';
import { modelOf, REFERENCE_COLUMNS } from '../../model/models.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** SQL of the ids of the records of a type that the items `:items` refer to. Items of lists with `include` are entries, without memberships. */
function referredBy(type: RecordType): string {
  const columns = REFERENCE_COLUMNS.filter(({ table, to }) => to === type && ENTRY_TABLES.has(table));
  return columns
    .map(({ table, column }) => `SELECT DISTINCT ${column} AS id FROM ${table} WHERE record_id IN ${dialect.list(':items', 'integer')}`)
    .join(' UNION ');
}

const ENTRY_TABLES: ReadonlySet<string> = new Set(
  CHILD_TABLES.filter(({ field }) => ENTRY_TYPES.some((type) => field in modelOf[type].newSchema.shape)).map(({ name }) => name),
);

/** SQL of these ids, by the name in `include`. */
const REFERRED = new Map(INCLUDED_TYPES.map((type) => [modelOf[type].path, referredBy(type)]));

/** The number of items whose references are read within a few milliseconds: each item may have hundreds of participants. */
const LIGHT_ITEMS_MAX = 10;

/** Reads the records that the items refer to, each once, in order of id. `include` has plurals of types, separated by commas; undefined without it. */
export async function includedWith(
  reader: Reader,
  items: readonly Item[],
  include: string | undefined,
): Promise<Record<string, Buffer[]> | undefined> {
  if (include === undefined) return undefined;
  const paths = [...new Set(include.split(','))];
  const keys = JSON.stringify(items.flatMap(({ record }) => (record === undefined ? [] : [record])));
  const statements = paths.map(
    (path): Statement<[document: Buffer]> => ({
      sql: `SELECT r.document FROM (${REFERRED.get(path)}) x JOIN records r ON r.id = x.id ORDER BY r.slug`,
      params: [{ items: keys }],
      ...offloadIf(items.length > LIGHT_ITEMS_MAX),
    }),
  );
  const answers = await reader.read(statements);
  return Object.fromEntries(paths.map((path, index) => [path, answers[index]!.map(([document]) => document)]));
}
