import { describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import type { Json } from '../helpers/contract.ts';

// Ordinary questions about the documents of the seeds, each one ordinary request, with the answer that the documents give.

const service = sharedApp();

const answer = async (url: string): Promise<Json> => (await service.ask({ url: `/v1/${url}` })).body;

/** The ids of the records of an answer, in its order. A record with several moments stands there once. */
async function found(url: string): Promise<string[]> {
  const { items } = await answer(url);
  return [...new Set<string>(items.map(({ entry, record, id }: Json) => entry?.id ?? record?.id ?? id))];
}

const sorted = async (url: string): Promise<string[]> => (await found(url)).toSorted();

/** Holds an answer to be exactly some records, in any order. */
const expectAll = async (url: string, ...ids: string[]) => expect(await sorted(url), url).toEqual(ids.toSorted());

/** Holds an answer to have some records, in any order, besides others. */
const expectAmong = async (url: string, ...ids: string[]) => expect(await found(url), url).toEqual(expect.arrayContaining(ids));

const MEETING = 'security-council-meeting-8967';

test('1. Who chaired what in February 2022?', async () => {
  await expectAll('timeline?role=chair&on=2022-02', MEETING);
  await expectAmong('actors?role=chair&on=2022-02', 'armenia', 'russia', 'sergey-vershinin');
  await expectAll('actors?role=chair&on=2022-02&match=certain', 'russia', 'sergey-vershinin');
});

test('2. What happened in Tajikistan in 2021?', async () => {
  const url = 'timeline?place=tajikistan&on=2021';
  const drills = 'csto-military-drills-near-the-tajik-afghan-border-2021';
  await expectAmong(url, 'drug-seizures-in-tajikistan-january-to-july-2021', 'drug-seizures-in-tajikistan-under-taliban-rule', drills);
  await expectAll(`${url}&match=certain`, 'drug-seizures-in-tajikistan-january-to-july-2021', drills);
});

test('3. Which agreements are on drugs?', async () => {
  const programmes = ['unodc-programme-for-central-asia-2015-2021', 'unodc-programme-for-central-asia-2022-2025'];
  for (const topic of ['drugs', 'drug%20trafficking'])
    await expectAmong(`agreements?topic=${topic}`, 'dushanbe-declaration-2019', ...programmes);
});

test('4. What is known of the takeover of Kabul? The documents speak of that of Afghanistan, between July 2021 and February 2022.', async () => {
  const takeover = 'taliban-takeover-of-afghanistan';
  expect((await found('search?q=Taliban%20takeover'))[0]).toBe(takeover);
  await expectAmong('timeline?kind=conflict&actor=taliban&on=2021-08', takeover);
  expect(await found('timeline?kind=conflict&actor=taliban&to=2021-06')).toEqual([]);
});

test('5. What did Kazakhstan ask of the CSTO, and when?', async () => {
  const url = 'timeline?actor=kazakhstan&actor=csto&kind=appeal';
  await expectAll(url, 'kazakhstan-request-for-csto-assistance-2022');
  expect(await answer(url)).toMatchObject({ items: [{ date: { basis: 'inferred', latest: '2022-01-06' } }] });
});

test('6. Which bodies were founded from 2000 to 2010?', async () => {
  await expectAll('timeline?type=actor&moment=founded&from=2000&to=2010', 'unrcca');
  const foundings = await found('timeline?kind=founding&from=2000&to=2010&match=certain');
  expect(foundings).toContain('founding-of-unrcca-2007');
  for (const other of ['establishment-of-the-un-truce-monitoring-body-1948', 'founding-of-caricc', 'founding-of-the-csto'])
    expect(foundings).not.toContain(other);
});

test('7. Who spoke on human rights at the 8967th meeting?', async () => {
  const statements = await found(`events?kind=statement&topic=human-rights&relatedTo=meeting/${MEETING}`);
  const said = ['albania', 'brazil', 'france', 'norway', 'united-kingdom'].map((state) => `${state}-statement-security-council-8967`);
  expect(statements).toEqual(expect.arrayContaining(said));
  for (const state of ['belarus', 'china', 'russia', 'tajikistan'])
    expect(statements).not.toContain(`${state}-statement-security-council-8967`);
});

test.each([
  ['agreements', 'S/2007/279', 'letter-to-the-security-council-president-2007-05-07'],
  ['agreements', 'S/2007/280', 'un-document-s-2007-280'],
  ['agreements', 'S/RES/2593 (2021)', 'resolution-2593-2021'],
  ['agreements', 'S/RES/2616 (2021)', 'security-council-resolution-2616-2021'],
  ['sources', 'SC/14794', 'security-council-8967th-meeting-press-release'],
])('8. Which of the %s has the symbol %s?', async (path, symbol, id) => {
  expect(await answer(`${path}/${encodeURIComponent(symbol)}`)).toMatchObject({ id, symbol });
});

test('9. What is known of the treaty on the nuclear-weapon-free zone, and whom does it bind?', async () => {
  const { dates, participants } = await answer('agreements/canwfz-treaty');
  expect(dates).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ role: 'signed', edtf: '2006-09', place: 'semipalatinsk' }),
      expect.objectContaining({ role: 'entered-into-force', edtf: '2009' }),
    ]),
  );
  expect(participants).toContainEqual(expect.objectContaining({ actor: 'central-asian-states', role: 'party' }));
  await expectAmong('agreements?actor=kazakhstan&actorScope=groups&topic=arms-control', 'canwfz-treaty');
});

