import { groupsOf } from '../../domain/groups.ts';
import { citationsInParts } from '../../model/citations.ts';
import { CHILD_TABLES, type ChildTable, moments, participations } from '../../model/child-tables.ts';
import { type Column, type KeyOf, type KeyRange, namesOf, type ReferenceOf } from '../../model/columns.ts';
import { fieldsOfMoments, type Input, itemOf, type Moment, type ValidatedRecord, withoutEmpty } from '../../model/record.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { modelOf, models } from '../../model/models.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Reader, Value } from '../../storage/port.ts';
import { idsOfKeys } from '../../storage/tables/references.ts';
import { rowsOf } from '../../storage/tables/rows.ts';

/** A record as the tables have it. `momentKeys` has one key per moment; instants in milliseconds. */
export type AssembledRecord = {
  model: RecordModel;
  key: number;
  input: ValidatedRecord;
  momentKeys: number[];
  revision: number;
  createdAt: number;
  updatedAt: number;
};

/** The records of a range of keys out of the relational tables, in order. `keyOf` knows all that they refer to. */
export async function assemble(reader: Reader, range: KeyRange): Promise<{ records: AssembledRecord[]; keyOf: KeyOf }> {
  const [records, ...rows] = await reader.read([
    rowsOf<AssembledRow>(RECORDS, range),
    ...TABLES.map(({ name, columns, moment, order }) =>
      rowsOf<ChildRow>({ table: name, columns: [moment, ...namesOf(columns)], order }, range),
    ),
  ]);
  const { referenceOf, keyOf } = await readReferences(reader, records, rows);
  const byRecord = rows.map((each) => groupsOf(each, ([record]) => record));
  const of = (name: string, key: number): ChildRow[] => byRecord[TABLE_NUMBERS.get(name)!]!.get(key) ?? [];
  const assembled = records.map(([key, type, id, kind, title, revision, createdAt, updatedAt]) => {
    const model = modelOf[type];
    const own = citationsInParts(fieldsIn(model, of, key, referenceOf));
    const fields = {
      [model.kindField]: kind,
      [model.titleField]: title,
      ...own,
      ...fieldsOfMoments(model, momentsIn(of, key, referenceOf), own),
      id,
    };
    const momentKeys = of('moments', key).map(([, momentKey]) => Number(momentKey));
    return { model, key, input: withoutEmpty(fields), momentKeys, revision, createdAt, updatedAt };
  });
  return { records: assembled, keyOf };
}

type AssembledRow = [
  key: number,
  type: RecordType,
  id: string,
  kind: string,
  title: string,
  revision: number,
  createdAt: number,
  updatedAt: number,
];

const RECORDS = {
  table: 'records',
  owner: 'id',
  columns: ['type', 'slug', 'kind', 'title', 'revision', 'created_at', 'updated_at'],
  order: 'id',
};

/** A row of a table of clients' fields: its record, the moment that it is or belongs to, and its columns. */
type ChildRow = [record: number, moment: number | null, ...values: Value[]];

type Table = { name: string; columns: readonly Column[]; moment: string; order: string };

/** The tables of the types' own columns, and the child tables. */
const TABLES: readonly Table[] = [
  ...models.map(({ path, columns }) => ({ name: path, columns, moment: 'NULL', order: 'record_id' })),
  ...CHILD_TABLES.map(({ name, key, columns }) => ({ name, columns, moment: momentIn(key), order: 'record_id, ordinal' })),
];

/** The column of the moment that a row is or belongs to. */
function momentIn(key: readonly string[]): string {
  return key.find((name) => name === 'id' || name === 'moment_id') ?? 'NULL';
}

const TABLE_NUMBERS: ReadonlyMap<string, number> = new Map(TABLES.map(({ name }, number) => [name, number]));

/** Reads the type and id of every record that the rows are of or refer to. */
async function readReferences(reader: Reader, records: readonly AssembledRow[], rows: readonly ChildRow[][]) {
  const keys = new Set(records.map(([key]) => key));
  for (const [number, { columns }] of TABLES.entries())
    for (const [index, { to }] of columns.entries())
      if (to !== undefined) for (const [, , ...values] of rows[number]!) if (values[index] !== null) keys.add(Number(values[index]));
  const [found] = await reader.read([idsOfKeys([...keys])]);
  const references = new Map(found.map(([key, type, id]) => [key, { type, id }]));
  const keysOf = new Map(found.map(([key, type, id]) => [`${type}/${id}`, key]));
  const referenceOf: ReferenceOf = (key) => known(references.get(key), key);
  const keyOf: KeyOf = (type, id) => known(keysOf.get(`${type}/${id}`), `${type}/${id}`);
  return { referenceOf, keyOf };
}

function known<Found>(found: Found | undefined, name: string | number): Found {
  if (found === undefined) throw new Error(`the record ${name} was not read`);
  return found;
}

type RowsOf = (table: string, key: number) => ChildRow[];

/** The fields of a record that lie in its own columns and in child tables, but for its moments. */
function fieldsIn(model: RecordModel, of: RowsOf, key: number, referenceOf: ReferenceOf): Partial<Input> {
  const lists = LISTS.filter((table) => isListOf(model, table)).map((table) => {
    const rows = of(table.name, key).filter(([, moment]) => moment === null);
    return [table.field, rows.map((row) => itemIn(table, row, referenceOf))];
  });
  const own = of(model.path, key).map((row) => itemIn(model, row, referenceOf));
  return Object.assign({}, ...own, Object.fromEntries(lists)) as Partial<Input>; // @NOTE the columns of these very fields
}

/** Returns true for the table of a field that is a list in the records of a type: `partOf` is one of places, and a column of actors. */
const isListOf = ({ newSchema, columns }: RecordModel, { field }: ChildTable): boolean =>
  field in newSchema.shape && !columns.some(({ path }) => path[0] === field);

const LISTS: readonly ChildTable[] = CHILD_TABLES.filter((table) => table !== moments);

function momentsIn(of: RowsOf, key: number, referenceOf: ReferenceOf): Moment[] {
  const participants = of(participations.name, key);
  return of(moments.name, key).map((row) => {
    const own = participants.filter(([, moment]) => moment === row[1]).map((each) => itemIn(participations, each, referenceOf));
    return { ...(itemIn(moments, row, referenceOf) as Moment), participants: own as Moment['participants'] }; // @NOTE columns of these very fields
  });
}

const itemIn = ({ columns }: { columns: readonly Column[] }, [, , ...values]: ChildRow, referenceOf: ReferenceOf): unknown =>
  itemOf(columns, values, referenceOf);
