import { z } from 'zod';
import { columnsOf } from './columns.ts';
import {
  commonFields,
  entryColumns,
  entryFields,
  HistoricalDate,
  match,
  newCommonFields,
  NewHistoricalDate,
  patchOf,
  Status,
} from './fields.ts';
import type { RecordModel } from './record-model.ts';
import { Id, Line, Reference, Slug } from './strings.ts';

const kind = Slug.describe('`statement`, `operation`, `attack`, `initiative`, `prize`, `war`, ...');

/** An event as clients write it. */
export const NewEvent = z
  .strictObject({
    type: z.enum(['event']).optional(),
    id: Id.optional().describe('Made from the title when left out.'),
    kind,
    title: Line,
    date: NewHistoricalDate.optional(),
    status: Status.optional().describe('`occurred` when left out.'),
    place: Reference.optional(),
    ...entryFields,
    ...newCommonFields,
  })
  .meta({ id: 'NewEvent', description: 'An event to record.' });

/** Changes to an event. */
export const EventPatch = patchOf(NewEvent, 'EventPatch');

/** An event as the service returns it. */
export const Event = z
  .strictObject({
    type: z.enum(['event']),
    id: Id,
    kind,
    title: Line,
    date: HistoricalDate.optional(),
    status: Status,
    place: Id.optional(),
    ...entryFields,
    ...commonFields,
    match,
  })
  .meta({ id: 'Event', description: 'Something that happened, is planned, or is said to have happened.' });

/** The model of events. */
export const event = {
  type: 'event',
  path: 'events',
  name: 'Event',
  titleField: 'title',
  description: 'Something that happened, is planned, or is said to have happened.',
  group: 'What happened, is planned, or is said to have happened.',
  schema: Event,
  newSchema: NewEvent,
  patchSchema: EventPatch,
  columns: columnsOf<z.infer<typeof NewEvent>>(entryColumns),
  timeline: { single: true, role: 'occurred' },
  example: { id: 'csto-operation-in-kazakhstan-2022', patch: { status: 'disputed' } },
} satisfies RecordModel;
