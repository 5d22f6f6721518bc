import { expect, test } from 'vitest';
import { verifyStored } from '../../src/records/verify.ts';
import { strictVerification } from '../../src/records/verify-strictly.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { importLines } from '../helpers/transfer.ts';

type Line = Record<string, unknown>;

const TEXT = 'The Harbour Society was founded by Agnes Rowe.\nIn spring the Society and the Guild of Masons signed a pact.\n';
const source = { type: 'source', id: 'minutes', kind: 'book', title: 'Minutes', text: TEXT };
const bare = { type: 'source', id: 'bare', kind: 'book', title: 'A book without a text' };
const cited = (supports?: string[], more: Line = {}) => ({ source: 'minutes', paragraph: 1, ...(supports && { supports }), ...more });

const actors = [
  { type: 'actor', id: 'society', kind: 'organization', name: 'Harbour Society', citations: [cited()] },
  { type: 'actor', id: 'rowe', kind: 'person', name: 'Agnes Rowe', citations: [cited()] },
];
const event = { type: 'event', id: 'e', kind: 'founding', title: 'E' };
const agreement = { type: 'agreement', id: 'a', kind: 'treaty', title: 'A' };
const meeting = { type: 'meeting', id: 'm', kind: 'meeting', title: 'M' };
const actor = { type: 'actor', id: 'guild', kind: 'organization', name: 'Guild of Masons' };

async function databaseWith(...lines: Line[]) {
  const annals = await temporaryAnnals();
  await importLines(annals, [source, bare, ...actors, ...lines]);
  return annals;
}

/** The sentences about some records, which are added to those above. */
async function faultsOf(...lines: Line[]): Promise<string[]> {
  const { engine } = await databaseWith(...lines);
  const { take, verify } = strictVerification();
  await verifyStored(engine, take);
  return (await verify(engine)).faults.map(({ sentence }) => sentence);
}

const unsupported = (what: string, path: string) => `no citation supports ${what}: name "${path}" in the \`supports\` of one`;

const rowe = { actor: 'rowe', role: 'founder' };
const PARTICIPANT = unsupported('the participant "rowe" (founder)', 'participants.rowe');
const signed = { role: 'signed', edtf: '1900', participants: [{ actor: 'society', role: 'signatory' }] };
const SIGNATORY = unsupported('the participant "society" (signatory)', 'participants.society');
const SIGNED = unsupported('its date "signed"', 'dates.signed');

test.each([
  [
    'a participant without a citation for it',
    { ...event, participants: [rowe], citations: [cited(), cited(['summary'])], summary: 'S.' },
    [PARTICIPANT],
  ],
  ['a participant', { ...event, participants: [rowe], citations: [cited(['participants.rowe'])] }, []],
  ['all participants', { ...meeting, participants: [rowe], citations: [cited(['participants'])] }, []],
  [
    'a participant that a passage contradicts',
    { ...event, participants: [rowe], citations: [cited(['participants'], { stance: 'contradicts' })] },
    [PARTICIPANT],
  ],
  ['participants and the date of a moment', { ...agreement, dates: [signed], citations: [cited()] }, [SIGNATORY, SIGNED]],
  ['the date of a moment', { ...agreement, dates: [signed], citations: [cited(['dates.signed'])] }, [SIGNATORY]],
  [
    'the place of a moment',
    { ...agreement, dates: [{ role: 'signed', edtf: '1900' }], citations: [cited(['dates.signed.place'])] },
    [SIGNED],
  ],
  [
    'participants of a moment',
    { ...agreement, dates: [signed], citations: [cited(['dates.signed.participants', 'dates.signed.start'])] },
    [],
  ],
  [
    'one participant of a moment',
    { ...agreement, dates: [signed], citations: [cited(['dates.signed.participants.society', 'dates'])] },
    [],
  ],
  ['a moment without a date', { ...agreement, dates: [{ role: 'signed' }], citations: [cited()] }, []],
  ['a date without a citation for it', { ...meeting, date: '1900', citations: [cited(['title'])] }, [unsupported('its date', 'date')]],
  ['an end of a date', { ...event, date: '1900/1901', citations: [cited(['date.end'])] }, []],
  ['the date of an actor', { ...actor, dates: [{ role: 'founded', edtf: '1874' }], citations: [cited(['dates.founded'])] }, []],
  [
    'a date of an actor without a citation for it',
    { ...actor, dates: [{ role: 'founded', edtf: '1874' }], citations: [cited()] },
    [unsupported('its date "founded"', 'dates.founded')],
  ],
])('%s', async (_what, line, faults) => {
  expect(await faultsOf(line)).toEqual(faults.map((fault) => `${line.type} "${line.id}": ${fault}`));
});

