import { join } from 'node:path';
import { run } from '../servers/process.ts';
import { writeFlat } from './flat.ts';
import type { Peer } from './peer.ts';

const VERSION = '0.65.5';
const EVENTS = '/events/events';

/** A JSON API over SQLite files for reading; the file is opened as immutable, which is its fastest way. */
export const datasette: Peer = {
  name: 'datasette',
  version: VERSION,
  install: async (folder) => {
    await run({ command: 'python3', args: ['-m', 'venv', folder] });
    await run({ command: join(folder, 'bin/pip'), args: ['install', '--quiet', `datasette==${VERSION}`] });
  },
  load: ({ loaded }, events) => writeFlat(join(loaded, 'events.db'), events),
  program: ({ installed, loaded }, port) => ({
    command: join(installed, 'bin/datasette'),
    args: ['--immutable', join(loaded, 'events.db'), '--port', String(port), '--setting', 'suggest_facets', 'off'],
  }),
  byId: (id) => ({ path: `${EVENTS}/${id}.json` }),
  page: ({ actor, from, to }) => {
    const participation = encodeURIComponent(`id in (select event from participants where actor = '${actor}')`);
    return { path: `${EVENTS}.json?_where=${participation}&starts__lte=${to}&ends__gte=${from}&_sort=starts&_size=50` };
  },
  search: (word) => ({ path: `${EVENTS}.json?_search=${word}&_size=50` }),
  create: { cannot: 'reads only' },
};
