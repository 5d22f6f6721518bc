import { attributesOf, count, type Dataset, distinct, idsOf, slug } from './dataset.ts';

/** Datasets of calendars, periods, slides and books. */

const CALENDAR_ROWS = [
  {
    UID: 'a1@example.org',
    SUMMARY: 'Opening sitting',
    DTSTART: '2024-03-04T09:00',
    DTEND: '2024-03-04T12:30',
    TZID: 'Europe/Tallinn',
    LOCATION: 'Great Hall',
    GEO: '59.44;24.74',
    STATUS: 'CONFIRMED',
    URL: 'https://example.org/a1',
    CATEGORIES: 'Council',
    ORGANIZER: 'Council of Tallinn',
  },
  {
    UID: 'a2@example.org',
    SUMMARY: 'Evening sitting',
    DTSTART: '2024-03-04T18:30',
    DTEND: '2024-03-04T20:00',
    TZID: 'Europe/Tallinn',
    LOCATION: 'Great Hall',
    GEO: '59.44;24.74',
    STATUS: 'CANCELLED',
    URL: 'https://example.org/a2',
    CATEGORIES: 'Council',
    ORGANIZER: 'Council of Tallinn',
  },
  {
    UID: 'b1@example.org',
    SUMMARY: 'Budget days',
    DTSTART: '2024-04-08',
    DTEND: '2024-04-10',
    TZID: null,
    LOCATION: 'Small Hall',
    GEO: '59.50;24.80',
    STATUS: 'CONFIRMED',
    URL: 'https://example.org/b1',
    CATEGORIES: 'Budget',
    ORGANIZER: 'Council of Tallinn',
  },
];

const timeOf = (instant: string) => (instant.includes('T') ? instant.slice(11) : undefined);

/** The last day: the end of days is exclusive in iCalendar. */
const DATES: Readonly<Record<string, string>> = { '2024-04-08': '2024-04-08/2024-04-09' };

const calendar: Dataset = {
  name: 'iCalendar: the sittings of a council',
  rows: CALENDAR_ROWS,
  records: [
    { type: 'actor', id: 'ical-council', kind: 'organization', name: 'Council of Tallinn' },
    ...distinct(CALENDAR_ROWS.map(({ LOCATION }) => LOCATION)).map((name) => {
      const [latitude, longitude] = CALENDAR_ROWS.find(({ LOCATION }) => LOCATION === name)!
        .GEO.split(';')
        .map(Number);
      return { type: 'place', id: `ical-${slug(name)}`, kind: 'venue', name, coordinates: { latitude, longitude } };
    }),
    ...CALENDAR_ROWS.map((row) => ({
      type: 'meeting',
      id: `ical-${slug(row.UID)}`,
      kind: 'sitting',
      title: row.SUMMARY,
      date: DATES[row.DTSTART] ?? row.DTSTART.slice(0, 10),
      status: row.STATUS === 'CANCELLED' ? 'cancelled' : 'occurred',
      places: [`ical-${slug(row.LOCATION)}`],
      ...(row.TZID !== null && { startTime: timeOf(row.DTSTART), endTime: timeOf(row.DTEND), timeZone: row.TZID }),
      participants: [{ actor: 'ical-council', role: 'organizer' }],
      topics: ['ical', slug(row.CATEGORIES)],
      identifiers: [{ scheme: 'ical-uid', value: row.UID }],
      links: [{ url: row.URL, kind: 'page' }],
      attributes: attributesOf(row, ['STATUS', 'CATEGORIES']),
    })),
  ],
  otherwise: ['DTSTART', 'DTEND', 'GEO'],
  questions: [
    { ask: 'timeline?topic=ical&on=2024-03-04', is: count(CALENDAR_ROWS, ({ DTSTART }) => DTSTART.startsWith('2024-03-04')) },
    { ask: 'timeline?topic=ical&status=!cancelled', is: count(CALENDAR_ROWS, ({ STATUS }) => STATUS !== 'CANCELLED') },
    { ask: 'timeline?topic=ical&on=2024-04-10', is: 0 },
    { ask: 'timeline?topic=ical&near=59.44,24.74,2', is: count(CALENDAR_ROWS, ({ LOCATION }) => LOCATION === 'Great Hall') },
    { ask: 'meetings/ical-uid:a2@example.org', of: (body) => (body as unknown as { startTime: string }).startTime, is: '18:30' },
    { ask: 'timeline?topic=ical&monthDay=03-04', is: 2 },
  ],
};

