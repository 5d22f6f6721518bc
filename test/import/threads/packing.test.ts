import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { pack, unpack } from '../../../src/import/threads/packing.ts';
import { statement, type Statement } from '../../../src/storage/port.ts';

/** What comes out at the other side of a thread. */
function sent(statements: readonly Statement[]): { pieces: number; statements: Statement[] } {
  const pieces = [...pack(statements)].map((piece) => structuredClone(piece));
  return { pieces: pieces.length, statements: pieces.flatMap((piece) => [...unpack(piece)]) };
}

test('statements come out as they went in, with every kind of parameter', () => {
  const statements = [
    statement('one', 1, 'text', null, Buffer.from('bytes'), 2 ** 52, -0.5),
    statement('two'),
    statement('one', 2, '', null, Buffer.alloc(0), 0, 10n),
    { sql: 'three', params: [{ first: 1, last: 2 }] as const },
    statement('four', Buffer.from('Ödön'), 7),
  ];
  expect(sent(statements).statements).toEqual(statements);
});

const numbers = (all: readonly Statement[]) => all.map(({ params }) => Number(params[0]));

test('what is too much for one piece goes in several, in order', () => {
  const many = Array.from({ length: 70_000 }, (_, index) => statement('insert', index));
  const large = Array.from({ length: 5 }, (_, index) => statement('insert bytes', index, Buffer.alloc(2 ** 19, index)));
  const { pieces, statements } = sent([...many, ...large]);
  expect(pieces).toBe(4);
  expect(isDeepStrictEqual(numbers(statements), numbers([...many, ...large]))).toBe(true);
  const lastBytes = statements.slice(-5).map(({ params: [, bytes] }) => Buffer.isBuffer(bytes) && [bytes.length, bytes[0], bytes.at(-1)]);
  expect(lastBytes).toEqual([0, 1, 2, 3, 4].map((index) => [2 ** 19, index, index]));
});
