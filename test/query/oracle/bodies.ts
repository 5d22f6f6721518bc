import fc from 'fast-check';
import type { EntryType, RecordType } from '../../../src/domain/record-type.ts';
import type { JsonObject } from '../../../src/domain/json/json.ts';
import { Status } from '../../../src/model/fields.ts';
import { calendarFor, recordDate } from './dates.ts';

/** The words that texts are made of; no kind, topic, role or id contains one. */
export const WORDS = [
  'sea',
  'water',
  'border',
  'António',
  'Çelik',
  'railway',
  'seal',
  'waterway',
  'Гази',
  'naïve',
  'accord',
  '1500',
] as const;

/** The values of the slug fields that records have. */
export const SLUGS = {
  kind: ['statement', 'visit', 'treaty'],
  topic: ['topic-a', 'topic-b', 'topic-c', 'topic-d'],
  status: Status.options,
  role: ['host', 'speaker', 'party', 'observer'],
  moment: ['signed', 'adopted', 'effective', 'ended'],
} as const;

/** How many records of a type there are at first; their ids are `<type>-<number>`. */
export type Counts = Partial<Record<RecordType, number>>;

/** A record as a client writes it, with its type. */
export type Body = JsonObject & { type: RecordType; id: string };

/** Bracketed, so that no phrase spans two fields. */
export const words = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: max }).map((each) => ['begin', ...each, 'finis'].join(' '));

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
const idOf = (type: RecordType, { [type]: count = 0 }: Counts): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: count - 1 }).map((number) => `${type}-${number}`);
const some = <Value>(arbitrary: fc.Arbitrary<Value>, maxLength: number) => fc.array(arbitrary, { maxLength });

/** Skewed: the first actors take part in most. */
const actorOf = (counts: Counts): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom('actor-0', 'actor-1') }, { weight: 2, arbitrary: idOf('actor', counts) });

const participants = (counts: Counts) =>
  some(
    fc.record({
      actor: actorOf(counts),
      role: fc.constantFrom(...SLUGS.role),
      onBehalfOf: maybe(actorOf(counts)),
      asStated: maybe(words(2)),
    }),
    4,
  );

const relationTo = (counts: Counts, own: string) =>
  fc
    .constantFrom<RecordType>('event', 'agreement', 'meeting', 'actor', 'place', 'source')
    .chain((type) =>
      fc.record({ type: fc.constantFrom('part-of', 'follows'), record: fc.record({ type: fc.constant(type), id: idOf(type, counts) }) }),
    )
    .filter(({ record }) => record.id !== own);

/** Most entries have one place or none, some have several. */
const placesOf = (counts: Counts) =>
  fc.oneof({ weight: 3, arbitrary: some(idOf('place', counts), 1) }, { weight: 1, arbitrary: some(idOf('place', counts), 3) });

const basis = maybe(fc.constantFrom('stated', 'inferred'));
const dated = recordDate.chain((edtf) =>
  fc
    .tuple(maybe(words(2)), basis, calendarFor(edtf))
    .map(([asStated, known, calendar]) => (edtf === undefined ? undefined : { edtf, asStated, basis: known, calendar })),
);

const common = (counts: Counts, id: string) => ({
  id: fc.constant(id),
  note: maybe(words(3)),
  relations: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(relationTo(counts, id), 3) }),
  citations: some(fc.record({ source: idOf('source', counts) }), 2),
});

/** Figures with one label, in two spellings, with a best value, a range or both, in tenths. */
const losses = fc
  .tuple(
    fc.integer({ min: -50, max: 500 }),
    fc.nat(99),
    fc.nat(99),
    fc.constantFrom('value', 'range', 'both'),
    fc.constantFrom('person', 'tonne'),
  )
  .map(([least, more, most, stated, unit]) => ({
    label: most % 2 === 0 ? 'losses' : 'Losses',
    ...(stated !== 'range' && { value: (least + more) / 10 }),
    ...(stated !== 'value' && { low: least / 10, high: (least + more + most) / 10 }),
    unit,
    qualifier: 'estimate',
  }));

const entry = (counts: Counts, id: string) => ({
  ...common(counts, id),
  kind: fc.constantFrom(...SLUGS.kind),
  title: words(4),
  summary: maybe(words(6)),
  status: fc.constantFrom('occurred', ...SLUGS.status),
  topics: some(fc.constantFrom(...SLUGS.topic), 3),
  places: placesOf(counts),
  participants: participants(counts),
  figures: some(
    fc.oneof(fc.record({ label: words(2), value: fc.integer(), unit: fc.constant('person'), qualifier: fc.constant('about') }), losses),
    2,
  ),
  names: some(fc.record({ name: words(2), period: fc.constantFrom(undefined, '1998', '1990/2003') }), 1),
  attributes: maybe(
    fc.record({ coded: fc.boolean(), 'clarity.a': fc.nat(3).map((each) => each / 4), dyad: words(2), seen: some(words(1), 2) }),
  ),
  links: some(fc.record({ url: fc.constant('https://example.org/'), title: maybe(words(2)) }), 1),
});

/** An event, agreement or meeting, that refers to anything. */
export function entryBody(type: EntryType, number: number, counts: Counts): fc.Arbitrary<Body> {
  const id = `${type}-${number}`;
  const place = maybe(idOf('place', counts));
  const one = { ...entry(counts, id), type: fc.constant(type), date: dated };
  if (type === 'event') return fc.record(one);
  const startTime = maybe(fc.constantFrom('00:00', '09:05', '09:30', '23:59'));
  if (type === 'meeting') return fc.record({ ...one, symbols: some(words(1), 2), startTime });
  const date = fc.record({ role: fc.constantFrom(...SLUGS.moment), place, participants: participants(counts) });
  const dates = some(
    fc.tuple(date, dated).map(([rest, when]) => ({ ...rest, ...when })),
    4,
  );
  return fc.record({
    ...entry(counts, id),
    type: fc.constant(type),
    symbol: maybe(words(1)),
    dates,
  });
}

/** Places in which a place lies, mostly of the first two, each with a smaller number: none is part of itself by way of others. */
function earlier(number: number, counts: Counts): fc.Arbitrary<string[]> {
  if (number === 0) return fc.constant([]);
  const first = idOf('place', { ...counts, place: Math.min(number, 2) });
  return some(fc.oneof({ weight: 3, arbitrary: first }, { weight: 1, arbitrary: idOf('place', { ...counts, place: number }) }), 2);
}

/** An actor, place or source, that refers to others. */
export function otherBody(type: Exclude<RecordType, EntryType>, number: number, counts: Counts): fc.Arbitrary<Body> {
  const id = `${type}-${number}`;
  const all = { ...common(counts, id), type: fc.constant(type) };
  if (type === 'source') return fc.record({ ...all, citations: fc.constant([]), kind: fc.constant('book'), title: words(3) });
  if (type === 'place') return fc.record({ ...all, kind: fc.constant('city'), name: words(3), partOf: earlier(number, counts) });
  const organization = idOf('actor', counts).filter((other) => other !== id);
  const period = recordDate.chain((edtf) =>
    calendarFor(edtf).map((calendar) => (edtf === undefined ? undefined : { edtf, ...(calendar && { calendar }) })),
  );
  return fc.record({
    ...all,
    kind: fc.constant('group'),
    name: words(3),
    // Of an earlier one: none is part of itself by way of others.
    partOf: number === 0 ? fc.constant(undefined) : maybe(idOf('actor', { ...counts, actor: number })),
    memberships: some(fc.record({ organization, period }), 3),
  });
}