const PERIOD_ROWS = [
  {
    id: 'p0age1',
    label: 'Age of Roses',
    labels: [
      ['de', 'Rosenzeit'],
      ['fr', 'Âge des roses'],
    ],
    start: '-0800',
    startMax: '-0750',
    stop: '-0600',
    spatialCoverage: ['Ruritania', 'Plain'],
    spatialCoverageDescription: 'Ruritania and the Plain',
    authority: 'Elphberg 1931',
    page: '12',
    editorialNote: 'Read from a table',
    sameAs: 'Q800001',
  },
  {
    id: 'p0age2',
    label: 'Age of Lilies',
    labels: [['de', 'Lilienzeit']],
    start: '-0600',
    startMax: null,
    stop: '-0400',
    spatialCoverage: ['Plain'],
    spatialCoverageDescription: 'The Plain',
    authority: 'Elphberg 1931',
    page: '13',
    editorialNote: null,
    sameAs: null,
  },
];

const periods: Dataset = {
  name: 'PeriodO: named periods',
  rows: PERIOD_ROWS,
  records: [
    { type: 'source', id: 'periodo-elphberg-1931', kind: 'book', title: 'Elphberg 1931', published: '1931' },
    ...distinct(PERIOD_ROWS.flatMap(({ spatialCoverage }) => spatialCoverage)).map((name) => ({
      type: 'place',
      id: `periodo-${slug(name)}`,
      kind: 'country',
      name: `${name} (PeriodO)`,
    })),
    ...PERIOD_ROWS.map((row) => ({
      type: 'event',
      id: `periodo-${row.id}`,
      kind: 'period',
      title: row.label,
      names: row.labels.map(([language, name]) => ({ name, language })),
      date: `${row.start}/${row.stop}`,
      places: row.spatialCoverage.map((name) => `periodo-${slug(name)}`),
      topics: ['periodo'],
      identifiers: [
        { scheme: 'periodo', value: row.id },
        ...(row.sameAs === null ? [] : [{ scheme: 'wikidata', value: row.sameAs, match: 'close' }]),
      ],
      links: [{ url: `https://example.org/${row.id}`, kind: 'page' }],
      attributes: attributesOf(row, ['spatialCoverageDescription', 'startMax']),
      note: row.editorialNote ?? undefined,
      citations: [{ source: 'periodo-elphberg-1931', page: row.page }],
    })),
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?topic=periodo&place=periodo-plain', is: PERIOD_ROWS.length },
    {
      ask: 'timeline?topic=periodo&place=periodo-ruritania',
      is: count(PERIOD_ROWS, ({ spatialCoverage }) => spatialCoverage.includes('Ruritania')),
    },
    { ask: 'timeline?topic=periodo&on=-0500', is: 1 },
    { ask: 'timeline?topic=periodo&q=Rosenzeit', is: 1 },
    { ask: `events/${encodeURIComponent('Âge des roses')}`, of: (body) => (body as unknown as { id: string }).id, is: 'periodo-p0age1' },
    { ask: 'events/wikidata:Q800001', of: (body) => (body as unknown as { id: string }).id, is: 'periodo-p0age1' },
    {
      ask: 'timeline/counts?topic=periodo&by=place',
      of: ({ items }) => items.map((item) => [(item['place'] as { id: string }).id, item['moments']]),
      is: [
        ['periodo-plain', 2],
        ['periodo-ruritania', 1],
      ],
    },
  ],
};

const SLIDE_ROWS = [
  {
    unique_id: 'slide-1',
    headline: 'First flight',
    text: '<p>A kite flew.</p>',
    year: 1901,
    month: 2,
    day: 3,
    end_year: null,
    group: 'Flight',
    media_url: 'https://example.org/kite.jpg',
    media_caption: 'The kite',
    media_credit: 'Museum of Kites',
    background: '#ff0000',
    display_date: 'February 1901',
  },
  {
    unique_id: 'slide-2',
    headline: 'Second flight',
    text: '<p>It fell.</p>',
    year: 1902,
    month: null,
    day: null,
    end_year: 1904,
    group: 'Fall',
    media_url: 'https://example.org/film.mp4',
    media_caption: null,
    media_credit: 'Museum of Kites',
    background: null,
    display_date: null,
  },
];

