import fc from 'fast-check';
import type { RecordType } from '../../src/domain/record-type.ts';
import { VOCABULARIES } from '../../src/model/code.ts';
import { Status } from '../../src/model/fields.ts';
import { modelOf } from '../../src/model/models.ts';

/** Records that arbitrary ones may refer to, by type and id. */
export const KNOWN = {
  place: ['somewhere', 'elsewhere'],
  actor: ['first', 'second', 'third'],
  source: ['book', 'letter'],
  event: ['war', 'peace'],
} as const;

/** The lines that make them. */
export const KNOWN_LINES = [
  ...KNOWN.place.map((id) => ({ type: 'place', id, kind: 'city', name: `Place ${id}` })),
  ...KNOWN.actor.map((id) => ({ type: 'actor', id, kind: 'state', name: `Actor ${id}` })),
  ...KNOWN.source.map((id) => ({ type: 'source', id, kind: 'book', title: `Source ${id}` })),
  ...KNOWN.event.map((id) => ({ type: 'event', id, kind: 'war', title: `Event ${id}`, date: { edtf: '1999' } })),
];

/** Texts with what may trip: quotes, other scripts, spaces at the ends, characters beyond 16 bits. */
const text = fc
  .array(fc.constantFrom('a', 'Z', '7', ' ', '"', "'", '\\', 'é', 'Ж', '中', '😀', '%', ';', '<'), { minLength: 1, maxLength: 12 })
  .map((letters) => `x${letters.join('')}`);
const slug = fc.constantFrom('one', 'two', 'three-four', 'x5');
const edtf = fc.constantFrom(
  '1999',
  '2018-03',
  '2018-03-26',
  '199X',
  '19XX',
  '2001-21',
  '2015/2021',
  '2021-09/..',
  '/2021',
  '2022-01~',
  '2018?',
  '-0044',
);
const of = <Value>(values: readonly Value[]) => fc.constantFrom(...values);
const list = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 3 });
const some = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[]) => fc.record(fields, { requiredKeys: required });

const calendar = fc.constantFrom('gregorian', 'julian');
const date = some({ edtf, asStated: text, calendar }, ['edtf']);
const participants = list(some({ actor: of(KNOWN.actor), role: slug, onBehalfOf: of(KNOWN.actor), asStated: text }, ['actor', 'role']));
const period = some({ edtf, asStated: text, basis: of(['stated', 'inferred']), calendar }, ['edtf']);
const names = list(
  some({ name: text, language: of(['en', 'uz-Latn']), kind: of(['official', 'short', 'variant']), period, attested: fc.boolean() }, [
    'name',
  ]),
);
/** Values of exact identifiers are counted, since each belongs to one record; a close one may belong to several. */
let identified = 0;
const scheme = of(['wikidata', 'x.y']);
const identifiers = list(
  fc.oneof(
    some({ scheme, value: text.map((written) => `${written}${(identified += 1)}`), match: fc.constant('exact') }, ['scheme', 'value']),
    fc.record({ scheme, value: text, match: fc.constant('close') }),
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value + 0),
);
const attributes = fc.dictionary(
  of(['coded', 'event_clarity', 'dyad.name', 'Where-coded']),
  fc.oneof(text, number, fc.boolean(), fc.array(text, { minLength: 1, maxLength: 3 })),
  { noNullPrototype: true },
);
const links = list(
  some({ url: of(['https://example.org/a?b=c', 'http://example.org/#d']), title: text, kind: slug, credit: text, license: text }, ['url']),
);
const citations = list(
  some(
    {
      source: of(KNOWN.source),
      paragraph: fc.integer({ min: 1, max: 99 }),
      page: text,
      phrase: text,
      supports: list(of(['date.start', 'figures'])),
      stance: of(['supports', 'contradicts', 'qualifies']),
      attributedTo: of(KNOWN.actor),
      note: text,
    },
    ['source'],
  ),
);
const common = {
  names,
  attributes,
  identifiers,
  links,
  note: text,
  relations: list(fc.record({ type: slug, record: fc.record({ type: fc.constant('event'), id: of(KNOWN.event) }) })),
  citations,
};
const about = {
  unit: text,
  qualifier: of(['exact', 'about', 'estimate', 'at-least', 'at-most']),
  asStated: text,
  attributedTo: of(KNOWN.actor),
};
/** Numbers in order, as the least, the best and the most. */
const ordered = fc.tuple(number, number, number).map((numbers) => numbers.toSorted((one, other) => one - other));
const figure = fc.oneof(
  some({ label: text, value: number, ...about }, ['label', 'value', 'unit', 'qualifier']),
  fc
    .tuple(
      ordered,
      some({ label: text, ...about }, ['label', 'unit', 'qualifier']),
      of([
        ['low', 'high'],
        ['low', 'value'],
        ['value', 'high'],
        ['low', 'value', 'high'],
      ]),
    )
    .map(([[low, value, high], rest, stated]) => ({
      ...rest,
      ...Object.fromEntries(Object.entries({ value, low, high }).filter(([side]) => stated.includes(side))),
    })),
);
const entry = {
  status: of(Status.options),
  summary: text,
  topics: fc.uniqueArray(slug, { maxLength: 3 }),
  participants,
  figures: list(figure),
  places: list(of(KNOWN.place)),
};
const dated = { date };

