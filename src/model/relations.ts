import { z } from 'zod';
import { RECORD_TYPES } from '../domain/record-type.ts';
import { Id, Reference, Slug } from './strings.ts';

/** A record, by type and id. */
export const RecordReference = z.strictObject({ type: z.enum(RECORD_TYPES), id: Id }).meta({
  id: 'RecordReference',
  description: 'A record, by its type and id.',
  examples: [{ type: 'meeting', id: 'tashkent-conference-2018' }],
});

/** A record, as clients name it in another one. */
const NewRecordReference = z
  .strictObject({
    type: z.enum(RECORD_TYPES),
    id: Reference.describe('Its id; when writing also its symbol, its title or any of its names, or `scheme:value`.'),
  })
  .meta({
    id: 'NewRecordReference',
    description: 'A record, by its type, and its id or a name.',
    examples: [{ type: 'agreement', id: 'S/2007/279' }],
  });

const relationType = Slug.describe('`part-of`, `adopted-at`, `continues`, `protocol-to`, `responds-to`, ...');

/** A typed link from this record to another, as clients write it. */
export const NewRelation = z.strictObject({ type: relationType, record: NewRecordReference }).meta({
  id: 'NewRelation',
  description: 'A typed link from this record to another; stated once, by one side.',
  examples: [{ type: 'adopted-at', record: { type: 'meeting', id: 'tashkent-conference-2018' } }],
});

/** A typed link from this record to another. */
export const Relation = z.strictObject({ type: relationType, record: RecordReference }).meta({
  id: 'Relation',
  description: 'A typed link from this record to another; stated once, by one side.',
  examples: [{ type: 'adopted-at', record: { type: 'meeting', id: 'tashkent-conference-2018' } }],
});
