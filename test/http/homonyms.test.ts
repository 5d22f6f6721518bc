import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';

const service = sharedApp();

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answered> =>
  service.ask({ method: 'POST', url: `/v1/${path}`, body, headers });

const patch = (address: string, body: object): Promise<Answered> => service.ask({ method: 'PATCH', url: `/v1/${address}`, body });

/** The id of the actor that a name means, or the ids of those that it may mean. */
async function meant(name: string): Promise<string | string[]> {
  const { status, body } = await service.ask({ url: `/v1/timeline?actor=${encodeURIComponent(name)}&limit=1` });
  return status === 200 ? body.query.actor[0] : body.errors[0].didYouMean;
}

const group = (id: string, name: string, names: object[] = []) => ({ id, kind: 'group', name, ...(names.length > 0 && { names }) });

describe('an official name goes before a variant, and the exact spelling before another:', () => {
  beforeAll(async () => {
    for (const body of [
      group('rank-official', 'Rank'),
      group('rank-variant', 'A variant', [{ name: 'Rank', kind: 'variant' }]),
      group('rank-misspelling', 'A misspelling', [{ name: 'Rank', kind: 'misspelling' }]),
      group('case-upper', 'IT'),
      group('case-lower', 'It'),
      group('accent', 'Élan'),
      group('plain', 'Elan'),
      group('short', 'A short name', [{ name: 'Tie', kind: 'short' }]),
      group('abbreviated', 'An abbreviation', [{ name: 'TIE', kind: 'abbreviation' }]),
      group('variant-exact', 'Variant exact', [{ name: 'Moot', kind: 'variant' }]),
      group('official-folded', 'Móot'),
      group('variant-over-slip', 'Variant over slip', [{ name: 'Slipp', kind: 'variant' }]),
      group('slip', 'Slip', [{ name: 'slipp', kind: 'misspelling' }]),
    ])
      expect((await post('actors', body)).status).toBe(201);
  });

  test.each([
    ['Rank', 'rank-official'],
    ['RANK', 'rank-official'],
    ['IT', 'case-upper'],
    ['It', 'case-lower'],
    ['it', ['case-lower', 'case-upper']],
    ['Élan', 'accent'],
    ['E\u0301lan', 'accent'],
    ['élan', 'accent'],
    ['Elan', 'plain'],
    ['ELAN', 'plain'],
    ['Èlan', ['accent', 'plain']],
    ['Tie', 'short'],
    ['TIE', 'abbreviated'],
    ['tie', ['abbreviated', 'short']],
    ['Moot', 'official-folded'],
    ['slipp', 'variant-over-slip'],
  ])('%s', async (name, ids) => {
    expect(await meant(name)).toEqual(ids);
  });
});

test('a name in mathematical letters leaves that of the United Nations as it is', async () => {
  const { status, body } = await post('actors', group('b36', '𝕌𝕟'));
  expect([status, body.warnings]).toEqual([
    201,
    [
      {
        pointer: '/name',
        name: '𝕌𝕟',
        means: 'b36',
        message: expect.stringMatching(
          /^"𝕌𝕟" is also a name of united-nations \(organization; .*\): from now on "𝕌𝕟" means b36, and "UN" means united-nations$/u,
        ),
        candidates: [{ type: 'actor', id: 'united-nations', kind: 'organization', title: 'United Nations', about: expect.any(String) }],
      },
    ],
  ]);
  expect([await meant('UN'), await meant('un'), await meant('𝕌𝕟')]).toEqual(['united-nations', 'united-nations', 'b36']);
});

