import Database from 'better-sqlite3';
import { migrate } from '../migrations.ts';
import { inspect } from '../sqlite/connections.ts';

/** A table, index, view or trigger. `sql` is the statement that made it. */
type SchemaObject = { type: string; name: string; sql: string };

/** An object that the migrations do not make, one that is missing, or one of another definition. `name` is quoted as SQL wants it. */
export type SchemaFault = { fault: 'foreign' | 'missing' | 'changed'; type: string; name: string };

/**
 * Compares the schema of a database file, at the newest migration, with what the migrations make. Anything else in it was put there by another
 * program: a trigger changes what Annals writes, an index may refuse it. SQLite's own tables are left out. Throws `storage-unusable`.
 */
export async function schemaFaults(path: string, migrations: string): Promise<SchemaFault[]> {
  const expected = await expectedSchema(migrations);
  const faults: SchemaFault[] = [];
  inspect(path, (connection) => faults.push(...differences(schemaOf(connection), expected)));
  return faults;
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

function schemaOf(connection: Database.Database): SchemaObject[] {
  const own = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name";
  return connection.prepare(own).all() as SchemaObject[]; // @NOTE the columns named there; only SQLite's own indexes have no SQL
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
  return [...faults, ...Array.from(rest.values(), (each) => faultOf('missing', each))];
}

const keyOf = ({ type, name }: SchemaObject): string => `${type} ${name}`;

/** SQLite rewrites the definition of a table that is altered, not always in the same way: of a table only the name is compared. */
const definitionOf = ({ type, sql }: SchemaObject): string => (type === 'table' ? '' : sql.replaceAll(/\s+/g, ' '));

const faultOf = (fault: SchemaFault['fault'], { type, name }: SchemaObject): SchemaFault => ({
  fault,
  type,
  name: `"${name.replaceAll('"', '""')}"`,
});
