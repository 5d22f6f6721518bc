import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type AnsweredEvent, NEVER } from '../peer.ts';
import * as schema from './tables.ts';

const DEFINITION = `
  CREATE TABLE events (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL,
    status TEXT NOT NULL, place TEXT NOT NULL, edtf TEXT, starts TEXT, ends TEXT, precision TEXT, label TEXT, open TEXT,
    revision INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
  CREATE INDEX events_by_start ON events (starts);
  CREATE INDEX events_by_end ON events (ends);
  CREATE TABLE participants (id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events, actor TEXT NOT NULL, role TEXT NOT NULL);
  CREATE INDEX participants_by_event ON participants (event_id);
  CREATE INDEX participants_by_actor ON participants (actor, event_id);
  CREATE TABLE citations (id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events, source TEXT NOT NULL,
    paragraph INTEGER NOT NULL, phrase TEXT NOT NULL);
  CREATE INDEX citations_by_event ON citations (event_id);
  CREATE TABLE topics (event_id INTEGER NOT NULL REFERENCES events, ordinal INTEGER NOT NULL, topic TEXT NOT NULL,
    PRIMARY KEY (event_id, ordinal)) WITHOUT ROWID;
  CREATE INDEX topics_by_topic ON topics (topic);
  CREATE VIRTUAL TABLE event_text USING fts5 (title, summary, content = 'events', content_rowid = 'id');
  CREATE TRIGGER event_text_insert AFTER INSERT ON events BEGIN
    INSERT INTO event_text (rowid, title, summary) VALUES (new.id, new.title, new.summary);
  END;`;

/** Opens the database of the peer; as safe and with as large a cache as that of Annals. */
export function openPeer(path: string) {
  const connection = new Database(path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'cache_size = -65536']) connection.pragma(pragma);
  return { connection, db: drizzle(connection, { schema }) };
}

/** Number of events of one insert; SQLite allows 32,766 parameters. */
const BATCH = 1000;

/** A database with events as Annals answers them. */
export async function loadPeer(path: string, answered: AsyncIterable<AnsweredEvent>): Promise<void> {
  const { connection, db } = openPeer(path);
  connection.exec(DEFINITION);
  let batch: AnsweredEvent[] = [];
  const flush = connection.transaction(() => insertEvents(db, batch));
  for await (const event of answered) {
    if (batch.push(event) < BATCH) continue;
    flush();
    batch = [];
  }
  flush();
  connection.exec('ANALYZE');
  connection.close();
}

/** Inserts events with all their rows, in the transaction that is open. */
export function insertEvents(db: ReturnType<typeof openPeer>['db'], batch: readonly AnsweredEvent[]): void {
  if (batch.length === 0) return;
  const rows = batch.map(({ id: slug, date, places, ...columns }) => {
    const dated = date && { ...date, starts: date.earliest, ends: date.latest ?? NEVER };
    return { ...columns, place: places[0]!, slug, ...dated };
  });
  const ids = db.insert(schema.events).values(rows).returning({ id: schema.events.id }).all();
  const eventId = (index: number) => ids[index]!.id;
  const participants = batch.flatMap((event, index) => event.participants.map((each) => ({ ...each, eventId: eventId(index) })));
  const citations = batch.flatMap((event, index) => event.citations.map((each) => ({ ...each, eventId: eventId(index) })));
  const topics = batch.flatMap((event, index) => event.topics.map((topic, ordinal) => ({ topic, ordinal, eventId: eventId(index) })));
  if (participants.length > 0) db.insert(schema.participants).values(participants).run();
  if (citations.length > 0) db.insert(schema.citations).values(citations).run();
  if (topics.length > 0) db.insert(schema.topics).values(topics).run();
}
