import { dayOf, isoOfDay } from '../../src/domain/day.ts';
import { type Random, randomFrom, zipf } from './random.ts';

/** How many actors, topics, places and words the world has, whatever the number of events. */
export const ACTORS = 5000;
const TOPICS = 200;
const PLACES = 300;
const WORDS = 20_000;

const FIRST_DAY = dayOf(1900, 1, 1);
const LAST_DAY = dayOf(2026, 12, 31);

const drawActor = zipf(ACTORS);
const drawTopic = zipf(TOPICS);
const drawPlace = zipf(PLACES);
const drawWord = zipf(WORDS);

const KINDS = ['statement', 'operation', 'attack', 'initiative', 'programme', 'visit', 'publication', 'decision'];
const ROLES = ['participant', 'host', 'initiator', 'speaker', 'supporter'];

/**
 * The world as NDJSON lines, as clients write them: actors, places, one source, then events from 1900 to 2026. Of these 95 % last a day,
 * 4 % up to a year (half of them are a month or a year of which no more is known), 1 % up to 40 years; one in a hundred is approximate,
 * has an open end, or no date.
 */
export function* worldLines(events: number): Generator<string> {
  const random = randomFrom(2026);
  for (let rank = 0; rank < ACTORS; rank += 1)
    yield JSON.stringify({ type: 'actor', id: actorId(rank), kind: 'organization', name: `Actor ${word(rank)} ${rank}` });
  for (let rank = 0; rank < PLACES; rank += 1)
    yield JSON.stringify({ type: 'place', id: `place-${rank}`, kind: 'city', name: `Place ${word(rank)} ${rank}` });
  yield JSON.stringify({ type: 'source', id: 'chronicle', kind: 'book', title: 'The chronicle' });
  for (let number = 0; number < events; number += 1) yield JSON.stringify(eventOf(random, number));
}

/** The id of the actor of a rank; rank 0 takes part in the most events. */
export const actorId = (rank: number): string => `actor-${rank}`;

/** The word of a rank, made of syllables. The most frequent ones are short. */
export function word(rank: number): string {
  const syllables = ['ka', 're', 'mo', 'ti', 'sul', 'an', 'ber', 'do', 'vi', 'nor'];
  return Array.from(String(rank + 10), (digit) => syllables[Number(digit)]!).join('');
}

function eventOf(random: Random, number: number): object {
  const actors = new Set(Array.from({ length: random.between(1, 5) }, () => drawActor(random)));
  const topics = new Set(Array.from({ length: random.between(1, 3) }, () => drawTopic(random)));
  const edtf = dateOf(random);
  return {
    type: 'event',
    id: `event-${number}`,
    kind: random.pick(KINDS),
    title: sentence(random, 6),
    ...(edtf === undefined ? {} : { date: { edtf } }),
    place: `place-${drawPlace(random)}`,
    summary: sentence(random, 25),
    topics: [...topics].map((rank) => `topic-${rank}`),
    participants: [...actors].map((rank) => ({ actor: actorId(rank), role: random.pick(ROLES) })),
    citations: [{ source: 'chronicle', paragraph: number + 1, phrase: sentence(random, 4) }],
  };
}

function dateOf(random: Random): string | undefined {
  const start = random.between(FIRST_DAY, LAST_DAY);
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

function sentence(random: Random, words: number): string {
  const text = Array.from({ length: words }, () => word(drawWord(random))).join(' ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
