import { beforeAll, describe, expect, test } from 'vitest';
import { verifyStored } from '../../src/records/verify.ts';
import { sharedApp } from '../helpers/app.ts';
import { importLines } from '../helpers/transfer.ts';
import { createdOn } from '../helpers/requests.ts';

const service = sharedApp();

type Item = {
  role?: string;
  match?: string;
  via?: string[];
  organization?: string;
  onBehalfOf?: string;
  entry: Record<string, string>;
  date?: object;
};
type Answer = { items: Item[]; total?: number; warnings?: { parameter: string; message: string }[]; query: Record<string, unknown> };

const ask = async (url: string): Promise<Answer> => {
  const { status, body } = await service.ask({ method: 'GET', url });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Answer;
};
const refused = async (url: string): Promise<string> => {
  const { status, body } = await service.ask({ method: 'GET', url });
  expect(status).toBe(400);
  return (body as { detail: string }).detail;
};
const post = createdOn(service);

const counts: Record<string, unknown> = {};
const COUNTED = [
  '/v1/timeline?limit=1',
  '/v1/timeline?actor=csto&limit=1',
  '/v1/timeline?moment=born',
  '/v1/timeline?q=graustark',
  '/v1/timeline?type=!event&limit=1',
];

beforeAll(async () => {
  for (const url of COUNTED) counts[url] = (await ask(url)).total;
  await post('sources', { id: 'court-circular', kind: 'newspaper', title: 'The Court Circular of Graustark' });
  const text = await service.ask({
    method: 'PUT',
    url: '/v1/sources/court-circular/text',
    body: 'The council met.\nYetive presided in Edelweiss.',
    headers: { 'content-type': 'text/plain' },
  });
  expect(text.status).toBe(200);
  await post('places', { id: 'graustark-land', kind: 'country', name: 'Land of Graustark' });
  await post('places', { id: 'edelweiss', kind: 'city', name: 'Edelweiss', partOf: ['graustark-land'] });
  await post('actors', { id: 'graustark', kind: 'state', name: 'Graustark', dates: [{ role: 'existed', edtf: '1700/1910' }] });
  await post('actors', {
    id: 'crown-council',
    kind: 'organization',
    name: 'Crown Council',
    attributes: { seat: 'tower' },
    dates: [
      { role: 'founded', edtf: '1850-03-01', place: 'edelweiss' },
      { role: 'dissolved', edtf: '1860' },
      { role: 'established', edtf: '1870', basis: 'inferred' },
    ],
  });
  await post('actors', {
    id: 'yetive',
    kind: 'person',
    name: 'Yetive of Graustark',
    dates: [{ role: 'born', edtf: '1880-05-06', place: 'edelweiss' }, { role: 'died' }],
    memberships: [
      {
        organization: 'crown-council',
        role: 'chair',
        onBehalfOf: 'graustark',
        period: '1899-02',
        citations: [
          { source: 'court-circular', paragraph: 2, phrase: 'Yetive presided' },
          { source: 'court-circular', paragraph: 1, phrase: 'nobody met' },
        ],
      },
      { organization: 'crown-council', period: '1898/1905' },
      { organization: 'graustark' },
    ],
  });
});

