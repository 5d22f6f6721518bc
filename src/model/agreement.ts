import { z } from 'zod';
import { columnsOf, searched, text } from './columns.ts';
import {
  AgreementDate,
  commonFields,
  entryColumns,
  entryFields,
  match,
  Name,
  NewAgreementDate,
  newCommonFields,
  patchOf,
  Status,
} from './fields.ts';
import type { RecordModel } from './record-model.ts';
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
export const AgreementPatch = patchOf(NewAgreement, 'AgreementPatch');

/** An agreement as the service returns it. */
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

/** The model of agreements. */
export const agreement = {
  type: 'agreement',
  path: 'agreements',
  name: 'Agreement',
  titleField: 'title',
  description: 'A document that actors agreed on or issued: a treaty, a resolution, a plan, a letter.',
  group: 'Treaties, resolutions, plans, letters and other documents that actors agreed on or issued.',
  schema: Agreement,
  newSchema: NewAgreement,
  patchSchema: AgreementPatch,
  columns: columnsOf<z.infer<typeof NewAgreement>>({ ...entryColumns, symbol: searched(text) }),
  timeline: { single: false },
  example: { id: 'tashkent-declaration-2018', patch: { kind: 'declaration' } },
} satisfies RecordModel;
