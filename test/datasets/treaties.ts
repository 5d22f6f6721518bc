import { attributesOf, type Cell, count, type Dataset, distinct, idsOf, slug } from './dataset.ts';

/** Datasets of states, alliances, peace agreements and votes. */

const STATE_ROWS = [
  {
    stateabb: 'RUR',
    ccode: 950,
    statenme: 'Ruritania',
    styear: 1816,
    stmonth: 1,
    stday: 1,
    endyear: 1860,
    endmonth: 12,
    endday: 31,
    version: 2016,
  },
  {
    stateabb: 'RUR',
    ccode: 950,
    statenme: 'Ruritania',
    styear: 1920,
    stmonth: 3,
    stday: 3,
    endyear: 2016,
    endmonth: 12,
    endday: 31,
    version: 2016,
  },
  {
    stateabb: 'PLN',
    ccode: 951,
    statenme: 'Plain',
    styear: 1850,
    stmonth: 5,
    stday: 20,
    endyear: 1918,
    endmonth: 11,
    endday: 11,
    version: 2016,
  },
];

const day = (year: number, month: number, ofMonth: number) =>
  [String(year), ...[month, ofMonth].map((part) => String(part).padStart(2, '0'))].join('-');

const existed = (on: string) =>
  distinct(
    STATE_ROWS.filter((row) => day(row.styear, row.stmonth, row.stday) <= on && day(row.endyear, row.endmonth, row.endday) >= on).map(
      ({ ccode }) => `cow-${ccode}`,
    ),
  ).toSorted();

const states: Dataset = {
  name: 'Correlates of War: spells of states',
  rows: STATE_ROWS,
  records: distinct(STATE_ROWS.map(({ ccode }) => ccode)).map((ccode) => {
    const spells = STATE_ROWS.filter((row) => row.ccode === ccode);
    const { stateabb, statenme, version } = spells[0]!;
    return {
      type: 'actor',
      id: `cow-${ccode}`,
      kind: 'state',
      name: `${statenme} (COW)`,
      names: [{ name: stateabb, kind: 'abbreviation' }],
      identifiers: [{ scheme: 'cow', value: String(ccode) }],
      attributes: { version, system: 'cow-states' },
      dates: spells.map((row) => ({
        role: 'existed',
        edtf: `${day(row.styear, row.stmonth, row.stday)}/${day(row.endyear, row.endmonth, row.endday)}`,
      })),
    };
  }),
  otherwise: ['styear', 'stmonth', 'stday', 'endyear', 'endmonth', 'endday'],
  questions: ['1817-07-01', '1855-07-01', '1900-01-01', '1919-01-01', '1920-03-03', '2016-12-31'].map((on) => ({
    ask: `actors?attribute=system:cow-states&existingOn=${on}`,
    of: idsOf,
    is: existed(on),
  })),
};

const ALLIANCE_ROWS = [
  {
    version4id: 70,
    ccode: 961,
    state_name: 'North',
    mem_st: '1950-04-04',
    mem_end: null,
    left_censor: 0,
    right_censor: 1,
    defense: 1,
    neutrality: 0,
    nonaggression: 1,
    entente: 0,
  },
  {
    version4id: 70,
    ccode: 962,
    state_name: 'South',
    mem_st: '1950-04-04',
    mem_end: '1966-03-10',
    left_censor: 0,
    right_censor: 0,
    defense: 1,
    neutrality: 0,
    nonaggression: 0,
    entente: 0,
  },
  {
    version4id: 71,
    ccode: 962,
    state_name: 'South',
    mem_st: '1970-01-01',
    mem_end: '1980-01-01',
    left_censor: 0,
    right_censor: 0,
    defense: 0,
    neutrality: 1,
    nonaggression: 0,
    entente: 1,
  },
];

const inForce = (on: string, ccode: number) =>
  count(ALLIANCE_ROWS, (row) => row.ccode === ccode && row.mem_st <= on && (row.mem_end === null || row.mem_end >= on));

