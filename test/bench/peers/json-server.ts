import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../servers/process.ts';
import { type AnsweredEvent, NEVER, type Peer, post } from './peer.ts';

const VERSION = '0.17.4';

/** A REST API out of one JSON file, which it holds in memory and writes whole at each change. */
export const jsonServer: Peer = {
  name: 'json-server',
  version: VERSION,
  install: async (folder) => {
    await run({ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--prefix', folder, `json-server@${VERSION}`] });
  },
  load: ({ loaded }, events) => pipeline(jsonOf(events), createWriteStream(join(loaded, 'db.json'))),
  program: ({ installed, loaded }, port) => ({
    command: join(installed, 'node_modules/.bin/json-server'),
    args: [join(loaded, 'db.json'), '--quiet', '--host', '127.0.0.1', '--port', String(port)],
  }),
  byId: (id) => ({ path: `/events/${id}` }),
  // A list is compared as its items with commas between.
  page: ({ actor, from, to }) => ({
    path: `/events?actors_like=${encodeURIComponent(`(^|,)${actor}(,|$)`)}&starts_lte=${to}&ends_gte=${from}&_sort=starts&_limit=50`,
  }),
  search: (word) => ({ path: `/events?q=${word}&_limit=50` }),
  create: (event) => post('/events', event),
};

async function* jsonOf(events: AsyncIterable<AnsweredEvent>): AsyncGenerator<string> {
  let before = '{"events":[\n';
  for await (const event of events) {
    const { date, participants } = event;
    const days = date && { starts: date.earliest, ends: date.latest ?? NEVER };
    yield before + JSON.stringify({ ...event, ...days, actors: participants.map(({ actor }) => actor) });
    before = ',\n';
  }
  yield ']}';
}
