import { listEntries, listTimeline } from '../../src/records/reading/entries.ts';
import { counterpartsOf } from '../../src/records/reading/counterparts.ts';
import { findRecord } from '../../src/records/reading/find.ts';
import { timelineHistogram } from '../../src/records/reading/histogram.ts';
import { search } from '../../src/records/reading/search.ts';
import { resourceOf } from '../../src/resources/index.ts';
import type { EntryFilters } from '../../src/resources/filters.ts';
import type { Engine, Reader } from '../../src/storage/engine.ts';
import { type Random, randomFrom } from './random.ts';
import { actorId, word } from './world.ts';

/** A row of the table: medians and the 99th percentile in milliseconds. `database` is the part spent in SQLite. */
type Measured = { query: string; database: number; median: number; p99: number };

const ROUNDS = 200;

type Ask = (reader: Reader, random: Random) => Promise<unknown>;

const events =
  (filters: (random: Random) => EntryFilters): Ask =>
  (reader, random) =>
    listEntries(reader, resourceOf.event, filters(random));
const timeline =
  (filters: (random: Random) => EntryFilters): Ask =>
  (reader, random) =>
    listTimeline(reader, filters(random));
const year = (random: Random) => String(random.between(1905, 2025));
const day = (random: Random) =>
  `${year(random)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(2, 27)).padStart(2, '0')}`;

/** What is asked; each time with other values, so that nothing was asked before. */
const QUERIES: Record<string, Ask> = {
  'one event by id': (reader, random) => findRecord(reader, resourceOf.event, `event-${random.between(0, 19_000)}`),
  'events of the busiest actor in a year': events((random) => ({ actor: [actorId(0)], on: year(random) })),
  'events of any actor in a year': events((random) => ({ actor: [actorId(random.between(0, 4999))], on: year(random) })),
  'events of the busiest actor, newest first': events((random) => ({ actor: [actorId(0)], to: day(random), sort: '-date' })),
  'events between two days': events((random) => ({ from: day(random), to: '2026-06-15' })),
  'timeline of a month': timeline((random) => ({ on: `${year(random)}-0${random.between(1, 9)}` })),
  'two busy actors together': events((random) => ({ actor: [actorId(0), actorId(1)], from: year(random) })),
  'busy actor, busy topic, busy place': events((random) => ({
    actor: [actorId(0)],
    topic: 'topic-0',
    place: 'place-0',
    from: year(random),
  })),
  'certain overlaps of an actor in a year': events((random) => ({ actor: [actorId(1)], on: year(random), match: 'certain' })),
  'a rare word in a year': events((random) => ({ q: word(random.between(5000, 15_000)), on: year(random) })),
  'the commonest word in a year': events((random) => ({ q: word(0), on: year(random) })),
  'the commonest word with an actor': events((random) => ({ q: word(0), actor: [actorId(random.between(0, 50))], from: year(random) })),
  'search for a rare word': (reader, random) => search(reader, { q: word(random.between(5000, 15_000)) }),
  'search for the commonest word': (reader) => search(reader, { q: word(0) }),
  'histogram of everything by year': (reader) => timelineHistogram(reader, {}, 'year'),
  'histogram of an actor by month': (reader, random) => timelineHistogram(reader, { actor: [actorId(random.between(0, 50))] }, 'month'),
  'counterparts of a middling actor': async (reader, random) =>
    counterpartsOf(reader, await findRecord(reader, resourceOf.actor, actorId(random.between(200, 400))), {}, {}),
};

/** Asks every query many times over, in turn, and answers the medians. */
export async function measureQueries(engine: Engine): Promise<Measured[]> {
  const rows: Measured[] = [];
  for (const [query, ask] of Object.entries(QUERIES)) {
    const random = randomFrom(1);
    const times: { database: number; all: number }[] = [];
    const reader = timedReader(engine);
    for (let round = 0; round < ROUNDS; round += 1) {
      reader.spent = 0;
      const started = performance.now();
      await ask(reader, random);
      times.push({ database: reader.spent, all: performance.now() - started });
    }
    // The first tenth prepares statements and warms the caches.
    const warm = times.slice(ROUNDS / 10);
    rows.push({
      query,
      database: quantile(
        warm.map(({ database }) => database),
        0.5,
      ),
      median: quantile(
        warm.map(({ all }) => all),
        0.5,
      ),
      p99: quantile(
        warm.map(({ all }) => all),
        0.99,
      ),
    });
  }
  return rows;
}

/** Reads through an engine and adds up the time it took. */
function timedReader(engine: Engine): Reader & { spent: number } {
  const reader: Reader & { spent: number } = {
    spent: 0,
    async read(statements) {
      const started = performance.now();
      const answers = await engine.read(statements);
      reader.spent += performance.now() - started;
      return answers;
    },
  };
  return reader;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(3));
}
