import { beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../faults/ask.ts';
import { startPostgres } from '../../postgres/server.ts';
import { event, expectSound, follow, get, makeTemplate, numbered, type Process, send, type Template, twoProcesses } from './world.ts';

let template: Template;
beforeAll(async () => {
  const server = await startPostgres();
  template = await makeTemplate(server);
  return () => server.stop();
});

/** Addresses whose answers each process keeps in its cache. */
const PAGES = [
  '/v1/events/counter',
  '/v1/events?limit=100',
  '/v1/events?limit=1&sort=-updated',
  '/v1/timeline?limit=100',
  '/v1/search?q=visit&limit=50',
  '/v1/events/counter/history?limit=100',
  '/v1/changes?limit=200',
];

/** Asks for every page at once. */
const askAll = (from: Process): Promise<Answer[]> => Promise.all(PAGES.map((path) => get(from, path)));

const seenIn = ({ status, headers: { etag }, body }: Answer) => ({ status, etag, body });

test('what one process acknowledged is in every answer of the other, also where it had the page in its cache', async () => {
  const { one, other } = await twoProcesses(template);
  expect((await send(one, 'POST', '/v1/events', event('counter', { topics: ['count-0'] }))).status).toBe(201);
  for (const round of numbered(25)) {
    const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one];
    // Some answers are cached when they are asked for again.
    await askAll(reader);
    const before = await askAll(reader);
    expect((await send(writer, 'POST', '/v1/events', event(`round-${round}`))).status).toBe(201);
    expect(JSON.parse((await get(reader, PAGES[1]!)).body).total).toBe(round + 1);
    const patched = await send(writer, 'PATCH', PAGES[0]!, { topics: [`count-${round}`] });
    const after = await askAll(reader);
    for (const [index, { status, headers }] of after.entries())
      expect([status, headers['etag']]).not.toEqual([200, before[index]!.headers['etag']]);
    expect(after[0]).toMatchObject({ status: 200, body: patched.body, headers: { etag: patched.headers['etag'] } });
    const [, list, , timeline, search, history, changes] = after.map(({ body }) => JSON.parse(body));
    expect([list.total, timeline.total, search.total]).toEqual([round + 1, round + 1, round + 1]);
    expect([history.items.length, changes.items.length]).toEqual([round + 1, 2 * round + 1]);
    // Both give the same bytes and the same tags.
    expect((await askAll(writer)).map(seenIn)).toEqual(after.map(seenIn));
  }
});

test('the tag of one process gives a 304 from the other, until anything changes', async () => {
  const { one, other } = await twoProcesses(template);
  await send(one, 'POST', '/v1/events', event('counter'));
  for (const path of PAGES) {
    const { headers } = await get(one, path);
    expect([path, (await get(other, path, { 'if-none-match': String(headers['etag']) })).status]).toEqual([path, 304]);
    await send(other, 'PATCH', PAGES[0]!, { summary: path });
    expect([path, (await get(other, path, { 'if-none-match': String(headers['etag']) })).status]).toEqual([path, 200]);
    expect([path, (await get(one, path, { 'if-none-match': String(headers['etag']) })).status]).toEqual([path, 200]);
  }
});

test('a new generation is seen by both processes: old tags and positions hold in neither', async () => {
  const { one, other, run } = await twoProcesses(template);
  await send(one, 'POST', '/v1/events', event('counter'));
  const [{ etag: recordTag }, { latest }] = (await Promise.all([get(one, PAGES[0]!), get(one, '/v1/changes')])).map(({ body }) =>
    JSON.parse(body),
  );
  const former = await askAll(one);
  await askAll(other);
  expect(await run('new-generation')).toMatchObject({ code: 0 });
  const latter: (string | undefined)[][] = [];
  for (const from of [one, other]) {
    const answers = await Promise.all(
      PAGES.map((path, index) => get(from, path, { 'if-none-match': String(former[index]!.headers['etag']) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(PAGES.map(() => 200));
    expect((await send(from, 'PATCH', PAGES[0]!, { summary: 'stale' }, { 'if-match': recordTag })).status).toBe(412);
    expect((await get(from, `/v1/changes?since=${latest}`)).status).toBe(410);
    latter.push(answers.map(({ headers }) => headers['etag'] as string | undefined));
  }
  expect(latter[0]).toEqual(latter[1]);
});

test('the log has no gap and is in the order of commits, for those who follow it while both processes write', async () => {
  const { one, other } = await twoProcesses(template);
  let isOver = false;
  const following = [one, other].map((from) => follow(from, () => isOver));
  let acknowledged = 0;
  const add = ({ status }: Answer) => {
    expect([200, 201, 204]).toContain(status);
    acknowledged += 1;
  };
  const client = async (through: Process, name: string) => {
    for (const round of numbered(15)) {
      const id = `${name}-${round}`;
      add(await send({ ask: through.insist }, 'POST', '/v1/events', event(id)));
      if (round % 2 === 0) add(await send({ ask: through.insist }, 'PATCH', `/v1/events/${id}`, { summary: name }));
      if (round % 3 === 0) add(await send({ ask: through.insist }, 'DELETE', `/v1/events/${id}`));
    }
  };
  await Promise.all([one, other].flatMap((through, process) => numbered(4).map((each) => client(through, `p${process}-c${each}`))));
  isOver = true;
  const [seen, seenByOther] = await Promise.all(following);
  expect(seen!.map(({ sequence }) => sequence)).toEqual(numbered(acknowledged));
  expect(seenByOther).toEqual(seen);
});

test('every database is sound after all of this', expectSound);
