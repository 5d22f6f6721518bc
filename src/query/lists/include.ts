import { type AnnalsError, invalidParameter } from '../../domain/errors.ts';
import type { Item } from '../../model/page.ts';
import { ENTRY_TYPES, type RecordType } from '../../domain/record-type.ts';
import { CHILD_TABLES, INCLUDED_TYPES } from '../../model/child-tables.ts';
import { modelOf, REFERENCE_COLUMNS } from '../../model/models.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { PAGE_BYTES, type RowDocument } from './page.ts';

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

/** The records that items refer to, by the name in `include`. */
type Included = Record<string, Buffer[]>;

/**
 * Reads the records that the items refer to, each once, in order of id. `include` has plurals of types, separated by commas. Returns nothing where their
 * documents hold more than `PAGE_BYTES` together: none of them is read then.
 */
export async function includedWith(reader: Reader, items: readonly Item[], include: string): Promise<Included | undefined> {
  const paths = [...new Set(include.split(','))];
  const keys = JSON.stringify(items.flatMap(({ record }) => (record === undefined ? [] : [record])));
  const statements = paths.map(
    (path): Statement<RowDocument> => ({
      sql: `WITH x (id) AS MATERIALIZED (${REFERRED.get(path)})
        SELECT CASE WHEN (SELECT sum(octet_length(d.document)) FROM x CROSS JOIN records d ON d.id = x.id) <= ${PAGE_BYTES} THEN r.document END,
          octet_length(r.document) FROM x CROSS JOIN records r ON r.id = x.id ORDER BY r.slug`,
      params: [{ items: keys }],
      ...offloadIf(items.length > LIGHT_ITEMS_MAX),
    }),
  );
  const answers = await reader.read(statements);
  const size = answers.flat().reduce((sum, [, bytes]) => sum + bytes, 0);
  if (size > PAGE_BYTES) return undefined;
  return Object.fromEntries(paths.map((path, index) => [path, answers[index]!.flatMap(([document]) => document ?? [])]));
}

/** The error of a list whose first item alone refers to records that are too long to be included. */
export const tooMuchIncluded = (include: string): AnnalsError =>
  invalidParameter(
    'include',
    `the records of include=${include} to which one item of this page refers hold more than ${PAGE_BYTES / 2 ** 20} MiB together: ask for this page without include, and for these records by their ids`,
  );
