import { beforeAll, describe, expect, test } from 'vitest';
import { seededApp, sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';

const service = sharedApp();

const post = (body: object) => service.ask({ method: 'POST', url: '/v1/codebook', body });
const topic = (slug: string, label: string, ...names: string[]) => ({
  vocabulary: 'topic',
  slug,
  label,
  definition: `What ${label} means.`,
  names: names.map((name) => ({ name })),
});

beforeAll(async () => {
  for (const body of [
    topic('falconry', 'Falconry', 'hunting with birds', 'Соколиная охота', 'sport of kings'),
    topic('horse-racing', 'Horse racing', 'sport of kings', 'the turf'),
    topic('archery', 'Archery', 'bow & arrow'),
    {
      vocabulary: 'kind',
      slug: 'contest',
      label: 'Contest',
      names: [{ name: 'the turf' }],
      identifiers: [{ scheme: 'cameo', value: '999' }],
    },
    { vocabulary: 'role', slug: 'falconer', label: 'Falconer', names: [{ name: 'keeper of hawks' }] },
    { vocabulary: 'moment', slug: 'opened', label: 'Opened', names: [{ name: 'opening day' }] },
  ])
    expect((await post(body)).status).toBe(201);
  const event = {
    kind: 'contest',
    topics: ['falconry', 'the-turf-club'],
    participants: [{ actor: 'csto', role: 'falconer' }],
    date: '1999-05',
  };
  expect((await service.ask({ method: 'POST', url: '/v1/events', body: { ...event, id: 'hawking', title: 'Hawking' } })).status).toBe(201);
  const agreement = { kind: 'charter', title: 'Charter of the turf', id: 'turf', dates: [{ role: 'opened', edtf: '1998' }] };
  expect((await service.ask({ method: 'POST', url: '/v1/agreements', body: agreement })).status).toBe(201);
});

describe('a code', () => {
  test('has the id that its vocabulary and slug make, at an address of both', async () => {
    const created = await post({ ...topic('chess', 'Chess'), id: 'topic-chess' });
    expect([created.status, created.headers['location'], created.body.id]).toEqual([201, '/v1/codebook/topic/chess', 'topic-chess']);
    const read = await service.ask({ url: '/v1/codebook/topic/chess' });
    expect([read.status, read.text, read.headers['content-location']]).toEqual([200, created.text, undefined]);
    const taken = await post(topic('chess', 'Chess again'));
    expect([taken.status, taken.body.type]).toEqual([409, '/problems/already-exists']);
  });

  test('is refused with another id', async () => {
    const refused = await post({ ...topic('go', 'Go'), id: 'go' });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ pointer: '/id', message: 'is not what vocabulary and slug make: leave it out, or give "topic-go"' }],
    ]);
  });

  test('keeps its vocabulary and its slug', async () => {
    const url = '/v1/codebook/topic/archery';
    for (const patch of [{ slug: 'bows' }, { vocabulary: 'kind' }, { id: 'topic-bows' }]) {
      const refused = await service.ask({ method: 'PATCH', url, body: patch });
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, `/${Object.keys(patch)[0]}`]);
    }
    const changed = await service.ask({ method: 'PATCH', url, body: { slug: 'archery', vocabulary: 'topic', note: 'Read.' } });
    expect([changed.status, changed.body.note]).toEqual([200, 'Read.']);
  });

  test('that is not there is answered with the nearest, and a vocabulary that is not with those that are', async () => {
    const missing = await service.ask({ url: '/v1/codebook/topic/archry' });
    expect([missing.status, missing.body.errors[0]]).toMatchObject([404, { parameter: 'slug', candidates: [{ id: 'topic-archery' }] }]);
    const refused = await service.ask({ url: '/v1/codebook/topics/archery' });
    expect([refused.status, refused.body.errors[0]]).toEqual([
      400,
      { parameter: 'vocabulary', message: 'give one of kind, role, topic, relation, moment' },
    ]);
  });

  test('comes last in a search, behind what bears its word', async () => {
    const event = { kind: 'contest', title: 'A hunt', id: 'a-hunt', summary: 'Falconry was shown to the guests.' };
    expect((await service.ask({ method: 'POST', url: '/v1/events', body: event })).status).toBe(201);
    const { body } = await service.ask({ url: '/v1/search?q=falconry' });
    expect(body.items.map(({ id }: Json) => id)).toEqual(['a-hunt', 'hawking', 'topic-falconry']);
    const first = await service.ask({ url: '/v1/search?q=falconry&limit=2' });
    const next = await service.ask({ url: `/v1/search?q=falconry&limit=2&cursor=${first.body.next}` });
    expect(next.body.items.map(({ id }: Json) => id)).toEqual(['topic-falconry']);
  });

  test('is referred to by its id, and lists what refers to it', async () => {
    const relations = [{ type: 'concerns', record: { type: 'code', id: 'topic-archery' } }];
    const event = { kind: 'contest', title: 'A shot', id: 'a-shot', relations };
    expect((await service.ask({ method: 'POST', url: '/v1/events', body: event })).status).toBe(201);
    const { body } = await service.ask({ url: '/v1/codebook/topic/archery/related' });
    expect(body.items).toEqual([
      { relation: 'concerns', direction: 'incoming', record: { type: 'event', id: 'a-shot', kind: 'contest', title: 'A shot' } },
    ]);
    expect((await service.ask({ method: 'DELETE', url: '/v1/codebook/topic/archery' })).status).toBe(409);
  });

  test('may share a name with one of another vocabulary, and is warned of one of its own', async () => {
    const names = [{ name: 'keeper of hawks' }, { name: 'the turf' }];
    const created = await post({ vocabulary: 'role', slug: 'hawker', label: 'Hawker', names });
    expect(created.body.warnings.map(({ name }: Json) => name)).toEqual(['keeper of hawks']);
    await service.ask({ method: 'DELETE', url: '/v1/codebook/role/hawker' });
  });

  test('is listed by its vocabulary, and found by words of its definition', async () => {
    const { body } = await service.ask({ url: '/v1/codebook?vocabulary=moment,role&q=fal*' });
    expect(body.items.map(({ id }: Json) => id)).toEqual(['role-falconer']);
    const others = await service.ask({ url: '/v1/codebook?vocabulary=!topic&q=opening&sort=title' });
    expect([others.body.query.vocabulary, others.body.items.map(({ id }: Json) => id)]).toEqual([
      '!topic',
      ['kind-founding', 'moment-opened'],
    ]);
    const found = await service.ask({ url: `/v1/search?q=${encodeURIComponent('соколиная')}` });
    expect(found.body.items).toMatchObject([{ type: 'code', id: 'topic-falconry', kind: 'topic', title: 'Falconry' }]);
  });
});

