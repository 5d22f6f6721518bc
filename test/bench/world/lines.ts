import { dayOf, isoOfDay } from '../../../src/domain/time/day.ts';
import { type Random, randomFrom, zipf } from './random.ts';

/** Numbers of actors, topics, places and words of a world of any number of events. */
export const ACTORS = 5000;
export const TOPICS = 200;
const PLACES = 300;
const WORDS = 20_000;
/** The last paragraph that a citation may name. */
const PARAGRAPHS = 1_000_000;

/** The days on which the world's events begin, since 1970-01-01. */
export const FIRST_DAY = dayOf(1900, 1, 1);
export const LAST_DAY = dayOf(2026, 12, 31);

/**
 * Two actors of whom one takes part in every second event: the one where it begins on an even day, the other where on an odd one. So
 * both are as common as can be and share no event: asked for together, they are the worst pair that an index of terms can meet.
 */
export const EVEN_DAYS = 'actor-of-even-days';
export const ODD_DAYS = 'actor-of-odd-days';

const drawActor = zipf(ACTORS);
const drawTopic = zipf(TOPICS);
const drawPlace = zipf(PLACES);
const drawWord = zipf(WORDS);

const KINDS = ['statement', 'operation', 'attack', 'initiative', 'programme', 'visit', 'publication', 'decision'];
const ROLES = ['participant', 'host', 'initiator', 'speaker', 'supporter'];
const SYLLABLES = ['ka', 're', 'mo', 'ti', 'sul', 'an', 'ber', 'do', 'vi', 'nor'];
const words = Array.from({ length: WORDS }, (_, rank) => Array.from(String(rank + 10), (digit) => SYLLABLES[Number(digit)]!).join(''));

/** Number of records of a world besides its events. */
export const OTHER_RECORDS = ACTORS + 2 + PLACES + 1;

/** The id of the actor of a rank, 0 to `ACTORS` - 1; rank 0 takes part in the most events. */
export const actorId = (rank: number): string => `actor-${rank}`;

/** The word of a rank, 0 to 19,999, made of syllables. The most frequent ones are short. */
export const word = (rank: number): string => words[rank]!;

/** The world as NDJSON lines, as clients write them: actors, places, one source, then events 0 to `events` - 1. */
export function* worldLines(events: number): Generator<string> {
  for (let rank = 0; rank < ACTORS; rank += 1) yield actorLine(actorId(rank), `Actor ${word(rank)} ${rank}`);
  yield actorLine(EVEN_DAYS, 'Actor of even days');
  yield actorLine(ODD_DAYS, 'Actor of odd days');
  for (let rank = 0; rank < PLACES; rank += 1)
    yield JSON.stringify({ type: 'place', id: `place-${rank}`, kind: 'city', name: `Place ${word(rank)} ${rank}` });
  yield JSON.stringify({ type: 'source', id: 'chronicle', kind: 'book', title: 'The chronicle' });
  yield* eventLines('event', events, 2026);
}

/**
 * Events as NDJSON lines, with ids `<prefix>-0` and on. They begin from 1900 to 2026: 95 % last a day, 4 % up to a year (half of them
 * are a month or a year of which no more is known), 1 % up to 40 years; one in a hundred is approximate, has an open end, or no date.
 */
export function* eventLines(prefix: string, count: number, seed: number): Generator<string> {
  const random = randomFrom(seed);
  for (let number = 0; number < count; number += 1) yield JSON.stringify(eventOf(random, `${prefix}-${number}`, number));
}

function actorLine(id: string, name: string): string {
  return JSON.stringify({ type: 'actor', id, kind: 'organization', name });
}

function eventOf(random: Random, id: string, number: number): object {
  const start = random.between(FIRST_DAY, LAST_DAY);
  const edtf = dateOf(random, start);
  const actors = new Set<string>();
  if (edtf !== undefined && random.next() < 0.5) actors.add(start % 2 === 0 ? EVEN_DAYS : ODD_DAYS);
  for (let wanted = random.between(1, 5); wanted > actors.size; ) actors.add(actorId(drawActor(random)));
  const topics = new Set(Array.from({ length: random.between(1, 3) }, () => drawTopic(random)));
  return {
    type: 'event',
    id,
    kind: random.pick(KINDS),
    title: sentence(random, 6),
    ...(edtf === undefined ? {} : { date: { edtf } }),
    places: [`place-${drawPlace(random)}`],
    summary: sentence(random, 25),
    topics: Array.from(topics, (rank) => `topic-${rank}`),
    participants: Array.from(actors, (actor) => ({ actor, role: random.pick(ROLES) })),
    citations: [{ source: 'chronicle', paragraph: (number % PARAGRAPHS) + 1, phrase: sentence(random, 4) }],
  };
}

function dateOf(random: Random, start: number): string | undefined {
  const chance = random.next();
  const special = random.next();
  if (special < 0.003) return undefined;
  if (special < 0.006) return `${isoOfDay(start)}/..`;
  if (special < 0.01) return `${isoOfDay(start).slice(0, 7)}~`;
  if (chance < 0.95) return isoOfDay(start);
  if (chance < 0.97) return isoOfDay(start).slice(0, random.pick([4, 7]));
  const longest = chance < 0.99 ? 365 : 40 * 365;
  return `${isoOfDay(start)}/${isoOfDay(Math.min(start + random.between(1, longest), LAST_DAY))}`;
}

function sentence(random: Random, length: number): string {
  let text = word(drawWord(random));
  for (let more = 1; more < length; more += 1) text += ` ${word(drawWord(random))}`;
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
