import type pg from 'pg';
import type { SchemaFault } from '../../store.ts';

/** A table, column, index, constraint, function or trigger. `definition` tells whether two of a name are the same. */
type SchemaObject = { type: string; name: string; of: string | null; definition: string };

/** The objects of a schema, whose name is left out of the definitions. The text of a function does not have it, but may have settings that begin with it. */
const OBJECTS = `WITH s AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = $1),
  o AS (
    SELECT CASE c.relkind WHEN 'i' THEN 'index' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END AS type, c.relname AS name, NULL AS of,
        CASE c.relkind WHEN 'i' THEN pg_get_indexdef(c.oid) ELSE '' END AS definition
      FROM pg_class c JOIN s ON c.relnamespace = s.oid WHERE c.relkind IN ('r', 'p', 'i', 'v', 'm', 'S')
    UNION ALL
    SELECT 'column', a.attname, c.relname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        (SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation), pg_get_expr(d.adbin, d.adrelid), a.attidentity)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN s ON c.relnamespace = s.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint', k.conname, c.relname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN s ON c.relnamespace = s.oid
    UNION ALL
    SELECT 'trigger', t.tgname, c.relname, pg_get_triggerdef(t.oid) || t.tgenabled::TEXT
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN s ON c.relnamespace = s.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'function', p.proname, NULL, concat_ws(' ', pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.provolatile, p.prosrc)
      FROM pg_proc p JOIN s ON p.pronamespace = s.oid)
  SELECT type, quote_ident(name) AS name, quote_ident(of) AS of,
      CASE WHEN type = 'function' THEN definition
        ELSE replace(replace(definition, quote_ident(s.nspname) || '.', ''), s.nspname || '.', '') END AS definition
    FROM o CROSS JOIN s ORDER BY 1, 3, 2`;

const faultOf = (fault: SchemaFault['fault'], { type, name, of }: SchemaObject): SchemaFault => ({
  fault,
  type,
  name,
  ...(of !== null && { of }),
});

/** Compares a schema with another of the same migrations. Anything else in it was put there by another program. */
export async function schemaFaults(client: pg.Client, schema: string, expected: string): Promise<SchemaFault[]> {
  const found = await objectsOf(client, schema);
  const wanted = await objectsOf(client, expected);
  return [
    ...[...found].filter(([key]) => !wanted.has(key)).map(([, object]) => faultOf('foreign', object)),
    ...[...wanted].filter(([key]) => !found.has(key)).map(([, object]) => faultOf('missing', object)),
    ...[...wanted]
      .filter(([key, { definition }]) => found.has(key) && found.get(key)!.definition !== definition)
      .map(([, object]) => faultOf('changed', object)),
  ];
}

async function objectsOf(client: pg.Client, schema: string): Promise<Map<string, SchemaObject>> {
  const { rows } = await client.query<SchemaObject>(OBJECTS, [schema]);
  return new Map(rows.map((row) => [`${row.type} ${row.of ?? ''} ${row.name}`, row]));
}
