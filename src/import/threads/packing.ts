import { WriteConflict, type Statement } from '../../storage/port.ts';

/** Statements as they go from one thread to another: flat, since every object costs, and numbers in arrays that are moved, not copied. */
export type Packed = {
  /** The distinct texts, how many parameters each has, and how many rows its guard demands, where it has one. */
  texts: { sql: string; width: number; rows: number | undefined }[];
  /** Which text each statement has. */
  order: Uint32Array;
  /** What each parameter is, those of all statements in a row: one of `KIND`. */
  kinds: Uint8Array;
  numbers: Float64Array;
  /** All parameters that are bytes in a row, and where each ends. */
  bytes: Uint8Array;
  ends: Uint32Array;
  others: Other[];
};

/** A parameter that is neither a number nor bytes nor nothing, or those of a statement by their names. */
type Other = Statement['params'][number];

const KIND = { none: 0, number: 1, bytes: 2, other: 3 };

/** How many parameters go at once, and how many bytes of those that are bytes, each at least. */
const VALUES = 2 ** 16;
const BYTES = 2 ** 20;

/** How many parameters a statement may have (SQLITE_MAX_VARIABLE_NUMBER). */
const WIDEST = 32_766;

/** Packs statements in pieces, each as soon as it is full. The error of a guard cannot go along: it becomes `WriteConflict`. */
export function* pack(statements: Iterable<Statement>): Generator<Packed> {
  let piece = packer();
  for (const each of statements) {
    piece.add(each);
    if (!piece.isFull()) continue;
    yield piece.packed();
    piece = packer();
  }
  yield piece.packed();
}

function packer() {
  const texts: Packed['texts'] = [];
  const codes = new Map<string, number>();
  const order: number[] = [];
  const kinds = new Uint8Array(VALUES + WIDEST);
  const numbers = new Float64Array(VALUES + WIDEST);
  const ends: number[] = [];
  const parts: Buffer[] = [];
  const others: Other[] = [];
  let [values, numbered, length] = [0, 0, 0];

  function addValue(value: Other): void {
    if (typeof value === 'number') {
      kinds[values++] = KIND.number;
      numbers[numbered++] = value;
    } else if (value === null) {
      kinds[values++] = KIND.none;
    } else if (Buffer.isBuffer(value)) {
      kinds[values++] = KIND.bytes;
      parts.push(value);
      ends.push((length += value.length));
    } else {
      kinds[values++] = KIND.other;
      others.push(value);
    }
  }

  return {
    isFull: () => values >= VALUES || length >= BYTES,
    add({ sql, params, guard }: Statement): void {
      let code = codes.get(sql);
      if (code === undefined) {
        code = texts.push({ sql, width: params.length, rows: guard?.rows }) - 1;
        codes.set(sql, code);
      }
      order.push(code);
      for (const value of params) addValue(value);
    },
    packed(): Packed {
      const bytes = new Uint8Array(length);
      for (const [index, part] of parts.entries()) bytes.set(part, ends[index]! - part.length);
      return {
        texts,
        order: Uint32Array.from(order),
        kinds: kinds.slice(0, values),
        numbers: numbers.slice(0, numbered),
        bytes,
        ends: Uint32Array.from(ends),
        others,
      };
    },
  };
}

/** The statements again. */
export function* unpack({ texts, order, kinds, numbers, bytes, ends, others }: Packed): Generator<Statement> {
  let [next, number, part, other] = [0, 0, 0, 0];
  const valueOf = (kind: number): Other => {
    if (kind === KIND.number) return numbers[number++]!;
    if (kind === KIND.none) return null;
    if (kind === KIND.other) return others[other++]!;
    const from = part === 0 ? 0 : ends[part - 1]!;
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, ends[part++]! - from);
  };
  const refuse = new WriteConflict();
  for (const code of order) {
    const { sql, width, rows } = texts[code]!;
    const params: Other[] = [];
    for (const last = next + width; next < last; next += 1) params.push(valueOf(kinds[next]!));
    // @NOTE as `pack` found them
    yield { sql, params: params as Statement['params'], ...(rows !== undefined && { guard: { rows, refuse } }) };
  }
}
