import { actorId, EVEN_DAYS, ODD_DAYS, OTHER_RECORDS, word } from '../world/lines.ts';
import type { Random } from '../world/random.ts';
import { busyActor, commonWord, rareWord, someDay, someDecade, someMonth, someYear } from './values.ts';

/** The state in which a question is asked: the number of events, and the next page of the last response. */
export type Situation = { random: Random; events: number; next: string | undefined };

/** A question to Annals: `path` makes another one of its kind at each call, so that none was asked before unless its name says so. */
export type Question = {
  name: string;
  path: (situation: Situation) => string;
  /** Number of pages that are read before the first that is measured. */
  walk?: (events: number) => number;
  /** The kind of the question: section 7 of the design bounds the growth of lists. */
  kind: 'list' | 'record' | 'repeated';
};

const list = (name: string, path: Question['path']): Question => ({ name, path, kind: 'list' });

/** The page that was asked for when the question is to be asked again: a decade of the busiest actor. */
export const SAME_PAGE = '/v1/events?actor=actor-0&from=1950-03&to=1960-05';

/** The path of a page that was never asked before. */
export function freshPage(random: Random): string {
  const { actor, from, to } = someDecade(random);
  return `/v1/events?actor=${actor}&from=${from}&to=${to}`;
}

/** The path of one of the events that every world has. */
export const someEvent = ({ random, events }: Pick<Situation, 'random' | 'events'>): string =>
  `/v1/events/event-${random.between(0, events - 1)}`;

/** The path of the changes after any of them; the first page, from the beginning, names the generation that positions bear. */
function someChanges({ random, events, next }: Situation): string {
  const [, generation] = /since=([0-9a-z]+)-/.exec(next ?? '') ?? [];
  return `/v1/changes?since=${generation === undefined ? 0 : `${generation}-${random.between(0, events + OTHER_RECORDS - 201)}`}`;
}

const inYear = (random: Random): string => `on=${someYear(random)}`;

/** Everything that Annals is asked, at each size. */
export const QUESTIONS: readonly Question[] = [
  { name: 'one event by id', path: someEvent, kind: 'record' },
  { name: 'a page by actor and decade, asked again', path: () => SAME_PAGE, kind: 'repeated' },
  list('a page by actor and decade', ({ random }) => freshPage(random)),
  list('the busiest actor, newest first', ({ random }) => `/v1/events?actor=${actorId(0)}&to=${someDay(random)}&sort=-date`),
  list('certainly in a year, of an actor', ({ random }) => `/v1/events?actor=${busyActor(random)}&${inYear(random)}&match=certain`),
  list('the timeline of a month', ({ random }) => `/v1/timeline?on=${someMonth(random)}&limit=${random.between(40, 60)}`),
  list("an actor's timeline, from a day on", ({ random }) => `/v1/actors/${busyActor(random)}/timeline?from=${someDay(random)}`),
  list(
    'two actors together',
    ({ random }) => `/v1/events?actor=${actorId(0)}&actor=${actorId(random.between(1, 9))}&from=${someDay(random)}`,
  ),
  list('two actors that never meet', ({ random }) => `/v1/events?actor=${EVEN_DAYS}&actor=${ODD_DAYS}&from=${someDay(random)}`),
  list(
    'an actor, a topic and a place',
    ({ random }) => `/v1/events?actor=${actorId(0)}&topic=topic-${random.between(0, 4)}&place=place-0&from=${someDay(random)}`,
  ),
  list(
    'two actors that never meet, on a topic',
    ({ random }) => `/v1/events?actor=${EVEN_DAYS}&actor=${ODD_DAYS}&topic=topic-0&from=${someDay(random)}`,
  ),
  list('a rare word in a year', ({ random }) => `/v1/events?q=${rareWord(random)}&${inYear(random)}`),
  list('a common word in a year', ({ random }) => `/v1/events?q=${commonWord(random)}&${inYear(random)}`),
  list('a common word and an actor', ({ random }) => `/v1/events?q=${word(0)}&actor=${busyActor(random)}&from=${someDay(random)}`),
  list(
    'by title, updated since',
    ({ random }) => `/v1/events?sort=title&updatedSince=2020-01-01T00:00:00.${random.between(100_000, 999_999)}Z`,
  ),
  {
    ...list('the thousandth page', ({ next }) => next ?? '/v1/events?limit=50'),
    // In a world that has no thousand pages, the middle.
    walk: (events) => Math.min(999, Math.floor(events / 100)),
  },
  list('the histogram of everything by month', ({ random }) => `/v1/timeline/histogram?by=month&from=${someDay(random)}`),
  list(
    'the histogram of an actor by year',
    ({ random }) => `/v1/timeline/histogram?by=year&actor=${busyActor(random)}&from=${someDay(random)}`,
  ),
  list(
    'the histogram of an actor and a topic by year',
    ({ random }) =>
      `/v1/timeline/histogram?by=year&actor=${busyActor(random)}&topic=topic-${random.between(0, 20)}&from=${someDay(random)}`,
  ),
  list('the counterparts of a busy actor in a year', ({ random }) => `/v1/actors/${busyActor(random)}/counterparts?${inYear(random)}`),
  list('the counterparts of the busiest actor', ({ random }) => `/v1/actors/${actorId(0)}/counterparts?from=${someDay(random)}`),
  list('search: a rare word', ({ random }) => `/v1/search?q=${rareWord(random)}`),
  list('search: a common word', ({ random }) => `/v1/search?q=${commonWord(random)}&limit=${random.between(30, 70)}`),
  list('search: a phrase', ({ random }) => `/v1/search?q=%22${word(random.between(0, 30))}%20${word(random.between(0, 30))}%22`),
  list('search: a prefix', ({ random }) => `/v1/search?q=${word(random.between(0, 89))}*&limit=${random.between(30, 70)}`),
  list('the changes since one', someChanges),
];

/** The names of the questions whose growth is bounded. */
export const LISTS: readonly string[] = QUESTIONS.filter(({ kind }) => kind === 'list').map(({ name }) => name);
