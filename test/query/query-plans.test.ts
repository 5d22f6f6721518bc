import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterpartsOf } from '../../src/query/execute/counterparts.ts';
import { changesSince, historyOf } from '../../src/query/lists/changes.ts';
import { listEntries } from '../../src/query/execute/entries.ts';
import { listTimeline } from '../../src/query/execute/timeline.ts';
import { findRecord } from '../../src/records/stored-record.ts';
import { timelineHistogram } from '../../src/query/execute/histogram.ts';
import { listRecords } from '../../src/query/named-records/named-records.ts';
import { relatedTo } from '../../src/query/lists/related.ts';
import { search } from '../../src/query/search/search.ts';
import { vocabularyOf } from '../../src/query/lists/vocabulary.ts';
import type { EntryFilters } from '../../src/query/filters/parameters.ts';
import type { RecordFilters } from '../../src/query/named-records/filters.ts';
import { modelOf } from '../../src/model/models.ts';
import type { RecordType } from '../../src/domain/record-type.ts';
import type { Reader, Statement } from '../../src/storage/port.ts';
import { totalOf } from '../../src/query/execute/count.ts';
import type { Conjunct } from '../../src/query/plan/query.ts';
import { LOOKUP_MAX } from '../../src/query/plan/costs.ts';
import { conjunctOf, isPageHeavy, planOf as planQuery, routed } from '../../src/query/plan/plan.ts';
import { parseQuery } from '../../src/query/filters/parse.ts';
import { importedWorld, type World } from './oracle/world.ts';
import { GENERATION } from '../helpers/fixtures.ts';

/** A conjunct of one term. */
const known = (field: string, value: string, count: number) => conjunctOf(field, [{ field, value, key: count, count }]);

type Ask = (reader: Reader) => Promise<unknown>;

/** Counts a list besides: a first page that holds all there is makes no total. */
async function countList(reader: Reader, filters: EntryFilters, each: 'moment' | 'record'): Promise<void> {
  const { query } = await parseQuery(reader, filters, each);
  await totalOf(reader, await planQuery(reader, query));
}

const timeline =
  (filters: EntryFilters): Ask =>
  async (reader) => {
    await listTimeline(reader, filters);
    await countList(reader, filters, 'moment');
  };
const entries =
  (type: 'event' | 'agreement', filters: EntryFilters): Ask =>
  async (reader) => {
    await listEntries(reader, modelOf[type], filters);
    if ((filters.sort ?? 'date').endsWith('date')) await countList(reader, { ...filters, type }, 'record');
  };
const others =
  (type: RecordType, filters: RecordFilters): Ask =>
  (reader) =>
    listRecords(reader, modelOf[type], filters);

const counterparts =
  (parameters: { on?: string }): Ask =>
  async (reader) =>
    counterpartsOf(reader, await findRecord(reader, modelOf.actor, 'actor-0'), parameters);

/** At most 1,000 postings are gathered, made distinct and with that put in order of time; by a field they are sorted. */
const GATHERED = ['DISTINCT'];
const SORTED = ['DISTINCT', 'ORDER BY'];
/** Months of one term: at most some ten thousand, whatever the number of records. They are added up in order to cut what is looked at. */
const MONTHS = 'GROUP BY';
const PART = [MONTHS, 'ORDER BY'];
/** Step of a total of terms that are not tags: it makes at most 10,001 positions distinct. */
const COUNT = 'DISTINCT';
/** At most 10,001 candidates that have a text, or have changed, are put in order; at most 1,000 ranked, and each record taken once. */
const CANDIDATES = 'ORDER BY';
/** At most 5,000 forms of the words of a text are put in order. */
const FORMS = 'ORDER BY';
/** The records behind at most 2,000 rows are counted. */
const FOUND = 'count(DISTINCT)';

