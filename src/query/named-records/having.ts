import { dialect } from '../../storage/dialect.ts';
import type { Asked } from '../filters/filter.ts';
import type { Fragment } from '../plan/query.ts';

/** The condition that the record has one of some values in a column of a table, given as SQL of their list. */
export const ofTable = (table: string, column: string) => (values: string) =>
  `EXISTS (SELECT 1 FROM ${table} o WHERE o.record_id = r.id AND o.${column} IN ${values})`;

/** The condition to have one of the values that are asked for, if there are any, and none of those left out. */
export function having(
  name: string,
  type: 'integer' | 'text',
  { any, none }: Asked<number | string>,
  has: (values: string) => string,
): Fragment {
  const parts: Fragment[] = [];
  if (any.length > 0) parts.push({ sql: has(dialect.list(`:${name}`, type)), params: { [name]: JSON.stringify(any) } });
  if (none.length > 0)
    parts.push({ sql: `NOT ${has(dialect.list(`:${name}None`, type))}`, params: { [`${name}None`]: JSON.stringify(none) } });
  return {
    sql: parts.map(({ sql }) => sql).join(' AND '),
    params: Object.assign({}, ...parts.map(({ params }) => params)) as Fragment['params'],
  }; // @NOTE a union of such records
}
