import { type Dialect, triplesOf } from '../dialect.ts';

/** The SQL of SQLite with FTS5. */
export const sqliteDialect: Dialect = {
  elements: (alias, parameter) => `json_each(${parameter}) ${alias}`,
  integers: (alias, parameter) => `json_each(${parameter}) ${alias}`,
  integer: (alias) => `${alias}.value`,
  ordinal: (alias) => `${alias}.key`,
  value: (alias) => `${alias}.value`,
  column: (alias, key) => `${alias}.value ->> ${key}`,
  list: (parameter) => `(SELECT value FROM json_each(${parameter}))`,
  // A bare parameter makes SQLite prepare the statement again at each call.
  limit: (parameter) => `LIMIT +${parameter}`,
  jsonArray: (expression) => `json_group_array(${expression} ORDER BY ${expression})`,
  // SQLite merges the arms of a compound select lazily where each is in the order of an index.
  eachSpan: (select, ...spans) =>
    triplesOf(spans)
      .map(([level, low, high]) => select.replaceAll('span.level', level).replaceAll('span.low', low).replaceAll('span.high', high))
      .join(' UNION ALL '),
  merge: (...selects) => selects.join(' UNION ALL '),
  inOrder: (select, order, limit) => `${select} ORDER BY 1 ${order} LIMIT +${limit}`,
  without: (document, ...fields) =>
    `CAST(json_remove(CAST(${document} AS TEXT), ${fields.map((field) => `'$.${field}'`).join(', ')}) AS BLOB)`,
  greater: (one, other) => `max(${one}, ${other})`,
  smaller: (one, other) => `min(${one}, ${other})`,
  firstDistinct: (value, name, _alias, elements, except, limit) =>
    `SELECT DISTINCT ${value} AS ${name} FROM ${elements} WHERE ${name} NOT IN ${except} LIMIT +${limit}`,
  // SQLite reads the values in the order of the list, and joins them so.
  inOrderOfFirst: () => '',
  // An aggregate for each row takes half the time of one sorter for the distinct rows of all.
  eachDistinct: (alias, select, width) =>
    `json_each((SELECT json_group_array(DISTINCT ${width === '1' ? 'one' : 'json_array(one, other)'}) FROM (${select}))) ${alias}`,
  distinctColumn: (alias, column, width) => (width === '1' ? `${alias}.value` : `${alias}.value ->> ${column === 'one' ? 0 : 1}`),
  valuesAt: (alias, column, key) => `json_each(${column}, '$."' || ${key} || '"') ${alias}`,
  // The JSON of a number or a boolean: as a value, 1.0 and true would both be 1.
  valueAt: (alias, column, key) => `CASE ${alias}.type WHEN 'text' THEN ${alias}.value ELSE (${column} -> ${key}) END`,
  composed: (text) => `composed(${text})`,
  unitsOf: (text) => `units_of(${text})`,
  // SQLite adds with the compensation of Kahan and Babuska.
  exactSum: (number) => `sum(${number})`,
  through: (table, alias, index) => `${table} ${alias} INDEXED BY ${index}`,
  unindexed: (table) => `${table} NOT INDEXED`,
  // SQLite keeps a copy of every page that a statement changes, so as to undo it alone, unless it is one of OR FAIL; a batch is undone as a whole.
  insertMany: () => 'INSERT OR FAIL INTO',
  updateMany: () => 'UPDATE OR FAIL',
  nearestNames: (parameter, most) => `SELECT rowid AS id FROM nearby WHERE nearby MATCH ${parameter} ORDER BY rank LIMIT ${most}`,
  textFrom: (alias) => `search ${alias}`,
  textRow: (alias) => `${alias}.rowid`,
  // Without the plus FTS5 runs one full-text query for each number.
  textCheckedRow: (alias) => `+${alias}.rowid`,
  textMatches: matching,
  textChecked: matching,
  textCount: counting,
  wordCount: counting,
  textRank: (alias, _parameter, ...weights) => `bm25(${alias}.search, ${weights.map((weight) => Number(weight).toFixed(1)).join(', ')})`,
  // The table of words has a row for each occurrence, so it is read by leaps.
  textWords: (
    from,
    to,
    most,
  ) => `WITH RECURSIVE w (term) AS (SELECT (SELECT term FROM temp.words WHERE term >= ${from} ORDER BY term LIMIT 1)
        UNION ALL SELECT (SELECT term FROM temp.words WHERE term >= w.term || char(1) ORDER BY term LIMIT 1) FROM w
          WHERE w.term >= ${from} AND w.term < ${to} LIMIT +${most})
      SELECT term FROM w WHERE term >= ${from} AND term < ${to}`,
  insertText: () => 'INSERT INTO search (rowid, title, names, body, tags) VALUES (:row, :title, :names, :body, :tags)',
  insertBodies: (parameter, tags) => `INSERT INTO search (rowid, title, names, body, tags)
    SELECT value ->> 0, '', '', value ->> 1, '${tags}' FROM json_each(${parameter})`,
  insertName: (id, key) => `INSERT INTO nearby (rowid, key) VALUES (${id}, ${key})`,
  insertNames: (from) => `INSERT INTO nearby (rowid, key) SELECT id, key ${from}`,
  pointsWithin: (alias, west, south, east, north) =>
    `place_points ${alias} ON ${alias}.min_longitude <= ${east} AND ${alias}.max_longitude >= ${west} AND ${alias}.min_latitude <= ${north} AND ${alias}.max_latitude >= ${south}`,
  emptyPoints: (condition) => `DELETE FROM place_points${condition}`,
  fillPoints: (condition) =>
    `INSERT INTO place_points SELECT record_id, latitude, latitude, longitude, longitude FROM places WHERE latitude IS NOT NULL${condition}`,
  comparedPoints: () => 'SELECT id, min_latitude, max_latitude, min_longitude, max_longitude FROM place_points ORDER BY 1, 2, 3, 4, 5',
  nameRow: () => 'rowid',
  comparedTexts: (parts) =>
    `SELECT term, ${parts}, CASE WHEN col = 'tags' THEN col ELSE col || offset END FROM (SELECT term, doc AS text_row, col, offset FROM temp.words) ORDER BY term`,
  comparedNames: () => 'SELECT term, doc, offset FROM temp.trigrams ORDER BY term',
  comparedLengths: (table, parts) => `SELECT ${parts}, hex(sz) FROM (SELECT id AS text_row, sz FROM ${table}_docsize) ORDER BY text_row`,
  emptyTexts: (table) => `INSERT INTO ${table} (${table}) VALUES ('delete-all')`,
};

function counting(parameter: string, most: string): string {
  return `SELECT count(*) FROM (SELECT 1 FROM search f WHERE ${matching('f', parameter)} LIMIT ${most}) counted`;
}

function matching(alias: string, parameter: string): string {
  return `${alias}.search MATCH ${parameter}`;
}
