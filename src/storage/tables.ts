import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The tables that drizzle reads or whose rows are inserted one by one; those of the fields that clients write are described in `model/`. `migrations/`
 * creates all of them, and a test holds the two together. Instants are milliseconds since 1970-01-01 UTC.
 */

/** The records with keys from `first` to `last`. */
export type KeyRange = { first: number; last: number };

/** One row per record; `document` holds the bytes that are sent, derived from all other tables. */
export const records = sqliteTable('records', {
  id: integer().primaryKey(),
  type: text().notNull(),
  slug: text().notNull(),
  kind: text().notNull(),
  title: text().notNull(),
  sortTitle: text('sort_title').notNull(),
  revision: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
  document: blob({ mode: 'buffer' }).notNull(),
});

/** The texts of sources, one row per paragraph: a non-empty line, counted from 1. */
export const paragraphs = sqliteTable('paragraphs', {
  sourceId: integer('source_id').notNull(),
  number: integer().notNull(),
  text: text().notNull(),
});

export const changes = sqliteTable('changes', {
  sequence: integer().primaryKey(),
  type: text().notNull(),
  slug: text().notNull(),
  action: text().notNull(),
  revision: integer().notNull(),
  at: integer().notNull(),
  replaced: blob({ mode: 'buffer' }),
});

export const apiKeys = sqliteTable('api_keys', {
  id: text().primaryKey(),
  label: text().notNull(),
  hash: text().notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
  scope: text().notNull(),
  expiresAt: integer('expires_at'),
  lastUsedAt: integer('last_used_at'),
  replacedBy: text('replaced_by'),
});
