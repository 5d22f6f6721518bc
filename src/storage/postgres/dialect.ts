import { type Dialect, triplesOf } from '../dialect.ts';

/** The place in the select of `eachSpan` and of `merge` where `inOrder` writes the order and the limit. */
const PLACE_OF_ORDER = ' /* in order */';

/**
 * The SQL of PostgreSQL. Lists come as the text of JSON. Those of integers become arrays, whose length the planner sees; others become rows of jsonb.
 * An element is NULL where it is null in JSON.
 */
export const postgresDialect: Dialect = {
  elements: (alias, parameter) => `jsonb_array_elements(CAST(${parameter} AS JSONB)) WITH ORDINALITY AS ${alias} (value, ordinal)`,
  integers: (alias, parameter) => `unnest(${integersOf(parameter)}) WITH ORDINALITY AS ${alias} (value, ordinal)`,
  integer: (alias) => `${alias}.value`,
  ordinal: (alias) => `(${alias}.ordinal - 1)`,
  value: (alias, type) => typed(`(${alias}.value #>> '{}')`, type),
  column: (alias, key, type) => typed(`(${alias}.value ->> ${key})`, type),
  list: (parameter, type) =>
    type === 'integer' ? `(SELECT unnest(${integersOf(parameter)}))` : `(SELECT jsonb_array_elements_text(CAST(${parameter} AS JSONB)))`,
  limit: (parameter) => `LIMIT ${parameter}`,
  jsonArray: (expression) => `'[' || coalesce(string_agg(CAST(to_json(${expression}) AS TEXT), ',' ORDER BY ${expression}), '') || ']'`,
  // One select for all spans: PostgreSQL takes longer to plan one for each than to run them.
  eachSpan: (select, ...spans) => {
    const rows = triplesOf(spans).map(
      ([level, low, high]) => `(CAST(${level} AS INTEGER), CAST(${low} AS BIGINT), CAST(${high} AS BIGINT))`,
    );
    return `SELECT of_span.* FROM (VALUES ${rows.join(', ')}) AS span (level, low, high) CROSS JOIN LATERAL (${select}${PLACE_OF_ORDER}) AS of_span`;
  },
  merge: (...selects) => {
    const arms = selects.map((select) => `SELECT * FROM (${select}) AS arm`);
    return arms.length === 1 ? arms[0]! : arms.map((arm) => `(${arm}${PLACE_OF_ORDER})`).join(' UNION ALL ');
  },
  // The first rows of all spans are among the first of each.
  inOrder: (select, order, limit) => {
    const first = ` ORDER BY 1 ${order} LIMIT ${limit}`;
    return `${select.replaceAll(PLACE_OF_ORDER, first)}${first}`;
  },
  // `json`, other than `jsonb`, keeps the order of the fields and the text of their values.
  without: (document, ...fields) =>
    `(SELECT convert_to('{' || coalesce(string_agg(CAST(to_json(field.key) AS TEXT) || ':' || CAST(field.value AS TEXT), ',' ORDER BY field.ordinal), '') || '}', 'UTF8')
      FROM json_each(CAST(convert_from(${document}, 'UTF8') AS JSON)) WITH ORDINALITY AS field (key, value, ordinal)
      WHERE field.key NOT IN (${fields.map((field) => `'${field}'`).join(', ')}))`,
  greater: (one, other) => `greatest(${one}, ${other})`,
  smaller: (one, other) => `least(${one}, ${other})`,
  firstDistinct: (value, name, alias, elements, except, limit) =>
    `SELECT each.${name}, min(each.place) AS place FROM (SELECT ${value} AS ${name}, ${alias}.ordinal AS place FROM ${elements}) each
      WHERE each.${name} NOT IN ${except} GROUP BY each.${name} ORDER BY 2 LIMIT ${limit}`,
  inOrderOfFirst: (alias) => `ORDER BY ${alias}.place`,
  eachDistinct: (alias, select, width) =>
    `LATERAL (SELECT DISTINCT ${width === '1' ? 'one' : 'one, other'} FROM (${select}) each_one) ${alias}`,
  distinctColumn: (alias, column) => `${alias}.${column}`,
  valuesAt: (alias, column, key) => {
    const held = `(CAST(${column} AS JSON) -> CAST(${key} AS TEXT))`;
    return `json_array_elements_text(CASE json_typeof(${held}) WHEN 'array' THEN ${held} ELSE json_build_array(${held}) END) AS ${alias} (value)`;
  },
  valueAt: (alias) => `${alias}.value`,
  composed: (text) => `normalize(${text}, NFC) COLLATE "C"`,
  unitsOf: (text) => `(char_length(${text}) + char_length(regexp_replace(${text}, '[^\\U00010000-\\U0010FFFF]', '', 'g')))`,
  // The shortest decimals of the numbers, added as such.
  exactSum: (number) => `CAST(sum(CAST(CAST(${number} AS TEXT) AS NUMERIC)) AS DOUBLE PRECISION)`,
  through: (table, alias) => `${table} ${alias}`,
  unindexed: (table) => table,
  insertMany: () => 'INSERT INTO',
  updateMany: () => 'UPDATE',
  nearestNames: (parameter, most) => `SELECT n.id FROM nearby n WHERE n.words @@ CAST(${parameter}__letters AS TSQUERY)
    ORDER BY text_rank(n.words, n.length, ${AVERAGE('nearby')}, CAST(${parameter}__letter_phrases AS TSQUERY[]),
      (SELECT name_phrase_weights(CAST(${parameter}__letter_phrases AS TSQUERY[]))), '{1, 1, 1, 1}', 1), n.id LIMIT ${most}`,
  textFrom: (alias, selective) =>
    selective ? `(SELECT * FROM search rare WHERE rare.words @@ CAST(${selective} AS TSQUERY) OFFSET 0) ${alias}` : `search ${alias}`,
  textRow: (alias) => `${alias}.row`,
  textCheckedRow: (alias) => `${alias}.row`,
  textMatches: matching,
  // No index has this condition.
  textChecked: (alias, parameter) => `${matching(alias, parameter)} IS TRUE`,
  // The rows of each word are counted when texts are written. Where one of several words has as many as are counted, no text is looked at.
  textCount: (parameter, most) => `SELECT CASE WHEN w.rows >= ${most} THEN ${most}
      ELSE (SELECT count(*) FROM (SELECT 1 FROM search f WHERE ${matching('f', parameter)} LIMIT ${most}) counted) END
    FROM (SELECT coalesce(max(t.rows), 0) AS rows FROM words t WHERE t.word = ANY (CAST(${parameter}__words AS TEXT[]))) w`,
  wordCount: (parameter, most) =>
    `SELECT least(coalesce((SELECT t.rows FROM words t WHERE t.word = ANY (CAST(${parameter}__words AS TEXT[]))), 0), ${most})`,
  textRank: (alias, parameter, ...weights) =>
    `text_rank(${alias}.words, ${alias}.length, ${AVERAGE('search')}, CAST(${parameter}__phrases AS TSQUERY[]),
      (SELECT text_phrase_weights(CAST(${parameter}__phrases AS TSQUERY[]))), '{${shares(weights).join(', ')}}', ${greatest(weights)}, ${alias}.parts)`,
  textWords: (from, to, most) => `SELECT word FROM words WHERE word >= ${from} AND word < ${to} ORDER BY word LIMIT ${most}`,
  insertText: () => 'INSERT INTO search (row, words, length, parts) VALUES (:row, :columns__vector, :columns__length, :columns__parts)',
  insertBodies: (parameter, tag) => `INSERT INTO search (row, words, length, parts)
    SELECT CAST(j.value ->> 0 AS BIGINT), CAST((j.value ->> 1) || ' ${tag}' AS TSVECTOR), CAST(j.value ->> 2 AS INTEGER) + 1, CAST(j.value ->> 3 AS TSVECTOR[])
      FROM jsonb_array_elements(CAST(${parameter}__vectors AS JSONB)) AS j (value)`,
  insertName: (id, key) => `INSERT INTO nearby (id, words, length) SELECT n.id, trigram_vector(n.key), greatest(char_length(n.key) - 2, 0)
    FROM (SELECT CAST(${id} AS BIGINT) AS id, CAST(${key} AS TEXT) AS key) n`,
  insertNames: (from) => `INSERT INTO nearby (id, words, length) SELECT id, trigram_vector(key), greatest(char_length(key) - 2, 0) ${from}`,
  pointsWithin: (alias, west, south, east, north) =>
    `LATERAL (SELECT q.record_id AS id FROM places q WHERE q.latitude IS NOT NULL
      AND point(q.longitude, q.latitude) <@ box(point(${west}, ${south}), point(${east}, ${north}))) ${alias}`,
  // The GiST index is of the table itself.
  emptyPoints: () => 'SELECT',
  fillPoints: () => 'SELECT',
  comparedPoints: () => 'SELECT 1 WHERE FALSE',
  nameRow: () => 'id',
  comparedTexts: (parts) =>
    `SELECT '', ${parts}, concat(words, parts) FROM (SELECT row AS text_row, words, parts FROM search) s ORDER BY text_row`,
  comparedNames: () => `SELECT '', id, CAST(words AS TEXT) FROM nearby ORDER BY id`,
  comparedLengths: (table, parts) =>
    `SELECT ${parts}, length FROM (SELECT ${NUMBER_OF[table]} AS text_row, length FROM ${table}) t ORDER BY text_row`,
  emptyTexts: (table) => `CALL empty_texts('${table}')`,
};