/** The ids, the echo and the warnings of a list. */
async function asked(address: string) {
  const { status, body, text } = await service.ask({ url: encodeURI(address) });
  expect(status, text).toBe(200);
  const ids = body.items.map(({ id, entry }: Json) => id ?? entry.id);
  return { ids, query: body.query, messages: (body.warnings ?? []).map(({ message }: Json) => message) };
}

describe('a filter takes a name of a code for its slug:', () => {
  test.each([
    ['topic', 'hunting with birds', 'falconry', 'hawking'],
    ['topic', 'HUNTING-with birds', 'falconry', 'hawking'],
    ['topic', 'соколиная охота', 'falconry', 'hawking'],
    ['kind', 'The Turf', 'contest', 'hawking'],
    ['kind', 'cameo:999', 'contest', 'hawking'],
    ['role', 'keeper of hawks', 'falconer', 'hawking'],
    ['moment', 'Opening day', 'opened', 'turf'],
  ])('%s=%s', async (parameter, value, slug, id) => {
    for (const path of ['timeline', id === 'turf' ? 'agreements' : 'events']) {
      const found = await asked(`/v1/${path}?${parameter}=${value}`);
      expect([found.query[parameter], found.messages]).toEqual([[slug], [`${parameter}=${value} is read as ${slug}`]]);
      expect(found.ids).toContain(id);
    }
    const { query, messages } = await asked(`/v1/timeline?${parameter}=!${value}`);
    expect([query[parameter], messages]).toEqual([[`!${slug}`], [`${parameter}=!${value} is read as !${slug}`]]);
  });

  test('also with an actor, and among counterparts', async () => {
    expect(await asked('/v1/timeline?actor=csto&role=keeper of hawks')).toMatchObject({ ids: ['hawking'], query: { role: ['falconer'] } });
    expect((await service.ask({ url: '/v1/actors/csto/counterparts?role=keeper%20of%20hawks' })).body.query.role).toEqual(['falconer']);
  });

  test('but not for a word that a record bears, or that is a slug itself', async () => {
    expect(await asked('/v1/timeline?topic=The Turf Club')).toMatchObject({
      ids: ['hawking'],
      query: { topic: ['the-turf-club'] },
      messages: [],
    });
    await post(topic('turf-clubs', 'Turf clubs', 'the turf club', 'archery'));
    expect(await asked('/v1/timeline?topic=The Turf Club')).toMatchObject({ query: { topic: ['the-turf-club'] }, messages: [] });
    expect(await asked('/v1/timeline?topic=Archery')).toMatchObject({ query: { topic: ['archery'] } });
  });

  test('and names those that a shared name may mean', async () => {
    const { ids, query, messages } = await asked('/v1/timeline?topic=sport of kings');
    expect([ids, query.topic]).toEqual([[], ['sport-of-kings']]);
    expect(messages).toContain('topic=sport of kings may mean falconry or horse-racing: give one of these');
  });

  test('and offers the nearest of unknown words by their names, too', async () => {
    const { body } = await service.ask({ url: '/v1/timeline?topic=hunting%20with%20brids' });
    expect(body.warnings).toEqual([
      {
        parameter: 'topic',
        value: 'hunting-with-brids',
        message: 'nothing has the topic "hunting-with-brids": did you mean falconry?',
        didYouMean: ['falconry'],
      },
    ]);
  });
});

