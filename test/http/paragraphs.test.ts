import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

const TEXT = 'Minutes\n\n  Founded  in the spring\nThe cafe\u0301 in Nukus\n';
const PARAGRAPHS = ['Minutes', 'Founded  in the spring', 'The cafe\u0301 in Nukus'].map((text, index) => ({ number: index + 1, text }));

const paragraphs = (query = '', source = 'paragraphs') => service.ask({ url: `/v1/sources/${source}/paragraphs${query}` });

beforeAll(async () => {
  for (const id of ['paragraphs', 'without-text'])
    await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, id } });
  const headers = { 'content-type': 'text/plain' };
  await service.ask({ method: 'PUT', url: '/v1/sources/paragraphs/text', body: TEXT, headers });
});

describe('the paragraphs of a text', () => {
  test('are listed with their numbers, page by page', async () => {
    expect((await paragraphs()).body).toEqual({ items: PARAGRAPHS, total: 3 });
    const first = await paragraphs('?limit=2');
    expect(first.body).toEqual({ items: PARAGRAPHS.slice(0, 2), total: 3, next: expect.any(String) });
    expect(first.headers['link']).toBe(`</v1/sources/paragraphs/paragraphs?limit=2&cursor=${first.body.next}>; rel="next"`);
    expect((await paragraphs(`?limit=2&cursor=${first.body.next}`)).body).toEqual({ items: PARAGRAPHS.slice(2), total: 3 });
  });

  test('are listed from a number on', async () => {
    const { body } = await paragraphs('?from=2&limit=1');
    expect(body).toEqual({ items: [PARAGRAPHS[1]], total: 3, next: expect.any(String) });
    expect((await paragraphs(`?from=2&limit=1&cursor=${body.next}`)).body.items).toEqual([PARAGRAPHS[2]]);
    expect((await paragraphs('?from=9')).body).toEqual({ items: [], total: 3 });
    expect((await paragraphs(`?from=1&cursor=${body.next}`)).body.type).toBe('/problems/invalid-cursor');
  });

  test('are not found without a text', async () => {
    for (const query of ['', '/1']) {
      const { status, body } = await paragraphs(query, 'without-text');
      expect([status, body.detail]).toEqual([
        404,
        'no text of the source "without-text" is stored: put one with PUT /v1/sources/without-text/text',
      ]);
    }
    expect((await paragraphs('', 'never-written')).status).toBe(404);
  });

  test.each(['?from=0', '?from=-1', '?from=x', '/0', '/two', '/1?phrase='])('are not asked by %s', async (query) => {
    expect((await paragraphs(query)).status).toBe(400);
  });
});

describe('one paragraph', () => {
  test('is read by its number', async () => {
    expect((await paragraphs('/2')).body).toEqual({ source: 'paragraphs', ...PARAGRAPHS[1], total: 3 });
    const beyond = await paragraphs('/4');
    expect([beyond.status, beyond.body.detail]).toEqual([404, 'the text of the source "paragraphs" has no paragraph 4: the last is 3']);
  });

  test.each([
    ['2', 'Founded in', { prefix: '', exact: 'Founded  in', suffix: ' the spring' }],
    ['3', 'caf\u00e9', { prefix: 'The ', exact: 'cafe\u0301', suffix: ' in Nukus' }],
  ])('%s shows where the phrase %s stands', async (number, phrase, quote) => {
    expect((await paragraphs(`/${number}?phrase=${encodeURIComponent(phrase)}`)).body).toMatchObject({ verified: true, quote });
  });

  test('says that a phrase does not stand in it', async () => {
    const { body } = await paragraphs('/1?phrase=Nukus');
    expect(body).toEqual({ source: 'paragraphs', ...PARAGRAPHS[0], total: 3, verified: false });
  });
});
