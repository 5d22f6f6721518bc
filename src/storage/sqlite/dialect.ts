import type { Dialect } from '../dialect.ts';

/** The SQL of SQLite with FTS5. */
export const dialect: Dialect = {
  elements: (alias, parameter) => `json_each(${parameter}) ${alias}`,
  ordinal: (alias) => `${alias}.key`,
  value: (alias) => `${alias}.value`,
  column: (alias, key) => `${alias}.value ->> ${typeof key === 'number' ? key : `'${key}'`}`,
  list: (parameter) => `(SELECT value FROM json_each(${parameter}))`,
  // A bare parameter makes SQLite prepare the statement again at each call.
  limit: (parameter) => `LIMIT +${parameter}`,
  jsonArray: (expression) => `json_group_array(${expression} ORDER BY ${expression})`,
  // SQLite merges the arms of a compound select lazily where each is in the order of an index.
  merge: (selects) => selects.join(' UNION ALL '),
  without: (document, fields) =>
    `CAST(json_remove(CAST(${document} AS TEXT), ${fields.map((field) => `'$.${field}'`).join(', ')}) AS BLOB)`,
  bytes: (document) => `octet_length(${document})`,
  fullText: {
    from: (alias) => `search ${alias}`,
    row: (alias) => `${alias}.rowid`,
    // Without the plus FTS5 runs one full-text query for each number.
    checkedRow: (alias) => `+${alias}.rowid`,
    matches: (alias, parameter) => `${alias}.search MATCH ${parameter}`,
    rank: (alias, weights) => `bm25(${alias}.search, ${weights.map((weight) => weight.toFixed(1)).join(', ')})`,
    words: 'temp.words',
  },
  nearestNames: (parameter, most) => `SELECT rowid AS id FROM nearby WHERE nearby MATCH ${parameter} ORDER BY rank LIMIT ${most}`,
};
