import { slugged } from '../../../src/domain/text/slug.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNBOUNDED_END, UNBOUNDED_START, isoOfDay } from '../../../src/domain/time/day.ts';
import { parseWindow } from '../../../src/domain/time/window.ts';
import { type Counterpart, counterpartsOf } from '../../../src/query/execute/counterparts.ts';
import { listTimeline } from '../../../src/query/execute/timeline.ts';
import { findRecord } from '../../../src/records/stored-record.ts';
import { relatedTo } from '../../../src/query/lists/related.ts';
import { search } from '../../../src/query/search/search.ts';
import { vocabularyOf } from '../../../src/query/lists/vocabulary.ts';
import { modelOf } from '../../../src/model/models.ts';
import type { RecordType } from '../../../src/domain/record-type.ts';
import { SLUGS } from '../oracle/bodies.ts';
import { windowAsked } from '../oracle/dates.ts';
import { matchOf } from '../oracle/naive-dates.ts';
import { hasText } from '../oracle/naive-text.ts';
import type { Document, Moment } from '../oracle/documents.ts';
import { momentsOf } from '../oracle/naive.ts';
import { text } from '../oracle/questions.ts';
import { type World, writtenWorld } from '../oracle/world.ts';

type Page<Item> = { items: Item[]; next?: string };

/** All items of a list that is walked in pages of three. */
async function walked<Item>(page: (parameters: { limit: string; cursor?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const found: Page<Item> = await page({ limit: '3', ...(cursor === undefined ? {} : { cursor }) });
    items.push(...found.items);
    cursor = found.next;
  } while (cursor !== undefined);
  return items;
}

/** Everybody who acts or is acted for in moments. */
function actorsIn(moments: readonly Moment[]): Set<string> {
  const all = moments.flatMap(({ participants }) => participants);
  return new Set(all.flatMap(({ actor, onBehalfOf }) => (onBehalfOf === undefined ? [actor] : [actor, onBehalfOf])));
}

type Naive = { entries: number; first: number; last: number };

/** Those who take part in one of some roles, if any are asked, and in none that is left out. */
function inRoles(moments: readonly Moment[], { any, none }: { any: string[]; none: string[] }): Set<string> {
  const having = (isAsked: (role: string) => boolean): Set<string> =>
    actorsIn(moments.map((moment) => ({ ...moment, participants: moment.participants.filter(({ role }) => isAsked(role)) })));
  const leftOut = having((role) => none.includes(role));
  return new Set([...having((role) => any.length === 0 || any.includes(role))].filter((each) => !leftOut.has(each)));
}

/** Counterparts of an actor, by a scan of every moment of every entry. */
function naiveCounterparts(world: World, id: string, { from, to }: { from?: number; to?: number }, role?: string): Map<string, Naive> {
  const asked = role?.split(',') ?? [];
  const roles = {
    any: asked.filter((each) => !each.startsWith('!')),
    none: asked.flatMap((each) => (each.startsWith('!') ? [each.slice(1)] : [])),
  };
  const found = new Map<string, Naive>();
  const whole = from === undefined && to === undefined;
  for (const entry of world.documents.values()) {
    const its = momentsOf(entry).filter((moment) => inRoles([moment], roles).has(id));
    const within = its.flatMap(({ date, bounds }) => (bounds && matchOf(date, { from, to }) ? [bounds] : []));
    if (its.length === 0 || (!whole && within.length === 0)) continue;
    for (const other of inRoles(momentsOf(entry), roles)) {
      if (other === id) continue;
      const before = found.get(other) ?? { entries: 0, first: Infinity, last: -Infinity };
      found.set(other, {
        entries: before.entries + 1,
        first: Math.min(before.first, ...within.map(({ startMin }) => startMin)),
        last: Math.max(before.last, ...within.map(({ endMax }) => endMax)),
      });
    }
  }
  return found;
}

describe('in a random world, after creates, updates and deletions,', () => {
  let world: World;
  beforeAll(async () => {
    world = await writtenWorld(41, { place: 6, actor: 12, source: 3, agreement: 40, meeting: 20, event: 60 });
  });
  afterAll(() => world.close());

  const idsOf = (type: string) => [...world.documents.values()].filter((each) => each.type === type).map(({ id }) => id);

  test('counterparts are those of a scan, by number of entries, with and without a window and roles', async () => {
    const { engine } = world.annals;
    const [host, speaker] = SLUGS.role;
    const role = fc.constantFrom(undefined, host, `${host},${speaker}`, `!${host}`, `${host},!${speaker}`, 'unheard-of');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...idsOf('actor')), windowAsked, role, async (id, asked, inRole) => {
        const actor = await findRecord(engine, modelOf.actor, id);
        const found = await walked<Counterpart>((page) => counterpartsOf(engine, actor, { ...asked, role: inRole, ...page }));
        const expected = [...naiveCounterparts(world, id, parseWindow(asked), inRole)].map(([other, { entries, first, last }]) => ({
          actor: { id: other, name: world.documents.get(`actor/${other}`)!.name, kind: 'group' },
          entries,
          ...(Number.isFinite(first) && first !== UNBOUNDED_START ? { first: isoOfDay(first) } : {}),
          ...(Number.isFinite(last) && last !== UNBOUNDED_END ? { last: isoOfDay(last) } : {}),
        }));
        expect(found.map(({ entries }) => entries)).toEqual(found.map(({ entries }) => entries).toSorted((a, b) => b - a));
        expect(found.toSorted(byActor)).toEqual(expected.toSorted(byActor));
      }),
      { seed: 41, numRuns: 60 },
    );
  });

  test('counterparts of an actor with too many moments count the newest, and say so', async () => {
    const { engine } = world.annals;
    const [busiest] = await engine.read([{ sql: "SELECT value FROM terms WHERE field = 'actor' ORDER BY count DESC LIMIT 1", params: [] }]);
    const id = String(busiest[0]![0]);
    const actor = await findRecord(engine, modelOf.actor, id);
    const counted = await counterpartsOf(engine, actor, { from: '1900' }, 5);
    const newest = await listTimeline(engine, { actor: [id], from: '1900', sort: '-date', limit: '5' });
    const entries = new Set(newest.items.map(({ document }) => entryOf(document)));
    const shared = new Map<string, number>();
    for (const entry of entries)
      for (const other of actorsIn(momentsOf(world.documents.get(entry)!))) shared.set(other, (shared.get(other) ?? 0) + 1);
    shared.delete(id);
    expect(counted.counted).toBe('newest');
    expect(new Map(counted.items.map((item) => [item.actor.id, item.entries]))).toEqual(shared);
    expect((await counterpartsOf(engine, actor, { from: '1900' })).counted).toBe('all');
  });

  test('related records are the targets of a record in its order, then the records that point to it', async () => {
    const { engine } = world.annals;
    const all = [...world.documents.values()];
    for (const record of all) {
      const stored = await findRecord(engine, modelOf[record.type as RecordType], record.id);
      const found = await walked((page) => relatedTo(engine, stored, page));
      const outgoing = (record.relations ?? []).map(({ type, record: { type: of, id } }) => ({
        relation: type,
        direction: 'outgoing',
        record: shown(world.documents.get(`${of}/${id}`)!),
      }));
      const incoming = all.flatMap((other) =>
        (other.relations ?? [])
          .filter(({ record: to }) => to.type === record.type && to.id === record.id)
          .map(({ type }) => ({ relation: type, direction: 'incoming', record: shown(other) })),
      );
      expect(found.slice(0, outgoing.length)).toEqual(outgoing);
      expect(
        found
          .slice(outgoing.length)
          .map((each) => JSON.stringify(each))
          .toSorted(),
      ).toEqual(incoming.map((each) => JSON.stringify(each)).toSorted());
    }
  });

  test('the vocabulary counts each word once per record, most used first', async () => {
    const counted = new Map<string, { count: number; types: Set<string> }>();
    for (const record of world.documents.values()) {
      for (const word of new Set(wordsOf(record))) {
        const before = counted.get(word) ?? { count: 0, types: new Set() };
        counted.set(word, { count: before.count + 1, types: before.types.add(record.type) });
      }
    }
    const vocabulary = await vocabularyOf(world.annals.engine);
    const found = Object.entries(vocabulary).flatMap(([field, words]) =>
      words.map((word) => ({ ...word, value: `${field}/${word.value}` })),
    );
    const expected = [...counted].map(([value, { count, types }]) => ({ value, count, types: [...types].toSorted() }));
    expect(found.toSorted(byValue)).toEqual(expected.toSorted(byValue));
    for (const words of Object.values(vocabulary))
      expect(words).toEqual(words.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)));
  });

  test('a search finds the entries of a scan, each once, and their number', async () => {
    const { engine } = world.annals;
    await fc.assert(
      fc.asyncProperty(text, async (q) => {
        const found = await walked((page) => search(engine, { q, type: 'event,agreement,meeting', ...page }));
        const expected = [...world.documents.values()].filter(
          (entry) => momentsOf(entry).length > 0 && hasText(entry, momentsOf(entry), q),
        );
        expect(found.map(({ type, id }) => `${type}/${id}`).toSorted()).toEqual(expected.map(({ type, id }) => `${type}/${id}`).toSorted());
        expect((await search(engine, { q, type: 'event,agreement,meeting' })).total).toEqual({ total: expected.length });
      }),
      { seed: 42, numRuns: 60 },
    );
  });
});