/** Each question, and for what its statements build a temporary b-tree when its terms are busy, and when they are rare. Most: for nothing. */
const QUESTIONS: [name: string, ask: Ask, busy: string[], rare: string[]][] = [
  ['the timeline', timeline({}), [], []],
  ['the timeline backwards', timeline({ sort: '-date' }), [], []],
  ['the timeline of a year', timeline({ on: '2018' }), [], []],
  ['the timeline of an actor in a year', timeline({ on: '2018', actor: ['actor-0'] }), [], []],
  ['what is undated', timeline({ undated: 'true' }), [], []],
  ['events of an actor in a year', entries('event', { on: '2018', actor: ['actor-0'] }), [], GATHERED],
  ['events of two actors', entries('event', { actor: ['actor-0', 'actor-1'], from: '2018' }), PART, GATHERED],
  ['events of two actors without a date', entries('event', { actor: ['actor-0', 'actor-1'], undated: 'true' }), [], GATHERED],
  ['what is related to a record, of a topic', timeline({ relatedTo: 'event/event-1', topic: 'topic-a' }), [COUNT], GATHERED],
  ['events of any of two actors', entries('event', { actor: ['actor-0,actor-1'] }), PART, GATHERED],
  ['events of members', entries('event', { actor: ['actor-1'], actorScope: 'members' }), PART, GATHERED],
  ['events that certainly lie in a year', entries('event', { on: '2018', match: 'certain' }), PART, []],
  ['events changed since', entries('event', { updatedSince: '2026-11-21' }), [CANDIDATES], GATHERED],
  ['events changed since, by title', entries('event', { updatedSince: '2026-11-21', sort: 'title' }), [CANDIDATES], SORTED],
  ['events that have a text and changed since', entries('event', { q: 'sea', on: '2018', updatedSince: '2026-11-21' }), [FORMS], [FORMS]],
  ['agreements, each once', entries('agreement', { from: '2018', topic: 'topic-a' }), PART, GATHERED],
  ['agreements by title', entries('agreement', { sort: 'title', topic: 'topic-a' }), PART, SORTED],
  ['events, newest change first', entries('event', { sort: '-updated', topic: 'topic-a' }), [], SORTED],
  ['text in a year', entries('event', { q: 'sea', on: '2018' }), [FORMS], [FORMS]],
  ['the beginning of a word in a year', entries('event', { q: 'se*', on: '2018' }), [], []],
  ['two words, one of them rare', entries('event', { q: 'sea water', from: '2018' }), [FORMS], [FORMS]],
  ['text and two terms, backwards', entries('event', { q: 'sea', topic: 'topic-a', actor: ['actor-0'], sort: '-date' }), [FORMS], [FORMS]],
  ['text that is undated', timeline({ q: 'sea', undated: 'true', sort: '-date' }), [FORMS], [FORMS]],
  ['text by title', entries('event', { q: 'sea', sort: 'title' }), [CANDIDATES], [CANDIDATES]],
  ['text by relevance', entries('event', { q: 'sea', sort: 'relevance' }), [CANDIDATES], [CANDIDATES]],
  ['the histogram of an actor', (reader) => timelineHistogram(reader, { actor: ['actor-0'] }, 'year'), [MONTHS], [MONTHS]],
  // @NOTE histograms of several terms or a text read all that answers; only their buckets are bounded
  [
    'the histogram of two terms',
    (reader) => timelineHistogram(reader, { actor: ['actor-0'], topic: 'topic-a' }, 'year'),
    PART,
    [...GATHERED, MONTHS],
  ],
  ['the histogram of a text', (reader) => timelineHistogram(reader, { q: 'sea' }, 'month'), [MONTHS, FORMS], [MONTHS, FORMS]],
  ['actors', others('actor', {}), [], []],
  ['actors of a kind', others('actor', { kind: 'group' }), [], []],
  ['places by update', others('place', { sort: '-updated' }), [], []],
  ['bodies of an actor', others('actor', { partOf: 'actor-0' }), [], []],
  ['sources by title that have a text', others('source', { q: 'sea', sort: 'title' }), [CANDIDATES], [CANDIDATES]],
  ['a search', (reader) => search(reader, { q: 'sea' }), [COUNT, CANDIDATES, FOUND], [COUNT, CANDIDATES, FOUND]],
  ['a search for the beginning of a word', (reader) => search(reader, { q: 'se*' }), [COUNT, CANDIDATES], [COUNT, CANDIDATES, FOUND]],
  ['changes', (reader) => changesSince(reader, `${GENERATION}-5`, 10), [], []],
  // The names of one page are sorted, nothing else.
  ['counterparts', counterparts({}), ['ORDER BY'], ['ORDER BY']],
  ['counterparts in a year', counterparts({ on: '2018' }), ['ORDER BY'], ['ORDER BY']],
  ['history', (reader) => historyOf(reader, modelOf.event, 'event-1', {}), [], []],
];

/** The plan of a statement, a line per step. */
async function planOf({ annals }: World, { sql, params }: Statement): Promise<string[]> {
  const [rows] = await annals.engine.read([{ sql: `EXPLAIN QUERY PLAN ${sql}`, params }]);
  return rows.map((row) => String(row[3]));
}

async function plansOf(world: World, ask: Ask): Promise<string[][]> {
  return Promise.all((await statementsOf(world, ask)).map((statement) => planOf(world, statement)));
}

async function statementsOf(world: World, ask: Ask): Promise<Statement[]> {
  const asked: Statement[] = [];
  const { engine } = world.annals;
  await ask({
    read: (statements) => {
      asked.push(...statements);
      return engine.read(statements);
    },
  });
  return asked;
}

