import { z } from 'zod';
import { isEntryType } from '../../domain/record-type.ts';
import { withArticle } from '../../domain/text/article.ts';
import { EntryListParameters } from '../../query/filters/parameters.ts';
import type { RecordModel } from '../../model/record-model.ts';
import { addressOfRecord, idMadeOf } from '../../model/addresses.ts';
import { IdOrName, Id } from '../../model/strings.ts';
import { listEntries } from '../../query/execute/entries.ts';
import { historyOf } from '../../query/lists/changes.ts';
import { pageParameters } from '../../query/lists/page.ts';
import { recordListParameters } from '../../query/named-records/filters.ts';
import { listRecords as listNamedRecords } from '../../query/named-records/named-records.ts';
import { relatedTo } from '../../query/lists/related.ts';
import { create } from '../../records/create.ts';
import { remove } from '../../records/remove.ts';
import { findRecord } from '../../records/stored-record.ts';
import { update } from '../../records/update.ts';
import { IF_MATCH, preconditionsOf } from '../cache/etags.ts';
import { operation, type UnroutedOperation } from '../contract/operation.ts';
import { change, list, read } from '../contract/respond.ts';
import { historyOf as historySchemaOf, listOf, RelatedList } from '../contract/schemas.ts';
import type { ProblemCode } from '../problems/problems.ts';

const PageQuery = z.strictObject(pageParameters);

const parametersOf = (model: RecordModel): z.ZodObject => (isEntryType(model.type) ? EntryListParameters : recordListParameters(model));

/** The operations of every record type, for one of them. Their ids are those of the functions with the name of the type: `createEvent`. */

export const listRecords = (model: RecordModel): UnroutedOperation =>
  list(
    'records',
    {
      id: `list${model.name}s`,
      tag: model.path,
      summary: `List ${model.path}`,
      query: parametersOf(model),
      answer: { description: `A page of ${model.path}.`, schema: listOf(model) },
      example: { address: `/v1/${model.path}?limit=1` },
    },
    ({ engine }, { query }) => (isEntryType(model.type) ? listEntries : listNamedRecords)(engine, model, query),
  );

export const createRecord = (model: RecordModel): UnroutedOperation =>
  change(
    201,
    {
      id: `create${model.name}`,
      tag: model.path,
      summary: `Create ${withArticle(model.type)}`,
      keyed: true,
      body: { contentTypes: ['application/json'], schema: model.newSchema },
      answer: changedAnswer(model),
      problems: ['already-exists', ...ofIdentifiers(model)],
      example: { address: addressOf(model) },
    },
    (annals, { body }) => create(annals, model, body),
  );

export const getRecord = (model: RecordModel): UnroutedOperation =>
  read(
    {
      ...ofOneRecord(model),
      id: `get${model.name}`,
      summary: `Read ${withArticle(model.type)}`,
      answer: { description: `The ${model.type}.`, schema: model.schema, headers: ['Content-Location'] },
    },
    async ({ engine }, { params }) => {
      const asked = nameIn(model, params);
      const stored = await findRecord(engine, model, asked);
      return { stored, ...(stored.id !== asked && { otherAddress: addressOfRecord(model, stored.id) }) };
    },
  );

export const updateRecord = (model: RecordModel): UnroutedOperation =>
  change(
    200,
    {
      ...ofOneRecord(model),
      id: `update${model.name}`,
      summary: `Change ${withArticle(model.type)}`,
      description: `A JSON merge patch (RFC 7396): fields that are given replace what was there, \`null\` clears an optional field. Also taken as \`application/json\`. ${IF_MATCH}`,
      keyed: true,
      body: { contentTypes: ['application/merge-patch+json'], schema: model.patchSchema },
      answer: changedAnswer(model),
      problems: ['not-found', 'stale-revision', ...ofIdentifiers(model)],
      example: { address: addressOf(model), body: model.example.patch },
    },
    (annals, request) => update(annals, model, nameIn(model, request.params), request.body, preconditionsOf(request)),
  );

export const deleteRecord = (model: RecordModel): UnroutedOperation =>
  operation(
    {
      ...ofOneRecord(model),
      id: `delete${model.name}`,
      summary: `Delete ${withArticle(model.type)}`,
      description: `Refused with 409 while other records refer to it. ${IF_MATCH}`,
      answer: { status: 204, description: 'It is deleted.' },
      problems: ['not-found', 'still-referenced', 'stale-revision'],
    },
    ({ annals }) =>
      async (request, reply) => {
        await remove(annals, model, nameIn(model, request.params), preconditionsOf(request));
        return reply.code(204).send();
      },
  );

export const listRelations = (model: RecordModel): UnroutedOperation =>
  list(
    'object',
    {
      ...ofOneRecord(model),
      id: `list${model.name}Relations`,
      summary: `List what ${withArticle(model.type)} is related to`,
      query: PageQuery,
      answer: { description: 'The records it points to, then those that point to it.', schema: RelatedList },
      example: { address: `${addressOf(model)}/related?limit=1` },
    },
    async ({ engine }, { params, query }) => relatedTo(engine, await findRecord(engine, model, nameIn(model, params)), query),
  );

export const listRevisions = (model: RecordModel): UnroutedOperation =>
  list(
    'revisions',
    {
      ...ofOneRecord(model),
      id: `list${model.name}Revisions`,
      summary: `List the revisions of ${withArticle(model.type)}`,
      description: 'Also of one that is deleted. Takes the id only.',
      params: model.idFields ? partsOfId(model) : z.strictObject({ id: Id.describe(`The id of the ${model.type}.`) }),
      query: PageQuery,
      answer: { description: 'Its revisions, the first one first.', schema: historySchemaOf(model) },
      example: { address: `${addressOf(model)}/history?limit=1` },
    },
    ({ engine }, { params, query }) => historyOf(engine, model, nameIn(model, params), query),
  );

/** The facts of all operations on one record. */
const ofOneRecord = (model: RecordModel) => ({
  tag: model.path,
  params: model.idFields ? partsOfId(model) : z.strictObject({ id: IdOrName.describe(calledBy(model)) }),
  problems: ['not-found'] satisfies ProblemCode[],
  example: { address: addressOf(model) },
});

/** The variables of the address of a record whose id is made of its fields. */
const partsOfId = ({ idFields = [], newSchema }: RecordModel) =>
  z.strictObject(Object.fromEntries(idFields.map((field) => [field, newSchema.shape[field]!]))) as z.ZodObject<Record<string, z.ZodString>>; // @NOTE they are words

/** The id or the name in the address of a record. */
const nameIn = (model: RecordModel, params: Readonly<Record<string, string>>): string => params['id'] ?? idMadeOf(model, params)!; // @NOTE one or the other is in the template

/** The ways to name a record in an address. */
function calledBy({ type, newSchema, titleField }: RecordModel): string {
  const has = (field: string) => field in newSchema.shape;
  const ways = [
    `its ${titleField}`,
    ...(has('symbol') || has('symbols') ? ['its symbol'] : []),
    ...(has('names') ? ['any of its names'] : []),
    ...(has('identifiers') ? ['`scheme:value`'] : []),
  ];
  return `The id of the ${type}, or ${ways.join(', ')}.`;
}

/** The address of the example. */
const addressOf = (model: RecordModel): string => addressOfRecord(model, model.example.id);

const changedAnswer = ({ type, schema }: RecordModel) => ({ description: `The ${type} as it stands now.`, schema });

/** The problem of writing an identifier that another record has. */
const ofIdentifiers = (model: RecordModel): ProblemCode[] => ('identifiers' in model.newSchema.shape ? ['identifier-taken'] : []);