const alliances: Dataset = {
  name: 'Correlates of War: alliances by member',
  rows: ALLIANCE_ROWS,
  records: [
    ...distinct(ALLIANCE_ROWS.map(({ ccode }) => ccode)).map((ccode) => ({
      type: 'actor',
      id: `ally-${ccode}`,
      kind: 'state',
      name: `${ALLIANCE_ROWS.find((row) => row.ccode === ccode)!.state_name} (alliances)`,
      attributes: { ccode },
    })),
    ...distinct(ALLIANCE_ROWS.map(({ version4id }) => version4id)).map((id) => {
      const members = ALLIANCE_ROWS.filter(({ version4id }) => version4id === id);
      const [first] = members;
      return {
        type: 'agreement',
        id: `alliance-${id}`,
        kind: 'alliance',
        title: `Alliance number ${id}`,
        topics: ['cow-alliances'],
        identifiers: [{ scheme: 'cow-alliance', value: String(id) }],
        attributes: attributesOf(first!, ['left_censor', 'right_censor', 'defense', 'neutrality', 'nonaggression', 'entente']),
        dates: members.map((row) => ({
          role: 'effective',
          edtf: `${row.mem_st}/${row.mem_end ?? '..'}`,
          participants: [{ actor: `ally-${row.ccode}`, role: 'party' }],
        })),
      };
    }),
  ],
  otherwise: [],
  questions: [
    ...['1955-01-01', '1966-03-11', '1975-06-01'].flatMap((on) =>
      [961, 962].map((ccode) => ({ ask: `timeline?topic=cow-alliances&actor=ally-${ccode}&on=${on}`, is: inForce(on, ccode) })),
    ),
    { ask: 'agreements?attribute=defense:1&topic=cow-alliances', of: idsOf, is: ['alliance-70'] },
    { ask: 'agreements/cow-alliance:71', of: (body) => (body as unknown as { id: string }).id, is: 'alliance-71' },
  ],
};

/** Variables that are coded from 0 to 3, as many as a peace agreement has. */
const CODED = Array.from({ length: 240 }, (_, index) => `Var${index}`);

const PAX_ROWS = [
  {
    AgtId: 1370,
    Con: 'Ruritania/Plain',
    Contp: 'Interstate',
    PPName: 'Zenda process',
    Reg: 'Europe',
    Agt: 'Zenda Ceasefire',
    Dat: '1999-05-28',
    Status: 'Multiparty signed/agreed',
    Agtp: 'Inter',
    Stage: 'Cea',
    Loc1ISO: 'RUR',
    Loc2ISO: 'PLN',
    N_characters: 18_534,
    Txt: 'The parties stop. '.repeat(1030),
  },
  {
    AgtId: 1371,
    Con: 'Ruritania/Plain',
    Contp: 'Interstate',
    PPName: 'Zenda process',
    Reg: 'Europe',
    Agt: 'Zenda Peace',
    Dat: '2001-06-01',
    Status: 'Unilateral document',
    Agtp: 'Inter',
    Stage: 'SubComp',
    Loc1ISO: 'RUR',
    Loc2ISO: null,
    N_characters: 400,
    Txt: 'Peace.',
  },
].map((row, index) => ({ ...row, ...Object.fromEntries(CODED.map((name, number) => [name, (number * (index + 1)) % 4])) })) as (Record<
  string,
  Cell
> & {
  AgtId: number;
  Agt: string;
  Dat: string;
  Stage: string;
  Con: string;
  Txt: string;
})[]; // @NOTE the fields of the rows above

const peaceAgreements: Dataset = {
  name: 'PA-X: peace agreements with coded variables',
  rows: PAX_ROWS,
  records: PAX_ROWS.map((row, index) => ({
    type: 'agreement',
    id: `pax-${row.AgtId}`,
    kind: 'peace-agreement',
    title: row.Agt,
    summary: row.Txt.trim(),
    dates: [{ role: 'signed', edtf: row.Dat }],
    topics: ['pax', ...(index === 0 ? Array.from({ length: 166 }, (_, number) => `pax-topic-${number}`) : [])],
    identifiers: [{ scheme: 'pax', value: String(row.AgtId) }],
    attributes: attributesOf(row, [
      'Con',
      'Contp',
      'PPName',
      'Reg',
      'Status',
      'Agtp',
      'Stage',
      'Loc1ISO',
      'Loc2ISO',
      'N_characters',
      ...CODED,
    ]),
  })),
  otherwise: ['Txt'],
  questions: [
    { ask: 'timeline?topic=pax&attribute=Stage:Cea', is: count(PAX_ROWS, ({ Stage }) => Stage === 'Cea') },
    {
      ask: 'timeline?topic=pax&attribute=Con:Ruritania/Plain&from=2000',
      is: count(PAX_ROWS, ({ Con, Dat }) => Con === 'Ruritania/Plain' && Dat >= '2000'),
    },
    { ask: 'timeline?topic=pax&attribute=Var7:3', is: count(PAX_ROWS, (row) => row['Var7'] === 3) },
    {
      ask: 'timeline?topic=pax&attribute=Var2:2,Var2:0&attribute=Var239:3',
      is: count(PAX_ROWS, (row) => [2, 0].includes(Number(row['Var2'])) && row['Var239'] === 3),
    },
    { ask: 'timeline?topic=pax-topic-165', is: 1 },
    {
      ask: 'agreements/pax:1370',
      of: (body) => (body as unknown as { summary: string }).summary.length,
      is: PAX_ROWS[0]!.Txt.trim().length,
    },
  ],
};

