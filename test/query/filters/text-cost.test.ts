import { expect, test } from 'vitest';
import { AnnalsError } from '../../../src/domain/errors.ts';
import type { Annals } from '../../../src/records/annals.ts';
import { listEntries } from '../../../src/query/execute/entries.ts';
import { listTimeline } from '../../../src/query/execute/timeline.ts';
import { findRecord } from '../../../src/records/stored-record.ts';
import { timelineHistogram } from '../../../src/query/execute/histogram.ts';
import { listRecords } from '../../../src/query/named-records/named-records.ts';
import { search } from '../../../src/query/search/search.ts';
import { parseText } from '../../../src/query/filters/text.ts';
import { modelOf } from '../../../src/model/models.ts';
import { dialect } from '../../../src/storage/dialect.ts';
import type { Reader, Statement } from '../../../src/storage/port.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { importLines } from '../../helpers/transfer.ts';

/** A text of `count` words that begin with a letter. */
const wordsOn = (letter: string, count: number): string => Array.from({ length: count }, (_, index) => `${letter}${index}`).join(' ');

/** A database with 2,100 words, of which 700 begin with each of three letters, and 40 events that have two common words and every tenth a rare one. */
async function library(): Promise<Annals> {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    ...['g', 'p', 'v'].map((letter) => ({ type: 'event', id: letter, kind: 'statement', title: letter, summary: wordsOn(letter, 700) })),
    ...Array.from({ length: 40 }, (_, index) => ({
      type: 'event',
      id: `event-${index}`,
      kind: 'statement',
      title: 'The warm sea',
      ...(index % 10 === 0 ? { summary: 'glaciers' } : {}),
    })),
  ]);
  return annals;
}

/** A reader that notes each statement, and how many rows it answered. */
function noting({ engine }: Annals): { reader: Reader; noted: { statement: Statement; rows: number }[] } {
  const noted: { statement: Statement; rows: number }[] = [];
  return {
    noted,
    reader: {
      async read(statements) {
        const answers = await engine.read(statements);
        const rows: readonly unknown[][] = answers;
        for (const [index, statement] of statements.entries()) noted.push({ statement, rows: rows[index]!.length });
        return answers;
      },
    },
  };
}

const withoutBigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

const isSpelling = ({ sql }: Statement): boolean => sql === dialect.textWords(':prefix', ':end', ':most');

/** Every question that takes a text. */
const QUESTIONS: [name: string, ask: (reader: Reader, q: string) => Promise<unknown>][] = [
  ['search', (reader, q) => search(reader, { q })],
  ['timeline', (reader, q) => listTimeline(reader, { q })],
  ['histogram', (reader, q) => timelineHistogram(reader, { q }, 'year')],
  ['events', (reader, q) => listEntries(reader, modelOf.event, { q })],
  ['events by title', (reader, q) => listEntries(reader, modelOf.event, { q, sort: 'title' })],
  ['events by relevance', (reader, q) => listEntries(reader, modelOf.event, { q, sort: 'relevance' })],
  ['actors', (reader, q) => listRecords(reader, modelOf.actor, { q })],
];

/** The statements of each kind of query on one database. */
async function statementsOf(q: string): Promise<[name: string, statements: Statement[]][]> {
  const annals = await library();
  const asked: [name: string, statements: Statement[]][] = [];
  for (const [name, ask] of QUESTIONS) {
    const { reader, noted } = noting(annals);
    await ask(reader, q);
    asked.push([name, noted.map(({ statement }) => statement)]);
  }
  return asked;
}

const parametersOf = ({ params }: Statement): string => JSON.stringify(params, withoutBigints);

test('a word in no text ends the query before prefixes are expanded, without a heavy statement', async () => {
  for (const [name, statements] of await statementsOf('g* warm zzzz p* "sea v"*')) {
    expect([name, statements.filter(isSpelling)]).toEqual([name, []]);
    expect([name, statements.filter((each) => /"(?:g|p|sea v)\\" \*/.test(parametersOf(each)))]).toEqual([name, []]);
    const heavy = statements.filter(({ offload, sql }) => offload && !sql.includes('word_forms'));
    if (name !== 'actors') expect([name, heavy]).toEqual([name, []]);
  }
});

test('a prefix of no word ends the query before shorter prefixes are expanded', async () => {
  for (const [name, statements] of await statementsOf('g* zzzz* p*'))
    expect([name, statements.filter(isSpelling).length]).toEqual([name, 1]);
});

test('a query with prefixes is heavy, also beside a rare word', async () => {
  for (const [name, statements] of await statementsOf('glaciers g* w*')) {
    const matching = statements.filter((each) => parametersOf(each).includes('warm'));
    expect([name, matching.length > 0, matching.filter(({ offload }) => !offload)]).toEqual([name, true, []]);
  }
});

