import { describe, expect, test } from 'vitest';
import { deltaOf, type IndexState } from '../../src/index/delta.ts';
import { entryOf, type IndexEntry, positionOfMoment } from '../../src/index/entry.ts';
import { modelOf } from '../../src/model/models.ts';

const visit = { id: 'e', kind: 'visit', title: 'A visit', date: { edtf: '2001-05' }, topics: ['water'] };

const entry = (record: object, related: string[] = []): IndexEntry =>
  entryOf(modelOf.event, { ...visit, ...record }, { key: 7, momentKeys: [3] }, related);

const EMPTY = { removed: [], added: [], counts: [], months: [], words: [], names: [], removedTexts: [], addedTexts: [] };

describe('the delta of a record', () => {
  test('is empty when nothing changes', () => {
    expect(deltaOf([{ before: entry({}), after: entry({}) }])).toEqual(EMPTY);
  });

  test('of a new record adds one to the counts of its terms in each month, and one row of text', () => {
    const after = entry({ date: { edtf: '2001-05/2001-06' } });
    const delta = deltaOf([{ after }]);
    const { terms } = after.moments[0]!;
    expect(delta).toMatchObject({ removed: [], added: [{ terms }], counts: [{ more: 1, terms }], removedTexts: [] });
    expect(delta.months.map(({ month, more }) => [month, ...more])).toEqual([
      [24_016, 1, 0, 0, 0, 0, 0, 1],
      [24_017, 0, 1, 0, 0, 0, 0, 0],
    ]);
    expect(delta.words).toEqual([
      {
        type: 'event',
        more: 1,
        words: [
          ['kind', 'visit'],
          ['status', 'occurred'],
          ['topic', 'water'],
          ['moment', 'date'],
        ],
      },
    ]);
    expect(delta.addedTexts.map(({ number }) => number)).toEqual([positionOfMoment(after.moments[0]!)]);
  });

  test('of a deleted record is the inverse of its creation', () => {
    const created = deltaOf([{ after: entry({}) }]);
    const deleted = deltaOf([{ before: entry({}) }]);
    expect(deleted.removed).toEqual(created.added);
    expect(deleted.counts).toEqual(created.counts.map(({ more, terms }) => ({ more: -more, terms })));
    expect(deleted.removedTexts).toEqual(created.addedTexts.map(({ number }) => number));
  });

  test('of a changed topic has postings of that topic only', () => {
    const delta = deltaOf([{ before: entry({}), after: entry({ topics: ['trade'] }) }]);
    expect(delta.removed.map(({ terms }) => terms)).toEqual([[['topic', 'water']]]);
    expect(delta.added.map(({ terms }) => terms)).toEqual([[['topic', 'trade']]]);
    expect(delta.counts).toEqual([
      { more: -1, terms: [['topic', 'water']] },
      { more: 1, terms: [['topic', 'trade']] },
    ]);
  });

  test('of a changed date keeps the counts of terms', () => {
    const delta = deltaOf([{ before: entry({}), after: entry({ date: { edtf: '2002' } }) }]);
    expect(delta.counts).toEqual([]);
    expect(delta.removed).toHaveLength(1);
    expect(delta.months.length).toBeGreaterThan(0);
  });

  test('of changed words replaces the row of text only', () => {
    const delta = deltaOf([{ before: entry({}), after: entry({ summary: 'New.' }) }]);
    const position = positionOfMoment(entry({}).moments[0]!);
    expect(delta).toMatchObject({ ...EMPTY, removedTexts: [position], addedTexts: [{ number: position }] });
  });

  test('of a new relation does not change the text', () => {
    const delta = deltaOf([{ before: entry({}), after: entry({}, ['event/f']) }]);
    expect(delta).toMatchObject({ removedTexts: [], addedTexts: [], added: [{ terms: [['related', 'event/f']] }] });
  });
});

test('a state without words, names and text changes postings and counts only', () => {
  const { key, type, moments } = entry({});
  const state = (terms: [string, string][]): IndexState => ({ key, type, moments: moments.map((moment) => ({ ...moment, terms })) });
  const delta = deltaOf([{ before: state([]), after: state([['related', 'event/f']]) }]);
  expect(delta).toMatchObject({ removed: [], words: [], names: [], removedTexts: [], addedTexts: [], counts: [{ more: 1 }] });
});

test('counts that two records add to one term are summed', () => {
  const other = entryOf(modelOf.event, { ...visit, id: 'f' }, { key: 8, momentKeys: [4] }, []);
  const delta = deltaOf([{ after: entry({}) }, { after: other }]);
  expect(delta.counts).toEqual([{ more: 2, terms: other.moments[0]!.terms }]);
});

const actorNamed = (names: string[]) =>
  entryOf(
    modelOf.actor,
    { id: 'a', kind: 'state', name: 'First', names: names.map((name) => ({ name, kind: 'variant' })) },
    { key: 9, momentKeys: [] },
    [],
  );

test('names are compared one by one', () => {
  const delta = deltaOf([{ before: actorNamed(['Second', 'Third']), after: actorNamed(['Fourth', 'Third']) }]);
  expect(delta.names).toEqual([{ key: 9, type: 'actor', removed: ['second'], added: ['fourth'] }]);
  expect(delta.removedTexts).toEqual([-9n]);
});