/** The entry of a moment as it stands in a timeline, as type and id. */
function entryOf(item: Buffer): string {
  const { entry } = JSON.parse(item.toString('utf8')) as { entry: { type: string; id: string } }; // @NOTE rendered by us
  return `${entry.type}/${entry.id}`;
}

const shown = ({ type, id, kind, title, name }: Document) => ({ type, id, kind, title: title ?? name });
const byActor = (a: { actor: { id: string } }, b: { actor: { id: string } }) => (a.actor.id < b.actor.id ? -1 : 1);
const byValue = (a: { value: string }, b: { value: string }) => (a.value < b.value ? -1 : 1);

function wordsOf(record: Document): string[] {
  const moments = momentsOf(record);
  const participants = [...(record.participants ?? []), ...moments.flatMap((moment) => moment.participants)];
  return [
    `kinds/${record.kind}`,
    ...(record.status === undefined ? [] : [`statuses/${record.status}`]),
    ...(record.figures ?? []).map(({ label }) => `figures/${slugged(label)}`),
    ...Object.keys(record.attributes ?? {}).map((key) => `attributes/${key}`),
    ...participants.map(({ role }) => `roles/${role}`),
    ...moments.flatMap(({ role }) => (role === undefined ? [] : [`moments/${role}`])),
    ...(record.memberships ?? []).map(({ role = 'member' }) => `roles/${role}`),
    ...(record.memberships ?? []).flatMap(({ role = 'member', period }) => (period ? [`moments/${role}`] : [])),
    ...(record.topics ?? []).map((topic) => `topics/${topic}`),
    ...(record.relations ?? []).map(({ type }) => `relations/${type}`),
  ];
}
