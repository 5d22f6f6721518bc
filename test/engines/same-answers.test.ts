import { describe, expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { seedEmpty } from '../../src/import/import.ts';
import { modelOf } from '../../src/model/models.ts';
import { QUESTIONS } from '../bench/questions/questions.ts';
import { randomFrom } from '../bench/world/random.ts';
import { KNOWN_LINES } from '../helpers/arbitrary-records.ts';
import { SEEDS } from '../helpers/fixtures.ts';
import { importLines } from '../helpers/transfer.ts';
import { queries, records, texts } from '../search-quality/queries.ts';
import { everyRequest, misspelledRequest, pairedRequests, someRequest, someSearch } from './requests.ts';
import { amount, askPages, nextOf, postgresOfFile, type Services, sharedServices } from './services.ts';
import { type Exported, valuesOf } from './values.ts';
import { benchmarkLines, longLines, variedLines } from './worlds.ts';
import { Writer } from './writes.ts';

/** Time that a test may take: on a server there is more to ask. */
const LONG = 1_200_000;

const openPostgres = postgresOfFile();

/** A code as it is exported. */
type Code = { vocabulary: string; label: string; names?: { name: string }[]; identifiers?: { scheme: string; value: string }[] };

/** The records of a world, as they are exported. */
async function recordsOf({ ask }: Services): Promise<Exported[]> {
  const { body } = await ask('/v1/export');
  const lines = body.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Exported); // @NOTE the export has such lines
}

describe('both engines with the seeds and the records of the search-quality tests answer the same', () => {
  const services = sharedServices(openPostgres, async ({ ask, call, keys }) => {
    await call('the seeds', (annals) => seedEmpty(annals, SEEDS, noProgress));
    await call('the records', (annals) => importLines(annals, records));
    for (const { source, text } of texts)
      await ask({
        method: 'PUT',
        url: `/v1/sources/${source}/text`,
        payload: text,
        headers: { ...keys.write, 'content-type': 'text/plain' },
      });
  });

  test(
    'to every operation that reads, with each of its parameters, and with each two that decide together',
    async () => {
      const random = randomFrom(16);
      const values = valuesOf(await recordsOf(services), random);
      for (const url of everyRequest(values, random)) await askPages(services, url, 2);
      // All pairs with a text to search for, and every fourth of the others.
      for (const [index, url] of pairedRequests(values, random).entries())
        if (url.includes('q=') || index % amount(4, 1) === 0) await askPages(services, url, 2);
    },
    LONG,
  );

  test(
    'to names and words that are misspelt',
    async () => {
      const random = randomFrom(5);
      const names = (await recordsOf(services)).flatMap(({ name, title }) => [name ?? title].filter((each) => typeof each === 'string'));
      for (let count = 0; count < amount(60, 400); count += 1) await services.ask(misspelledRequest(names, random));
    },
    LONG,
  );

  test(
    'to filters with the names of codes, as they are and misspelt',
    async () => {
      const codes = (await recordsOf(services)).filter(({ type }) => type === 'code');
      for (const { vocabulary, label, names = [], identifiers = [] } of codes as unknown as Code[]) {
        const written = [label, ...names.map(({ name }) => name), ...identifiers.map(({ scheme, value }) => `${scheme}:${value}`)];
        for (const value of [...written, ...written.map((each) => each.slice(0, -1))])
          for (const sign of ['', '!'])
            await services.ask(
              `/v1/timeline?limit=2&${vocabulary === 'relation' ? 'kind' : vocabulary}=${encodeURIComponent(sign + value)}`,
            );
      }
      await services.ask('/v1/vocabulary');
    },
    LONG,
  );

  test(
    'to every query of the search-quality tests',
    async () => {
      for (const query of queries) await askPages(services, query.ask + encodeURIComponent(query.value));
    },
    LONG,
  );
});

