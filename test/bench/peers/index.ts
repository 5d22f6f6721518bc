import { datasette } from './datasette.ts';
import { drizzlePeer } from './drizzle/peer.ts';
import { jsonServer } from './json-server.ts';
import type { Peer } from './peer.ts';
import { pocketbase } from './pocketbase.ts';
import { soul } from './soul.ts';

/** The service that a good team would write first: the one that section 7 of the design compares with. */
export const closestPeer: Peer = drizzlePeer;

/** Every peer. */
export const peers: readonly Peer[] = [closestPeer, jsonServer, soul, datasette, pocketbase];
