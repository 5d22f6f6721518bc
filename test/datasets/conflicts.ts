import { attributesOf, count, type Dataset, distinct, idsOf, slug, sum } from './dataset.ts';

/** Datasets of wars and violence. */

const GED_ROWS = [
  ['500.1', '2016-01-07', '2016-01-11', 2, 1, 'Elphberg Square', 'Strelsau District', 41.5, 20.25, 1, 0, 3, 2, 5, 9, 3],
  ['500.2', '2016-03-01', '2016-03-01', 1, 2, 'Zenda', 'Zenda District', 41.9, 20.75, 2, 4, 0, 0, 4, 4, 4],
  ['501', '2017-05-05', '2017-05-05', 1, 1, 'Zenda', 'Zenda District', 41.9, 20.75, 2, 0, 0, 100, 100, 120, 80],
  ['502', '2017-12-01', '2017-12-31', 4, 1, 'Elphberg Square', 'Strelsau District', 41.5, 20.25, 3, 1, 1, 0, 2, 2, 0],
].map(
  ([
    relid,
    date_start,
    date_end,
    date_prec,
    event_clarity,
    where_coordinates,
    adm_1,
    latitude,
    longitude,
    where_prec,
    deaths_a,
    deaths_b,
    deaths_civilians,
    best,
    high,
    low,
  ]) => ({
    id: Number(String(relid).replace('.', '')),
    relid: `RUR-${relid}`,
    year: Number(String(date_start).slice(0, 4)),
    active_year: true,
    type_of_violence: 1,
    conflict_name: 'Ruritania: Government',
    dyad_name: 'Government of Ruritania - Blue Party, Black Michael faction',
    side_a: 'Government of Ruritania',
    side_b: 'Blue Party',
    number_of_sources: 2,
    source_article: '"The Strelsau Gazette, 2016"',
    where_prec: Number(where_prec),
    where_coordinates: String(where_coordinates),
    adm_1: String(adm_1),
    latitude: Number(latitude),
    longitude: Number(longitude),
    country: 'Ruritania',
    country_id: 950,
    region: 'Europe',
    event_clarity: Number(event_clarity),
    date_prec: Number(date_prec),
    date_start: String(date_start),
    date_end: String(date_end),
    deaths_a: Number(deaths_a),
    deaths_b: Number(deaths_b),
    deaths_civilians: Number(deaths_civilians),
    best: Number(best),
    high: Number(high),
    low: Number(low),
  }),
);

type Ged = (typeof GED_ROWS)[number];

const died = (label: string, value: number) => ({ label, value, unit: 'person', qualifier: 'estimate' });

const inYear = (rows: readonly Ged[], year: number) => rows.filter((row) => row.year === year);