test('the vocabulary says what the codebook says of each word, and has words that nothing bears', async () => {
  const { body } = await service.ask({ url: '/v1/vocabulary' });
  const of = (list: string, word: string) => body[list].find(({ value }: Json) => value === word);
  expect(of('topics', 'falconry')).toEqual({
    value: 'falconry',
    count: 1,
    types: ['event'],
    code: 'topic-falconry',
    label: 'Falconry',
    definition: 'What Falconry means.',
    names: [{ name: 'hunting with birds' }, { name: 'Соколиная охота' }, { name: 'sport of kings' }],
  });
  expect(of('topics', 'the-turf-club')).toEqual({ value: 'the-turf-club', count: 1, types: ['event'] });
  expect(of('topics', 'horse-racing')).toMatchObject({ count: 0, types: [], label: 'Horse racing' });
  expect(of('kinds', 'contest')).toMatchObject({ label: 'Contest', identifiers: [{ scheme: 'cameo', value: '999' }] });
  expect(of('kinds', 'topic'), 'the vocabulary of a code is no kind').toBeUndefined();
});

test('codes come first in an export, and an import of it changes nothing', async () => {
  const { payload } = await service.app.inject('/v1/export');
  const types = payload
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types[0]).toBe('code');
  expect(types.lastIndexOf('code')).toBeLessThan(types.findIndex((type) => type !== 'code'));
  const other = await seededApp();
  try {
    const headers = { 'content-type': 'application/x-ndjson' };
    const codes = payload.split('\n').filter((line) => line.includes('"type":"code"') && line.startsWith('{"type":"code"'));
    const send = () => other.ask({ method: 'POST', url: '/v1/import', body: codes.join('\n'), headers });
    const first = await send();
    expect([first.status, first.body.updated], first.text).toEqual([200, 0]);
    expect((await send()).body).toMatchObject({ created: 0, updated: 0, unchanged: codes.length });
    expect((await other.app.inject('/v1/export?type=code')).payload.trim().split('\n')).toHaveLength(codes.length);
  } finally {
    await other.close();
  }
});