test('the prefixes of one query expand to at most 1,200 words together', async () => {
  const { reader, noted } = noting(await library());
  const { clauses } = await parseText(reader, 'g* p* v* s* w*');
  // Each has its share first; of the three that have more words, one is spelled out with what is left.
  expect(clauses.map((clause) => ('any' in clause ? clause.any.length : clause))).toEqual([
    702,
    { words: ['p'], prefix: true },
    { words: ['v'], prefix: true },
    2,
    1,
  ]);
  expect(noted.filter(({ statement }) => isSpelling(statement)).reduce((sum, { rows }) => sum + rows, 0)).toBeLessThan(3 * 1200);
});

test('more than two prefixes with too many words are refused, and named', async () => {
  const annals = await library();
  expect(await search(annals.engine, { q: 'g* p* v*' })).toMatchObject({ items: [], total: { total: 0 } });
  await importLines(annals, [{ type: 'event', kind: 'statement', title: 'More', summary: wordsOn('x', 1300) }]);
  await expect(search(annals.engine, { q: 'x* x1* g* p* v* warm' })).rejects.toMatchObject({
    code: 'invalid-request',
    message: 'q has 3 beginnings that very many words have (x*, p*, v*): give more letters of all but 2, or whole words',
  });
});

test('a query with many words is heavy, also with a rare word', async () => {
  const { engine } = await library();
  const weigh = async (q: string) => (await parseText(engine, q)).isLight;
  expect(await weigh('sea')).toBe(true);
  expect(await weigh('sea warm')).toBe(true);
  expect(await weigh(Array.from({ length: 15 }, () => '"warm sea"').join(' OR '))).toBe(false);
});

test('a repeated word is searched once, and once more where it is asked exactly', async () => {
  const { engine } = await library();
  expect((await parseText(engine, 'Sea sea SEA "sea" warm')).clauses).toEqual([
    { words: ['sea'] },
    { words: ['sea'] },
    { words: ['warm'] },
  ]);
});

test('a character that FTS5 reads as a space does not end the query', async () => {
  const { engine } = await library();
  const { items } = await search(engine, { q: '"warm \u0301 sea"' });
  expect(items).toHaveLength(40);
});

/** An actor of 300 parts. */
const UNION = [
  { type: 'actor', id: 'union', kind: 'organization', name: 'Union' },
  ...Array.from({ length: 300 }, (_, index) => ({
    type: 'actor',
    id: `part-${index}`,
    kind: 'group',
    name: `Part ${index}`,
    partOf: 'union',
  })),
];

test('a scope of thousands of actors is resolved by a heavy statement', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    ...UNION,
    ...Array.from({ length: 300 }, (_, index) => ({
      type: 'event',
      id: `event-${index}`,
      kind: 'war',
      title: 'War',
      participants: [{ actor: `part-${index}`, role: 'host' }],
    })),
  ]);
  for (const [sort, q] of [['date'], ['title'], ['-updated'], ['date', 'war'], ['title', 'war'], ['relevance', 'war']] as const) {
    const { reader, noted } = noting(annals);
    const page = await listEntries(reader, modelOf.event, { actor: ['union'], actorScope: 'parts', sort, q });
    expect(page.items).toHaveLength(50);
    const wide = noted.filter(({ statement: { params } }) => JSON.stringify(params, withoutBigints).length > 1500);
    expect(wide.filter(({ statement }) => !statement.offload)).toEqual([]);
    expect(wide.length).toBeGreaterThan(1);
  }
});

test('too many combinations of actors, scope and roles are refused, and a repeated actor counts once', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, UNION);
  const role = Array.from({ length: 50 }, (_, index) => `role-${index}`).join(',');
  await expect(listTimeline(annals.engine, { actor: ['union'], actorScope: 'parts', role })).rejects.toMatchObject({
    code: 'invalid-request',
    message: 'actor, actorScope and role together stand for more than 10,000 combinations: ask for fewer actors, or fewer roles',
  });
  const { echo } = await listTimeline(annals.engine, { actor: ['union', 'Union'] });
  expect(echo['actor']).toEqual(['union']);
});

test('an unknown name is refused also while no thread is free for suggestions', async () => {
  const { engine } = await library();
  const busy: Reader = {
    read: (statements) =>
      statements.some(({ offload }) => offload) ? Promise.reject(new AnnalsError('too-many-queries', 'busy')) : engine.read(statements),
  };
  await expect(findRecord(busy, modelOf.event, 'evnt-1')).rejects.toMatchObject({
    code: 'not-found',
    message: 'there is no event "evnt-1"',
  });
});

test('one read resolves all names of a parameter', async () => {
  const { reader, noted } = noting(await library());
  const relatedTo = Array.from({ length: 40 }, (_, index) => `event/event-${index}`).join(',');
  const { echo } = await listTimeline(reader, { relatedTo });
  expect(echo['relatedTo']).toHaveLength(40);
  expect(noted.length).toBeLessThan(10);
  await expect(listTimeline(reader, { relatedTo: 'event/event-1,event/evnt-2,actor/nobody' })).rejects.toMatchObject({
    code: 'unknown-reference',
    message: expect.stringMatching(/^there is no event "evnt-2"/) as unknown,
  });
});
