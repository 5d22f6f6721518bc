/** The type of the values in a list: PostgreSQL reads them out of JSON as text, and must be told. */
export type ValueType = 'integer' | 'text';

/** The SQL that differs from engine to engine. Parameters are written as they stand in the statement: `?` or `:name`. */
export interface Dialect {
  /** A row source of FROM: the elements of a parameter that holds a JSON array, under an alias. */
  elements(alias: string, parameter: string): string;
  /** The place of an element in its array, from 0 on. */
  ordinal(alias: string): string;
  /** An element that is a value. */
  value(alias: string, type: ValueType): string;
  /** A value in an element that is an array itself, by its place from 0 on, or an object, by its key. */
  column(alias: string, key: number | string, type: ValueType): string;
  /** A subquery of the values in a parameter that holds a JSON array, for IN. */
  list(parameter: string, type: ValueType): string;
  /** A LIMIT whose number is a parameter. */
  limit(parameter: string): string;
  /** The values of a group as the text of a JSON array, in order. */
  jsonArray(expression: string): string;
  /** The rows of several selects of one column, which `ORDER BY 1` puts in order and of which a LIMIT around them reads no more than it needs. */
  merge(selects: readonly string[]): string;
  /** A document of JSON without some of its fields, and its size in bytes. */
  without(document: string, fields: readonly string[]): string;
  bytes(document: string): string;
  fullText: FullTextDialect;
  /** A select of the ids of the rows in `name_trigrams` that share most trigrams with the parameter, at most so many. */
  nearestNames(parameter: string, most: number): string;
}

/** The full text, whose rows are numbered: moments by their position, other records by their id below zero. */
export interface FullTextDialect {
  /** A row source of the full text, under an alias. */
  from(alias: string): string;
  /** The number of a row. */
  row(alias: string): string;
  /** The number of a row for a condition that the engine should check on each row that matches, rather than look up. */
  checkedRow(alias: string): string;
  /** The condition that a row has the text of a parameter. */
  matches(alias: string, parameter: string): string;
  /** The rank of a row by BM25, lower is better, with the weight of each column. */
  rank(alias: string, weights: readonly number[]): string;
  /** The table of the words in the full text; its column is `term`. */
  words: string;
}
