import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashOfToken, hasRightChecksum, hasTokenForm, makeToken } from '../../src/domain/token.ts';

test('a token has a fixed format and a checksum, and is hashed with SHA-256', () => {
  const token = makeToken(randomBytes);
  expect(token).toMatch(/^annals_[0-9a-hjkmnp-tv-z]{39}$/);
  expect([hasTokenForm(token), hasRightChecksum(token)]).toEqual([true, true]);
  expect(hashOfToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
});

test('equal bytes make equal tokens, and every bit counts', () => {
  expect(makeToken((size) => Buffer.alloc(size))).toMatch(/^annals_0{32}[^0]/);
  expect(makeToken((size) => Buffer.alloc(size).fill(1, size - 1))).toMatch(/^annals_0{31}1/);
  const asked: number[] = [];
  makeToken((size) => {
    asked.push(size);
    return Buffer.alloc(size);
  });
  expect(asked, '160 bits').toEqual([20]);
});

test('every typo of one digit is detected', () => {
  const token = makeToken(randomBytes);
  for (let at = 'annals_'.length; at < token.length; at += 1)
    expect(hasRightChecksum(token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1)), `at ${at}`).toBe(false);
});

test.each(['', 'annals_', 'annals_0', 'Bearer', `annals_${'0'.repeat(38)}`, `annals_${'0'.repeat(40)}`, `annals_${'u'.repeat(39)}`])(
  '%j has not the form of a token',
  (text) => {
    expect(hasTokenForm(text)).toBe(false);
  },
);
