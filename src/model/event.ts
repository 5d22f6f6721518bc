import { WrittenDate } from './dates.ts';
import { entryColumns, entryFields, newStatus } from './fields.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { Title } from './strings.ts';

/** The model of events. */
export const event = defineModel({
  type: 'event',
  path: 'events',
  name: 'Event',
  titleField: 'title',
  description: 'Something that happened, is planned, or is said to have happened.',
  newDescription: 'An event to record.',
  group: 'What happened, is planned, or is said to have happened.',
  kinds: '`statement`, `proposal`, `mediation`, `deployment`, `conflict`, `situation`, ...',
  fields: { title: Title, names, date: WrittenDate.optional(), status: newStatus, ...entryFields },
  columns: entryColumns,
  timeline: { single: true },
  former: { place: 'places' },
  example: { id: 'csto-operation-in-kazakhstan-2022', patch: { status: 'disputed' } },
});
