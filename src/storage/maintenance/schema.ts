import type { SchemaFault } from '../store.ts';
import Database from 'better-sqlite3';
import { migrate } from './migrations.ts';
import { inspect } from '../sqlite/connections.ts';

/** A table, index, view, trigger, or column of the table `of`. `definition` is the statement that made it, or the properties of a column. */
type SchemaObject = { type: string; name: string; of?: string; definition: string };

/**
 * Compares the schema of a database file, at the newest migration, with what the migrations make. Anything else in it was put there by another
 * program: a trigger changes what Annals writes, an index may refuse it. SQLite's own tables are left out. Throws `storage-unusable`.
 */
export async function schemaFaults(path: string, migrations: string): Promise<SchemaFault[]> {
  const expected = await expectedSchema(migrations);
  return inspect(path, (connection) => differences(schemaOf(connection), expected));
}

/** Removes the triggers and indexes that are not of Annals. */
export function dropForeign(path: string, faults: readonly SchemaFault[]): void {
  inspect(path, (connection) => {
    for (const { fault, type, name } of faults)
      if (fault === 'foreign' && (type === 'trigger' || type === 'index')) connection.exec(`DROP ${type.toUpperCase()} ${name}`);
  });
}

async function expectedSchema(migrations: string): Promise<SchemaObject[]> {
  const connection = new Database(':memory:');
  try {
    await migrate(connection, migrations, { now: 0, random: (size) => Buffer.alloc(size) });
    return schemaOf(connection);
  } finally {
    connection.close();
  }
}

/** SQLite rewrites the definition of a table that is altered, not always in the same way: of a table its properties and columns are compared. */
const SCHEMA = `WITH own AS (SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\')
  SELECT type, name, NULL AS "of", sql AS definition FROM own WHERE type <> 'table'
  UNION ALL SELECT own.type, own.name, NULL, list.type || list.wr || list.strict || coalesce((SELECT group_concat(
      "from" || ' ' || "table" || ' ' || coalesce("to", '') || ' ' || on_update || ' ' || on_delete, ', ' ORDER BY "from", "table")
      FROM pragma_foreign_key_list(own.name)), '')
    FROM own JOIN pragma_table_list(own.name) AS list ON list.schema = 'main' WHERE own.type = 'table'
  UNION ALL SELECT 'column', info.name, own.name, json_array(info.type, info."notnull", info.dflt_value, info.pk, info.hidden)
    FROM own JOIN pragma_table_xinfo(own.name) AS info WHERE own.type = 'table'
  ORDER BY 1, 3, 2`;

function schemaOf(connection: Database.Database): SchemaObject[] {
  const rows = connection.prepare(SCHEMA).all() as (SchemaObject & { of: string | null })[]; // @NOTE the columns named there
  return rows.map(({ of, ...each }) => (of === null ? each : { ...each, of }));
}

function differences(found: readonly SchemaObject[], expected: readonly SchemaObject[]): SchemaFault[] {
  const rest = new Map(expected.map((each) => [keyOf(each), each]));
  const faults: SchemaFault[] = [];
  for (const each of found) {
    const known = rest.get(keyOf(each));
    rest.delete(keyOf(each));
    if (!known) faults.push(faultOf('foreign', each));
    else if (definitionOf(known) !== definitionOf(each)) faults.push(faultOf('changed', each));
  }
  faults.push(...Array.from(rest.values(), (each) => faultOf('missing', each)));
  // The columns of a table that is itself foreign or missing are not named one by one.
  const tables = new Set(faults.flatMap(({ fault, type, name }) => (type === 'table' && fault !== 'changed' ? [name] : [])));
  return faults.filter(({ of }) => of === undefined || !tables.has(of));
}

const keyOf = ({ type, name, of }: SchemaObject): string => JSON.stringify([type, name, of]);

const definitionOf = ({ definition }: SchemaObject): string => definition.replaceAll(/\s+/g, ' ');

const faultOf = (fault: SchemaFault['fault'], { type, name, of }: SchemaObject): SchemaFault => ({
  fault,
  type,
  name: quoted(name),
  ...(of === undefined ? {} : { of: quoted(of) }),
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
