import { and, asc, count, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import Fastify from 'fastify';
import { z } from 'zod';
import type { CreatedEvent } from '../peer.ts';
import { insertEvents, openPeer } from './database.ts';
import { events, participants } from './tables.ts';

/**
 * A process of its own: `service.ts <port> <database>`. The service that a good team would write first: routes validated by zod,
 * answers serialised through zod, drizzle's relational queries, a b-tree on whatever is asked for, FTS5.
 */

const Event = z.object({
  type: z.literal('event'),
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  date: z
    .object({
      edtf: z.string(),
      earliest: z.string().optional(),
      latest: z.string().optional(),
      precision: z.string(),
      label: z.string(),
      open: z.string().optional(),
    })
    .optional(),
  status: z.string(),
  place: z.string(),
  summary: z.string(),
  topics: z.array(z.string()),
  participants: z.array(z.object({ actor: z.string(), role: z.string() })),
  citations: z.array(z.object({ source: z.string(), paragraph: z.int(), phrase: z.string() })),
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
const EventList = z.object({ items: z.array(Event), total: z.int() });
const Found = z.object({ type: z.literal('event'), id: z.string(), kind: z.string(), title: z.string(), snippet: z.string() });
const FoundList = z.object({ items: z.array(Found), total: z.int() });
const ListQuery = z.object({
  actor: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  limit: z.coerce.number().int().max(200).default(50),
});
const SearchQuery = z.object({ q: z.string(), limit: z.coerce.number().int().max(200).default(50) });

const [port, path] = process.argv.slice(2);
const { connection, db } = openPeer(path!);

const parts = { participants: true, citations: true, topics: true } as const;

const app = Fastify();
app.setSerializerCompiler(({ schema }) => {
  const shape = schema as unknown as z.ZodType; // @NOTE the routes below give zod types only
  return (answer) => JSON.stringify(shape.parse(answer));
});

app.route({
  method: 'GET',
  url: '/events/:id',
  schema: { response: { 200: Event } },
  handler: async (request, reply) => {
    const { id } = request.params as { id: string }; // @NOTE the route has this parameter
    const row = await db.query.events.findFirst({ where: eq(events.slug, id), with: parts });
    return row ? answerOf(row) : reply.callNotFound();
  },
});

app.route({
  method: 'GET',
  url: '/events',
  schema: { response: { 200: EventList } },
  handler: async (request) => {
    const { actor, from, to, limit } = ListQuery.parse(request.query);
    const where = and(
      inArray(events.id, db.select({ id: participants.eventId }).from(participants).where(eq(participants.actor, actor))),
      lte(events.starts, to),
      gte(events.ends, from),
    );
    const rows = await db.query.events.findMany({ where, orderBy: [asc(events.starts), asc(events.id)], limit, with: parts });
    const [counted] = await db.select({ total: count() }).from(events).where(where);
    return { items: rows.map(answerOf), total: counted!.total };
  },
});

app.route({
  method: 'GET',
  url: '/search',
  schema: { response: { 200: FoundList } },
  handler: async (request) => {
    const { q, limit } = SearchQuery.parse(request.query);
    const matches = sql`event_text MATCH ${q}`;
    const items = db.all(sql`SELECT 'event' AS type, e.slug AS id, e.kind, e.title, snippet(event_text, -1, '**', '**', '…', 16) AS snippet
    FROM event_text JOIN events e ON e.id = event_text.rowid WHERE ${matches} ORDER BY rank LIMIT ${limit}`);
    const [counted] = db.all<{ total: number }>(sql`SELECT count(*) AS total FROM event_text WHERE ${matches}`);
    return { items, total: counted!.total };
  },
});

app.route({
  method: 'POST',
  url: '/events',
  schema: { response: { 201: Event } },
  handler: async (request, reply) => {
    const given = request.body as CreatedEvent; // @NOTE the bench sends what it should
    const now = new Date().toISOString();
    const event = { ...given, revision: 1, createdAt: now, updatedAt: now };
    connection.transaction(() => insertEvents(db, [event])).immediate();
    return reply.code(201).send({ type: 'event', ...event, place: event.places[0] });
  },
});

await app.listen({ port: Number(port), host: '127.0.0.1' });

type Row = typeof events.$inferSelect & {
  participants: { actor: string; role: string }[];
  citations: { source: string; paragraph: number; phrase: string }[];
  topics: { topic: string }[];
};

function answerOf({ slug, edtf, starts, ends, precision, label, open, topics, ...row }: Row): object {
  const latest = open === 'end' ? undefined : ends;
  const date = edtf === null ? undefined : { edtf, earliest: starts ?? undefined, latest, precision, label, open: open ?? undefined };
  return { ...row, type: 'event', id: slug, date, topics: topics.map(({ topic }) => topic) };
}
