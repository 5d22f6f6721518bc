import { join } from 'node:path';
import { type Peer, post } from '../peer.ts';
import { loadPeer } from './database.ts';

/** The service that a good team would write first; it is made of what Annals is made of. */
export const drizzlePeer: Peer = {
  name: 'fastify-drizzle',
  version: '1',
  install: async () => undefined,
  load: ({ loaded }, events) => loadPeer(join(loaded, 'events.db'), events),
  program: ({ loaded }, port) => ({
    command: process.execPath,
    args: ['--import', 'tsx', join(import.meta.dirname, 'service.ts'), String(port), join(loaded, 'events.db')],
  }),
  byId: (id) => ({ path: `/events/${id}` }),
  page: ({ actor, from, to }) => ({ path: `/events?actor=${actor}&from=${from}&to=${to}` }),
  search: (word) => ({ path: `/search?q=${word}` }),
  create: (event) => post('/events', event),
};
