import { actorId, EVEN_DAYS, ODD_DAYS, word } from '../world/lines.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const many = (count: number, value: (index: number) => string): string => numbers(count).map(value).join(',');
const words = (count: number, first = 0): string =>
  numbers(count)
    .map((index) => word(first + index))
    .join(' ');

/** A word that none has. */
const ABSENT = 'zzzz';

/** The largest allowed number of prefixes of a query, each of one letter. */
const LETTERS = 'kamrtsbdvnoiuelacty'.slice(0, 19).replaceAll(/./g, '$&* ').trim();

/** A name that no record has and that is similar to thousands of names. */
const MISSPELT = 'Comitee 12 of the unitd republics';

/**
 * The most expensive values of each parameter that are known, by its name, in the world with the extreme records. A list is a parameter that is
 * repeated. Parameters with an `enum` in the OpenAPI document need none here: all their values are tried.
 */
export const VALUES: Record<string, readonly (string | readonly string[])[]> = {
  q: [
    word(0),
    words(2),
    words(20),
    `"${words(2)}"`,
    `"${word(0)} ${word(0)} ${word(0)}"`,
    `"${`${word(0)} `.repeat(70).slice(0, 290)}"`,
    word(300),
    word(1000),
    words(20, 300),
    words(100),
    words(100, 300),
    Array.from({ length: 50 }, (_, index) => word(index)).join(' OR '),
    `${word(0)} -${word(1)}`,
    `${word(0)} ${Array.from({ length: 99 }, (_, index) => `-${word(index + 1)}`).join(' ')}`,
    `"${words(99)}"`,
    `${word(0)}${word(1)} ${word(2)}${word(3)} ${word(4)}-${word(5)}`,
    MISSPELT,
    `${word(1500)} ${words(19)}`,
    `${word(15_000)} ${words(19)}`,
    `${ABSENT} ${LETTERS}`,
    LETTERS,
    're*',
    `${word(1000)} re* mo*`,
    `${word(300)} ${word(12)}*`,
    numbers(19)
      .map((index) => `${word(10 + index)}*`)
      .join(' '),
    numbers(99)
      .map((index) => String.fromCodePoint(97 + (index % 26)))
      .join(' ')
      .replace(/.*/, '"$&"'),
    'committee united republics',
    'large',
  ],
  from: ['-9999', '1900-01-15', '1999-05-05'],
  to: ['9999', '2026-12-15', '1999-05-05'],
  on: ['1999', '1999-05-05', '199X', '1900-01-15/2026-12-15', '2026-12-31'],
  during: ['event/event-0', 'event/event-1', `event/${MISSPELT}`],
  before: ['event/event-0', 'event/event-1', `event/${MISSPELT}`],
  after: ['event/event-0', 'event/event-1', `event/${MISSPELT}`],
  actor: [
    [actorId(0)],
    [EVEN_DAYS, ODD_DAYS],
    [many(50, actorId)],
    numbers(10).map((group) => many(20, (index) => actorId(group * 20 + index))),
    numbers(10).map((group) => many(50, (index) => actorId(group * 50 + index))),
    numbers(10).map((group) => many(20, (index) => `Actor ${word(group * 20 + index)} ${group * 20 + index}`)),
    ['union'],
    numbers(10).map(() => 'union'),
    [MISSPELT],
    ['x'.repeat(600)],
  ],
  role: [
    'host',
    'host,participant,initiator,speaker,supporter',
    many(50, (index) => `role-${index}`),
    many(50, (index) => ['host', 'member', 'speaker'][index] ?? `role-${index}`),
  ],
  kind: [
    'visit',
    'organization',
    'statement,operation,attack,initiative,programme,visit,publication,decision',
    many(50, (index) => `kind-${index}`),
  ],
  topic: ['topic-0', 'matter-0', many(50, (index) => `topic-${index}`), many(50, (index) => `matter-${index}`)],
  place: ['place-0', 'land', many(50, (index) => `place-${index}`), MISSPELT],
  source: ['chronicle', MISSPELT],
  relatedTo: ['event/hub', many(50, (index) => `event/spoke-${index}`), `actor/${MISSPELT}`],
  vocabulary: ['topic', 'kind,role', '!moment'],
  status: ['occurred', 'occurred,ongoing,planned,cancelled,claimed,disputed'],
  moment: ['signed', many(50, (index) => `moment-${index}`)],
  updatedSince: ['2000-01-01', '2999-01-01'],
  type: ['event', 'event,meeting', 'actor', 'actor,place,event'],
  by: [
    'kind',
    'actor',
    'actor,role',
    'actor,topic',
    'kind,role',
    'month,actor',
    'year',
    'source,place',
    'attribute:grade',
    'attribute:code',
    'attribute:code,actor',
  ],
  undated: ['true', 'false'],
  verified: ['true', 'false'],
  phrase: [words(30), `${'a '.repeat(140)}b`],
  number: ['1'],
  include: ['actors,places,sources'],
  limit: ['200'],
  since: ['0', '50000'],
  language: ['en', 'x'],
  partOf: ['union', 'land', MISSPELT],
  memberOf: ['union', MISSPELT],
  attribute: [['grade:1'], ['grade:1', 'code:7'], [many(50, (index) => `code:${index}`)], ['!grade:1']],
  monthDay: ['01-10', many(50, (index) => `0${1 + (index % 9)}-${10 + (index % 18)}`), '!01-10'],
  sum: ['crowd', 'figure-1'],
  figure: ['crowd', many(50, (index) => `figure-${index}`)],
  author: ['nobody', many(50, (index) => `Author ${index}`), MISSPELT],
  figureMin: ['1'],
  figureMax: ['1'],
  near: ['0,0,20038', '41,69,100'],
  bbox: ['-180,-90,180,90', '69,41,70,42'],
  existingOn: ['1990-01-01', '0001/9999'],
  country: ['land', MISSPELT],
  // A place in a list costs what its first page costs, or less.
  cursor: [],
};

/** The records that an operation on one record is asked about, by the collection in its path. */
export const RECORDS: Record<string, readonly string[]> = {
  events: ['event-0', 'hub', 'large-0', MISSPELT],
  actors: [actorId(0), EVEN_DAYS, 'union', MISSPELT],
  places: ['place-0', 'land', MISSPELT],
  sources: ['chronicle', MISSPELT],
  meetings: [MISSPELT],
  agreements: [MISSPELT],
  codebook: ['topic/matter-0', `topic/${MISSPELT}`],
};
