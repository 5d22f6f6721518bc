import type { RecordType } from '../../src/domain/record-type.ts';

type Fields = Record<string, unknown>;

/** A record of a type for the contract to be tried on: all it may say, the least it must, and changes to the first. All refer to seeded records. */
export type Sample = {
  /** Every field that a client can write. */
  full: Fields;
  least: Fields;
  /** An optional field, which null clears. */
  optional: string;
  /** A required field, which null does not clear. */
  required: string;
  /** A patch that reaches into the sample, and what the fields are afterwards. */
  nested: { patch: Fields; after: Fields };
};

const source = 'un-and-central-asia-regional-security';
const names = [
  { name: 'First name of the sample', language: 'en', kind: 'official', period: { edtf: '1992/2019', asStated: 'until 2019' } },
  { name: 'Имя образца', language: 'ru', kind: 'variant', attested: false },
  { name: 'A name without a kind', attested: true },
];
/** The fields that records of every type may have. */
const common: Fields = {
  names,
  attributes: {
    coded: true,
    event_clarity: 1.5,
    'dyad.name': 'Government – Opposition',
    'where-coded': ['Oslo', 'Uppsala'],
  },
  identifiers: [
    { scheme: 'sample', value: 'A-1' },
    { scheme: 'gwcode', value: '702', match: 'close' },
    { scheme: 'cow', value: '703', match: 'exact' },
  ],
  links: [
    {
      url: 'https://example.org/photo.jpg?size=1#here',
      title: 'The photograph',
      kind: 'image',
      credit: 'Photographer Ünïcödé',
      license: 'CC-BY-4.0',
    },
    { url: 'http://example.org/' },
  ],
  note: 'Two sentences.\n\tIndented.',
  relations: [{ type: 'concerns', record: { type: 'actor', id: 'unrcca' } }],
  citations: [
    {
      source,
      paragraph: 3,
      page: 'iv',
      phrase: 'some words',
      supports: ['date.start', 'participants.csto'],
      stance: 'qualifies',
      attributedTo: 'kazakhstan',
      note: 'Read so.',
    },
    { source },
  ],
};
const entry: Fields = {
  status: 'claimed',
  summary: 'What it was. "Quoted", <b>marked</b> & ünïcödé 𝄞.',
  topics: ['contract', 'aral-sea'],
  participants: [
    { actor: 'kazakhstan', role: 'host', onBehalfOf: 'csto', asStated: 'the Republic' },
    { actor: 'unrcca', role: 'observer' },
  ],
  figures: [
    { label: 'personnel', value: 3800.5, unit: 'person', qualifier: 'about', asStated: 'some', attributedTo: 'csto' },
    { label: 'debt', value: -1, unit: 'USD', qualifier: 'at-most' },
    { label: 'deaths', value: 12, low: 9, high: 25.5, unit: 'person', qualifier: 'estimate' },
    { label: 'injured', low: 0, high: 40, unit: 'person', qualifier: 'estimate' },
  ],
  places: ['tashkent', 'termez'],
  ...common,
};
const date = { edtf: '2021-09/..', asStated: 'since September 2021' };
const year = { edtf: '2021', earliest: '2021-01-01', latest: '2021-12-31', precision: 'year', label: '2021' };
const nestedDate = { patch: { date: { edtf: '2021' } }, after: { date: { ...year, asStated: 'since September 2021' } } };

