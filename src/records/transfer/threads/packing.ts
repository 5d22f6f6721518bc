import { guard, type Statement } from '../../../storage/engine.ts';

/** Statements as they go from one thread to another: flat, since every object costs. */
export type Packed = {
  /** The distinct texts, how many parameters each has, and how many rows those that are guards change. */
  texts: { sql: string; width: number; guard?: number }[];
  /** Which text each statement has. */
  order: Uint32Array;
  /** All parameters in a row. Where one is bytes, there is null, and `bytes` has them. */
  values: Statement['params'][number][];
  /** Which values are bytes: the index of the value, and from where to where. */
  blobs: Uint32Array;
  bytes: Uint8Array;
};

/** How many bytes of parameters that are bytes go at once, and how many statements. */
const BYTES = 2 ** 20;
const STATEMENTS = 10_000;

/** Packs statements in pieces, each as soon as it is full. A guard's error does not go along. */
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
  const values: Packed['values'] = [];
  const blobs: number[] = [];
  const parts: Buffer[] = [];
  let length = 0;
  return {
    isFull: () => length >= BYTES || order.length >= STATEMENTS,
    add({ sql, params, guard: guarded }: Statement): void {
      let code = codes.get(sql);
      if (code === undefined) {
        code = texts.push({ sql, width: params.length, guard: guarded?.rows }) - 1;
        codes.set(sql, code);
      }
      order.push(code);
      for (const value of params) {
        if (Buffer.isBuffer(value)) {
          parts.push(value);
          blobs.push(values.length, length, (length += value.length));
        }
        values.push(Buffer.isBuffer(value) ? null : value);
      }
    },
    packed(): Packed {
      const bytes = new Uint8Array(length);
      for (const [index, part] of parts.entries()) bytes.set(part, blobs[3 * index + 1]);
      return { texts, order: Uint32Array.from(order), values, blobs: Uint32Array.from(blobs), bytes };
    },
  };
}

/** The statements again; those that are guards refuse with `refuse`. */
export function* unpack({ texts, order, values, blobs, bytes }: Packed, refuse: Error): Generator<Statement> {
  for (let at = 0; at < blobs.length; at += 3)
    values[blobs[at]!] = Buffer.from(bytes.buffer, bytes.byteOffset + blobs[at + 1]!, blobs[at + 2]! - blobs[at + 1]!);
  let next = 0;
  for (const code of order) {
    const { sql, width, guard: rows } = texts[code]!;
    const params = values.slice(next, (next += width)) as Statement['params']; // @NOTE as `pack` found them
    yield rows === undefined ? { sql, params } : { ...guard(rows, refuse, sql), params };
  }
}