describe('the timeline of actors', () => {
  test('lists the dates of actors and their memberships with a period', async () => {
    const { items, total } = await ask('/v1/timeline?type=actor&actor=yetive');
    const entry = { type: 'actor', id: 'yetive', kind: 'person', title: 'Yetive of Graustark' };
    expect(items.map(({ date: _date, ...item }) => item)).toEqual([
      { role: 'born', places: ['edelweiss'], entry },
      { role: 'member', organization: 'crown-council', entry },
      { role: 'chair', organization: 'crown-council', onBehalfOf: 'graustark', entry },
      { role: 'died', entry },
    ]);
    expect(total).toBe(4);
  });

  test('changes no list of entries', async () => {
    for (const url of COUNTED) expect((await ask(url)).total, url).toBe(counts[url]);
    for (const url of ['/v1/timeline?type=!event&actor=yetive', '/v1/timeline?type=!actor&actor=yetive'])
      expect((await ask(url)).total, url).toBe(0);
  });

  test.each([
    ['actor=crown-council', ['crown-council', 'crown-council', 'crown-council', 'yetive', 'yetive']],
    ['actor=graustark', ['graustark', 'yetive']],
    ['actor=crown-council&role=chair', ['yetive']],
    ['actor=graustark&role=chair', ['yetive']],
    ['actor=yetive&role=!chair', ['yetive', 'yetive', 'yetive']],
    ['kind=person&actor=yetive&actor=crown-council', ['yetive', 'yetive']],
    ['role=chair&kind=person&source=court-circular', ['yetive']],
    ['source=court-circular', ['yetive', 'yetive', 'yetive', 'yetive']],
    ['moment=born&place=graustark-land', ['yetive']],
    ['moment=founded,established&actor=crown-council', ['crown-council', 'crown-council']],
    ['basis=inferred&actor=crown-council', ['crown-council']],
    ['undated=true&actor=yetive', ['yetive']],
    ['on=1899-02-14&actor=yetive', ['yetive', 'yetive']],
    ['on=1899-02-14&match=certain&actor=yetive', ['yetive']],
    ['from=1850&to=1870&actor=crown-council', ['crown-council', 'crown-council', 'crown-council']],
    ['topic=aral-sea&actor=yetive', []],
    ['status=occurred&actor=yetive', []],
    ['updatedSince=2000-01-01&actor=yetive', ['yetive', 'yetive', 'yetive', 'yetive']],
    ['updatedSince=2100-01-01', []],
    ['verified=false&actor=yetive&moment=born', ['yetive']],
  ])('is filtered by %s', async (query, ids) => {
    const { items, total } = await ask(`/v1/timeline?type=actor&${query}`);
    expect(items.map(({ entry }) => entry['id'])).toEqual(ids);
    expect(total).toBe(ids.length);
  });

  test('says through whom a scope finds a moment', async () => {
    const { items } = await ask('/v1/timeline?type=actor&actor=graustark&actorScope=members&moment=born,existed');
    expect(items.map(({ entry, via }) => [entry['id'], via])).toEqual([
      ['graustark', undefined],
      ['yetive', ['yetive']],
    ]);
  });

  test('is counted by a histogram', async () => {
    const { body } = await service.ask({ method: 'GET', url: '/v1/timeline/histogram?type=actor&actor=yetive&by=decade' });
    expect(body).toMatchObject({
      total: 4,
      undated: 1,
      buckets: [
        { start: '1880-01-01', count: 1 },
        { start: '1890-01-01', count: 2 },
      ],
    });
  });

  test('shows the life of one actor', async () => {
    const { items } = await ask('/v1/actors/yetive/timeline?type=actor&limit=1');
    expect(items[0]).toMatchObject({ role: 'born', date: { edtf: '1880-05-06', label: '6 May 1880' } });
  });

  test('stands alone', async () => {
    expect(await refused('/v1/timeline?type=event,actor')).toContain('listed alone, write type=actor');
    expect(await refused('/v1/timeline?type=actor&q=born')).toContain('GET /v1/actors?q=');
  });

  test('warns of words that no actor has', async () => {
    const { warnings } = await ask('/v1/timeline?type=actor&moment=borne');
    expect(warnings).toMatchObject([{ parameter: 'moment', didYouMean: ['born'] }]);
  });
});

describe('a citation of a membership', () => {
  test('is verified as those of the record are', async () => {
    const { body } = await service.ask({ method: 'GET', url: '/v1/actors/yetive' });
    expect(body).toMatchObject({ memberships: [{ citations: [{ verified: true }, { verified: false }] }, {}, {}] });
    expect((await ask('/v1/actors?verified=false&q=yetive')).total).toBe(1);
  });

  test('is verified anew when the text of its source is replaced', async () => {
    const put = (body: string) =>
      service.ask({ method: 'PUT', url: '/v1/sources/court-circular/text', body, headers: { 'content-type': 'text/plain' } });
    await put('Then nobody met.\nSilence.');
    const { body } = await service.ask({ method: 'GET', url: '/v1/actors/yetive' });
    expect(body).toMatchObject({ memberships: [{ citations: [{ verified: false }, { verified: true }] }, {}, {}] });
    await put('The council met.\nYetive presided in Edelweiss.');
  });

  test('is named by its place where it does not hold: by an import, and by annals verify', async () => {
    const citation = { source: 'court-circular', paragraph: 1, phrase: 'a gavotte' };
    const line = {
      type: 'actor',
      id: 'dancer',
      kind: 'person',
      name: 'The dancer',
      memberships: [{ organization: 'un-security-council', citations: [citation] }],
    };
    const report = await importLines(service.annals, [line]);
    expect(report.unverified).toMatchObject([{ record: { id: 'dancer' }, pointer: '/memberships/0/citations/0/phrase' }]);
    const { mismatches } = await verifyStored(service.annals.engine);
    expect(mismatches.filter((each) => each.includes('dancer'))).toEqual([
      expect.stringMatching(/^actor "dancer", membership 1, citation 1: /),
    ]);
  });

  test('keeps its source from being deleted, and must name one', async () => {
    const { status } = await service.ask({ method: 'DELETE', url: '/v1/sources/court-circular' });
    expect(status).toBe(409);
    const unknown = { kind: 'person', name: 'Nobody', memberships: [{ organization: 'csto', citations: [{ source: 'no-such-book' }] }] };
    const { status: refusal, body } = await service.ask({ method: 'POST', url: '/v1/actors', body: unknown });
    expect(refusal).toBe(400);
    expect(body).toMatchObject({ errors: [{ pointer: '/memberships/0/citations/0/source' }] });
  });

  test('stays with its membership when others change', async () => {
    const patch = {
      memberships: [{ organization: 'csto' }, { organization: 'un-security-council', citations: [{ source: 'court-circular' }] }],
    };
    await post('actors', {
      id: 'anguish',
      kind: 'person',
      name: 'Harry Anguish',
      citations: [{ source: 'court-circular', page: '1' }],
      ...patch,
    });
    const { body } = await service.ask({
      method: 'PATCH',
      url: '/v1/actors/anguish',
      body: { citations: null, memberships: patch.memberships.toReversed() },
    });
    expect(body).toMatchObject({ memberships: [{ citations: [{ source: 'court-circular' }] }, { organization: 'csto' }] });
    expect(body).not.toHaveProperty('citations');
  });
});

