/**
 * SQL that differs from engine to engine, written as fragments in the text of a statement: `«name¦argument¦argument»`. A statement is the same text for
 * every engine, which expands its fragments once, when it prepares it. Fragments may stand in arguments of others. Parameters are written as they stand in
 * the statement: `?` or `:name`.
 */

/** The type of the values in a list: PostgreSQL reads them out of JSON as text, and must be told. */
export type ValueType = 'integer' | 'real' | 'text';

/** Distinct integers: the expression of each, its name, the alias of the integers that it is made of, and the parameters of their list, of those left out and of their number. */
type FirstDistinct = { value: string; name: string; alias: string; of: string; except: string; limit: string };

/** A span of postings: a level, and SQL of the first and the last position in it. */
export type Span = { level: number; low: string; high: string };

/** The SQL of an engine for each fragment, made of its arguments. */
export type Dialect = Readonly<Record<keyof typeof FRAGMENTS, (...args: string[]) => string>>;

const [OPEN, BETWEEN, CLOSE] = ['«', '¦', '»'];

/** A fragment without fragments in its arguments. */
const INNERMOST = /«([^«»]*)»/gu;

function fragment(name: keyof typeof FRAGMENTS, ...args: readonly (string | number)[]): string {
  return `${OPEN}${[name, ...args].join(BETWEEN)}${CLOSE}`;
}

/** The spans among the arguments of `eachSpan`. */
export const triplesOf = (args: readonly string[]): (readonly [level: string, low: string, high: string])[] =>
  Array.from({ length: args.length / 3 }, (_, index) => [args[3 * index]!, args[3 * index + 1]!, args[3 * index + 2]!]);

/** Returns the SQL of a statement for an engine: its text with every fragment in it replaced. */
export function expand(sql: string, dialect: Dialect): string {
  let text = sql;
  while (text.includes(OPEN))
    text = text.replaceAll(INNERMOST, (_, inner: string) => {
      const [name, ...args] = inner.split(BETWEEN);
      return dialect[name as keyof Dialect](...args); // @NOTE only `fragment` writes these marks
    });
  return text;
}

/** Returns whether a statement has parameters that are conditions on texts. */
export const hasTexts = (sql: string): boolean => WITH_TEXTS.some((name) => sql.includes(`${OPEN}${name}${BETWEEN}`));

const WITH_TEXTS: readonly (keyof typeof FRAGMENTS)[] = ['textMatches', 'textChecked', 'textCount', 'wordCount', 'nearestNames'];

