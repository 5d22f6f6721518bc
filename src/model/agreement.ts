import { z } from 'zod';
import { searched, text } from './columns.ts';
import { entryColumns, entryFields, NewAgreementDate, newStatus } from './fields.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Title, Token } from './strings.ts';

/** The model of agreements. */
export const agreement = defineModel({
  type: 'agreement',
  path: 'agreements',
  name: 'Agreement',
  titleField: 'title',
  description: 'A document that actors agreed on or issued: a treaty, a resolution, a plan, a letter.',
  newDescription: 'An agreement or document to record.',
  group: 'Treaties, resolutions, plans, letters and other documents that actors agreed on or issued.',
  kinds: '`treaty`, `declaration`, `resolution`, `plan`, `memorandum`, `report`, ...',
  fields: {
    title: Title,
    names,
    symbol: Token.optional().describe('Its document symbol, such as `S/2007/279`.'),
    dates: z.array(NewAgreementDate).max(100).optional(),
    status: newStatus,
    ...entryFields,
  },
  columns: { ...entryColumns, symbol: searched(text) },
  timeline: { single: false },
  example: { id: 'tashkent-declaration-2018', patch: { kind: 'declaration' } },
});
