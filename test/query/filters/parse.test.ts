import { beforeEach, describe, expect, test } from 'vitest';
import type { Annals } from '../../../src/records/annals.ts';
import { listEntries } from '../../../src/query/execute/entries.ts';
import { listTimeline } from '../../../src/query/execute/timeline.ts';
import { create } from '../../../src/records/create.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { modelOf } from '../../../src/model/models.ts';
import { statement } from '../../../src/storage/port.ts';
import { SCOPE_MAX } from '../../../src/query/filters/filter.ts';
import { temporaryAnnals } from '../../helpers/database.ts';

const { actor, event, place, source, meeting } = modelOf;

let annals: Annals;
beforeEach(async () => {
  annals = await temporaryAnnals();
  await create(annals, actor, { id: 'un', kind: 'organization', name: 'United Nations', names: [{ name: 'ONU', kind: 'abbreviation' }] });
  await create(annals, actor, {
    id: 'bolivia',
    kind: 'state',
    name: 'Bolivia, Plurinational State of',
    identifiers: [{ scheme: 'iso3166-1', value: 'BO' }],
  });
  await create(annals, actor, { id: 'congo-brazzaville', kind: 'state', name: 'Congo' });
  await create(annals, actor, { id: 'congo-kinshasa', kind: 'state', name: 'Congo' });
  await create(annals, place, { id: 'uzbekistan', kind: 'country', name: 'Uzbekistan' });
  await create(annals, place, { id: 'tashkent', kind: 'city', name: 'Tashkent', partOf: ['uzbekistan'] });
  await create(annals, source, { id: 'chronicle', kind: 'book', title: 'The Chronicle' });
  await create(annals, meeting, { id: 'talks', kind: 'summit', title: 'Talks' });
  await create(annals, event, {
    id: 'visit',
    kind: 'visit',
    title: 'A visit',
    date: { edtf: '2018-03' },
    places: ['tashkent'],
    participants: [
      { actor: 'un', role: 'host' },
      { actor: 'bolivia', role: 'guest' },
    ],
    citations: [{ source: 'chronicle' }],
    relations: [{ type: 'follows', record: { type: 'meeting', id: 'talks' } }],
  });
});

const found = async (filters: EntryFilters) => {
  const { items, echo } = await listEntries(annals.engine, event, filters);
  return { found: items.length, echo };
};

describe('an actor, place or source is understood', () => {
  test.each<[what: string, filters: EntryFilters, echo: Record<string, unknown>]>([
    ['by its id', { actor: ['un'] }, { actor: ['un'] }],
    ['by any of its names, however written', { actor: ['united-nations'], place: 'TASHKENT' }, { actor: ['un'], place: ['tashkent'] }],
    ['by an abbreviation', { actor: ['O.N.U.'] }, { actor: ['un'] }],
    ['by an identifier', { actor: ['iso3166-1:bo'] }, { actor: ['bolivia'] }],
    ['by a name that holds a comma', { actor: ['Bolivia, Plurinational State of'] }, { actor: ['bolivia'] }],
    ['as any of several', { actor: ['congo-kinshasa,ONU'] }, { actor: ['congo-kinshasa,un'] }],
    ['as all of several', { actor: ['un', 'bolivia'] }, { actor: ['un', 'bolivia'] }],
    ['as the country of a place', { place: 'Uzbekistan' }, { place: ['uzbekistan'] }],
    ['by a title', { source: 'the chronicle' }, { source: ['chronicle'] }],
    ['in a role, with spaces around commas', { actor: ['un'], role: 'guest , host' }, { actor: ['un'], role: ['guest', 'host'] }],
    ['as the other end of a relation', { relatedTo: 'meeting/talks' }, { relatedTo: ['meeting/talks'] }],
  ])('%s', async (_what, filters, echo) => {
    expect(await found(filters)).toEqual({ found: 1, echo: { ...echo, type: ['event'] } });
  });

  test('with the window, the match and the other filters repeated', async () => {
    expect((await found({ on: '2018', match: 'certain', q: 'visit', updatedSince: '2020-01-01' })).echo).toEqual({
      from: '2018-01-01',
      to: '2018-12-31',
      match: 'certain',
      type: ['event'],
      q: 'visit',
      words: ['visit'],
      updatedSince: '2020-01-01',
    });
  });
});

test('roles and actors are matched in one participation, not across two', async () => {
  expect((await found({ actor: ['un'], role: 'guest' })).found).toBe(0);
});

