import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered } from '../helpers/contract.ts';

const service = sharedApp();

const put = (id: string, partOf: string | null): Promise<Answered> =>
  service.ask({ method: 'PATCH', url: `/v1/actors/${id}`, body: { partOf } });

const importActors = (actors: Record<string, string | undefined>): Promise<Answered> =>
  service.ask({
    method: 'POST',
    url: '/v1/import?onExisting=replace',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Object.entries(actors)
      .map(([id, partOf]) => `${JSON.stringify({ type: 'actor', id, kind: 'group', name: `Body ${id}`, partOf })}\n`)
      .join(''),
  });

beforeAll(async () => {
  for (const id of ['ring-a', 'ring-b', 'ring-c', 'ring-d'])
    await service.ask({ method: 'POST', url: '/v1/actors', body: { id, kind: 'group', name: `Body ${id}` } });
  for (const [part, whole] of [
    ['ring-a', 'ring-b'],
    ['ring-b', 'Body ring-c'],
  ] as const)
    expect((await put(part, whole)).status).toBe(200);
});

describe('an actor that would be part of itself is refused with the chain of actors:', () => {
  test('when one is changed', async () => {
    const refused = await put('ring-c', 'Body ring-a');
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    expect(refused.body.errors).toEqual([
      {
        pointer: '/partOf',
        message: 'makes the actor "ring-c" part of itself: ring-c → ring-a → ring-b → ring-c: name another, or leave it out',
      },
    ]);
    expect((await service.ask({ url: '/v1/actors/ring-c' })).body.partOf).toBeUndefined();
    expect((await put('ring-c', 'ring-d')).status, 'a chain is none').toBe(200);
    expect((await put('ring-c', null)).status).toBe(200);
  });

  test('when two are changed at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const id of ['ring-c', 'ring-d']) await put(id, null);
      const answers = await Promise.all([put('ring-c', 'ring-d'), put('ring-d', 'ring-c')]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    }
    for (const id of ['ring-c', 'ring-d']) await put(id, null);
  });

  test('when several are imported, among themselves and with stored actors', async () => {
    const refused = await importActors({
      own: 'first',
      first: 'second',
      second: 'third',
      third: 'first',
      'ring-c': 'ring-a',
      'ring-d': 'ring-a',
    });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-import']);
    expect(refused.body.errors).toEqual([
      {
        line: 2,
        pointer: '/partOf',
        message: 'makes the actor "first" part of itself: first → second → third → first: name another, or leave it out',
        sent: '"second"',
      },
      {
        line: 5,
        pointer: '/partOf',
        message: 'makes the actor "ring-c" part of itself: ring-c → ring-a → ring-b → ring-c: name another, or leave it out',
        sent: '"ring-a"',
      },
    ]);
  });

  test('except when the same import breaks the cycle', async () => {
    expect((await importActors({ 'ring-c': 'ring-b', 'ring-b': 'ring-a', 'ring-a': undefined })).body).toMatchObject({ updated: 3 });
    expect((await importActors({ 'ring-a': 'ring-b', 'ring-b': 'ring-c', 'ring-c': undefined })).body).toMatchObject({ updated: 3 });
  });
});

test('a long chain is shortened in the middle', async () => {
  const links = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`link-${index}`, `link-${(index + 1) % 30}`]));
  const refused = await importActors(links);
  expect(refused.body.errors).toHaveLength(1);
  expect(refused.body.errors[0].message).toContain(': link-0 → link-1 → link-2 → link-3 → link-4 → link-5 → … → link-0: name');
});
