import { attributesOf, count, type Dataset, distinct, idsOf, slug } from './dataset.ts';

/** Datasets of persons: parliaments and families. */

const MEMBER_ROWS = [
  {
    id: 'p/1',
    name: 'Ülo Esimene',
    sort_name: 'Esimene, Ülo',
    gender: 'male',
    email: 'ulo@example.org',
    image: 'https://example.org/ulo.jpg',
    wikidata: 'Q900001',
    party: 'Reform',
    faction: 'Reform Faction',
    area: 'Tartu',
    start_date: '2015-03-30',
    end_date: '2019-04-03',
    other_names: ['Ülo E.'],
  },
  {
    id: 'p/2',
    name: 'Mari Teine',
    sort_name: 'Teine, Mari',
    gender: 'female',
    email: null,
    image: 'https://example.org/mari.jpg',
    wikidata: 'Q900002',
    party: 'Centre',
    faction: 'Centre Faction',
    area: 'Narva',
    start_date: '2016-01-05',
    end_date: null,
    other_names: ['Mari Esimene', 'M. Teine'],
  },
  {
    id: 'p/3',
    name: 'Jaan Kolmas',
    sort_name: 'Kolmas, Jaan',
    gender: 'male',
    email: null,
    image: null,
    wikidata: 'Q900003',
    party: 'Reform',
    faction: 'Reform Faction',
    area: 'Tartu',
    start_date: '2011-03-27',
    end_date: '2015-03-23',
    other_names: [],
  },
];

type Member = (typeof MEMBER_ROWS)[number];

const sat = (on: string, isCounted: (row: Member) => boolean = () => true) =>
  MEMBER_ROWS.filter((row) => row.start_date <= on && (row.end_date ?? '9999') >= on && isCounted(row))
    .map(({ id }) => `popolo-${slug(id)}`)
    .toSorted();

const parliament: Dataset = {
  name: 'Popolo: members of a parliament',
  rows: MEMBER_ROWS,
  records: [
    { type: 'actor', id: 'popolo-assembly', kind: 'organization', name: 'Assembly of Popolo' },
    ...distinct(MEMBER_ROWS.flatMap(({ party, faction }) => [party, faction])).map((name) => ({
      type: 'actor',
      id: `popolo-${slug(name)}`,
      kind: 'group',
      name: `${name} (Popolo)`,
    })),
    {
      type: 'source',
      id: 'popolo-list',
      kind: 'dataset',
      title: 'List of the members of the Assembly of Popolo',
      url: 'https://example.org/popolo.json',
      license: 'ODbL-1.0',
    },
    ...MEMBER_ROWS.map((row) => ({
      type: 'actor',
      id: `popolo-${slug(row.id)}`,
      kind: 'person',
      name: row.name,
      names: [{ name: row.sort_name, kind: 'variant' }, ...row.other_names.map((name) => ({ name, kind: 'variant' }))],
      identifiers: [
        { scheme: 'popolo', value: row.id },
        { scheme: 'wikidata', value: row.wikidata },
      ],
      links: row.image === null ? [] : [{ url: row.image, kind: 'image', credit: 'The Assembly', license: 'CC-BY-4.0' }],
      attributes: attributesOf(row, ['gender', 'email', 'area']),
      memberships: [
        {
          organization: 'popolo-assembly',
          role: 'member',
          onBehalfOf: `popolo-${slug(row.party)}`,
          period: `${row.start_date}/${row.end_date ?? '..'}`,
          citations: [{ source: 'popolo-list' }],
        },
        { organization: `popolo-${slug(row.faction)}`, role: 'member', period: `${row.start_date}/${row.end_date ?? '..'}` },
      ],
    })),
  ],
  otherwise: [],
  questions: [
    ...['2015-03-25', '2016-01-01', '2018-06-06', '2020-01-01'].map((on) => ({
      ask: `actors?memberOf=popolo-assembly&on=${on}`,
      of: idsOf,
      is: sat(on),
    })),
    {
      ask: 'actors?memberOf=popolo-reform-faction&on=2018-06-06',
      of: idsOf,
      is: sat('2018-06-06', ({ faction }) => faction === 'Reform Faction'),
    },
    { ask: 'actors?memberOf=popolo-assembly&attribute=gender:female', of: idsOf, is: ['popolo-p-2'] },
    { ask: 'timeline?type=actor&actor=popolo-assembly&on=2016-01-01', is: sat('2016-01-01').length },
    { ask: 'timeline?type=actor&source=popolo-list', is: MEMBER_ROWS.length * 2 },
    { ask: 'actors/popolo:p%2F2', of: (body) => (body as unknown as { id: string }).id, is: 'popolo-p-2' },
  ],
};

