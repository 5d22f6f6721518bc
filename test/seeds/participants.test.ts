import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { SEEDS } from '../helpers/fixtures.ts';
import { readNdjson } from '../helpers/ndjson.ts';

// The convention of the manual: a person who acts in an office is one participant, on behalf of the state or body for which it acts.

type Participant = { actor: string; role: string; onBehalfOf?: string };
type Entry = { id: string; participants?: Participant[]; dates?: { participants?: Participant[] }[] };
type Actor = { id: string; kind: string; partOf?: string; memberships?: { organization: string; role?: string; onBehalfOf?: string }[] };

const seeded = <Line>(file: string): Line[] => readNdjson(join(SEEDS, file));

const actors = new Map(seeded<Actor>('actors.ndjson').map((actor) => [actor.id, actor]));
const entries = ['events.ndjson', 'agreements.ndjson', 'meetings.ndjson'].flatMap((file) => seeded<Entry>(file));
const lists = entries.flatMap(({ id, participants = [], dates = [] }) =>
  [participants, ...dates.map((date) => date.participants ?? [])].map((all) => ({ id, all })),
);
const kindOf = (id: string): string => actors.get(id)!.kind;
const partOf = (id: string): string | undefined => actors.get(id)!.partOf;
const offices = (id: string): string[] =>
  (actors.get(id)!.memberships ?? []).map(({ organization }) => organization).filter((each) => kindOf(each) === 'office');

const faults = (isFault: (participant: Participant, others: readonly Participant[]) => boolean): string[] =>
  lists.flatMap(({ id, all }) =>
    all
      .filter((each) =>
        isFault(
          each,
          all.filter((other) => other !== each),
        ),
      )
      .map(({ actor, role }) => `${id}: ${actor} as ${role}`),
  );

const twice = ({ actor, role }: Participant, others: readonly Participant[]) =>
  others.some((other) => other.role === role && (other.actor === actor || offices(actor).includes(other.actor)));

test('no participant stands twice in one role, as itself, or as a person and its office', () => {
  expect(faults(twice)).toEqual([]);
});

const beside = ({ actor, role }: Participant, others: readonly Participant[]) =>
  kindOf(actor) === 'office' && others.some((other) => other.role === role && other.actor === partOf(actor));

test('no office stands beside the state or body that it is of in one role', () => {
  expect(faults(beside)).toEqual([]);
});

const speaksForNobody = ({ actor, onBehalfOf }: Participant) => {
  if (onBehalfOf !== undefined) return ['office', 'person'].includes(kindOf(onBehalfOf));
  const represents = (actors.get(actor)!.memberships ?? []).some(({ role }) => role === 'representative');
  // The source may not say of which state or body an office is.
  return represents || [actor, ...offices(actor)].some((each) => kindOf(each) === 'office' && partOf(each) !== undefined);
};

test('an office, and a person who holds one or represents a state, act on behalf of a state or body', () => {
  expect(faults(speaksForNobody)).toEqual([]);
});

const service = sharedApp();

test('a state is found by what its office-holder did', async () => {
  const { body } = await service.ask({ url: '/v1/timeline?actor=russia&role=chair' });
  expect((body as { items: { entry: { id: string } }[] }).items.map(({ entry }) => entry.id)).toEqual(['security-council-meeting-8967']);
  const life = await service.ask({ url: '/v1/timeline?type=actor&actor=russia&role=chair&on=2022-02-16' });
  expect(life.body).toMatchObject({
    total: 2,
    items: [{ entry: { id: 'russia' } }, { entry: { id: 'sergey-vershinin' }, onBehalfOf: 'russia' }],
  });
  const chairs = await service.ask({ url: '/v1/actors?memberOf=csto&role=chair&on=2022-02' });
  expect(chairs.body).toMatchObject({ total: 1, items: [{ id: 'armenia' }] });
});
