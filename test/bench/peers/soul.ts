import { join } from 'node:path';
import Database from 'better-sqlite3';
import { run } from '../servers/process.ts';
import { flatEvent, writeFlat } from './flat.ts';
import { type Peer, post } from './peer.ts';

const VERSION = '0.8.2';
const ROWS = '/api/tables/events/rows';

/** It adds the row that a key points to only where the key is a number. */
const NUMBERED = `
  ALTER TABLE events ADD COLUMN number INTEGER;
  UPDATE events SET number = rowid;
  CREATE UNIQUE INDEX events_by_number ON events (number);
  CREATE TABLE appearances (id INTEGER PRIMARY KEY, event INTEGER REFERENCES events (number), actor TEXT, role TEXT, starts TEXT, ends TEXT);
  INSERT INTO appearances SELECT p.id, e.number, p.actor, p.role, p.starts, p.ends FROM participants p JOIN events e ON e.id = p.event;
  CREATE INDEX appearances_by_actor ON appearances (actor, starts);
  ANALYZE;`;

/** A REST API out of any SQLite file. */
export const soul: Peer = {
  name: 'soul-cli',
  version: VERSION,
  install: async (folder) => {
    await run({ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--prefix', folder, `soul-cli@${VERSION}`] });
  },
  load: async ({ loaded }, events) => {
    const path = join(loaded, 'events.db');
    await writeFlat(path, events);
    new Database(path).exec(NUMBERED).close();
  },
  program: ({ installed, loaded }, port) => ({
    command: join(installed, 'node_modules/.bin/soul'),
    args: ['--database', join(loaded, 'events.db'), '--port', String(port)],
    folder: installed,
  }),
  byId: (id) => ({ path: `${ROWS}/${id}` }),
  page: ({ actor, from, to }) => ({
    path: `/api/tables/appearances/rows?_filters=actor:${actor},starts__lte:${to},ends__gte:${from}&_ordering=starts&_limit=50&_extend=event`,
  }),
  search: (word) => ({ path: `${ROWS}?_search=${word}&_limit=50` }),
  create: (event) => post(ROWS, { fields: flatEvent(event) }),
};