const PERSON_ROWS = [
  {
    xref: '@I1@',
    name: 'Rudolf /Elphberg/',
    sex: 'M',
    birth: 'ABT 1340',
    born: '1340~',
    birthPlace: 'Strelsau',
    death: 'AFT 1361',
    died: '[1361-01-01..]',
    famc: null,
    fams: '@F1@',
  },
  {
    xref: '@I2@',
    name: 'Flavia /Elphberg/',
    sex: 'F',
    birth: '3 MAR 1342',
    born: '1342-03-03',
    birthPlace: 'Zenda, Ruritania',
    death: '10 JAN 1397',
    died: '1397-01-10',
    famc: null,
    fams: '@F1@',
  },
  {
    xref: '@I3@',
    name: 'Sapt /Elphberg/',
    sex: 'M',
    birth: 'BET 1365 AND 1367',
    born: '[1365..1367]',
    birthPlace: 'Strelsau',
    death: null,
    died: null,
    famc: '@F1@',
    fams: null,
  },
];

const genealogy: Dataset = {
  name: 'GEDCOM: a family',
  rows: PERSON_ROWS,
  records: [
    ...distinct(PERSON_ROWS.map(({ birthPlace }) => birthPlace)).map((name) => ({
      type: 'place',
      id: `gedcom-${slug(name)}`,
      kind: 'town',
      name: `${name} (GEDCOM)`,
    })),
    ...PERSON_ROWS.map((row) => ({
      type: 'actor',
      id: `gedcom-${slug(row.xref)}`,
      kind: 'person',
      name: row.name.replaceAll('/', ''),
      names: [{ name: row.name, kind: 'variant' }],
      identifiers: [{ scheme: 'gedcom', value: row.xref }],
      attributes: { sex: row.sex, tree: 'elphberg' },
      dates: [
        { role: 'born', edtf: row.born, asStated: row.birth, place: `gedcom-${slug(row.birthPlace)}` },
        ...(row.died === null ? [] : [{ role: 'died', edtf: row.died, asStated: row.death }]),
      ],
    })),
    {
      type: 'event',
      id: 'gedcom-f1',
      kind: 'marriage',
      title: 'Marriage of Rudolf and Flavia Elphberg',
      identifiers: [{ scheme: 'gedcom', value: '@F1@' }],
      topics: ['gedcom'],
      participants: [
        { actor: 'gedcom-i1', role: 'husband' },
        { actor: 'gedcom-i2', role: 'wife' },
      ],
    },
    {
      type: 'event',
      id: 'gedcom-f1-children',
      kind: 'family',
      title: 'Children of the family @F1@',
      topics: ['gedcom'],
      participants: [{ actor: 'gedcom-i3', role: 'child' }],
      relations: [{ type: 'follows', record: { type: 'event', id: 'gedcom-f1' } }],
    },
  ],
  otherwise: [],
  questions: [
    { ask: 'timeline?type=actor&attribute=tree:elphberg&moment=born&from=1340&to=1345', is: 2 },
    { ask: 'timeline?type=actor&attribute=tree:elphberg&moment=died&on=1483', is: 1 },
    // Whoever died after 1361 did not certainly die in 1483.
    { ask: 'timeline?type=actor&attribute=tree:elphberg&moment=died&on=1483&match=certain', is: 0 },
    { ask: 'timeline?type=actor&attribute=tree:elphberg&monthDay=01-10', is: 1 },
    { ask: 'actors?attribute=tree:elphberg&existingOn=1350', of: idsOf, is: ['gedcom-i1', 'gedcom-i2'] },
    { ask: 'actors?attribute=tree:elphberg&existingOn=1396-06', of: idsOf, is: ['gedcom-i1', 'gedcom-i2', 'gedcom-i3'] },
    { ask: 'actors?attribute=tree:elphberg&existingOn=1398', of: idsOf, is: ['gedcom-i1', 'gedcom-i3'] },
    { ask: 'actors?attribute=tree:elphberg&existingOn=1360&match=certain', of: idsOf, is: ['gedcom-i1', 'gedcom-i2'] },
    { ask: 'timeline?type=actor&place=gedcom-strelsau', is: count(PERSON_ROWS, ({ birthPlace }) => birthPlace === 'Strelsau') },
  ],
};

export const people: readonly Dataset[] = [parliament, genealogy];