const COUNTRIES = ['North', 'South', 'East', 'West'];

const VOTE_ROWS = [
  {
    rcid: 3,
    session: 60,
    date: '2005-12-01',
    unres: 'R/60/1',
    importantvote: 1,
    short: 'Fishing rights',
    issues: 'Economic development',
    votes: ['yes', 'yes', 'no', 'abstain'],
  },
  {
    rcid: 4,
    session: 60,
    date: '2005-12-02',
    unres: 'R/60/2',
    importantvote: 0,
    short: 'Nets',
    issues: 'Economic development',
    votes: ['yes', 'no', 'no', 'yes'],
  },
  {
    rcid: 5,
    session: 61,
    date: '2006-12-01',
    unres: 'R/61/1',
    importantvote: 1,
    short: 'Boats',
    issues: 'Arms control',
    votes: ['yes', 'yes', 'yes', 'absent'],
  },
];

const both = (one: number, other: number, vote: string) => count(VOTE_ROWS, ({ votes }) => votes[one] === vote && votes[other] === vote);

const votes: Dataset = {
  name: 'UN General Assembly: roll calls',
  rows: VOTE_ROWS,
  records: [
    ...COUNTRIES.map((name) => ({ type: 'actor', id: `voter-${slug(name)}`, kind: 'state', name: `${name} (votes)` })),
    ...VOTE_ROWS.map((row) => ({
      type: 'event',
      id: `roll-call-${row.rcid}`,
      kind: 'roll-call',
      title: `Vote on ${row.unres}: ${row.short}`,
      date: row.date,
      topics: ['roll-calls', slug(row.issues)],
      participants: row.votes.map((role, index) => ({ actor: `voter-${slug(COUNTRIES[index]!)}`, role })),
      identifiers: [{ scheme: 'unga', value: row.unres }],
      attributes: attributesOf(row, ['rcid', 'session', 'importantvote', 'issues']),
    })),
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?topic=roll-calls&actor=voter-north&role=yes', is: count(VOTE_ROWS, ({ votes: cast }) => cast[0] === 'yes') },
    { ask: 'timeline?topic=roll-calls&attribute=importantvote:1&attribute=session:60', is: 1 },
    {
      ask: 'actors/voter-north/counterparts?role=yes',
      of: ({ items }) => items.map((item) => [(item['actor'] as { id: string }).id, item['entries']]),
      is: [1, 2, 3]
        .flatMap((other) => (both(0, other, 'yes') > 0 ? [[`voter-${slug(COUNTRIES[other]!)}`, both(0, other, 'yes')]] : []))
        .toSorted((a, b) => Number(b[1]) - Number(a[1])),
    },
    {
      ask: 'timeline/counts?topic=roll-calls&by=actor,role',
      of: ({ items }) =>
        items.filter((item) => item['role'] === 'no').map((item) => [(item['actor'] as { id: string }).id, item['moments']]),
      is: [
        ['voter-east', count(VOTE_ROWS, ({ votes: cast }) => cast[2] === 'no')],
        ['voter-south', count(VOTE_ROWS, ({ votes: cast }) => cast[1] === 'no')],
      ],
    },
  ],
};

export const treaties: readonly Dataset[] = [states, alliances, peaceAgreements, votes];
