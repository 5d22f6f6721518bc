import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sortKey } from '../../../src/domain/text/sort-key.ts';
import { listEntries } from '../../../src/query/execute/entries.ts';
import { listRecords } from '../../../src/query/named-records/named-records.ts';
import { create } from '../../../src/records/create.ts';
import type { RecordFilters } from '../../../src/query/named-records/filters.ts';
import { modelOf } from '../../../src/model/models.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import type { Document } from '../oracle/documents.ts';
import { type World, writtenWorld } from '../oracle/world.ts';

type Other = 'actor' | 'place' | 'source';

/** Two in three questions do not ask for it. */
const some = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Returns true for a record that matches the filters, by its JSON alone. */
function isAsked(record: Document, { kind, partOf, memberOf, updatedSince }: RecordFilters): boolean {
  return (
    (kind === undefined || kind.split(',').includes(record.kind)) &&
    (partOf === undefined || [record.partOf ?? []].flat().includes(partOf)) &&
    (memberOf === undefined || (record.memberships ?? []).some(({ organization }) => organization === memberOf)) &&
    (updatedSince === undefined || Date.parse(record.updatedAt) >= Date.parse(updatedSince))
  );
}

describe('in a random world, the lists of actors, places and sources', () => {
  let world: World;
  beforeAll(async () => {
    world = await writtenWorld(61, { place: 20, actor: 40, source: 10, agreement: 5, meeting: 5, event: 5 });
  });
  afterAll(() => world.close());

  const idsOf = (of: string) => [...world.documents.values()].filter(({ type }) => type === of).map(({ id }) => id);

  test('return the items of a scan, by title or change, page by page to the end', async () => {
    const common = {
      kind: some(fc.constantFrom('group', 'city', 'book', 'group,city', 'nothing')),
      updatedSince: some(fc.constantFrom(...[...world.documents.values()].map(({ updatedAt }) => updatedAt))),
      sort: fc.constantFrom('title' as const, '-title' as const, 'updated' as const, '-updated' as const, undefined),
    };
    const actor = fc.constantFrom(...idsOf('actor'));
    const question: fc.Arbitrary<[Other, RecordFilters]> = fc.oneof(
      fc.tuple(fc.constant('actor' as const), fc.record({ ...common, partOf: some(actor), memberOf: some(actor) })),
      fc.tuple(fc.constant('place' as const), fc.record({ ...common, partOf: some(fc.constantFrom(...idsOf('place'))) })),
      fc.tuple(fc.constant('source' as const), fc.record(common)),
    );
    await fc.assert(
      fc.asyncProperty(question, async ([type, filters]) => {
        const found = await walked(world, type, filters);
        const expected = [...world.documents.values()].filter((record) => record.type === type && isAsked(record, filters));
        expect(found.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
        const key = ({ name, title, updatedAt }: Document) => (filters.sort?.endsWith('updated') ? updatedAt : sortKey(name ?? title!));
        const sign = filters.sort?.startsWith('-') ? -1 : 1;
        const keys = found.map(key);
        expect(keys).toEqual(keys.toSorted((a, b) => sign * Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { seed: 61, numRuns: 200 },
    );
  });
});

async function walked({ annals }: World, type: Other, filters: RecordFilters): Promise<Document[]> {
  const found: Document[] = [];
  const totals = new Set<number>();
  let cursor: string | undefined;
  do {
    const page = await listRecords(annals.engine, modelOf[type], { ...filters, limit: '4', cursor });
    found.push(...page.items.map(({ document }) => JSON.parse(document.toString()) as Document));
    totals.add((page.total as { total: number }).total);
    cursor = page.next;
  } while (cursor !== undefined);
  expect([...totals]).toEqual([found.length]);
  return found;
}

test('sources are listed by their language', async () => {
  const annals = await temporaryAnnals();
  for (const language of ['en', 'ru'])
    await create(annals, modelOf.source, { id: `book-${language}`, kind: 'book', title: 'Book', language });
  const { items, echo } = await listRecords(annals.engine, modelOf.source, { language: 'ru' });
  expect(items.map(({ document }) => (JSON.parse(document.toString()) as Document).id)).toEqual(['book-ru']);
  expect(echo).toEqual({ language: 'ru' });
});

test('include adds each record that the items refer to, once, and no others', async () => {
  const annals = await temporaryAnnals();
  for (const id of ['host', 'principal', 'claimant', 'stranger']) await create(annals, modelOf.actor, { id, kind: 'group', name: id });
  await create(annals, modelOf.place, { id: 'here', kind: 'city', name: 'Here' });
  await create(annals, modelOf.source, { id: 'book', kind: 'book', title: 'Book' });
  for (const id of ['one', 'two'])
    await create(annals, modelOf.event, {
      id,
      kind: 'visit',
      title: id,
      places: ['here'],
      participants: [{ actor: 'host', role: 'host', onBehalfOf: 'principal' }],
      citations: [{ source: 'book', attributedTo: 'claimant' }],
    });
  const { included } = await listEntries(annals.engine, modelOf.event, { include: 'actors,places,sources' });
  const ids = Object.entries(included!).map(([kind, all]) => [kind, all.map((each) => (JSON.parse(each.toString()) as Document).id)]);
  expect(Object.fromEntries(ids)).toEqual({ actors: ['claimant', 'host', 'principal'], places: ['here'], sources: ['book'] });
  expect((await listEntries(annals.engine, modelOf.event, {})).included).toBeUndefined();
});
