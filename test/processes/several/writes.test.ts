import { beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../faults/ask.ts';
import { startPostgres } from '../../postgres/server.ts';
import { event, expectSound, follow, get, makeTemplate, numbered, send, type Template, twoProcesses, type World } from './world.ts';

let template: Template;
beforeAll(async () => {
  const server = await startPostgres();
  template = await makeTemplate(server);
  return () => server.stop();
});

/** Number of times that both processes are asked for what only one may do. */
const ROUNDS = 20;

const typeOf = ({ status, body }: Answer): string =>
  status < 300 ? String(status) : `${status} ${JSON.parse(body).type.split('/').at(-1)}`;

/** Makes a request of each process at the same time, for many rounds; expects each pair of answers to be one of `allowed`, each as text in order. */
async function race(
  world: World,
  ask: (process: World['one'], round: number, which: 'one' | 'other') => Promise<Answer>,
  allowed: readonly string[],
): Promise<void> {
  for (const round of numbered(ROUNDS)) {
    const answers = await Promise.all((['one', 'other'] as const).map((which) => ask(world[which], round, which)));
    expect(allowed).toContain(answers.map(typeOf).toSorted().join(' and '));
  }
}

test('of two writes with the same If-Match one wins, and the other is refused as stale', async () => {
  const world = await twoProcesses(template);
  await send(world.one, 'POST', '/v1/events', event('counter'));
  const path = '/v1/events/counter';
  for (const round of numbered(ROUNDS)) {
    const { etag } = JSON.parse((await get(round % 2 === 0 ? world.one : world.other, path)).body);
    const patch = (which: 'one' | 'other') => send(world[which], 'PATCH', path, { summary: `${which} ${round}` }, { 'if-match': etag });
    const answers = await Promise.all([patch('one'), patch('other')]);
    expect(answers.map(typeOf).toSorted()).toEqual(['200', '412 stale-revision']);
    const winner = answers[0].status === 200 ? 'one' : 'other';
    expect(JSON.parse((await get(world.one, path)).body)).toMatchObject({ revision: round + 1, summary: `${winner} ${round}` });
  }
});

test('an update without If-Match is made to what the other process has written before', async () => {
  const { one, other } = await twoProcesses(template);
  await send(one, 'POST', '/v1/events', event('counter'));
  const path = '/v1/events/counter';
  const fields = ['summary', 'note', 'topics', 'kind'];
  const client = async (which: World['one'], field: string) => {
    for (const round of numbered(ROUNDS))
      expect(
        (await send({ ask: which.insist }, 'PATCH', path, { [field]: field === 'topics' ? [`t-${round}`] : `w-${round}` })).status,
      ).toBe(200);
  };
  await Promise.all(fields.map((field, index) => client(index % 2 === 0 ? one : other, field)));
  const last = `w-${ROUNDS}`;
  expect(JSON.parse((await get(one, path)).body)).toMatchObject({
    revision: fields.length * ROUNDS + 1,
    summary: last,
    note: last,
    topics: [`t-${ROUNDS}`],
    kind: last,
  });
});

const identifiers = (round: number): object[] => [{ scheme: 'wikidata', value: `Q${round}` }];

test('an id and an identifier are given once; ids that are made from equal titles differ', async () => {
  const world = await twoProcesses(template);
  await race(world, (process, round, which) => send(process, 'POST', '/v1/events', event(`same-${round}`, { summary: which })), [
    '201 and 409 already-exists',
  ]);
  await race(
    world,
    (process, round, which) =>
      send(process, 'POST', '/v1/actors', {
        id: `${which}-${round}`,
        kind: 'group',
        name: `${which} ${round}`,
        identifiers: identifiers(round),
      }),
    ['201 and 409 identifier-taken'],
  );
  const untitled = { kind: 'visit', title: 'The same title' };
  await race(world, (process) => send(process, 'POST', '/v1/events', untitled), ['201 and 201']);
  const { body } = await get(world.one, '/v1/events?limit=200');
  const ids = JSON.parse(body).items.map(({ id }: { id: string }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([3 * ROUNDS, 3 * ROUNDS]);
});

test('a record that one process deletes is referred to by none that the other makes', async () => {
  const world = await twoProcesses(template);
  for (const round of numbered(ROUNDS)) {
    const id = `place-${round}`;
    await send(world.one, 'POST', '/v1/places', { id, kind: 'city', name: id });
    const [deleted, made] = await Promise.all([
      send(world.one, 'DELETE', `/v1/places/${id}`),
      send(world.other, 'POST', '/v1/events', event(`at-${round}`, { places: [id] })),
    ]);
    expect(['204 and 400 unknown-reference', '409 still-referenced and 201']).toContain(`${typeOf(deleted)} and ${typeOf(made)}`);
  }
});

test('a request that both processes get with one Idempotency-Key is made once, and has one answer', async () => {
  const { one, other } = await twoProcesses(template);
  for (const round of numbered(ROUNDS)) {
    const headers = { 'idempotency-key': `request-${round}` };
    const make = async (process: World['one']): Promise<Answer> => {
      for (;;) {
        const answer = await send(process, 'POST', '/v1/events', { kind: 'visit', title: 'Visit', topics: [`t-${round}`] }, headers);
        if (answer.status === 201) return answer;
        expect([typeOf(answer), answer.headers['retry-after']]).toEqual(['409 request-in-progress', '1']);
      }
    };
    const [here, there] = await Promise.all([make(one), make(other)]);
    expect(there.body).toBe(here.body);
    expect([here, there].filter((answer) => answer.headers['idempotent-replayed'] === 'true')).toHaveLength(1);
    const again = await make(round % 2 === 0 ? one : other);
    expect([again.body, again.headers['location']]).toEqual([here.body, here.headers['location']]);
  }
  const { body } = await get(other, '/v1/events?limit=1');
  expect(JSON.parse(body).total).toBe(ROUNDS);
  expect((await follow(one, () => true)).map(({ sequence }) => sequence)).toEqual(numbered(ROUNDS));
});

test('every database is sound after all of this', expectSound);
