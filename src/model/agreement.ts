import { z } from 'zod';
import { EntryListParameters } from './filters.ts';
import { entryFromColumns, entryToColumns, text } from './entry.ts';
import { AgreementDate, commonFields, entryFields, match, Name, NewAgreementDate, newCommonFields, Status } from './fields.ts';
import type { Moment, RecordModel } from './record-model.ts';
import { Id, Line, Slug, Token } from './strings.ts';

const kind = Slug.describe(
  '`treaty`, `protocol`, `declaration`, `resolution`, `action-plan`, `programme`, `charter`, `letter`, `report`, ...',
);
const names = z.array(Name).max(200).optional();
const symbol = Token.optional().describe('Its document symbol, such as `S/2007/279`.');

/** An agreement as clients write it. */
export const NewAgreement = z
  .strictObject({
    type: z.enum(['agreement']).optional(),
    id: Id.optional().describe('Made from the title when left out.'),
    kind,
    title: Line,
    names,
    symbol,
    dates: z.array(NewAgreementDate).max(100).optional(),
    status: Status.optional().describe('`occurred` when left out.'),
    ...entryFields,
    ...newCommonFields,
  })
  .meta({ id: 'NewAgreement', description: 'An agreement or document to record.' });

/** Changes to an agreement. */
export const AgreementPatch = NewAgreement.partial().meta({
  id: 'AgreementPatch',
  description: 'A JSON merge patch (RFC 7396); null clears an optional field.',
});

/** An agreement as answered. */
export const Agreement = z
  .strictObject({
    type: z.enum(['agreement']),
    id: Id,
    kind,
    title: Line,
    names,
    symbol,
    dates: z.array(AgreementDate).max(100).optional(),
    status: Status,
    ...entryFields,
    ...commonFields,
    match,
  })
  .meta({ id: 'Agreement', description: 'A document that actors agreed on or issued: a treaty, a resolution, a plan, a letter.' });

/** Everything particular to agreements. One without any date has a single undated moment without a role. */
export const agreement: RecordModel = {
  type: 'agreement',
  path: 'agreements',
  name: 'Agreement',
  titleField: 'title',
  description: 'A document that actors agreed on or issued: a treaty, a resolution, a plan, a letter.',
  schema: Agreement,
  newSchema: NewAgreement,
  patchSchema: AgreementPatch,
  filters: EntryListParameters,
  toColumns: (input) => ({ ...entryToColumns(input), symbol: text(input['symbol']) }),
  fromColumns: (row) => ({ ...entryFromColumns(row), symbol: row['symbol'] ?? undefined }),
  references: {},
  timeline: {
    single: false,
    moments: (input) => {
      const dates = (input['dates'] ?? []) as Moment[]; // @NOTE validated by NewAgreement, whose dates have a moment's fields
      return dates.length > 0 ? dates : [{}];
    },
    fromMoments: (moments) => {
      const dates = moments.filter((moment) => moment.role !== undefined);
      return dates.length > 0 ? { dates } : {};
    },
  },
  example: { id: 'tashkent-declaration-2018', patch: { kind: 'declaration' } },
};
