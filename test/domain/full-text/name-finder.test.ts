import { expect, test } from 'vitest';
import { nameFinder } from '../../../src/domain/full-text/name-finder.ts';

const find = nameFinder([
  'The Harbour Society (HS) met the guild’s elders.',
  'Ports & Harbours Union; the U.P.H. of Årsund.',
  '海港協会が結ばれた。',
  'Signed: Jean-Luc O’Brien ★',
]);

test.each([
  ['Harbour Society', 1],
  ['the harbour society', 1],
  ['HS', 1],
  ['Guild', 1],
  ['Ports and Harbours Union', 2],
  ['UPH', 2],
  ['arsund', 2],
  ['海港協会', 3],
  ['jean luc obrien', 4],
  ['★', 4],
])('the name "%s" stands in paragraph %i', (name, paragraph) => {
  expect(find(name)).toBe(paragraph);
});

test.each(['Harbour', 'Harbours'])('a word that is a name is found: "%s"', (name) => {
  expect(find(name)).toBeDefined();
});

test.each(['Harb', 'ociety', 'H', 'met the guild elder', 'elders Ports', '☆', 'Society Harbour'])(
  'the name "%s" stands nowhere',
  (name) => {
    expect(find(name)).toBeUndefined();
  },
);