test.each<[what: string, filters: EntryFilters, error: object]>([
  [
    'a name that two have',
    { actor: ['Congo'] },
    { code: 'ambiguous-name', issues: [{ parameter: 'actor', didYouMean: ['congo-brazzaville', 'congo-kinshasa'] }] },
  ],
  [
    'a name that is misspelt',
    { place: 'Tashkend' },
    { code: 'unknown-reference', issues: [{ parameter: 'place', didYouMean: ['tashkent'] }] },
  ],
  ['a source that is not there', { source: 'nothing' }, { code: 'unknown-reference', issues: [{ parameter: 'source' }] }],
  ['a relation to what is no record', { relatedTo: 'talks' }, { code: 'invalid-request', issues: [{ parameter: 'relatedTo' }] }],
  ['a relation to an unknown type', { relatedTo: 'toString/talks' }, { code: 'invalid-request', issues: [{ parameter: 'relatedTo' }] }],
  ['a list of nothing', { topic: ' , ' }, { code: 'invalid-request', issues: [{ parameter: 'topic' }] }],
  ['actors that are none', { actor: [','] }, { code: 'invalid-request', issues: [{ parameter: 'actor' }] }],
  ['a day that does not exist', { updatedSince: '2026-02-30' }, { code: 'invalid-request', issues: [{ parameter: 'updatedSince' }] }],
  [
    'an instant that does not exist',
    { updatedSince: '2026-02-29T25:00:00Z' },
    { code: 'invalid-request', issues: [{ parameter: 'updatedSince' }] },
  ],
  ['a date that does not exist', { from: '2013-02-29' }, { code: 'invalid-request', issues: [{ parameter: 'from' }] }],
  ['what is undated in a window', { from: '2013', undated: 'true' }, { code: 'invalid-request', issues: [{ parameter: 'undated' }] }],
  ['relevance to nothing', { sort: 'relevance' }, { code: 'invalid-request', issues: [{ parameter: 'sort' }] }],
  ['a text without a word', { q: '"*"' }, { code: 'invalid-request', issues: [{ parameter: 'q' }] }],
])('%s is refused, and the error names the parameter', async (_what, filters, error) => {
  await expect(found(filters)).rejects.toMatchObject(error);
});

test('a leap day of a leap year is a valid instant', async () => {
  expect((await found({ updatedSince: '2024-02-29' })).found).toBe(1);
});

test('a cursor is valid for its own list only, with any limit, and not when it is edited', async () => {
  for (const number of [1, 2, 3]) await create(annals, event, { id: `more-${number}`, kind: 'visit', title: 'More' });
  const { next } = await listTimeline(annals.engine, { limit: '1', kind: 'visit' });
  expect((await listTimeline(annals.engine, { limit: '200', kind: 'visit', cursor: next })).items).toHaveLength(3);
  const refused = { code: 'invalid-cursor', issues: [{ parameter: 'cursor' }] };
  await expect(listTimeline(annals.engine, { limit: '1', cursor: next })).rejects.toMatchObject(refused);
  await expect(listEntries(annals.engine, event, { kind: 'visit', cursor: next })).rejects.toMatchObject(refused);
  for (const cursor of ['x', '', '\u0000', `${next}A`, next!.toLowerCase(), next!.slice(1)])
    await expect(listTimeline(annals.engine, { limit: '1', kind: 'visit', cursor })).rejects.toMatchObject(refused);
});

test('a country with more places than a query allows is refused, not truncated', async () => {
  const [[row]] = await annals.engine.read([{ sql: "SELECT id FROM records WHERE slug = 'uzbekistan'", params: [] }]);
  const countryId = Number(row![0]);
  const insert = `INSERT INTO records (id, type, slug, kind, title, sort_title, revision, created_at, updated_at, document)
    VALUES (?, 'place', ?, 'city', 'City', 'city', 1, 0, 0, ?)`;
  const keys = Array.from({ length: SCOPE_MAX }, (_, index) => 1000 + index);
  await annals.engine.write(
    keys.flatMap((id) => [
      statement(insert, id, `city-${id}`, Buffer.from('{}')),
      statement('INSERT INTO place_wholes (record_id, ordinal, whole_id) VALUES (?, 0, ?)', id, countryId),
    ]),
  );
  await expect(found({ place: 'uzbekistan' })).rejects.toMatchObject({ code: 'invalid-request', issues: [{ parameter: 'place' }] });
});
