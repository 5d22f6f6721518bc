import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CursorForm, decodeCursor, encodeCursor, integerPart, textPart } from '../../../src/domain/paging/cursor.ts';

const QUERY = 'events?actor=csto';
const FORM: CursorForm<{ title: string; key: number }> = { title: textPart(10), key: integerPart(-5, 1000) };

const base64url = (text: string | Buffer): string => Buffer.from(text as string).toString('base64url');

/** A cursor of any parts, with the checksum that belongs to them: what somebody makes who has read the source. */
function forged(parts: string, version = '2'): string {
  const checksum = createHash('sha256').update(`${QUERY}\n${version}.${parts}`).digest('base64url').slice(0, 16);
  return `${version}.${checksum}.${parts}`;
}

test('a cursor returns its position for its query only', () => {
  const cursor = encodeCursor(FORM, { title: 'ashgabat', key: 17 }, QUERY);
  expect(decodeCursor(FORM, cursor, QUERY)).toEqual({ title: 'ashgabat', key: 17 });
  expect(() => decodeCursor(FORM, cursor, 'events?actor=nato')).toThrow('belongs to another query');
});

test('a cursor that is forged with the right checksum equals the real cursor', () => {
  expect(forged(`${base64url('ashgabat')}.17`)).toBe(encodeCursor(FORM, { title: 'ashgabat', key: 17 }, QUERY));
});

test('a cursor of another version is refused', () => {
  const parts = `${base64url('ashgabat')}.17`;
  for (const version of ['0', '1', '3', '', '02', '2 '])
    expect(() => decodeCursor(FORM, forged(parts, version), QUERY)).toThrow('another version');
});

describe('a forged cursor is refused when a part is not of the type and range of the form:', () => {
  test.each([
    '',
    'x',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e3',
    '0x1',
    '1.5',
    '+1',
    '01',
    '-0',
    ' 1',
    '1 ',
    'null',
    '-6',
    '1001',
    '9007199254740993',
  ])('the integer %j', (text) => {
    expect(() => decodeCursor(FORM, forged(`${base64url('a')}.${text}`), QUERY)).toThrow('was changed');
  });

  test.each([
    ['no base64', '!'],
    ['base64 that is too short', 'A'],
    ['base64 with padding', 'YQ=='],
    ['base64 that is not canonical', 'YR'],
    ['bytes that are no UTF-8', base64url(Buffer.from([0xff]))],
    ['a text that is too long', base64url('a'.repeat(11))],
  ])('%s', (_what, text) => {
    expect(() => decodeCursor(FORM, forged(`${text}.1`), QUERY)).toThrow('was changed');
  });

  test.each(['', '.', '1', 'YQ', 'YQ.1.1', 'YQ.1.', '.YQ.1'])('the parts %j', (parts) => {
    expect(() => decodeCursor(FORM, forged(parts), QUERY)).toThrow('was changed');
  });
});

const POSITIONS: [title: string, key: number][] = [
  ['', -5],
  ['a'.repeat(10), 1000],
  ['中文 🜚', 0],
];

test.each(POSITIONS)('the position %j, %i is read back from its cursor', (title, key) => {
  expect(decodeCursor(FORM, encodeCursor(FORM, { title, key }, QUERY), QUERY)).toEqual({ title, key });
});
