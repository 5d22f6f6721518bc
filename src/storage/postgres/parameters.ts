import { expand } from '../dialect.ts';
import type { Parameter, Statement, Value } from '../port.ts';
import { postgresDialect } from './dialect.ts';
import { derivedOf } from '../full-text/derived.ts';
import { toRowQuery } from '../full-text/tsquery.ts';

/** A statement as the server takes it: its text with `$1`, `$2` and so on, the object ids of the types that it declares (0: inferred), and the values. */
export type BoundStatement = {
  text: string;
  types: readonly number[];
  values: readonly (string | Buffer | null)[];
  /** The rows of a COPY, as its text format has them. */
  rows?: Buffer;
};

/** Object ids of types, as `pg_type` has them. */
const [INFERRED, INT8, FLOAT8] = [0, 20, 701];

/** A text of the port in SQL of PostgreSQL: `names` are the named parameters in the order of their numbers. */
type Translated = { text: string; names: readonly string[]; declares: boolean };

/** The number of texts that are kept. Shapes are bounded: filters choose among a few hundred. */
const TRANSLATED_LIMIT = 5000;

const translated = new Map<string, Translated>();

/** Literals and quoted names, which stay as they are, casts, and parameters. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|::|\?|:([A-Za-z_]\w*)/g;

/** An INSERT of values does not declare their types, which are those of the columns: else each mixture of numbers and nulls would be a statement of its own. */
const INSERTS_VALUES = /^\s*INSERT\b(?!.*\bSELECT\b)/is;

/** Translates a statement of the port. Each text is translated once. */
export function bind({ sql, params }: Pick<Statement, 'sql' | 'params'>): BoundStatement {
  const { text, names, declares } = translated.get(sql) ?? translate(sql);
  const values = valuesOf(params, names);
  return { text, types: declares ? values.map(typeOf) : [], values: values.map(sentAs) };
}

function translate(sql: string): Translated {
  const names: string[] = [];
  let count = 0;
  const text = expand(sql, postgresDialect).replaceAll(TOKEN, (token, name?: string) => {
    if (token === '?') return `$${(count += 1)}`;
    if (name === undefined) return token;
    const known = names.indexOf(name);
    return `$${known === -1 ? names.push(name) : known + 1}`;
  });
  if (translated.size >= TRANSLATED_LIMIT) translated.clear();
  const made = { text: withLookups(joinsWithConditions(text)), names, declares: !INSERTS_VALUES.test(text) };
  translated.set(sql, made);
  return made;
}

/** The values in the order of their numbers. Named ones that the text does not use are left out. */
function valuesOf(params: Statement['params'], names: readonly string[]): readonly Parameter[] {
  const [first] = params;
  if (typeof first !== 'object' || first === null || Buffer.isBuffer(first)) return params as readonly Value[]; // @NOTE by the type of the first
  return names.map((name) => {
    const value = name in first ? first[name] : derivedOf(first, name);
    if (value === undefined) throw new TypeError(`the statement has no value for its parameter :${name}`);
    return value;
  });
}

/**
 * The type that a value declares. PostgreSQL would take the type of what a parameter is compared with, such as that of a short literal, into which a
 * position does not fit.
 */
function typeOf(value: Parameter): number {
  if (typeof value === 'bigint') return INT8;
  if (typeof value !== 'number') return INFERRED;
  return Number.isInteger(value) ? INT8 : FLOAT8;
}

/** A value as it is sent: text, but for bytes; that of a condition on texts is a tsquery. */
function sentAs(value: Parameter): string | Buffer | null {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  return typeof value === 'object' ? toRowQuery(value) : String(value);
}

/** Literals, quoted names, brackets and the words that end a source of rows. */
const WORD =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|\b(?:CROSS\s+JOIN|ON|JOIN|LEFT|INNER|WHERE|GROUP|ORDER|LIMIT|UNION|EXCEPT|INTERSECT|HAVING|RETURNING)\b/gi;

/**
 * Writes `JOIN` where `CROSS JOIN` has a condition: in SQLite it tells the order of tables, which connections to PostgreSQL keep by
 * `join_collapse_limit`.
 */
function joinsWithConditions(sql: string): string {
  const tokens = [...sql.matchAll(WORD)].map(({ 0: text, index }) => ({ word: text.toUpperCase(), index, length: text.length }));
  let result = '';
  let from = 0;
  for (const [place, { word, index, length }] of tokens.entries()) {
    if (!word.startsWith('CROSS') || !hasCondition(tokens.slice(place + 1).map((token) => token.word))) continue;
    result += `${sql.slice(from, index)}JOIN`;
    from = index + length;
  }
  return result + sql.slice(from);
}

/** Literals, quoted names, brackets, and the beginning of a condition that a select has a row. */
const EXISTING = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\bEXISTS\s*\(|[()]/gi;

/**
 * Writes `OFFSET 0` in each EXISTS: its rows are looked up for each row of the statement, as in SQLite. Else the planner may read all rows that any row
 * could have into a hash table.
 */
function withLookups(sql: string): string {
  const brackets: boolean[] = [];
  return sql.replaceAll(EXISTING, (token) => {
    if (token.endsWith('(')) brackets.push(token !== '(');
    return token === ')' && brackets.pop() ? ' OFFSET 0)' : token;
  });
}

/** Returns true if ON is the first word after a source of rows, outside brackets. */
function hasCondition(words: readonly string[]): boolean {
  let depth = 0;
  for (const word of words) {
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (depth === 0 && !/^['"]/.test(word)) return word === 'ON';
    if (depth < 0) return false;
  }
  return false;
}