test('10. What is going on?', async () => {
  const url = 'timeline?status=ongoing&limit=200';
  await expectAmong(
    url,
    'humanitarian-aid-to-afghanistan-through-termez',
    'humanitarian-crisis-in-afghanistan',
    'kazakhstan-investigation-of-the-january-2022-events',
  );
  expect((await found(url)).includes('taliban-takeover-of-afghanistan')).toBe(false);
});

describe('11. What is claimed, and by whom?', () => {
  test.each([
    [
      'tajikistan',
      [
        'increase-in-opium-production-in-afghanistan',
        'increase-in-terrorist-groups-at-the-tajik-border-2021',
        'terrorist-camps-in-north-eastern-afghanistan',
      ],
    ],
    ['kazakhstan', ['attempt-to-destabilize-kazakhstan-2022']],
    ['kyrgyzstan', ['terrorist-sleeper-cells-in-central-asia']],
    ['china', ['hegemonic-policies-of-an-unnamed-country']],
    ['russia', ['csto-proposals-to-nato', 'potential-military-expansion-of-nato']],
  ])('%s', async (actor, claims) => {
    await expectAmong(`timeline?status=claimed&role=claimant&actor=${actor}`, ...claims);
  });

  test('nothing is claimed by nobody', async () => {
    expect(await found('timeline?status=claimed&role=!claimant')).toEqual([]);
  });
});

test('12. What was planned?', async () => {
  await expectAmong('timeline?status=planned', 'opening-of-a-un-counter-terrorism-office-in-central-asia', 'operation-channel-2022');
});

test('13. Who signed the Tashkent Declaration? There are two, and nobody is said to have signed either.', async () => {
  const both = ['tashkent-declaration-2018', 'tashkent-declaration-2022'];
  expect(await answer('agreements/Tashkent%20Declaration')).toMatchObject({ status: 400, errors: [{ didYouMean: both }] });
  expect(await answer(`timeline?relatedTo=${both.map((id) => `agreement/${id}`).join(',')}&role=signatory`)).toMatchObject({ total: 0 });
  expect(await found('agreements?q=%22Tashkent%20Declaration%22&role=signatory')).toEqual([]);
});

test('14. When and where did Russia preside?', async () => {
  await expectAll('timeline?actor=russia&role=chair', MEETING);
});

test('15. Who was chair of the CSTO in February 2022? Armenia is, at the meeting; since when is not said, so it is not certain.', async () => {
  await expectAll('actors?memberOf=csto&role=chair&on=2022-02', 'armenia');
  await expectAll('actors?memberOf=csto&role=chair&on=2022-02&match=certain');
});

test.each(['tajikistan', 'afghanistan'])('16. Which drills were held at the Tajik-Afghan border, asked of %s?', async (place) => {
  await expectAll(`timeline?place=${place}&kind=deployment&on=2021`, 'csto-military-drills-near-the-tajik-afghan-border-2021');
});

test('17. Which dates are inferred? That of the meeting, and with it those of the 22 statements.', async () => {
  await expectAll('timeline?basis=inferred&kind=session&on=2022-02', MEETING);
  expect(await answer(`timeline?basis=inferred&kind=statement&relatedTo=meeting/${MEETING}`)).toMatchObject({ total: 22 });
  await expectAmong('timeline?basis=inferred&kind=founding', 'founding-of-the-csto');
});

test.each([
  ['tajik-kyrgyz-border-clashes', 'un-assessment-of-central-asia'],
  ['cooperation-of-unrcca-with-central-asia', 'priority-areas-of-unrcca'],
])('18. What do the sources tell otherwise than in %s?', async (event, other) => {
  const { items } = await answer(`events/${event}/related`);
  expect(items).toContainEqual(expect.objectContaining({ relation: 'differs-from', record: expect.objectContaining({ id: other }) }));
});

test('19. Whom did Turkmenistan, a neighbour of Afghanistan, meet most? The other four states of the region.', async () => {
  const { items } = await answer('actors/turkmenistan/counterparts');
  const states = items.filter(({ actor }: Json) => actor.kind === 'state').slice(0, 4);
  expect(states.map(({ actor }: Json) => actor.id).toSorted()).toEqual(['kazakhstan', 'kyrgyzstan', 'tajikistan', 'uzbekistan']);
});

test('20. How many conferences and sessions were there each year from 2018 to 2022?', async () => {
  const { items } = await answer('timeline/counts?by=year,kind&kind=conference,session&from=2018&to=2022&match=certain');
  expect(items.map(({ time, kind, entries }: Json) => `${time.label}: ${entries} ${kind}`).toSorted()).toEqual([
    '2018: 1 conference',
    '2019: 1 conference',
    '2022: 1 session',
    '2022: 2 conference',
  ]);
});
