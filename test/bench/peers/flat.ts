import Database from 'better-sqlite3';
import { type AnsweredEvent, NEVER } from './peer.ts';

/** For services that make an API of any SQLite file: events, and who took part in them with the days, so that one table can be filtered by both. */
const TABLES = `
  CREATE TABLE events (id TEXT PRIMARY KEY, kind TEXT, title TEXT, summary TEXT, status TEXT, place TEXT, edtf TEXT, starts TEXT, ends TEXT,
    label TEXT, topics TEXT, participants TEXT, citations TEXT);
  CREATE INDEX events_by_start ON events (starts);
  CREATE TABLE participants (id INTEGER PRIMARY KEY, event TEXT REFERENCES events (id), actor TEXT, role TEXT, starts TEXT, ends TEXT);
  CREATE INDEX participants_by_actor ON participants (actor, starts);
  CREATE INDEX participants_by_event ON participants (event);
  CREATE VIRTUAL TABLE events_fts USING fts5 (title, summary, content="events");`;

/** An event as one row; what is a list in it is JSON. `absent` stands for what it does not have. */
export function flatEvent({ date, topics, participants, citations, ...event }: FlatInput, absent: string | null = null) {
  const { id, kind, title, summary, status, places } = event;
  const days = {
    edtf: date?.edtf ?? absent,
    starts: date?.earliest ?? absent,
    ends: date === undefined ? absent : (date.latest ?? NEVER),
    label: date?.label ?? absent,
  };
  const lists = { topics: JSON.stringify(topics), participants: JSON.stringify(participants), citations: JSON.stringify(citations) };
  return { id, kind, title, summary, status, place: places[0] ?? absent, ...days, ...lists };
}

type FlatInput = Omit<AnsweredEvent, 'revision' | 'createdAt' | 'updatedAt'>;

/** An SQLite file with the events as two flat tables and their full text. */
export async function writeFlat(path: string, events: AsyncIterable<AnsweredEvent>): Promise<void> {
  const connection = new Database(path);
  connection.exec(TABLES);
  await insertFlat(connection, events);
  connection.exec("INSERT INTO events_fts (events_fts) VALUES ('rebuild'); ANALYZE");
  connection.close();
}

/** Inserts events into the tables `events` and `participants`; `absent` stands for what one does not have. */
export async function insertFlat(connection: Database.Database, events: AsyncIterable<AnsweredEvent>, absent?: string): Promise<void> {
  const insertEvent = connection.prepare(
    `INSERT INTO events (id, kind, title, summary, status, place, edtf, starts, ends, label, topics, participants, citations)
      VALUES (:id, :kind, :title, :summary, :status, :place, :edtf, :starts, :ends, :label, :topics, :participants, :citations)`,
  );
  const insertParticipant = connection.prepare('INSERT INTO participants (id, event, actor, role, starts, ends) VALUES (?, ?, ?, ?, ?, ?)');
  let number = 0;
  connection.exec('BEGIN');
  for await (const event of events) {
    const row = flatEvent(event, absent);
    insertEvent.run(row);
    for (const { actor, role } of event.participants)
      insertParticipant.run(String((number += 1)), event.id, actor, role, row.starts, row.ends);
  }
  connection.exec('COMMIT');
}
