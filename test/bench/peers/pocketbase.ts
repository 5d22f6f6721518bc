import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { run } from '../servers/process.ts';
import { flatEvent, insertFlat } from './flat.ts';
import { type Folders, type Peer, post } from './peer.ts';

const VERSION = '0.36.8';
const RECORDS = (collection: string) => `/api/collections/${collection}/records`;
const FIELDS = ['kind', 'title', 'summary', 'status', 'place', 'edtf', 'starts', 'ends', 'label', 'topics', 'participants', 'citations'];

/** Its two collections, open to everybody, with the indexes that the questions want. */
const MIGRATION = `migrate((app) => {
  const open = { listRule: '', viewRule: '', createRule: '' };
  const id = { name: 'id', type: 'text', system: true, primaryKey: true, required: true, pattern: '^[a-z0-9-]+$', min: 1, max: 80 };
  const events = new Collection({ ...open, type: 'base', name: 'events',
    fields: [id, ...${JSON.stringify(FIELDS)}.map((name) => ({ name, type: 'text' }))],
    indexes: ['CREATE INDEX events_by_start ON events (starts)'] });
  app.save(events);
  app.save(new Collection({ ...open, type: 'base', name: 'participants',
    fields: [id, { name: 'event', type: 'relation', collectionId: events.id, maxSelect: 1 },
      ...['actor', 'role', 'starts', 'ends'].map((name) => ({ name, type: 'text' }))],
    indexes: ['CREATE INDEX participants_by_actor ON participants (actor, starts)'] }));
});`;

/** A backend in one file: collections in SQLite behind a REST API, in Go. */
export const pocketbase: Peer = {
  name: 'pocketbase',
  version: VERSION,
  install: async (folder) => {
    const environment = { GOBIN: folder, GOFLAGS: '-mod=mod' };
    await run({ command: 'go', args: ['install', `github.com/pocketbase/pocketbase/examples/base@v${VERSION}`], environment, folder });
  },
  load: async (folders, events) => {
    mkdirSync(join(folders.loaded, 'migrations'));
    writeFileSync(join(folders.loaded, 'migrations/1_events.js'), MIGRATION);
    await run(command(folders, ['migrate', 'up']));
    const connection = new Database(join(folders.loaded, 'pb/data.db'));
    // Optional text is empty there, never null.
    await insertFlat(connection, events, '');
    connection.close();
  },
  program: (folders, port) => command(folders, ['serve', '--http', `127.0.0.1:${port}`]),
  byId: (id) => ({ path: `${RECORDS('events')}/${id}` }),
  page: ({ actor, from, to }) => {
    const filter = encodeURIComponent(`actor='${actor}' && starts<='${to}' && ends>='${from}'`);
    return { path: `${RECORDS('participants')}?filter=(${filter})&sort=starts&perPage=50&expand=event` };
  },
  search: (word) => ({ path: `${RECORDS('events')}?filter=(${encodeURIComponent(`title~'${word}' || summary~'${word}'`)})&perPage=50` }),
  create: (event) => post(RECORDS('events'), flatEvent(event, '')),
  created: 200,
};

function command({ installed, loaded }: Folders, args: readonly string[]) {
  const folders = ['--dir', join(loaded, 'pb'), '--migrationsDir', join(loaded, 'migrations'), '--automigrate=false'];
  return { command: join(installed, 'base'), args: [...args, ...folders], folder: loaded };
}
