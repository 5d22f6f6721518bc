import { describe, expect, test } from 'vitest';
import {
  candidateOption,
  completionsOf,
  nearestWords,
  recordOptions,
  ROWS_MAX,
  type Suggested,
  wordOptions,
} from '../../src/page/client/text/options.ts';

const un: Suggested = { id: 'un', kind: 'organization', name: 'United Nations', names: [{ name: 'UN' }, { name: 'ООН' }] };
const women: Suggested = { id: 'un-women', kind: 'organization', name: 'UN Women' };
const guterres: Suggested = { id: 'guterres', kind: 'person', name: 'António Guterres', description: 'He leads the UN.' };

const offered = (records: Suggested[], typed: string) => recordOptions(records, typed).map(({ value }) => value);
const completions = (hits: { title: string; snippet?: string }[], typed: string) => completionsOf(hits, typed).map(({ label }) => label);

describe('records are put in order by their names', () => {
  test('the name that is typed whole goes before names that begin so', () => {
    expect(offered([women, un], 'UN')).toEqual(['un', 'un-women']);
  });

  test('a name that begins so goes before a word that does, and the main name before others', () => {
    const records = [
      { ...un, id: 'second', name: 'Assembly', names: [{ name: 'Kazan assembly' }] },
      { ...un, id: 'third', name: 'Assembly of Kazan', names: [] },
      { ...un, id: 'first', name: 'Kazan', names: [] },
    ];
    expect(offered(records, 'kaz')).toEqual(['first', 'second', 'third']);
  });

  test('what has the word in its description only stands last, and is offered only where no name fits', () => {
    expect(offered([guterres, un], 'un')).toEqual(['un']);
    expect(recordOptions([guterres], 'un')).toMatchObject([{ value: 'guterres', isNamed: false }]);
  });

  test('a name is found in any script and without its marks, and shown where it is not the main one', () => {
    expect(recordOptions([un], 'оон')).toEqual([
      { value: 'un', label: 'United Nations', note: 'organization', detail: 'ООН', isNamed: true },
    ]);
    expect(recordOptions([guterres], 'antonio gut')).toMatchObject([{ detail: 'He leads the UN.', isNamed: true }]);
  });

  test('homonyms of a kind show their ids, and none of them is taken unasked', () => {
    const records = ['germany-1', 'germany-2'].map((id) => ({ id, kind: 'state', name: 'Germany' }));
    expect(recordOptions(records, 'germ')).toMatchObject([
      { note: 'state, germany-1', isNamed: false },
      { note: 'state, germany-2', isNamed: false },
    ]);
  });

  test('a variant that two have, typed whole, takes neither', () => {
    const records = ['FRG', 'GDR'].map((name) => ({ id: name, kind: 'state', name, names: [{ name: 'Germany' }] }));
    expect(recordOptions(records, 'germany').map(({ isNamed }) => isNamed)).toEqual([false, false]);
    expect(recordOptions(records, 'germ').map(({ isNamed }) => isNamed)).toEqual([true, true]);
  });

  test('a handful is shown', () => {
    const records = Array.from({ length: 40 }, (_, index) => ({ id: `k-${index}`, kind: 'city', name: `Kaz ${index}` }));
    expect(recordOptions(records, 'kaz')).toHaveLength(ROWS_MAX);
  });
});

test('a candidate shows what tells it apart, cut to fit a row', () => {
  const about = 'member of many organizations '.repeat(10);
  const [state, plain] = [{ type: 'actor', id: 'x', kind: 'state', title: 'X', about } as const, { type: 'actor', id: 'x' } as const];
  expect(candidateOption(state)).toMatchObject({ value: 'x', label: 'X', note: 'state' });
  expect(candidateOption(state).detail).toMatch(/^member of .{60,80}…$/);
  expect(candidateOption(plain)).toMatchObject({ label: 'x', note: '', detail: '' });
});

describe('words in use', () => {
  const topics = [
    { value: 'terrorism', count: 9, types: ['event'] },
    { value: 'counter-terrorism', count: 5, types: ['event'] },
    { value: 'terror', count: 1, types: ['event'] },
  ];

  test('are found by any word in them, the exact one first, with their counts', () => {
    expect(wordOptions(topics, 'terror').map(({ value }) => value)).toEqual(['terror', 'terrorism', 'counter-terrorism']);
    expect(wordOptions(topics, 'counter t')).toMatchObject([{ value: 'counter-terrorism', label: 'counter terrorism', note: '5' }]);
    expect(wordOptions(topics, 'counterterrorism').map(({ value }) => value)).toEqual(['counter-terrorism']);
    expect(wordOptions(topics, 'xyz')).toEqual([]);
  });

  test('are all offered where nothing is typed, and the nearest where a word is misspelt', () => {
    expect(wordOptions(topics, '')).toHaveLength(3);
    expect(nearestWords(topics, 'terorism').map(({ value }) => value)).toEqual(['terrorism', 'counter-terrorism']);
    expect(nearestWords(topics, 'xyzzy')).toEqual([]);
  });
});

describe('a word being typed is completed', () => {
  test('from titles and snippets, the word of most hits first', () => {
    const hits = [
      { title: 'Drug seizures', snippet: 'seized **drugs**, **drugs**' },
      { title: 'Threats', snippet: '… against **drugs** …' },
      { title: 'Drugstores' },
    ];
    expect(completions(hits, 'war on dru')).toEqual(['drugs', 'Drug', 'Drugstores']);
    expect(completions(hits, 'drug')).toEqual(['drugs', 'Drugstores']);
  });

  test('in the letters of the text, in lower case where it is written so anywhere', () => {
    expect(completions([{ title: 'Операция' }, { title: 'Новая операция' }], 'ОПЕ')).toEqual(['операция']);
    expect(completions([{ title: 'António' }], 'anto')).toEqual(['António']);
    expect(completions([{ title: 'António' }], 'anto ')).toEqual([]);
  });
});