test('the period of a membership is supported by a citation of its own or of the actor', async () => {
  const member = (membership: Line, ...citations: Line[]) => ({
    ...actor,
    memberships: [{ organization: 'society', period: '1880', ...membership }],
    citations: [cited(), ...citations],
  });
  const fault = `actor "guild": ${unsupported('the period of its membership in "society"', 'memberships.society.period')}`;
  expect(await faultsOf(member({}))).toEqual([fault]);
  expect(await faultsOf(member({ citations: [cited(['role'])] }))).toEqual([fault]);
  expect(await faultsOf(member({ citations: [cited()] }))).toEqual([]);
  expect(await faultsOf(member({ citations: [cited(['period.start'])] }))).toEqual([]);
  expect(await faultsOf(member({}, cited(['memberships.society'])))).toEqual([]);
  expect(await faultsOf(member({ period: undefined }))).toEqual([]);
});

test('an inferred date has a note of its citation or of the record', async () => {
  const inferred = { ...event, date: { edtf: '1874', basis: 'inferred' } };
  const sentence = 'event "e": its date is inferred, and no note of a citation for it or of the record says why';
  expect(await faultsOf({ ...inferred, citations: [cited(['date']), cited(['title'], { note: 'Not of the date.' })] })).toEqual([sentence]);
  expect(await faultsOf({ ...inferred, citations: [cited(['date'], { note: 'It lies before the pact.' })] })).toEqual([]);
  expect(await faultsOf({ ...inferred, note: 'It lies before the pact.', citations: [cited(['date'])] })).toEqual([]);
});

test('a citation supports what the record states', async () => {
  const supports = ['title', 'status', 'summary', 'place', 'participants.rowe', 'participants.society', 'date.start', 'relations'];
  expect(await faultsOf({ ...event, participants: [rowe], citations: [cited(supports)] })).toEqual(
    ['summary', 'place', 'participants.society', 'date.start', 'relations'].map(
      (path) => `event "e": a citation supports "${path}", which the record does not state`,
    ),
  );
  const paths = ['dates.ended', 'dates.signed.place', 'participants.society'];
  expect(await faultsOf({ ...agreement, dates: [signed], citations: [cited([...paths, 'dates'])] })).toEqual([
    'agreement "a": a citation supports "dates.ended", which the record does not state',
  ]);
});

const named = (name: string, attested?: boolean) => ({ name, ...(attested !== undefined && { attested }) });

test('a name stands in a text or says that it does not', async () => {
  const names = [named('THE SOCIETY'), named('Guild'), named('Zunft'), named('Gilde', false), named('Masons', false), named('Gild', true)];
  const sentences = [
    'the name "Zunft" stands in none of the texts: give it "attested": false',
    'the name "Masons" has "attested": false, and stands in paragraph 2 of source "minutes"',
    'the name "Gild" stands in none of the texts: give it "attested": false',
  ];
  for (const line of [event, agreement, actor])
    expect(await faultsOf({ ...line, names, citations: [cited()] })).toEqual(sentences.map((each) => `${line.type} "${line.id}": ${each}`));
});

test('the name of an actor or a place that stands in no text is among its names once more', async () => {
  const place = { type: 'place', id: 'quay', kind: 'venue', name: 'Old Quay', citations: [cited()] };
  expect(await faultsOf(place)).toEqual([
    'place "quay": its name "Old Quay" stands in none of the texts: list it among the names with "attested": false',
  ]);
  expect(await faultsOf({ ...place, names: [{ name: 'Old Quay', attested: false }] })).toEqual([]);
});

test('only records that cite a source with a text are held to the rules, and names may stand in a source without one', async () => {
  const record = { ...event, date: '1900', names: [{ name: 'Zunft' }] };
  expect(await faultsOf(record)).toEqual([]);
  expect(await faultsOf({ ...record, citations: [{ source: 'bare' }] })).toEqual([]);
  expect(await faultsOf({ ...record, citations: [{ source: 'bare', supports: ['date'] }, cited()] })).toEqual([]);
  expect(await faultsOf({ ...record, citations: [{ source: 'bare' }, cited()] })).toEqual([
    `event "e": ${unsupported('its date', 'date')}`,
  ]);
});

test('the command lists the faults with --strict only, and counts them', async () => {
  const { path } = await databaseWith({
    ...event,
    date: '1900',
    participants: [rowe],
    names: [{ name: 'Zunft' }, { name: 'Gilde' }],
    citations: [cited()],
  });
  expect(await runOn(path, ['verify'])).toMatchObject({ code: 0, errors: '' });
  const { code, output, errors } = await runOn(path, ['verify', '--strict']);
  expect(code).toBe(1);
  expect(output).toContain('strict: 3 records that cite these texts, with 1 participant, 1 date, 4 names\n');
  expect(errors.split('\n')).toEqual([
    `event "e": ${PARTICIPANT}`,
    `event "e": ${unsupported('its date', 'date')}`,
    'event "e": the name "Zunft" stands in none of the texts: give it "attested": false',
    'event "e": the name "Gilde" stands in none of the texts: give it "attested": false',
    'annals: 1 participant without a citation; 1 date without a citation; 2 names in no text',
    '',
  ]);
});
