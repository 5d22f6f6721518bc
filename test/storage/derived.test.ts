import { expect, test } from 'vitest';
import { derivedOf } from '../../src/storage/full-text/derived.ts';
import type { TextMatch } from '../../src/storage/full-text/text-match.ts';
import { type TextColumns, vectorsOf } from '../../src/storage/full-text/tsvector.ts';

const EMPTY = { title: '', names: '', body: '', tags: '' };

test.each<[title: string, columns: TextColumns, vector: string, length: number]>([
  ['no text', EMPTY, '', 0],
  ['tags alone', { ...EMPTY, tags: '_yevent _t5' }, "'_yevent' '_t5'", 2],
  [
    'words of each column',
    { title: 'peace of peace', names: 'a _ b', body: 'zone', tags: '_l3' },
    "'peace':1A 'of':2A 'peace':3A 'a':5B 'b':7B 'zone':9C '_l3'",
    8,
  ],
  ['signs of the syntax', { ...EMPTY, title: `o'b c\\:1` }, `'o''b':1A 'c\\\\:1':2A `, 2],
])('the vector and the length of a row with %s', (_, columns, vector, length) => {
  expect(derivedOf(columns, 'columns__vector')).toBe(vector);
  expect(derivedOf(columns, 'columns__length')).toBe(length);
  expect(derivedOf(columns, 'columns__parts')).toBe(null);
});

test('the vectors of bodies', () => {
  expect(derivedOf({ rows: '[[-7,"a b"],[-6,""]]' }, 'rows__vectors')).toBe(`[[-7,"'a':3C 'b':4C ",2,null],[-6,"",0,null]]`);
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index + 1}`);

test('a row that is too long for one vector has each word once, and its places in parts that share some', () => {
  const columns = { title: 'w1', names: '', body: numbered(4100).join(' '), tags: '_yevent' };
  const { vector, parts, length } = vectorsOf(columns);
  expect(vector.split(' ')).toEqual([
    "'w1':1A,5C",
    ...numbered(4100)
      .slice(1)
      .map((word) => `'${word}':5C`),
    "'_yevent'",
    "'_parts'",
  ]);
  expect(length).toBe(4102);
  // The title takes a place, and one lies free after it and after the names, which are none.
  expect(parts!.map((part) => part.trim().split(' ')).map((part) => [part[0], part.at(-1), part.length])).toEqual([
    ["'w1':1A", "'w3997':4000C", 3998],
    ["'w3898':1C", "'w3997':100C", 100],
    ["'w3898':1C", "'w4100':203C", 203],
  ]);
});

test('the words of a row of more than a megabyte are left out where they have no room', () => {
  const body = Array.from({ length: 100_000 }, (_, index) => `word-${String(index).padStart(20, '0')}`).join(' ');
  const { vector } = vectorsOf({ ...EMPTY, body, tags: '_yevent' });
  expect(vector.length).toBeLessThan(1_000_000);
  expect(vector).toMatch(/ '_yevent' '_parts'$/);
});

test.each<[title: string, match: TextMatch, words: string]>([
  ['a word', { words: ['a'] }, '{"a"}'],
  ['any of some words', { any: [{ words: ['a'] }, { words: ['b"'] }] }, '{"a","b\\""}'],
  ['a phrase', { words: ['a', 'b'] }, '{}'],
  ['a beginning', { words: ['a'], prefix: true }, '{}'],
  ['a word or a phrase', { any: [{ words: ['a'] }, { words: ['a', 'b'] }] }, '{}'],
  ['two words', { all: [{ words: ['a'] }, { words: ['b'] }] }, '{}'],
])('the words any of which is all that is asked for: %s', (_, match, words) => {
  expect(derivedOf({ match }, 'match__words')).toBe(words);
});
