import { dayOf, isoOfDay } from '../../../src/domain/time/day.ts';
import type { CreatedEvent, Peer } from '../peers/peer.ts';
import { freshPage, SAME_PAGE, someEvent } from '../questions/questions.ts';
import { rareWord, someDecade } from '../questions/values.ts';
import type { Server } from '../servers/process.ts';
import { eventLines } from '../world/lines.ts';
import { randomFrom } from '../world/random.ts';
import { type Answer, askFor, clientOf, type Request } from '../asking/client.ts';
import type { Contest } from './rivalry.ts';

/** Measures that are compared between servers. */
export const MEASURES = {
  byId: 'an event by id',
  page: 'a page of 50 by actor and date, never asked before',
  again: 'the same page asked again',
  unchanged: 'the same page, not changed (304)',
  search: 'text search',
  create: 'create, 64 clients',
  createAlone: 'create, one client after the other',
  patch: 'patch of a note, one client after the other',
} as const;

/** The events that are compared on, and who serves them. */
export type Arena = { events: number; annals: Server };

/** The responses of Annals to each kind of question, which the limit repeats. */
export async function captureAnswers({ annals }: Arena): Promise<Record<string, Answer>> {
  const { ask, close } = clientOf(annals.address);
  try {
    const page = await askFor(ask, { path: SAME_PAGE });
    const known = { path: SAME_PAGE, headers: { 'if-none-match': page.headers['etag'] ?? '' } };
    return { '/record': await askFor(ask, { path: '/v1/events/event-0' }), '/page': page, '/unchanged': await askFor(ask, known, 304) };
  } finally {
    close();
  }
}

/** A server that repeats answers out of memory, asked for each. */
export const limitContests = (of: string, server: Server, events: number): Contest[] => [
  { what: MEASURES.byId, of, events, server, request: () => ({ path: '/record' }) },
  { what: MEASURES.page, of, events, server, request: () => ({ path: '/page' }) },
  { what: MEASURES.unchanged, of, events, server, request: () => ({ path: '/unchanged' }), expected: 304 },
];

/** Annals, asked for everything that reads. */
export async function annalsContests(arena: Arena): Promise<Contest[]> {
  const { events, annals: server } = arena;
  const page = (await captureAnswers(arena))['/page'];
  const etag = page?.headers['etag'] ?? '';
  const random = randomFrom(7);
  const contest = { of: 'Annals', events, server };
  return [
    { ...contest, what: MEASURES.byId, request: () => ({ path: someEvent({ random, events }) }) },
    { ...contest, what: MEASURES.page, request: () => ({ path: freshPage(random) }) },
    { ...contest, what: MEASURES.again, request: () => ({ path: SAME_PAGE }) },
    { ...contest, what: MEASURES.unchanged, request: () => ({ path: SAME_PAGE, headers: { 'if-none-match': etag } }), expected: 304 },
    { ...contest, what: MEASURES.search, request: () => ({ path: `/v1/search?q=${rareWord(random)}` }) },
  ];
}

/**
 * Annals on a database that may be changed: creates by many clients, whose commits are shared, and by one, who waits for each. So they differ in
 * what sharing saves of a commit and of the index, and in that one client leaves the server idle while it reads its answer.
 */
export function creatingContests({ events, annals: server }: Arena, headers: Record<string, string>): Contest[] {
  const lines = eventLines(`made-${Date.now().toString(36)}`, Infinity, 8);
  const request = (): Request => ({ method: 'POST', path: '/v1/events', headers, body: nextOf(lines) });
  const contest = { of: 'Annals', events, server, request, expected: 201 };
  return [
    { ...contest, what: MEASURES.create, clients: 64 },
    { ...contest, what: MEASURES.createAlone, clients: 1 },
  ];
}

/** Annals on a database that may be changed: a new note for one event after the other. */
export function patchingContest({ events, annals: server }: Arena, headers: Record<string, string>): Contest {
  const random = randomFrom(13);
  const request = (): Request => ({
    method: 'PATCH',
    path: someEvent({ random, events }),
    headers,
    body: JSON.stringify({ note: `Seen ${random.between(0, 1e9)} times.` }),
  });
  return { what: MEASURES.patch, of: 'Annals', events, server, request, clients: 1 };
}

/** A peer, asked for the four things that every peer is asked for; what it cannot do is given as `cannot`. */
export function peerContests(peer: Peer, server: Server, events: number): (Contest | { what: string; cannot: string })[] {
  const random = randomFrom(9);
  const lines = eventLines(`made-${Date.now().toString(36)}`, Infinity, 10);
  const contest = { of: peer.name, events, server };
  const { byId, page, search, create } = peer;
  const way = <Asked>(
    what: string,
    means: ((asked: Asked) => Request) | { cannot: string },
    next: () => Asked,
    more: Partial<Contest> = {},
  ) => ('cannot' in means ? { what, cannot: means.cannot } : { ...contest, what, request: () => means(next()), ...more });
  return [
    way(MEASURES.byId, byId, () => `event-${random.between(0, events - 1)}`),
    way(MEASURES.page, page, () => someDecade(random)),
    way(MEASURES.search, search, () => rareWord(random)),
    way(MEASURES.create, create, () => createdEvent(nextOf(lines)), { expected: peer.created ?? 201, clients: 64 }),
  ];
}

/** The event of a line, on one day: what is derived of a day, a peer can be told. */
function createdEvent(line: string): CreatedEvent {
  const event = JSON.parse(line) as CreatedEvent; // @NOTE made by `eventLines`
  const day = isoOfDay(dayOf(2000, 1, 1) + (event.citations[0]!.paragraph % 9000));
  return { ...event, status: 'occurred', date: { edtf: day, earliest: day, latest: day, precision: 'day', label: day } };
}

function nextOf(lines: Generator<string>): string {
  const { value, done } = lines.next();
  if (done) throw new Error('there are no more events to create');
  return value;
}