/** The steps that read all of a table. Reading all of a list that was given, of what a part of the statement found, or of the matches of a text is none. */
function scansIn(plan: string[]): string[] {
  const own = new Set(plan.flatMap((step) => /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(step)?.[1] ?? []));
  return plan.filter((step) => {
    const [, table, virtual] = /^SCAN (?!CONSTANT ROW)(\S+)(?: VIRTUAL TABLE INDEX \d+:(.*))?/.exec(step) ?? [];
    if (table === undefined || own.has(table)) return false;
    return virtual === undefined || (virtual !== '' && !virtual.includes('M'));
  });
}

const sortersIn = (plan: string[]): string[] => plan.flatMap((step) => /^USE TEMP B-TREE FOR (.*)/.exec(step)?.[1] ?? []);

describe('query plans', () => {
  let world: World;
  beforeAll(async () => {
    world = await importedWorld(1, { place: 4, actor: 6, source: 2, agreement: 20, meeting: 10, event: 30 });
  });
  afterAll(() => world.close());

  /** The path is chosen by what terms, tallies and the text's words count; SQLite's own plan does not depend on them. */
  const BUSY = [
    'UPDATE terms SET count = count + 5000',
    'UPDATE monthly_counts SET started = started + 5000',
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${LOOKUP_MAX})
      INSERT INTO search (rowid, title, names, body, tags) SELECT -1000000 + i, 'sea', '', '', 'yplace' FROM n ORDER BY i`,
  ];
  const RARE = [
    'UPDATE terms SET count = count - 5000',
    'UPDATE monthly_counts SET started = started - 5000',
    'DELETE FROM search WHERE rowid BETWEEN -1000000 AND -900000',
  ];
  const become = (changes: readonly string[]) => world.annals.engine.write(changes.map((sql) => ({ sql, params: [] })));

  test.each(QUESTIONS)('%s: no full table scan and no unbounded sort', async (_name, ask, busy, rare) => {
    const rarePlans = await plansOf(world, ask);
    await become(BUSY);
    const busyPlans = await plansOf(world, ask);
    await become(RARE);
    expect([...rarePlans, ...busyPlans].flatMap(scansIn)).toEqual([]);
    expect(new Set(busyPlans.flatMap(sortersIn))).toEqual(new Set(busy));
    expect(new Set(rarePlans.flatMap(sortersIn))).toEqual(new Set(rare));
  });

  test('levels are merged lazily, each as an ordered range of the postings', async () => {
    await become(BUSY);
    const [, , page] = await plansOf(world, timeline({ on: '2018', actor: ['actor-0'] }));
    await become(RARE);
    expect(page!.filter((step) => step === 'MERGE (UNION ALL)').length).toBe(30);
    expect(new Set(page!.filter((step) => step.includes('SEARCH p')))).toEqual(
      new Set(['SEARCH p USING PRIMARY KEY (term=? AND level=? AND position>? AND position<?)']),
    );
  });

  /** Each question, whether it may look at very many rows when its terms are busy, and when they are rare. */
  const WEIGHTS: [name: string, ask: Ask, busy: boolean, rare: boolean][] = [
    ['the timeline of an actor in a year', timeline({ on: '2018', actor: ['actor-0'] }), false, false],
    ['events of an actor, newest first', entries('event', { actor: ['actor-0'], sort: '-date' }), false, false],
    ['the histogram of an actor', (reader) => timelineHistogram(reader, { actor: ['actor-0'] }, 'year'), false, false],
    ['events of two actors', entries('event', { actor: ['actor-0', 'actor-1'] }), true, false],
    ['the histogram of two terms', (reader) => timelineHistogram(reader, { actor: ['actor-0'], topic: 'topic-a' }, 'year'), true, false],
    ['events that certainly lie in a year', entries('event', { on: '2018', match: 'certain' }), true, false],
    ['events by text', entries('event', { q: 'sea' }), true, false],
    ['a search', (reader) => search(reader, { q: 'sea' }), true, false],
    ['the beginning of a word', entries('event', { q: 'sea*' }), true, true],
    ['actors', others('actor', {}), false, false],
    ['actors of a kind', others('actor', { kind: 'group' }), false, false],
    ['bodies of an actor', others('actor', { partOf: 'actor-0' }), true, true],
  ];

  test.each(WEIGHTS)('%s: a statement that may read very many rows is heavy', async (_name, ask, busy, rare) => {
    const isHeavy = async () => (await statementsOf(world, ask)).some(({ offload }) => offload);
    const whenRare = await isHeavy();
    await become(BUSY);
    const whenBusy = await isHeavy();
    await become(RARE);
    expect({ busy: whenBusy, rare: whenRare }).toEqual({ busy, rare });
  });

  test('the page and the total of two common terms are heavy', async () => {
    await become(BUSY);
    const statements = await statementsOf(world, timeline({ actor: ['actor-0', 'actor-1'], on: '2018' }));
    await become(RARE);
    const page = statements.filter(({ sql }) => sql.includes('m.item'));
    expect(page.map(({ offload }) => offload)).toEqual([true]);
  });

  test('a common text is heavy, also beside a rare term, and a rare text is not', () => {
    const common = {
      window: {},
      undated: 'with',
      residual: [],
      excluded: conjunctOf('excluded', []),
      each: 'moment',
      estimate: { rows: 2000 },
      everything: 20_000,
    } as const;
    const text = {
      clauses: [{ words: ['sea'] }],
      excluded: [],
      asked: [],

      documentFrequency: 2000,
      isSelective: false,
      hasPrefix: false,
    };
    const weigh = (isLight: boolean, ...conjuncts: Conjunct[]) => isPageHeavy(routed({ ...common, conjuncts, text: { ...text, isLight } }));
    expect(weigh(false, known('actor', 'csto', 2000), known('type', 'event', 15_000))).toBe(true);
    expect(weigh(false, known('type', 'event', 15_000))).toBe(true);
    expect(weigh(true, known('actor', 'csto', 2000), known('type', 'event', 15_000))).toBe(false);
  });

  test('a page that may skip many moments is heavy and goes by the tags, and one that skips few is not', () => {
    const plan = (excluded: Conjunct, each: 'moment' | 'record' = 'moment') => {
      const conjuncts = [known('everything', '', 1_000_000)];
      const common = { window: {}, undated: 'with', residual: [], each, estimate: { rows: 1_000_000 }, everything: 1_000_000 } as const;
      return routed({ ...common, conjuncts, excluded });
    };
    const weigh = (excluded: Conjunct, each?: 'record') => [plan(excluded, each).path, isPageHeavy(plan(excluded, each))];
    expect(weigh(known('kind', 'visit', 900_000))).toEqual(['ftsScan', true]);
    expect(weigh(known('kind', 'visit', 10_000))).toEqual(['postingScan', false]);
    expect(weigh(known('kind', 'visit', 2000), 'record')).toEqual(['postingScan', false]);
    // The other moments of each record are looked up.
    expect(weigh(conjunctOf('excluded', [{ field: 'actor', value: 'csto', key: 5, count: 2000, ofRecord: true }]), 'record')).toEqual([
      'postingScan',
      true,
    ]);
    const many = Array.from({ length: 60 }, (_, key) => ({ field: 'actor', value: `actor-${key}`, key, count: 1 }));
    expect(weigh(conjunctOf('excluded', many))).toEqual(['ftsScan', true]);
  });

  test('one snapshot has the page and the total of a list', async () => {
    let reads = 0;
    const { engine } = world.annals;
    const counted: Reader = {
      read: (statements) => {
        reads += 1;
        return engine.read(statements);
      },
    };
    // The name, its terms, then all the rest.
    await listTimeline(counted, { on: '2018', actor: ['actor-0'] });
    expect(reads).toBe(3);
  });

  test('a list of one kind reads a range of the index by kind, in order of title', async () => {
    const plans = await plansOf(world, others('actor', { kind: 'group' }));
    expect(plans).toContainEqual(['SEARCH r USING INDEX records_by_kind (type=? AND kind=?)']);
  });

  test('a prefix finds its words by index seeks, not by a scan of all words', async () => {
    const plans = await plansOf(world, (reader) => search(reader, { q: 'se*' }));
    // 512: from a term on; 1: of all columns, the term.
    const LEAP = 'SCAN temp.words VIRTUAL TABLE INDEX 513:';
    expect(plans.flat().filter((step) => step.includes('words'))).toEqual(['first', 'next'].map(() => LEAP));
  });

  test('rows of one record are read by its key and sorted within it', async () => {
    const actor = await findRecord(world.annals.engine, modelOf.actor, 'actor-0');
    expect((await plansOf(world, (reader) => relatedTo(reader, actor, {}))).flatMap(scansIn)).toEqual([]);
  });

  test('the participants of an entry are read from a covering index', async () => {
    const plans = await plansOf(world, counterparts({ on: '2018' }));
    expect(plans.flat()).toContain('SEARCH p USING COVERING INDEX participations_by_record (record_id=?)');
  });

  test('the vocabulary is read completely, with one row for each word', async () => {
    const plans = await plansOf(world, vocabularyOf);
    expect(plans.flatMap(scansIn)).toEqual(['SCAN vocabulary']);
  });
});