const FIELDS: Record<RecordType, Record<string, fc.Arbitrary<unknown>>> = {
  code: { definition: text, recordTypes: list(of(['event', 'actor'])) },
  place: {
    partOf: list(of(KNOWN.place)),
    coordinates: fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }).map((value) => value + 0),
      longitude: fc.integer({ min: -180, max: 180 }),
    }),
  },
  actor: {
    description: text,
    partOf: of(KNOWN.actor),
    dates: list(
      some({ role: of(['founded', 'died', 'existed', 'moved']), edtf, asStated: text, calendar, place: of(KNOWN.place) }, ['role', 'edtf']),
    ),
    memberships: list(
      some({ organization: of(KNOWN.actor), role: slug, onBehalfOf: of(KNOWN.actor), period: date, citations }, ['organization']),
    ),
  },
  source: {
    summary: text,
    authors: list(text),
    editors: list(text),
    publisher: text,
    journal: text,
    volume: text,
    issue: text,
    pages: text,
    license: text,
    symbol: text,
    language: of(['en', 'ru']),
    published: date,
    url: fc.constant('https://example.org/a?b=c'),
    sha256: fc.constant('0'.repeat(64)),
    paragraphs: fc.nat(1000),
  },
  agreement: {
    ...entry,
    symbol: text,
    dates: list(
      fc.oneof(
        some({ role: slug, edtf, asStated: text, calendar, place: of(KNOWN.place), participants }, ['role', 'edtf']),
        some({ role: slug, asStated: text, place: of(KNOWN.place), participants }, ['role']),
      ),
    ),
  },
  meeting: {
    ...entry,
    ...dated,
    number: fc.integer({ min: 1, max: 9999 }),
    symbols: list(text),
    startTime: fc.constant('09:05'),
    endTime: fc.constant('23:59'),
    timeZone: fc.constant('Asia/Tashkent'),
    format: of(['in-person', 'virtual', 'hybrid']),
  },
  event: { ...entry, ...dated },
};

/** A record of a type as clients write it, without its id; it refers to `KNOWN` records only, by their ids. */
export function arbitraryRecord(type: RecordType): fc.Arbitrary<Record<string, unknown>> {
  const { titleField, idFields } = modelOf[type];
  const given: Record<string, fc.Arbitrary<string>> = idFields ? { vocabulary: of(VOCABULARIES), slug } : { kind: slug };
  return some({ type: fc.constant(type), ...given, [titleField]: text, ...FIELDS[type], ...common }, [
    'type',
    ...Object.keys(given),
    titleField,
  ]);
}