describe('a write is warned of a name that another record has:', () => {
  const twin = { type: 'actor', id: 'warned-one', kind: 'group', title: 'Warned Twin' };
  const message = '"Warned Twin" is also a name of warned-one (group): from now on "Warned Twin"';
  const ambiguous = `${message} is ambiguous, and is refused where a record is named: use the id`;

  beforeAll(async () => {
    expect((await post('actors', group('warned-one', 'Warned Twin'))).body).not.toHaveProperty('warnings');
  });

  test('POST; the record that is read afterwards has no warnings, and its ETag is that of the answer', async () => {
    const created = await post('actors', group('warned-two', 'Warned Twin'));
    expect(created.body.warnings).toEqual([{ pointer: '/name', name: 'Warned Twin', message: ambiguous, candidates: [twin] }]);
    const read = await service.ask({ url: '/v1/actors/warned-two' });
    expect(read.body).not.toHaveProperty('warnings');
    expect(read.headers['etag']).toBe(created.headers['etag']);
    expect({ ...read.body, warnings: created.body.warnings }).toEqual(created.body);
    await service.ask({ method: 'DELETE', url: '/v1/actors/warned-two' });
  });

  test('PATCH, of names that are new only', async () => {
    await post('actors', group('warned-three', 'Third'));
    const named = await patch('actors/warned-three', { names: [{ name: 'Warned Twin', kind: 'variant' }] });
    expect(named.body.warnings).toEqual([
      { pointer: '/names/0/name', name: 'Warned Twin', means: 'warned-one', message: `${message} means warned-one`, candidates: [twin] },
    ]);
    expect((await patch('actors/warned-three', { note: 'Changed.' })).body).not.toHaveProperty('warnings');
    expect((await patch('actors/warned-three', { name: 'Thirds' })).body).not.toHaveProperty('warnings');
    const official = await patch('actors/warned-three', { names: [{ name: 'Warned Twin', kind: 'official' }] });
    expect(official.body.warnings).toEqual([{ pointer: '/names/0/name', name: 'Warned Twin', message: ambiguous, candidates: [twin] }]);
    expect((await patch('actors/warned-three', { names: null })).body).not.toHaveProperty('warnings');
  });

  test('a name that is the id of another means that', async () => {
    const { body } = await post('actors', group('warned-four', 'warned-one'));
    expect(body.warnings).toMatchObject([{ name: 'warned-one', means: 'warned-one', candidates: [twin] }]);
    expect(await meant('warned-one')).toBe('warned-one');
  });

  test('symbols of agreements and meetings; titles of entries are often alike, and give no warning', async () => {
    const agreement = { kind: 'treaty', title: 'A treaty of twins', symbol: 'TW/1' };
    expect((await post('agreements', { ...agreement, id: 'treaty-one' })).body).not.toHaveProperty('warnings');
    const { body } = await post('agreements', { ...agreement, id: 'treaty-two' });
    expect(body.warnings.map(({ pointer }: Json) => pointer)).toEqual(['/symbol']);
    await post('meetings', { id: 'meeting-one', kind: 'summit', title: 'One', symbols: ['TW/2'] });
    const meeting = await post('meetings', { id: 'meeting-two', kind: 'summit', title: 'Two', symbols: ['TW/3', 'tw 2'] });
    expect(meeting.body.warnings).toMatchObject([{ pointer: '/symbols/1', means: 'meeting-two', candidates: [{ id: 'meeting-one' }] }]);
    for (const id of ['visit-one', 'visit-two'])
      expect((await post('events', { id, kind: 'visit', title: 'A visit of twins' })).body).not.toHaveProperty('warnings');
  });

  test('the same request again is answered without warnings', async () => {
    const headers = { 'idempotency-key': 'homonyms' };
    const first = await post('actors', group('warned-five', 'Warned Twin'), headers);
    const again = await post('actors', group('warned-five', 'Warned Twin'), headers);
    expect(first.body.warnings).toHaveLength(1);
    expect([again.headers['idempotent-replayed'], again.body.id]).toEqual(['true', 'warned-five']);
    expect(again.body).not.toHaveProperty('warnings');
  });
});

