import { relations } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Events with the days they cover; `ends` is 9999-12-31 for what has not ended. */
export const events = sqliteTable(
  'events',
  {
    id: integer().primaryKey(),
    slug: text().notNull().unique(),
    kind: text().notNull(),
    title: text().notNull(),
    summary: text().notNull(),
    status: text().notNull(),
    place: text().notNull(),
    edtf: text(),
    starts: text(),
    ends: text(),
    precision: text(),
    label: text(),
    open: text(),
    revision: integer().notNull(),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (event) => [index('events_by_start').on(event.starts), index('events_by_end').on(event.ends)],
);

export const participants = sqliteTable(
  'participants',
  {
    id: integer().primaryKey(),
    eventId: integer('event_id').notNull(),
    actor: text().notNull(),
    role: text().notNull(),
  },
  (row) => [index('participants_by_event').on(row.eventId), index('participants_by_actor').on(row.actor, row.eventId)],
);

export const citations = sqliteTable(
  'citations',
  {
    id: integer().primaryKey(),
    eventId: integer('event_id').notNull(),
    source: text().notNull(),
    paragraph: integer().notNull(),
    phrase: text().notNull(),
  },
  (row) => [index('citations_by_event').on(row.eventId)],
);

export const topics = sqliteTable(
  'topics',
  { eventId: integer('event_id').notNull(), ordinal: integer().notNull(), topic: text().notNull() },
  (row) => [primaryKey({ columns: [row.eventId, row.ordinal] }), index('topics_by_topic').on(row.topic)],
);

export const eventRelations = relations(events, ({ many }) => ({
  participants: many(participants),
  citations: many(citations),
  topics: many(topics),
}));

export const participantRelations = relations(participants, ({ one }) => ({
  event: one(events, { fields: [participants.eventId], references: [events.id] }),
}));

export const citationRelations = relations(citations, ({ one }) => ({
  event: one(events, { fields: [citations.eventId], references: [events.id] }),
}));

export const topicRelations = relations(topics, ({ one }) => ({
  event: one(events, { fields: [topics.eventId], references: [events.id] }),
}));