const georeferencedEvents: Dataset = {
  name: 'UCDP GED: events of violence',
  rows: GED_ROWS,
  records: [
    {
      type: 'place',
      id: 'ged-ruritania',
      kind: 'country',
      name: 'Ruritania of GED',
      identifiers: [{ scheme: 'gwno', value: '950' }],
      names: [{ name: 'Ruritania' }],
    },
    ...distinct(GED_ROWS.map(({ adm_1 }) => adm_1)).map((name) => ({
      type: 'place',
      id: `ged-${slug(name)}`,
      kind: 'district',
      name,
      partOf: ['ged-ruritania'],
    })),
    ...distinct(GED_ROWS.map(({ where_coordinates }) => where_coordinates)).map((name) => {
      const { adm_1, latitude, longitude } = GED_ROWS.find((row) => row.where_coordinates === name)!;
      return {
        type: 'place',
        id: `ged-${slug(name)}`,
        kind: 'town',
        name,
        partOf: [`ged-${slug(adm_1)}`],
        coordinates: { latitude, longitude },
      };
    }),
    { type: 'actor', id: 'ged-government', kind: 'state', name: 'Government of Ruritania' },
    { type: 'actor', id: 'ged-blue-party', kind: 'group', name: 'Blue Party' },
    ...GED_ROWS.map((row) => ({
      type: 'event',
      id: `ged-${row.id}`,
      kind: 'state-based-violence',
      title: `Violence at ${row.where_coordinates}, ${row.relid}`,
      date: row.date_start === row.date_end ? row.date_start : `[${row.date_start}..${row.date_end}]`,
      places: [`ged-${slug(row.where_coordinates)}`],
      topics: ['ged'],
      participants: [
        { actor: 'ged-government', role: 'side-a' },
        { actor: 'ged-blue-party', role: 'side-b' },
      ],
      figures: [
        { label: 'deaths', value: row.best, low: row.low, high: row.high, unit: 'person', qualifier: 'estimate' },
        died('deaths of side a', row.deaths_a),
        died('deaths of side b', row.deaths_b),
        died('deaths of civilians', row.deaths_civilians),
      ],
      identifiers: [
        { scheme: 'ucdp-ged', value: String(row.id) },
        { scheme: 'ucdp-ged-relid', value: row.relid },
      ],
      attributes: attributesOf(row, [
        'year',
        'active_year',
        'type_of_violence',
        'conflict_name',
        'dyad_name',
        'number_of_sources',
        'source_article',
        'where_prec',
        'country_id',
        'region',
        'event_clarity',
        'date_prec',
      ]),
    })),
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?topic=ged&place=ged-ruritania', is: GED_ROWS.length },
    { ask: 'timeline?topic=ged&place=Zenda%20District', is: count(GED_ROWS, ({ adm_1 }) => adm_1 === 'Zenda District') },
    { ask: 'timeline?topic=ged&attribute=event_clarity:1', is: count(GED_ROWS, ({ event_clarity }) => event_clarity === 1) },
    {
      ask: `timeline?topic=ged&attribute=dyad_name:${encodeURIComponent('"Government of Ruritania - Blue Party, Black Michael faction"')}`,
      is: GED_ROWS.length,
    },
    { ask: 'timeline?topic=ged&figure=deaths&figureMin=5', is: count(GED_ROWS, ({ best }) => best >= 5) },
    { ask: 'timeline?topic=ged&figure=deaths&figureMin=3&figureMax=50', is: count(GED_ROWS, ({ best }) => best >= 3 && best <= 50) },
    { ask: 'timeline?topic=ged&near=41.9,20.75,5', is: count(GED_ROWS, ({ where_coordinates }) => where_coordinates === 'Zenda') },
    { ask: 'timeline?topic=ged&bbox=20,41,20.5,42', is: count(GED_ROWS, ({ longitude }) => longitude <= 20.5) },
    { ask: 'timeline?topic=ged&on=2016-01-09', is: 1 },
    // Some day within the range is meant, so no day of it is certain.
    { ask: 'timeline?topic=ged&on=2016-01-09&match=certain', is: 0 },
    { ask: 'events/ucdp-ged-relid:RUR-500.1', of: (body) => (body as unknown as { id: string }).id, is: 'ged-5001' },
    {
      ask: 'timeline/counts?topic=ged&by=year&sum=deaths',
      of: ({ items }) =>
        items.map((item) => [(item['time'] as { label: string }).label, item['moments'], (item['sums'] as { value: number }[])[0]!.value]),
      is: distinct(GED_ROWS.map(({ year }) => year)).map((year) => [
        String(year),
        inYear(GED_ROWS, year).length,
        sum(inYear(GED_ROWS, year), ({ best }) => best),
      ]),
    },
  ],
};

const PRIO_ROWS = [
  {
    conflict_id: 'P11',
    location: 'Ruritania',
    side_a: 'Government of Ruritania',
    side_b: 'Zenda Front',
    incompatibility: 2,
    intensity_level: 1,
    year: 1951,
    start_date: '1951-02-01',
    ep_end_date: null,
    region: 1,
  },
  {
    conflict_id: 'P11',
    location: 'Ruritania',
    side_a: 'Government of Ruritania',
    side_b: 'Zenda Front',
    incompatibility: 2,
    intensity_level: 2,
    year: 1952,
    start_date: '1951-02-01',
    ep_end_date: '1952-08-30',
    region: 1,
  },
  {
    conflict_id: 'P12',
    location: 'Plain, Hill',
    side_a: 'Plain',
    side_b: 'Hill',
    incompatibility: 1,
    intensity_level: 1,
    year: 1960,
    start_date: '1960-05-05',
    ep_end_date: '1960-05-09',
    region: 3,
  },
];

const armedConflicts: Dataset = {
  name: 'UCDP/PRIO: conflicts by year',
  rows: PRIO_ROWS,
  records: [
    ...distinct(PRIO_ROWS.flatMap(({ location }) => location.split(', '))).map((name) => ({
      type: 'place',
      id: `prio-${slug(name)}`,
      kind: 'country',
      name: `${name} (PRIO)`,
    })),
    ...distinct(PRIO_ROWS.flatMap(({ side_a, side_b }) => [side_a, side_b])).map((name) => ({
      type: 'actor',
      id: `prio-${slug(name)}`,
      kind: 'group',
      name: `${name} (PRIO)`,
    })),
    ...PRIO_ROWS.map((row) => ({
      type: 'event',
      id: `prio-${slug(row.conflict_id)}-${row.year}`,
      kind: 'conflict-year',
      title: `${row.side_a} against ${row.side_b} in ${row.year}`,
      date: { edtf: String(row.year) },
      places: row.location.split(', ').map((name) => `prio-${slug(name)}`),
      topics: ['prio'],
      participants: [
        { actor: `prio-${slug(row.side_a)}`, role: 'side-a', asStated: row.side_a },
        { actor: `prio-${slug(row.side_b)}`, role: 'side-b' },
      ],
      identifiers: [{ scheme: 'ucdp-prio', value: `${row.conflict_id}/${row.year}` }],
      attributes: attributesOf(row, [
        'conflict_id',
        'location',
        'incompatibility',
        'intensity_level',
        'region',
        'start_date',
        'ep_end_date',
      ]),
    })),
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?topic=prio&attribute=intensity_level:2', is: 1 },
    { ask: 'timeline?topic=prio&attribute=conflict_id:P11', is: count(PRIO_ROWS, ({ conflict_id }) => conflict_id === 'P11') },
    { ask: 'timeline?topic=prio&place=prio-hill', is: 1 },
    {
      ask: 'timeline?topic=prio&attribute=incompatibility:2&attribute=region:1',
      is: count(PRIO_ROWS, ({ incompatibility, region }) => incompatibility === 2 && region === 1),
    },
    { ask: 'timeline?topic=prio&on=1952', is: count(PRIO_ROWS, ({ year }) => year === 1952) },
    {
      ask: 'timeline/counts?topic=prio&by=attribute:incompatibility',
      of: ({ items }) => items.map((item) => [(item['attribute'] as { value: string }).value, item['moments']]),
      is: [
        ['2', 2],
        ['1', 1],
      ],
    },
  ],
};

