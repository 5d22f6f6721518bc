import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The tables as drizzle sees them, besides those of the fields that clients write (`model/child-tables.ts` and the types' own columns); `migrations/`
 * creates them and a test holds the two together. Keys named `…Id` are integer keys
 * of `records`. Days are days since 1970-01-01, months `year * 12 + month - 1`, instants milliseconds since 1970-01-01 UTC.
 */

/** The records with keys from `first` to `last`. */
export type KeyRange = { first: number; last: number };

/** One row per record; `document` holds the bytes that leave the house, derived from all other tables. */
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

/** The names by which a record is found: keys of its title and of each of its names (`domain/name.ts`), and its identifiers as `scheme:value`. */
export const lookups = sqliteTable('lookups', {
  id: integer().primaryKey(),
  type: text().notNull(),
  key: text().notNull(),
  recordId: integer('record_id').notNull(),
});

export const terms = sqliteTable('terms', {
  id: integer().primaryKey(),
  field: text().notNull(),
  value: text().notNull(),
  count: integer().notNull(),
});

export const postings = sqliteTable('postings', {
  term: integer().notNull(),
  level: integer().notNull(),
  position: integer().notNull(),
  endDay: integer('end_day').notNull(),
});

export const monthlyCounts = sqliteTable('monthly_counts', {
  term: integer().notNull(),
  type: text().notNull(),
  month: integer().notNull(),
  started: integer().notNull(),
  ended: integer().notNull(),
  crossesMonth: integer('crosses_month').notNull(),
  crossesYear: integer('crosses_year').notNull(),
  crossesDecade: integer('crosses_decade').notNull(),
  crossesCentury: integer('crosses_century').notNull(),
});

export const vocabulary = sqliteTable('vocabulary', {
  type: text().notNull(),
  field: text().notNull(),
  value: text().notNull(),
  records: integer().notNull(),
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

export const idempotencyKeys = sqliteTable('idempotency_keys', {
  owner: text().notNull(),
  key: text().notNull(),
  fingerprint: blob({ mode: 'buffer' }).notNull(),
  type: text().notNull(),
  slug: text().notNull(),
  revision: integer().notNull(),
  at: integer().notNull(),
});

/** One row: the generation of the database (`storage/generation.ts`). */
export const generation = sqliteTable('generation', { id: integer().primaryKey(), word: text().notNull() });

/** One row: the version of the definition that made the index (`storage/index-version.ts`). */
export const indexDefinition = sqliteTable('index_definition', { id: integer().primaryKey(), version: integer().notNull() });

export const sequences = sqliteTable('sequences', { name: text().primaryKey(), next: integer().notNull() });