describe('both engines with texts of long lines answer the same', () => {
  const services = sharedServices(openPostgres, ({ call }) => call('the texts', (annals) => importLines(annals, longLines)));

  test.each([
    'alpha',
    'gamma',
    'omega',
    '"omega psi"',
    '"psi omega"',
    '"omega psi chi"',
    '"tail end"',
    '"gamma ta"*',
    '"gamma beta"',
    '"alpha end"',
    '"大丈"',
  ])('to %s', async (q) => {
    const { status } = await services.ask(`/v1/search?q=${encodeURIComponent(q)}`);
    expect(status).toBe(200);
  });
});

/** Draws requests of several parameters until so many are not refused, and reads each list to its end, in up to ten pages. */
async function readAtRandom(services: Services, seed: number, wanted: number): Promise<void> {
  const random = randomFrom(seed);
  const values = valuesOf(await recordsOf(services), random);
  for (let found = 0; found < wanted; ) {
    const url = someRequest(values, random);
    const { status, body } = await services.ask(url);
    if (status !== 200) continue;
    found += 1;
    const { total = 0 } = JSON.parse(body) as { total?: number }; // @NOTE every operation that is drawn returns an object
    if (total > 0) await askPages(services, withLimit(url, Math.min(200, Math.ceil(total / random.between(1, 10)))));
  }
}

function withLimit(address: string, limit: number): string {
  const [path, query] = address.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('limit', String(limit));
  return `${path}?${parameters.toString()}`;
}

describe('both engines with a random world answer the same', () => {
  // On a server more than a total counts and a ranking reads.
  const events = amount(150, 15_000);
  const services = sharedServices(openPostgres, async ({ call }) => {
    await call('the world', (annals) => importLines(annals, [...benchmarkLines(events), ...variedLines(1)]));
    const others = variedLines(2).filter((_, index) => index % 5 === 0);
    await call('its changes', (annals) => importLines(annals, others, { onExisting: 'replace' }));
  });

  test(
    'to random requests of several parameters, on every page of their lists',
    async () => readAtRandom(services, 60, amount(60, 150)),
    LONG,
  );

  test(
    'to random searches for several terms',
    async () => {
      const random = randomFrom(9);
      for (let count = 0; count < amount(25, 80); count += 1) await askPages(services, someSearch(random), 4);
    },
    LONG,
  );

  test.each(QUESTIONS)('to $name', async ({ path, walk = () => 0 }) => {
    const random = randomFrom(events);
    let next: string | undefined;
    for (let page = 0; page < walk(events); page += 1) next = nextOf(await services.ask(path({ random, events, next })));
    for (let time = 0; time < amount(2, 10); time += 1) {
      const { status } = await askPages(services, path({ random, events, next }), 2);
      expect(status).toBe(200);
    }
  });
});

/** Statuses of writes, which random ones are answered with sooner or later. */
const STATUSES = [200, 201, 204, 400, 401, 403, 404, 409, 412, 422];

const importKnown = ({ call }: Services) => call('the first records', (annals) => importLines(annals, KNOWN_LINES));

describe.each(Array.from({ length: amount(2, 4) }, (_, seed) => seed))('both engines answer the same to the writes of seed %i', (seed) => {
  const isRequired = seed % 2 === 1;
  const services = sharedServices(openPostgres, importKnown, { REQUIRE_IF_MATCH: String(isRequired) });

  test(
    'and to the reads after them',
    async () => {
      const writer = new Writer(services, seed);
      const statuses = new Set<number>();
      for (let count = 0; count < amount(120, 500); count += 1) {
        services.wait(count % 3 === 0 ? 1234 : 0);
        statuses.add((await writer.write()).status);
        if (count % 15 === 0) await writer.import();
      }
      expect([...statuses]).toEqual(expect.arrayContaining(isRequired ? [...STATUSES, 428] : STATUSES));
      for (const { path } of Object.values(modelOf)) await askPages(services, `/v1/${path}?limit=5`);
      await askPages(services, '/v1/changes?since=0&limit=40');
      await readAtRandom(services, seed, amount(10, 100));
    },
    LONG,
  );
});
