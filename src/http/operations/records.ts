import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { withArticle } from '../../domain/article.ts';
import type { Annals } from '../../records/annals.ts';
import { historyOf } from '../../query/lists/changes.ts';
import { listEntries } from '../../query/entries.ts';
import { once } from '../../records/idempotency.ts';
import { findRecord, type WriteResult } from '../../records/stored-record.ts';
import { listRecords } from '../../query/named-records/named-records.ts';
import { relatedTo } from '../../query/lists/related.ts';
import { create } from '../../records/create.ts';
import { remove } from '../../records/remove.ts';
import { update } from '../../records/update.ts';
import { listParametersOf, pageParameters } from '../../query/filters/parameters.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { joined, linkNext, listJson, toJson } from '../answers.ts';
import { headerOf, IF_MATCH, preconditionsOf, sendRecord, tagOfRecord, withEtag, withEtags } from '../cache/etags.ts';
import { type Endpoint, endpoint, type Operation, type Route } from '../contract/operation.ts';
import { idempotentRequest } from '../requests/parsing.ts';
import type { ProblemCode } from '../problems/problems.ts';
import { Called, Id } from '../../model/strings.ts';
import { historyOf as historySchema, listOf, RelatedList } from '../contract/schemas.ts';
import { listEndpoint, type ListTag } from '../cache/list-etag.ts';
import { addressOf, templateOf } from '../requests/route.ts';

const PageQuery = z.strictObject(pageParameters);

/** The five verbs of a record type, its relations and its history; written once, for every type. */
export function recordRoutes(annals: Annals, model: RecordModel, listTag: ListTag): Endpoint[] {
  return [
    listRoute(annals, model, listTag),
    createRoute(annals, model),
    getRoute(annals, model, listTag),
    updateRoute(annals, model),
    deleteRoute(annals, model),
    ...besideRoutes(annals, model, listTag),
  ];
}

/** The id in a path: for actors, places and sources any name will do. */
const called = ({ type, timeline }: RecordModel) =>
  z.strictObject({
    id: Called.describe(timeline ? `The id of the ${type}.` : `The id of the ${type}, any of its names, or \`scheme:value\`.`),
  });

function listRoute(annals: Annals, model: RecordModel, listTag: ListTag): Endpoint {
  const { path, name } = model;
  return listEndpoint(
    listTag,
    {
      id: `list${plural(name)}`,
      method: 'GET',
      path: `/v1/${path}`,
      tag: path,
      summary: `List ${path}`,
      scope: 'read',
      query: listParametersOf(model),
      answers: { 200: { description: `A page of ${path}.`, schema: listOf(model), headers: ['ETag', 'Link'] } },
      example: { address: `/v1/${path}?limit=1` },
    },
    async (request, reply, generation) => {
      const page = model.timeline
        ? await listEntries(annals.engine, model, request.query)
        : await listRecords(annals.engine, model, request.query);
      linkNext(request, reply, page.next);
      return listJson(withEtags(page, generation));
    },
  );
}

/** The problem of writing an identifier that another record has. */
const ofIdentifiers = (model: RecordModel): ProblemCode[] => ('identifiers' in model.newSchema.shape ? ['identifier-taken'] : []);

function createRoute(annals: Annals, model: RecordModel): Endpoint {
  const { path, name, type } = model;
  return changeEndpoint(
    annals,
    {
      id: `create${name}`,
      method: 'POST',
      path: `/v1/${path}`,
      tag: path,
      summary: `Create ${withArticle(type)}`,
      scope: 'write',
      body: { contentTypes: ['application/json'], schema: model.newSchema },
      answers: {
        201: {
          description: `The ${type} as it stands now.`,
          schema: model.schema,
          headers: ['ETag', 'Location', 'Idempotent-Replayed'],
        },
      },
      problems: ['already-exists', ...ofIdentifiers(model)],
      example: { address: `/v1/${path}/${model.example.id}` },
    },
    201,
    (own, request) => create(own, model, request.body),
  );
}

function getRoute(annals: Annals, model: RecordModel, { cache }: ListTag): Endpoint {
  const { path, name, type, timeline } = model;
  return endpoint(
    {
      id: `get${name}`,
      method: 'GET',
      path: `/v1/${path}/{id}`,
      tag: path,
      summary: `Read ${withArticle(type)}`,
      scope: 'read',
      params: called(model),
      answers: {
        200: { description: `The ${type}.`, schema: model.schema, headers: ['ETag', ...(timeline ? [] : ['Content-Location'])] },
      },
      problems: ['not-found'],
      example: { address: `/v1/${path}/${model.example.id}` },
    },
    (request, reply) =>
      cache.cachedOnSecondUse(request, reply, async () => {
        const stored = await findRecord(annals.engine, model, request.params.id);
        const { id, document, generation } = stored;
        if (id !== request.params.id) reply.header('content-location', addressOf(request, { path: { id } }));
        return { body: withEtag(document, generation), etag: headerOf(tagOfRecord(stored)) };
      }),
  );
}

