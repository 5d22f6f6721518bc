import { entryColumns, entryFields, WrittenDate, newStatus } from './fields.ts';
import { defineModel } from './record-model.ts';
import { Line, Reference } from './strings.ts';

/** The model of events. */
export const event = defineModel({
  type: 'event',
  path: 'events',
  name: 'Event',
  titleField: 'title',
  description: 'Something that happened, is planned, or is said to have happened.',
  newDescription: 'An event to record.',
  group: 'What happened, is planned, or is said to have happened.',
  kinds: '`statement`, `operation`, `attack`, `initiative`, `prize`, `war`, ...',
  fields: { title: Line, date: WrittenDate.optional(), status: newStatus, place: Reference.optional(), ...entryFields },
  columns: entryColumns,
  timeline: { single: true },
  example: { id: 'csto-operation-in-kazakhstan-2022', patch: { status: 'disputed' } },
});
