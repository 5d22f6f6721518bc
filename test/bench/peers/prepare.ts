import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askFor, clientOf } from '../asking/client.ts';
import { say } from '../report/progress.ts';
import { type Server, startServer } from '../servers/process.ts';
import { CACHE, scratchFolder } from '../servers/folders.ts';
import { worldKey } from '../world/build.ts';
import type { AnsweredEvent, Folders, Peer } from './peer.ts';

/** Files with the definitions of the peers: a changed peer is loaded again. */
const SOURCES = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Starts a peer with the events that Annals serves at an address, installed and loaded by this run or one before. Throws where it cannot. */
export async function servePeer(peer: Peer, annals: string, events: number): Promise<Server> {
  const installed = join(CACHE, `${peer.name}-${peer.version}`);
  await once(installed, async () => {
    say(`installing ${peer.name} ${peer.version}`);
    await peer.install(installed);
  });
  const pristine = join(CACHE, `${peer.name}-${peer.version}-${events}-${worldKey()}-${definitionKey()}`);
  forgetOthers(`${peer.name}-${peer.version}-${events}-`, pristine);
  await once(pristine, async () => {
    say(`loading ${events.toLocaleString('en')} events into ${peer.name}`);
    await peer.load({ installed, loaded: pristine }, answeredEvents(annals));
  });
  // What a run creates must not be there in the next.
  const loaded = scratchFolder();
  cpSync(pristine, loaded, { recursive: true });
  const folders: Folders = { installed, loaded };
  const path = 'cannot' in peer.byId ? '/' : peer.byId('event-0').path;
  return startServer((port) => peer.program(folders, port), path);
}

/** Does what fills a folder unless it was done; a folder that was left half-filled is emptied. */
async function once(folder: string, work: () => Promise<void>): Promise<void> {
  const done = join(folder, '.done');
  if (existsSync(done)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await work();
  writeFileSync(done, '');
}

function forgetOthers(prefix: string, kept: string): void {
  for (const name of readdirSync(CACHE))
    if (name.startsWith(prefix) && join(CACHE, name) !== kept) rmSync(join(CACHE, name), { recursive: true, force: true });
}

function definitionKey(): string {
  const hash = createHash('sha256');
  for (const name of SOURCES.toSorted()) hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 8);
}

/** All events as Annals answers them, page by page. */
async function* answeredEvents(address: string): AsyncGenerator<AnsweredEvent> {
  const { ask, close } = clientOf(address);
  try {
    for (let path: string | undefined = '/v1/events?limit=200'; path !== undefined; ) {
      const { body, headers } = await askFor(ask, { path });
      yield* (JSON.parse(body.toString()) as { items: AnsweredEvent[] }).items; // @NOTE the contract of the API
      path = /<([^>]+)>/.exec(headers['link'] ?? '')?.[1];
    }
  } finally {
    close();
  }
}