const FRAGMENTS = {
  /** A row source of FROM: the elements of a parameter that holds a JSON array, under an alias. */
  elements: (alias: string, parameter: string) => fragment('elements', alias, parameter),
  /** The place of an element in its array, from 0 on. */
  ordinal: (alias: string) => fragment('ordinal', alias),
  /** A row source of FROM: the elements of a parameter that holds a JSON array of integers, under an alias, and such an element. */
  integers: (alias: string, parameter: string) => fragment('integers', alias, parameter),
  integer: (alias: string) => fragment('integer', alias),
  /** An element that is a value. */
  value: (alias: string, type: ValueType) => fragment('value', alias, type),
  /** A value in an element that is an array itself, by its place from 0 on, or an object, by its key. */
  column: (alias: string, key: number | string, type: ValueType) =>
    fragment('column', alias, typeof key === 'number' ? key : `'${key}'`, type),
  /** A subquery of the values in a parameter that holds a JSON array, for IN. */
  list: (parameter: string, type: ValueType) => fragment('list', parameter, type),
  /** A LIMIT whose number is a parameter. */
  limit: (parameter: string) => fragment('limit', parameter),
  /** The values of a group as the text of a JSON array, in order. */
  jsonArray: (expression: string) => fragment('jsonArray', expression),
  /**
   * The rows of a select of one column for each of some spans of postings. The select names the level, the first and the last position of its span as
   * `span.level`, `span.low` and `span.high`; each of its rows must come out in the order of an index.
   */
  eachSpan: (select: string, spans: readonly Span[]) =>
    fragment('eachSpan', select, ...spans.flatMap(({ level, low, high }) => [level, low, high])),
  /** The rows of several selects of one column, each of them in the order of an index. */
  merge: (selects: readonly string[]) => fragment('merge', ...selects),
  /** The first rows of a select of one column in order, at most as many as a parameter says. Of `eachSpan` and `merge` no more are read than are needed. */
  inOrder: (select: string, order: 'ASC' | 'DESC', limit: string) => fragment('inOrder', select, order, limit),
  /** A document of JSON without some of its fields. */
  without: (document: string, fields: readonly string[]) => fragment('without', document, ...fields),
  /** The greater and the smaller of two values. */
  greater: (one: string, other: string) => fragment('greater', one, other),
  smaller: (one: string, other: string) => fragment('smaller', one, other),
  /**
   * A select of the first distinct values of an expression over the elements of a list, in their order, without those of another list: SQLite reads no
   * more elements than it needs. What joins the select keeps its order by `inOrderOfFirst`.
   */
  firstDistinct: ({ value, name, alias, of, except, limit }: FirstDistinct) =>
    fragment('firstDistinct', value, name, alias, fragment('integers', alias, of), fragment('list', except, 'integer'), limit),
  inOrderOfFirst: (alias: string) => fragment('inOrderOfFirst', alias),
  /**
   * The distinct rows, under an alias, of a select that refers to the rows of FROM before it, with a column `one`, or `one` and `other`; and such a
   * column.
   */
  eachDistinct: (alias: string, select: string, width: 1 | 2) => fragment('eachDistinct', alias, select, width),
  distinctColumn: (alias: string, column: 'one' | 'other', width: 1 | 2) => fragment('distinctColumn', alias, column, width),
  /**
   * A row source of FROM, under an alias: the value at a key of a column that holds the text of a JSON object, or each element where it is a list; and such a
   * value as text, as JSON has it, but without quotes.
   */
  valuesAt: (alias: string, column: string, key: string) => fragment('valuesAt', alias, column, key),
  valueAt: (alias: string, column: string, key: string) => fragment('valueAt', alias, column, key),
  /** A text in Unicode normalization form C, in the order of its code points; and its length in UTF-16 units, as JavaScript counts it. */
  composed: (text: string) => fragment('composed', text),
  unitsOf: (text: string) => fragment('unitsOf', text),
  /** The sum of numbers, free of the errors that floating-point additions pile up. */
  exactSum: (number: string) => fragment('exactSum', number),
  /** A table under an alias, read through an index that SQLite would not choose; PostgreSQL chooses by itself. */
  through: (table: string, alias: string, index: string) => fragment('through', table, alias, index),
  /** A table that is read from its beginning to its end, in no index. */
  unindexed: (table: string) => fragment('unindexed', table),
  /** The verbs of an INSERT and an UPDATE of many rows. */
  insertMany: () => fragment('insertMany'),
  updateMany: () => fragment('updateMany'),
  /** A select of the ids of the rows in `nearby` that match a parameter (`text-match.ts`) best, at most so many. */
  nearestNames: (parameter: string, most: number) => fragment('nearestNames', parameter, most),
  /**
   * The full text, whose rows are numbered: moments by their position, other records by their id below zero. A row source under an alias. Where few rows
   * match a parameter, it may be named here as well: they are looked up first, and other conditions are checked on them.
   */
  textFrom: (alias: string, selective = '') => fragment('textFrom', alias, selective),
  /** The number of a row of the full text. */
  textRow: (alias: string) => fragment('textRow', alias),
  /** The number of a row for a condition that the engine should check on each row that matches, rather than look up. */
  textCheckedRow: (alias: string) => fragment('textCheckedRow', alias),
  /** The condition that a row has the text of a parameter (`text-match.ts`). */
  textMatches: (alias: string, parameter: string) => fragment('textMatches', alias, parameter),
  /** The condition that a row has the text, for a statement of which fewer rows meet the other conditions than have the text. */
  textChecked: (alias: string, parameter: string) => fragment('textChecked', alias, parameter),
  /** Selects of the number of rows that have the text of a parameter, counted up to a number; `wordCount` is of one word. */
  textCount: (parameter: string, most: number) => fragment('textCount', parameter, most),
  wordCount: (parameter: string, most: number) => fragment('wordCount', parameter, most),
  /** The rank of a row that matches a parameter, by BM25, lower is better, with the weight of each column. */
  textRank: (alias: string, parameter: string, weights: readonly number[]) => fragment('textRank', alias, parameter, ...weights),
  /** A select of the words in the full text from one on up to another, which is not among them, in order, at most so many: three parameters. */
  textWords: (from: string, to: string, most: string) => fragment('textWords', from, to, most),
  /** The statement that inserts a row of the full text, of the parameters `row`, `title`, `names`, `body` and `tags`. */
  insertText: () => fragment('insertText'),
  /** The statement that inserts rows of the full text with a body and a tag alone: pairs of number and body in a named parameter that holds a JSON array. */
  insertBodies: (parameter: string, tag: string) => fragment('insertBodies', parameter, tag),
  /** The statement that inserts a name into `nearby`, of two expressions, and the one that inserts those of the rows of a FROM. */
  insertName: (id: string, key: string) => fragment('insertName', id, key),
  insertNames: (from: string) => fragment('insertNames', from),
  /** A row source of FROM: the keys of places, as `id`, whose coordinates lie in a box of degrees or a little beyond it. */
  pointsWithin: (alias: string, { west, south, east, north }: Readonly<Record<'west' | 'south' | 'east' | 'north', string>>) =>
    fragment('pointsWithin', alias, west, south, east, north),
  /**
   * The statements that make the index of those points anew, and a select of its rows: PostgreSQL keeps the index itself, and both do nothing there.
   */
  emptyPoints: (condition = '') => fragment('emptyPoints', condition),
  fillPoints: (condition = '') => fragment('fillPoints', condition),
  comparedPoints: () => fragment('comparedPoints'),
  /** The number of a row of `nearby`: the id of the name in `lookups`. */
  nameRow: () => fragment('nameRow'),
  /**
   * Selects of what the full text and the near names have, to be compared with those of a rebuild. Of a text: a word, or the empty text for all of a row at
   * once, the parts of the number `text_row`, and what stands there. Of a name: likewise, with its id.
   */
  comparedTexts: (parts: string) => fragment('comparedTexts', parts),
  comparedNames: () => fragment('comparedNames'),
  /** A select of the parts of the number `text_row` of each row of `search` or `nearby`, and of its length, in order of the number. */
  comparedLengths: (table: 'search' | 'nearby', parts: string) => fragment('comparedLengths', table, parts),
  /** The statement that deletes all rows of `search` or `nearby`. */
  emptyTexts: (table: 'search' | 'nearby') => fragment('emptyTexts', table),
};

/** The fragments of SQL. */
export const dialect = FRAGMENTS;