const idsAt = async (query: string): Promise<[id: string, match: string | undefined][]> => {
  const { items, total } = await ask(`/v1/actors?${query}`);
  expect(total).toBe(items.length);
  return items.map((item) => [(item as unknown as { id: string }).id, item.match]);
};

describe('actors of a day', () => {
  test.each([
    ['memberOf=crown-council&on=1899-02-14', [['yetive', 'certain']]],
    ['memberOf=crown-council&on=1899-02-14&role=chair', [['yetive', 'possible']]],
    ['memberOf=crown-council&on=1899-02&role=chair', [['yetive', 'certain']]],
    ['memberOf=crown-council&on=1899-02-14&role=chair&match=certain', []],
    ['memberOf=crown-council&on=1899-03&role=chair', []],
    ['memberOf=crown-council&on=1905-06-01', [['yetive', 'possible']]],
    ['memberOf=crown-council&on=1906', []],
    ['memberOf=crown-council&on=1899-02&role=!chair', []],
    ['memberOf=crown-council&on=1898&role=!chair', [['yetive', 'certain']]],
    ['memberOf=graustark&on=1950', [['yetive', 'possible']]],
    ['memberOf=graustark&on=1950&match=certain', []],
    ['role=member&on=1899&kind=person&memberOf=crown-council,graustark&q=yetive', [['yetive', 'certain']]],
  ])('by membership: %s', async (query, found) => {
    expect(await idsAt(query)).toEqual(found);
  });

  test.each([
    ['1849', []],
    ['1850-03-01', [['crown-council', 'certain']]],
    ['1855-07', [['crown-council', 'certain']]],
    ['1860-06', [['crown-council', 'possible']]],
    ['1861', []],
    ['1870', [['crown-council', 'certain']]],
    ['1990-05-01', [['crown-council', 'possible']]],
  ])('existing on %s', async (on, found) => {
    expect(await idsAt(`existingOn=${on}&q=crown`)).toEqual(found);
  });

  test('existing as the record says of a period', async () => {
    expect(await idsAt('existingOn=1914-07-28&q=graustark')).toEqual([['yetive', 'possible']]);
    expect(await idsAt('existingOn=1800&q=graustark')).toEqual([['graustark', 'certain']]);
  });

  test('by both, each page with its cursor', async () => {
    expect(await idsAt('existingOn=1899&memberOf=crown-council&on=1899-02&role=chair')).toEqual([['yetive', 'possible']]);
    const { items, next } = (await ask('/v1/actors?existingOn=1885&limit=1')) as Answer & { next: string };
    expect(items).toHaveLength(1);
    const rest = await ask(`/v1/actors?existingOn=1885&limit=1&cursor=${encodeURIComponent(next)}`);
    expect(rest.items).toHaveLength(1);
  });

  test('says that actors without dates are not found', async () => {
    const { warnings, query } = await ask('/v1/actors?existingOn=1885-02');
    expect(warnings).toMatchObject([{ parameter: 'existingOn', message: expect.stringContaining('not found') }]);
    expect(query).toMatchObject({ existingOn: '1885-02-01/1885-02-28', match: 'possible' });
  });

  test.each([
    ['on=1899', 'add memberOf or role'],
    ['memberOf=csto&match=certain', 'add on or existingOn'],
    ['existingOn=1899/..', 'no date with both ends'],
    ['existingOn=2013-02-29', '2013'],
    ['memberOf=!csto&role=!chair', 'leave out one of them'],
  ])('refuses %s', async (query, message) => {
    expect(await refused(`/v1/actors?${query}`)).toContain(message);
  });
});
