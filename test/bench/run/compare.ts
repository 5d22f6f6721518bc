import {
  type Arena,
  annalsContests,
  captureAnswers,
  creatingContests,
  limitContests,
  MEASURES,
  peerContests,
} from '../measure/contests.ts';
import { measureImports } from '../measure/costs.ts';
import { type Figures, messageOf, type Subject } from '../measure/figures.ts';
import type { Serving } from '../measure/latency.ts';
import { type Contest, measureRivalry } from '../measure/rivalry.ts';
import { closestPeer } from '../peers/index.ts';
import type { Peer } from '../peers/peer.ts';
import { servePeer } from '../peers/prepare.ts';
import { ANNALS, BARE, LIMIT } from '../report/evidence.ts';
import { serveAnnals, writeHeader } from '../servers/annals.ts';
import { serveConstants } from '../servers/limit.ts';
import type { Server } from '../servers/process.ts';
import type { World } from '../world/build.ts';
import { COMPARED, type Plan } from './plan.ts';

const subject = (what: string, of: string, { events }: Pick<Arena, 'events'>): Subject => ({ what, of, events, unit: 'requests/s' });

/** Loads Annals, the limit and the peers in turn: all on the smallest world, and Annals and the closest peer on the larger ones too. */
export async function compare(plan: Plan, servings: readonly Serving[], worlds: readonly World[], figures: Figures): Promise<void> {
  const arenas = servings.filter(({ events }) => events <= COMPARED).map(({ events, server }): Arena => ({ events, annals: server }));
  const [smallest] = arenas;
  if (!smallest) return;
  const started: Server[] = [];
  const contests: Contest[] = [];
  for (const [of, kind] of [
    [BARE, 'node'],
    [LIMIT, 'fastify'],
  ] as const)
    await figures.attempt(subject(MEASURES.byId, of, smallest), async () => {
      const server = await serveConstants(kind, await captureAnswers(smallest));
      started.push(server);
      contests.push(...limitContests(of, server, smallest.events));
    });
  for (const arena of arenas) {
    await figures.attempt(subject(MEASURES.byId, ANNALS, arena), async () => {
      contests.push(...(await annalsContests(arena)));
    });
    await figures.attempt(subject(MEASURES.create, ANNALS, arena), async () => {
      const world = worlds.find(({ events }) => events === arena.events)!;
      contests.push(...(await contestsOnCopy(world, plan.imported, figures, started)));
    });
    for (const peer of arena === smallest ? plan.peers : [closestPeer]) contests.push(...(await contestsOf(peer, arena, figures, started)));
  }
  await measureRivalry(contests, plan.load, figures);
  await Promise.all(started.map((server) => server.stop()));
}

/** A copy of a world that is imported into and then served to those who create. */
async function contestsOnCopy(world: World, imported: number, figures: Figures, started: Server[]): Promise<Contest[]> {
  const copy = await measureImports(world, imported, figures);
  const headers = await writeHeader(copy);
  const annals = await serveAnnals(copy);
  started.push(annals);
  return creatingContests({ events: world.events, annals }, headers);
}

/** The contests of a peer. Where it cannot be installed, loaded or started, or cannot do something, its figures say why. */
async function contestsOf(peer: Peer, { events, annals }: Arena, figures: Figures, started: Server[]): Promise<Contest[]> {
  const nowhere: Server = { address: '', pid: 0, stop: async () => undefined };
  const leaveOut = (what: string, reason: string) => figures.leaveOut(subject(what, peer.name, { events }), reason);
  let server: Server;
  try {
    server = await servePeer(peer, annals.address, events);
  } catch (error) {
    const reason = `skipped: ${messageOf(error)}`;
    for (const { what } of peerContests(peer, nowhere, events)) leaveOut(what, reason);
    return [];
  }
  started.push(server);
  return peerContests(peer, server, events).flatMap((contest) => {
    if (!('cannot' in contest)) return [contest];
    leaveOut(contest.what, `cannot: ${contest.cannot}`);
    return [];
  });
}
