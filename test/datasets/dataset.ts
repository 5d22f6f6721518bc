/** A value of a column: a cell of a table, or a part of a nested record. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [name: string]: Cell };

/** A row of a dataset as it is published, by column. */
export type Row = Readonly<Record<string, Cell>>;

/** A question: an address, the part of the answer that is compared, and what plain counting over the rows gives. */
export type Question = { ask: string; of?: (body: Body) => unknown; is: unknown };

/** The parts of answers that questions compare. */
export type Body = {
  total?: number;
  items: (Record<string, unknown> & { id?: string; entry?: { id: string }; count?: number })[];
};

/**
 * A small invented dataset in the shape of a public one: its rows, the records that a user would make of them, and questions. `otherwise` names columns
 * whose values stand in the records in another form: dates, codes that have words, several values in one cell.
 */
export type Dataset = {
  name: string;
  rows: readonly Row[];
  records: readonly object[];
  otherwise: readonly string[];
  questions: readonly Question[];
};

/** The number of rows that fulfil a condition. */
export const count = <Each>(rows: readonly Each[], isCounted: (row: Each) => boolean): number => rows.filter(isCounted).length;

/** The ids of the items of a list, in order. */
export const idsOf = ({ items }: Body): (string | undefined)[] => items.map(({ id, entry }) => id ?? entry?.id).toSorted(inOrder);

const inOrder = (one = '', other = ''): number => (one < other ? -1 : 1);

/** The sum of a column. */
export const sum = <Each>(rows: readonly Each[], value: (row: Each) => number): number =>
  rows.reduce((total, row) => total + value(row), 0);

/** The rows without the fields that are null. */
export const attributesOf = (row: Row, columns: readonly string[]): Record<string, Cell> =>
  Object.fromEntries(columns.flatMap((name) => (row[name] === null || row[name] === undefined ? [] : [[name, row[name]]])));

/** A text as a part of an id. */
export const slug = (text: string | number): string =>
  String(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Distinct values. */
export const distinct = <Each>(values: readonly Each[]): Each[] => [...new Set(values)];
