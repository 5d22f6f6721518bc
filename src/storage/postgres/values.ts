import type { Value } from '../port.ts';

/** Object ids of types, as `pg_type` has them. */
const [BOOL, BYTEA, INT8, INT2, INT4, OID, FLOAT4, FLOAT8, NUMERIC] = [16, 17, 20, 21, 23, 26, 700, 701, 1700];

/** The column of a result, as the server describes it. */
export type Column = { dataTypeID: number };

/** Returns the values of a row that the server sent as text. */
export const rowOf = (columns: readonly Column[], fields: readonly (string | null)[]): Value[] =>
  fields.map((field, index) => (field === null ? null : valueOf(columns[index]!.dataTypeID, field)));

/** Reads a value as SQLite would return it: booleans as 0 or 1, whole numbers as `number` up to 2^53 and as `bigint` beyond, JSON as text. */
function valueOf(type: number, text: string): Value {
  switch (type) {
    case INT8:
    case NUMERIC:
      return text.length < SAFE_DIGITS ? Number(text) : wideNumber(text);
    case INT4:
    case INT2:
    case OID:
    case FLOAT8:
    case FLOAT4:
      return Number(text);
    case BYTEA:
      return Buffer.from(text.slice(2), 'hex');
    case BOOL:
      return text === 't' ? 1 : 0;
    default:
      return text;
  }
}

/** The number of characters from which on an integer may exceed 2^53. */
const SAFE_DIGITS = 16;

function wideNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}
