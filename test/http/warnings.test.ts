import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';

const service = sharedApp();

const post = async (path: string, body: object): Promise<void> => {
  expect((await service.ask({ method: 'POST', url: `/v1/${path}`, body })).status).toBe(201);
};

beforeAll(async () => {
  await post('sources', { id: 'unread-book', kind: 'book', title: 'A book that nobody cites' });
  await post('places', { id: 'atlantis', kind: 'country', name: 'Atlantis' });
  await post('actors', { id: 'nobody-at-all', kind: 'hermit', name: 'Nobody at all' });
  await post('actors', { id: 'hermit-two', kind: 'hermit', name: 'A second hermit' });
  await post('actors', { id: 'mute', kind: 'hermit', name: 'A mute' });
  await post('events', { id: 'silence', kind: 'silence', title: 'Silence', participants: [{ actor: 'mute', role: 'listener' }] });
});

const warningsOf = async (url: string) => (await service.ask({ url })).body.warnings as unknown;

/** A warning of a word that nothing has. */
const unknown = (parameter: string, value: string, ...didYouMean: string[]) => ({
  parameter,
  value,
  message: `nothing has the ${parameter} "${value.replace('!', '')}"${value.startsWith('!') ? ', so that it leaves nothing out' : ''}: ${
    didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : 'GET /v1/vocabulary lists the words in use'
  }`,
  ...(didYouMean.length > 0 && { didYouMean }),
});

describe('a word that nothing has is named, with the nearest in use:', () => {
  test.each([
    ['kind=Silense', [unknown('kind', 'silense', 'silence')]],
    ['kind=!silense', [unknown('kind', '!silense', '!silence')]],
    ['kind=silence,silense', [unknown('kind', 'silense', 'silence')]],
    ['role=listner', [unknown('role', 'listner', 'listener')]],
    ['actor=mute&role=listner', [unknown('role', 'listner', 'listener')]],
    ['actor=mute&role=!listner', [unknown('role', '!listner', '!listener')]],
    ['actor=!mute&role=listner', [unknown('role', 'listner', 'listener')]],
    ['topic=zzzzzz', [unknown('topic', 'zzzzzz')]],
    ['moment=qqqqqq&kind=zzzzzz', [unknown('kind', 'zzzzzz'), unknown('moment', 'qqqqqq')]],
  ])('%s', async (query, warnings) => {
    for (const path of ['timeline', 'timeline/histogram', 'events', 'actors/csto/timeline'])
      if (!(path.startsWith('actors') && query.includes('actor=')))
        expect(await warningsOf(`/v1/${path}?${query}`), path).toEqual(expect.arrayContaining(warnings));
  });

  test('also among the kinds of actors, places and sources', async () => {
    expect(await warningsOf('/v1/actors?kind=hermitt,!hermitts')).toEqual([
      unknown('kind', 'hermitt', 'hermit'),
      unknown('kind', '!hermitts', '!hermit'),
    ]);
    expect(await warningsOf('/v1/sources?kind=hermit')).toEqual([unknown('kind', 'hermit')]);
  });
});

test.each(['kind=silence', 'kind=!silence', 'role=listener', 'actor=csto&role=listener', 'actor=mute', 'place=!atlantis'])(
  'nothing is said of %s',
  async (query) => {
    expect((await service.ask({ url: `/v1/timeline?${query}` })).body).not.toHaveProperty('warnings');
    expect((await service.ask({ url: '/v1/actors?kind=hermit' })).body).not.toHaveProperty('warnings');
  },
);

test.each([
  [
    'kind=silence?',
    { parameter: 'kind', value: 'silence?', message: '? is not part of a word: silence? was read as silence', didYouMean: ['silence'] },
  ],
  [
    'role=!listener*',
    {
      parameter: 'role',
      value: '!listener*',
      message: '* is not part of a word: !listener* was read as !listener',
      didYouMean: ['!listener'],
    },
  ],
])('a mark that is not part of a word is named: %s', async (query, warning) => {
  expect(await warningsOf(`/v1/events?${query}`)).toEqual([warning]);
});

test.each([
  ['actor=nobody-at-all', { parameter: 'actor', value: 'nobody-at-all', message: 'no entry has the actor "nobody-at-all"' }],
  ['place=atlantis', { parameter: 'place', value: 'atlantis', message: 'no entry has the place "atlantis"' }],
  ['source=unread-book', { parameter: 'source', value: 'unread-book', message: 'no entry has the source "unread-book"' }],
  [
    'relatedTo=event/silence',
    { parameter: 'relatedTo', value: 'event/silence', message: 'no entry has the related record "event/silence"' },
  ],
  [
    'actor=nobody-at-all,hermit-two',
    {
      parameter: 'actor',
      value: 'nobody-at-all',
      message: 'no entry has the actor "nobody-at-all", nor any of the 1 others that are asked for',
    },
  ],
])('a record that no entry refers to is named: %s', async (query, warning) => {
  expect(await warningsOf(`/v1/timeline?${query}`)).toEqual([warning]);
});

test('the nearest word is found among very many with its first letters', async () => {
  const letters = Array.from({ length: 13 }, (_, index) => String.fromCharCode(97 + index));
  const words = letters.flatMap((one) => letters.flatMap((two) => letters.slice(0, 7).map((three) => `hea${one}${two}${three}opqkwt`)));
  const headers = { 'content-type': 'text/plain' };
  await service.ask({ method: 'PUT', url: '/v1/sources/unread-book/text', body: `${words.join(' ')} herring`, headers });
  expect(await warningsOf('/v1/search?q=herrnig')).toMatchObject([{ value: 'herrnig', didYouMean: ['herring'] }]);
});

test.each(['/v1/timeline', '/v1/search', '/v1/actors', '/v1/events'])(
  '%s tells a word that no text has, with the nearest in use',
  async (path) => {
    const { body } = await service.ask({ url: `${path}?q=herimt` });
    expect(body).toMatchObject({ items: [], warnings: [{ parameter: 'q', value: 'herimt', didYouMean: ['hermit'] }] });
    expect((await service.ask({ url: `${path}?q=xyzzyx` })).body.warnings).toEqual([
      { parameter: 'q', value: 'xyzzyx', message: 'no text has the word "xyzzyx"' },
    ]);
  },
);