function updateRoute(annals: Annals, model: RecordModel): Endpoint {
  const { path, name, type } = model;
  return changeEndpoint(
    annals,
    {
      id: `update${name}`,
      method: 'PATCH',
      path: `/v1/${path}/{id}`,
      tag: path,
      summary: `Change ${withArticle(type)}`,
      description: `A JSON merge patch (RFC 7396): fields that are given replace what was there, \`null\` clears an optional field. Also taken as \`application/json\`. ${IF_MATCH}`,
      scope: 'write',
      params: called(model),
      body: { contentTypes: ['application/merge-patch+json'], schema: model.patchSchema },
      answers: { 200: { description: `The ${type} as it stands now.`, schema: model.schema, headers: ['ETag', 'Idempotent-Replayed'] } },
      problems: ['not-found', 'stale-revision', ...ofIdentifiers(model)],
      example: { address: `/v1/${path}/${model.example.id}`, body: model.example.patch },
    },
    200,
    (own, request) => update(own, model, request.params.id, request.body, preconditionsOf(request)),
  );
}

function deleteRoute(annals: Annals, model: RecordModel): Endpoint {
  const { path, name, type } = model;
  return endpoint(
    {
      id: `delete${name}`,
      method: 'DELETE',
      path: `/v1/${path}/{id}`,
      tag: path,
      summary: `Delete ${withArticle(type)}`,
      description: `Refused with 409 while other records refer to it. ${IF_MATCH}`,
      scope: 'write',
      params: called(model),
      answers: { 204: { description: 'It is deleted.' } },
      problems: ['not-found', 'still-referenced', 'stale-revision'],
      example: { address: `/v1/${path}/${model.example.id}` },
    },
    async (request, reply) => {
      await remove(annals, model, request.params.id, preconditionsOf(request));
      return reply.code(204).send();
    },
  );
}

function besideRoutes(annals: Annals, model: RecordModel, listTag: ListTag): Endpoint[] {
  const { path, name, type } = model;
  const related = listEndpoint(
    listTag,
    {
      id: `list${name}Relations`,
      method: 'GET',
      path: `/v1/${path}/{id}/related`,
      tag: path,
      summary: `List what ${withArticle(type)} is related to`,
      scope: 'read',
      params: called(model),
      query: PageQuery,
      answers: {
        200: { description: 'The records it points to, then those that point to it.', schema: RelatedList, headers: ['ETag', 'Link'] },
      },
      problems: ['not-found'],
      example: { address: `/v1/${path}/${model.example.id}/related?limit=1` },
    },
    async (request, reply) => {
      const { items, next } = await relatedTo(annals.engine, await findRecord(annals.engine, model, request.params.id), request.query);
      linkNext(request, reply, next);
      return toJson({ items, next });
    },
  );
  const history = listEndpoint(
    listTag,
    {
      id: `list${name}Revisions`,
      method: 'GET',
      path: `/v1/${path}/{id}/history`,
      tag: path,
      summary: `List the revisions of ${withArticle(type)}`,
      description: 'Also of one that is deleted. Takes the id only.',
      scope: 'read',
      params: z.strictObject({ id: Id.describe(`The id of the ${type}.`) }),
      query: PageQuery,
      answers: { 200: { description: 'Its revisions, the first one first.', schema: historySchema(model), headers: ['ETag', 'Link'] } },
      problems: ['not-found'],
      example: { address: `/v1/${path}/${model.example.id}/history?limit=1` },
    },
    async (request, reply, generation) => {
      const { items, next } = await historyOf(annals.engine, model, request.params.id, request.query);
      linkNext(request, reply, next);
      return toJson({
        items: joined(items.map(({ record, ...item }) => toJson({ ...item, record: record && withEtag(record, generation) }))),
        next,
      });
    },
  );
  return [related, history];
}

/** Makes the change of a request through the service that it is given. */
type Change<Params extends z.ZodObject, Query extends z.ZodObject> = (
  annals: Annals,
  request: FastifyRequest<Route<Params, Query>>,
) => Promise<WriteResult>;

/**
 * Binds an operation that is not idempotent by itself (POST, PATCH) to its change, whose answer has the given status. With an Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header) the change is made once.
 */
function changeEndpoint<Params extends z.ZodObject, Query extends z.ZodObject>(
  annals: Annals,
  operation: Operation<Params, Query>,
  status: 200 | 201,
  change: Change<Params, Query>,
): Endpoint {
  return endpoint({ ...operation, keyed: true }, async (request, reply) => {
    const asked = idempotentRequest(request);
    if (!asked) return sendResult(request, reply.code(status), await change(annals, request));
    const { result, by } = await once(annals, asked, (own) => change(own, request));
    if (by === 'earlier') reply.header('idempotent-replayed', 'true');
    return sendResult(request, reply.code(status), result);
  });
}

function sendResult(request: FastifyRequest, reply: FastifyReply, { document, ...state }: WriteResult): FastifyReply {
  if (reply.statusCode === 201) reply.header('location', `${templateOf(request)}/${state.id}`);
  return sendRecord(request, reply, state, document);
}

const plural = (name: string): string => `${name}s`;
