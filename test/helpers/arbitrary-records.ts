import fc from 'fast-check';
import type { RecordType } from '../../src/domain/record-type.ts';
import { Status } from '../../src/model/fields.ts';

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
const common = {
  note: text,
  relations: list(fc.record({ type: slug, record: fc.record({ type: fc.constant('event'), id: of(KNOWN.event) }) })),
  citations: list(
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
  ),
};
const names = list(some({ name: text, language: of(['en', 'uz-Latn']), kind: of(['official', 'short', 'variant']) }, ['name', 'kind']));
/** Values are counted, since an identifier belongs to one record. */
let identified = 0;
const identifierValue = text.map((written) => `${written}${(identified += 1)}`);
const identifiers = list(fc.record({ scheme: of(['wikidata', 'x.y']), value: identifierValue }));
const figure = {
  label: text,
  value: fc.oneof(
    fc.integer(),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value + 0),
  ),
  unit: text,
  qualifier: of(['exact', 'about', 'at-least', 'at-most']),
  asStated: text,
  attributedTo: of(KNOWN.actor),
};
const entry = {
  status: of(Status.options),
  summary: text,
  topics: fc.uniqueArray(slug, { maxLength: 3 }),
  participants,
  figures: list(some(figure, ['label', 'value', 'unit', 'qualifier'])),
};
const dated = { date, place: of(KNOWN.place) };

const FIELDS: Record<RecordType, Record<string, fc.Arbitrary<unknown>>> = {
  place: {
    names,
    identifiers,
    country: of(KNOWN.place),
    coordinates: fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }).map((value) => value + 0),
      longitude: fc.integer({ min: -180, max: 180 }),
    }),
  },
  actor: {
    names,
    identifiers,
    description: text,
    partOf: of(KNOWN.actor),
    memberships: list(some({ organization: of(KNOWN.actor), role: slug, period: date }, ['organization'])),
  },
  source: {
    names,
    summary: text,
    authors: list(text),
    publisher: text,
    symbol: text,
    language: of(['en', 'ru']),
    published: date,
    url: fc.constant('https://example.org/a?b=c'),
    sha256: fc.constant('0'.repeat(64)),
    paragraphs: fc.nat(1000),
  },
  agreement: {
    ...entry,
    names,
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
  const title = type === 'place' || type === 'actor' ? 'name' : 'title';
  return some({ type: fc.constant(type), kind: slug, [title]: text, ...FIELDS[type], ...common }, ['type', 'kind', title]);
}
