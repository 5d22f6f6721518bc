import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The tables as drizzle sees them; `migrations/` creates them and a test holds the two together. Keys named `…Id` are integer keys
 * of `records`. Days are days since 1970-01-01, months `year * 12 + month - 1`, instants milliseconds since 1970-01-01 UTC.
 */

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

const recordId = () => integer('record_id').notNull();
const ordinal = () => integer().notNull();

const entryColumns = () => ({
  recordId: integer('record_id').primaryKey(),
  status: text().notNull(),
  summary: text(),
  note: text(),
});

export const events = sqliteTable('events', entryColumns());

export const agreements = sqliteTable('agreements', { ...entryColumns(), symbol: text() });

export const meetings = sqliteTable('meetings', {
  ...entryColumns(),
  number: integer(),
  symbols: text(),
  startTime: text('start_time'),
  endTime: text('end_time'),
  timeZone: text('time_zone'),
  format: text(),
});

export const actors = sqliteTable('actors', {
  recordId: integer('record_id').primaryKey(),
  description: text(),
  note: text(),
  partOfId: integer('part_of_id'),
});

export const sources = sqliteTable('sources', {
  recordId: integer('record_id').primaryKey(),
  summary: text(),
  note: text(),
  authors: text(),
  publisher: text(),
  symbol: text(),
  language: text(),
  publishedEdtf: text('published_edtf'),
  publishedAsStated: text('published_as_stated'),
  url: text(),
  sha256: text(),
  paragraphs: integer(),
});

export const places = sqliteTable('places', {
  recordId: integer('record_id').primaryKey(),
  note: text(),
  countryId: integer('country_id'),
  latitude: real(),
  longitude: real(),
});

/** The tables of the types that stand on the timeline. */
export const entryTables = { agreement: agreements, meeting: meetings, event: events };

/** The table of each type's own columns. The order is that of the reference and of an export: what is referred to before what refers to it. */
export const typeTables = { place: places, actor: actors, source: sources, ...entryTables };

/** The texts of sources, one row per paragraph: a non-empty line, counted from 1. */
export const paragraphs = sqliteTable('paragraphs', {
  sourceId: integer('source_id').notNull(),
  number: integer().notNull(),
  text: text().notNull(),
});

export const names = sqliteTable('names', {
  recordId: recordId(),
  ordinal: ordinal(),
  name: text().notNull(),
  language: text(),
  kind: text().notNull(),
});

/** What a record is found under: the key of its title and of each of its names (`domain/name.ts`), and its identifiers as `scheme:value`. */
export const lookups = sqliteTable('lookups', {
  id: integer().primaryKey(),
  type: text().notNull(),
  key: text().notNull(),
  recordId: recordId(),
});

export const moments = sqliteTable('moments', {
  id: integer().primaryKey(),
  recordId: recordId(),
  ordinal: ordinal(),
  position: integer().notNull(),
  level: integer().notNull(),
  role: text(),
  edtf: text(),
  asStated: text('as_stated'),
  placeId: integer('place_id'),
  startMin: integer('start_min').notNull(),
  startMax: integer('start_max').notNull(),
  endMin: integer('end_min').notNull(),
  endMax: integer('end_max').notNull(),
  startMonth: integer('start_month').notNull(),
  startMonthMax: integer('start_month_max').notNull(),
  endMonth: integer('end_month').notNull(),
  item: blob({ mode: 'buffer' }).notNull(),
});

export const participations = sqliteTable('participations', {
  recordId: recordId(),
  momentId: integer('moment_id'),
  ordinal: ordinal(),
  actorId: integer('actor_id').notNull(),
  role: text().notNull(),
  onBehalfOfId: integer('on_behalf_of_id'),
  asStated: text('as_stated'),
});

export const citations = sqliteTable('citations', {
  recordId: recordId(),
  ordinal: ordinal(),
  sourceId: integer('source_id').notNull(),
  paragraph: integer(),
  page: text(),
  phrase: text(),
  supports: text(),
  stance: text(),
  attributedToId: integer('attributed_to_id'),
  note: text(),
});

export const relations = sqliteTable('relations', {
  recordId: recordId(),
  ordinal: ordinal(),
  type: text().notNull(),
  toId: integer('to_id').notNull(),
});

export const figures = sqliteTable('figures', {
  recordId: recordId(),
  ordinal: ordinal(),
  label: text().notNull(),
  value: real().notNull(),
  unit: text().notNull(),
  qualifier: text().notNull(),
  asStated: text('as_stated'),
  attributedToId: integer('attributed_to_id'),
});

export const memberships = sqliteTable('memberships', {
  recordId: recordId(),
  ordinal: ordinal(),
  organizationId: integer('organization_id').notNull(),
  role: text(),
  periodEdtf: text('period_edtf'),
  periodAsStated: text('period_as_stated'),
  startMin: integer('start_min').notNull(),
  endMax: integer('end_max').notNull(),
});

export const identifiers = sqliteTable('identifiers', {
  recordId: recordId(),
  ordinal: ordinal(),
  scheme: text().notNull(),
  value: text().notNull(),
});

export const topics = sqliteTable('topics', { recordId: recordId(), ordinal: ordinal(), topic: text().notNull() });

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