const WAR_ROWS = [
  {
    WarNum: 601,
    WarName: 'War of the Rose of 1816',
    WarType: 4,
    CcodeA: 950,
    SideA: 'Ruritania',
    CcodeB: null,
    SideB: 'Rebels',
    Start1: '1816-05-01',
    End1: '1816-09-01',
    Start2: '1817-03-01',
    End2: '1817-04-30',
    WhereFought: 2,
    Initiator: 'Rebels',
    Outcome: 1,
    TransFrom: null,
    SideADeaths: 1000,
    SideBDeaths: null,
  },
  {
    WarNum: 602,
    WarName: 'War of the Hill',
    WarType: 5,
    CcodeA: 951,
    SideA: 'Plain',
    CcodeB: 952,
    SideB: 'Hill',
    Start1: '1850',
    End1: '1852',
    Start2: null,
    End2: null,
    WhereFought: 7,
    Initiator: 'Plain',
    Outcome: 2,
    TransFrom: 601,
    SideADeaths: 250,
    SideBDeaths: 500,
  },
];

const wars: Dataset = {
  name: 'Correlates of War: wars with interruptions',
  rows: WAR_ROWS,
  records: [
    ...distinct(WAR_ROWS.flatMap(({ SideA, SideB }) => [SideA, SideB])).map((name) => ({
      type: 'actor',
      id: `war-${slug(name)}`,
      kind: 'group',
      name: `${name} (wars)`,
      names: [{ name }],
    })),
    ...WAR_ROWS.flatMap((row) =>
      [
        [row.Start1, row.End1],
        [row.Start2, row.End2],
      ].flatMap(([start, end], part) =>
        start === null
          ? []
          : [
              {
                type: 'event',
                id: `war-${row.WarNum}${part === 0 ? '' : '-2'}`,
                kind: 'war',
                title: part === 0 ? row.WarName : `${row.WarName}, resumed`,
                date: `${start}/${end}`,
                topics: ['cow-wars'],
                participants: [
                  { actor: `war-${slug(row.SideA)}`, role: 'side-a' },
                  { actor: `war-${slug(row.SideB)}`, role: 'side-b' },
                ],
                figures: [
                  ...(row.SideADeaths === null ? [] : [died('deaths of side a', row.SideADeaths)]),
                  ...(row.SideBDeaths === null ? [] : [died('deaths of side b', row.SideBDeaths)]),
                ],
                identifiers: [{ scheme: 'cow-war', value: part === 0 ? String(row.WarNum) : `${row.WarNum}/2` }],
                attributes: attributesOf(row, ['WarType', 'CcodeA', 'CcodeB', 'WhereFought', 'Initiator', 'Outcome', 'TransFrom']),
                relations: part === 0 ? [] : [{ type: 'continues', record: { type: 'event', id: `war-${row.WarNum}` } }],
              },
            ],
      ),
    ),
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?topic=cow-wars&on=1816-06-01&match=certain', is: 1 },
    { ask: 'timeline?topic=cow-wars&on=1816-12', is: 0 },
    { ask: 'timeline?topic=cow-wars&attribute=Outcome:2', is: 1 },
    { ask: 'timeline?topic=cow-wars&figure=deaths-of-side-a&figureMin=500&to=1816', is: 1 },
    { ask: 'timeline?topic=cow-wars&actor=war-plain&role=side-a', is: 1 },
    { ask: 'timeline?topic=cow-wars&relatedTo=event/war-601', of: idsOf, is: ['war-601-2'] },
  ],
};

export const conflicts: readonly Dataset[] = [georeferencedEvents, armedConflicts, wars];