/** The array of the integers in a JSON array. */
const integersOf = (parameter: string): string => `CAST(translate(CAST(${parameter} AS TEXT), '[]', '{}') AS BIGINT[])`;

const typed = (text: string, type: string): string => (type === 'text' ? text : `CAST(${text} AS ${TYPES[type]})`);

const TYPES: Readonly<Record<string, string>> = { integer: 'BIGINT', real: 'DOUBLE PRECISION' };

/** The condition that a row of `search` has a text: of a row in parts, the tsquery tells only that it may. */
function matching(alias: string, parameter: string): string {
  const ofParts = `long_text_matches(${alias}.words, ${alias}.parts, ${parameter}__leaves, ${parameter}__formula)`;
  return `(${alias}.words @@ CAST(${parameter} AS TSQUERY) AND (${alias}.parts IS NULL OR ${ofParts}))`;
}

/** The column of the number of a row. */
const NUMBER_OF: Readonly<Record<string, string>> = { search: 'row', nearby: 'id' };

/** SQL of the average length of the rows of `search` or `nearby`. */
const AVERAGE = (table: string): string =>
  `(SELECT CAST(t.length AS DOUBLE PRECISION) / t.rows FROM text_totals t WHERE t.name = '${table}')`;

const greatest = (weights: readonly string[]): number => Math.max(...weights.map(Number));

/** The weights of the columns as shares of the greatest, in the order in which PostgreSQL takes them: tags, body, names, title. Tags are no phrases. */
function shares(weights: readonly string[]): number[] {
  const [title = 1, names = 1, body = 1] = weights.map((weight) => Number(weight) / greatest(weights));
  return [1, body, names, title];
}