const slides: Dataset = {
  name: 'TimelineJS: slides with media',
  rows: SLIDE_ROWS,
  records: SLIDE_ROWS.map((row) => ({
    type: 'event',
    id: `tjs-${row.unique_id}`,
    kind: 'slide',
    title: row.headline,
    summary: row.text,
    date: {
      edtf: row.end_year === null ? `${row.year}-0${row.month}-0${row.day}` : `${row.year}/${row.end_year}`,
      ...(row.display_date !== null && { asStated: row.display_date }),
    },
    topics: ['timelinejs', slug(row.group)],
    identifiers: [{ scheme: 'timelinejs', value: row.unique_id }],
    links: [
      {
        url: row.media_url,
        kind: row.media_url.endsWith('jpg') ? 'image' : 'video',
        title: row.media_caption ?? undefined,
        credit: row.media_credit,
      },
    ],
    attributes: attributesOf(row, ['group', 'background']),
  })),
  otherwise: ['month', 'day'],
  questions: [
    { ask: 'timeline?topic=timelinejs&on=1903', is: 1 },
    { ask: 'timeline?topic=timelinejs&attribute=group:Flight', is: 1 },
    { ask: 'timeline?topic=timelinejs&q=Museum%20Kites', is: count(SLIDE_ROWS, ({ media_credit }) => media_credit === 'Museum of Kites') },
    { ask: 'timeline?topic=timelinejs&attribute=background:%23ff0000', of: idsOf, is: ['tjs-slide-1'] },
  ],
};

const BOOK_ROWS = [
  {
    key: 'rose1931',
    title: 'Roses of Ruritania',
    author: ['Elphberg, Rudolf', 'Sapt, Fritz'],
    editor: ['Tarlenheim, Fritz von'],
    year: 1931,
    journal: 'Journal of Roses',
    volume: '12',
    number: '3',
    pages: '117-134',
    doi: '10.9999/rose.1931',
    publisher: 'Strelsau Press',
    license: 'CC-BY-4.0',
    url: 'https://example.org/rose',
    language: 'en',
    keywords: ['roses', 'history'],
    citations: 14,
  },
  {
    key: 'lily1940',
    title: 'Lilies of the Plain',
    author: ['Sapt, Fritz'],
    editor: [],
    year: 1940,
    journal: 'Journal of Lilies',
    volume: '1',
    number: null,
    pages: '1-9',
    doi: '10.9999/lily.1940',
    publisher: 'Plain Press',
    license: null,
    url: null,
    language: 'de',
    keywords: ['lilies'],
    citations: 2,
  },
];

const bibliography: Dataset = {
  name: 'A bibliography',
  rows: BOOK_ROWS,
  records: BOOK_ROWS.map((row) => ({
    type: 'source',
    id: row.key,
    kind: 'article',
    title: row.title,
    authors: row.author,
    editors: row.editor,
    publisher: row.publisher,
    journal: row.journal,
    volume: row.volume,
    issue: row.number ?? undefined,
    pages: row.pages,
    language: row.language,
    url: row.url ?? undefined,
    license: row.license ?? undefined,
    published: String(row.year),
    identifiers: [{ scheme: 'doi', value: row.doi }],
    attributes: { keywords: row.keywords, citations: row.citations, list: 'books-of-test' },
  })),
  otherwise: [],
  questions: [
    { ask: 'sources?attribute=list:books-of-test&author=Sapt,%20Fritz', of: idsOf, is: ['lily1940', 'rose1931'] },
    { ask: 'sources?attribute=list:books-of-test&author=elphberg%20rudolf', of: idsOf, is: ['rose1931'] },
    { ask: 'sources?attribute=list:books-of-test&from=1935', of: idsOf, is: ['lily1940'] },
    { ask: 'sources?attribute=list:books-of-test&to=1935', of: idsOf, is: ['rose1931'] },
    { ask: 'sources?attribute=keywords:history', of: idsOf, is: ['rose1931'] },
    { ask: 'sources/doi:10.9999%2Frose.1931', of: (body) => (body as unknown as { id: string }).id, is: 'rose1931' },
    { ask: 'sources?q=Tarlenheim', of: idsOf, is: ['rose1931'] },
  ],
};

export const documents: readonly Dataset[] = [calendar, periods, slides, bibliography];