test('the candidates of an ambiguous name say what tells them apart, and a name of very many is refused as such', async () => {
  await post('actors', {
    ...group('apart-one', 'Apart'),
    description: 'The first of two.\nIt came earlier.',
    memberships: [{ organization: 'csto' }],
  });
  await post('actors', { ...group('apart-two', 'Apart'), kind: 'person', partOf: 'united-nations' });
  const { body } = await service.ask({ url: '/v1/actors/apart' });
  expect(body.errors).toEqual([
    {
      parameter: 'id',
      message:
        '"apart" may be apart-one (group; member of csto; The first of two. It came earlier.) or apart-two (person; part of united-nations): use the id',
      didYouMean: ['apart-one', 'apart-two'],
      candidates: [
        { type: 'actor', id: 'apart-one', kind: 'group', title: 'Apart', about: 'member of csto; The first of two. It came earlier.' },
        { type: 'actor', id: 'apart-two', kind: 'person', title: 'Apart', about: 'part of united-nations' },
      ],
    },
  ]);
  const lines = Array.from({ length: 60 }, (_, index) => ({ type: 'source', id: `crowd-${index}`, kind: 'book', title: 'Of a crowd' }));
  const imported = await service.ask({
    method: 'POST',
    url: '/v1/import',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  expect(imported.body).toMatchObject({ created: 60, moreWarnings: 0 });
  expect(imported.body.warnings).toHaveLength(60);
  expect(imported.body.warnings[0]).toMatchObject({ line: 1, record: { type: 'source', id: 'crowd-0' }, pointer: '/title' });
  const crowd = await service.ask({ url: '/v1/sources/of%20a%20crowd' });
  expect([crowd.status, crowd.body.detail]).toEqual([400, expect.stringContaining('"of a crowd" is a name of more than 50 sources')]);
});

describe('an unknown name is answered with those that it may have meant:', () => {
  beforeAll(async () => {
    for (const [id, name] of [
      ['vanessa-thorne', 'Vanessa Thorne'],
      ['adam-thorne', 'Adam Thorne'],
      ['east-germany', 'German Democratic Republic'],
      ['west-germany', 'Federal Republic of Germany'],
      ['armenia-two', 'Armenia of the north'],
      ['resolution-1373', 'Committee 1373'],
    ])
      await post('actors', { id, kind: 'person', name });
  });

  test.each([
    ['Thorne', ['adam-thorne', 'vanessa-thorne']],
    ['thorne vanessa', ['vanessa-thorne']],
    ['Thorn', ['adam-thorne', 'vanessa-thorne']],
    ['Germany', ['east-germany', 'west-germany']],
    ['Council Security United', ['un-security-council']],
    ['Guteres', ['antonio-guterres']],
    ['kaz', ['kazakhstan']],
    ['Kazakstan', ['kazakhstan']],
    ['unrca', ['unrcca']],
    ['Committee 1374', undefined],
    ['Irak', undefined],
    ['XY', undefined],
    ['nowheretobefound', undefined],
  ])('%s', async (name, ids) => {
    const { status, body } = await service.ask({ url: `/v1/timeline?actor=${encodeURIComponent(name)}` });
    expect([status, body.errors[0].didYouMean]).toEqual([400, ids]);
    expect(body.errors[0].candidates?.map(({ id }: Json) => id)).toEqual(ids);
  });

  test('with their names in the message', async () => {
    const { body } = await service.ask({ url: '/v1/timeline?actor=Germany' });
    expect(body.detail).toBe(
      'there is no actor "Germany": did you mean east-germany (German Democratic Republic) or west-germany (Federal Republic of Germany)?',
    );
  });

  test.each([
    ['events', 'csto-operation', 'csto-operation-in-kazakhstan-2022'],
    ['events', 'operation Kazakhstan CSTO', 'csto-operation-in-kazakhstan-2022'],
    ['agreements', 'treaty security', 'collective-security-treaty'],
    ['meetings', 'India-central', 'india-central-asia-summit-2022'],
    ['sources', '8967th press release', 'security-council-8967th-meeting-press-release'],
    ['places', 'Taskent', 'tashkent'],
  ])('/v1/%s/%s', async (path, name, id) => {
    const { status, body } = await service.ask({ url: `/v1/${path}/${encodeURIComponent(name)}` });
    expect([status, body.errors[0].didYouMean[0]], body.detail).toEqual([404, id]);
  });
});