/** The sample of each type. */
export const samples: Record<RecordType, Sample> = {
  code: {
    full: {
      type: 'code',
      vocabulary: 'topic',
      slug: 'sample',
      label: 'A sample of a code',
      definition: 'What it means.',
      recordTypes: ['event', 'agreement'],
      ...common,
    },
    least: { vocabulary: 'topic', slug: 'least', label: 'The least code' },
    optional: 'definition',
    required: 'label',
    nested: { patch: { recordTypes: ['actor'] }, after: { recordTypes: ['actor'] } },
  },
  event: {
    full: { type: 'event', kind: 'statement', title: 'A sample of an event', date, ...entry },
    least: { kind: 'statement', title: 'The least event' },
    optional: 'summary',
    required: 'title',
    nested: nestedDate,
  },
  meeting: {
    full: {
      type: 'meeting',
      kind: 'summit',
      title: 'A sample of a meeting',
      date,
      number: 7,
      symbols: ['SC/1', 'SC/2'],
      startTime: '09:30',
      endTime: '23:59',
      timeZone: 'America/New_York',
      format: 'hybrid',
      ...entry,
    },
    least: { kind: 'summit', title: 'The least meeting' },
    optional: 'timeZone',
    required: 'kind',
    nested: nestedDate,
  },
  agreement: {
    full: {
      type: 'agreement',
      kind: 'treaty',
      title: 'A sample of an agreement',
      symbol: 'S/2007/279',
      dates: [
        {
          role: 'signed',
          edtf: '1992-05-15',
          asStated: 'on 15 May',
          place: 'tashkent',
          participants: [{ actor: 'kazakhstan', role: 'signatory' }],
        },
        { role: 'effective', edtf: '1994/..' },
        { role: 'ended' },
      ],
      ...entry,
    },
    least: { kind: 'treaty', title: 'The least agreement' },
    optional: 'dates',
    required: 'title',
    nested: { patch: { dates: [{ role: 'signed', edtf: '2021' }] }, after: { dates: [{ role: 'signed', ...year }] } },
  },
  source: {
    full: {
      type: 'source',
      kind: 'book',
      title: 'A sample of a source',
      summary: 'On samples.',
      authors: ['A. Author', 'B. Author'],
      editors: ['E. Editor', 'F. Editor'],
      publisher: 'The press',
      journal: 'Journal of Samples',
      volume: 'XII',
      issue: '3-4',
      pages: '117-134',
      license: 'CC-BY-4.0',
      symbol: 'A/SAMPLE/1',
      language: 'uz-Latn',
      published: { edtf: '2008?', asStated: '2008 (?)' },
      url: 'https://example.org/a?b=c#d',
      sha256: 'a'.repeat(64),
      paragraphs: 12,
      ...common,
    },
    least: { kind: 'book', title: 'The least source' },
    optional: 'published',
    required: 'title',
    nested: { patch: { published: { edtf: '2021', asStated: null } }, after: { published: year } },
  },
  actor: {
    full: {
      type: 'actor',
      kind: 'organization',
      name: 'A sample of an actor',
      description: 'It acts.',
      partOf: 'united-nations',
      dates: [
        { role: 'founded', edtf: '1992-05-15', asStated: 'on 15 May', basis: 'inferred', calendar: 'julian', place: 'tashkent' },
        { role: 'dissolved' },
      ],
      memberships: [
        {
          organization: 'csto',
          role: 'member',
          onBehalfOf: 'kazakhstan',
          period: { edtf: '1994/2001-04', asStated: 'until April' },
          citations: [{ source, paragraph: 3, phrase: 'some words', supports: ['period'], attributedTo: 'unrcca' }, { source }],
        },
        { organization: 'kazakhstan' },
      ],
      ...common,
    },
    least: { kind: 'group', name: 'The least actor' },
    optional: 'partOf',
    required: 'name',
    nested: { patch: { memberships: [{ organization: 'CSTO' }] }, after: { memberships: [{ organization: 'csto' }] } },
  },
  place: {
    full: {
      type: 'place',
      kind: 'venue',
      name: 'A sample of a place',
      coordinates: { latitude: 41.5, longitude: -69.25 },
      partOf: ['uzbekistan', 'central-asia'],
      ...common,
    },
    least: { kind: 'city', name: 'The least place' },
    optional: 'coordinates',
    required: 'name',
    nested: { patch: { coordinates: { latitude: 0 } }, after: { coordinates: { latitude: 0, longitude: -69.25 } } },
  },
};
