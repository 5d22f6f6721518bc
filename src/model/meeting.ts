import { z } from 'zod';
import { columnsOf, integer, json, searched, text } from './columns.ts';
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
import { Id, Line, Reference, Slug, Token } from './strings.ts';

const kind = Slug.describe('`conference`, `session`, `summit`, `debate`, `consultation`, ...');
const time = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'use a wall-clock time such as "11:07"');

const meetingFields = {
  number: z.int().min(1).max(1_000_000).optional().describe('Its ordinal: 8967 for the 8967th meeting.'),
  symbols: z.array(Token).max(50).optional().describe('The symbols of its documents, such as `SC/14794`.'),
  startTime: time.optional().describe('Local wall-clock time.'),
  endTime: time.optional().describe('Local wall-clock time.'),
  timeZone: z
    .string()
    .regex(/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/, 'use an IANA name such as "America/New_York"')
    .max(60)
    .optional(),
  format: z.enum(['in-person', 'virtual', 'hybrid']).optional(),
};

/** A meeting as clients write it. */
export const NewMeeting = z
  .strictObject({
    type: z.enum(['meeting']).optional(),
    id: Id.optional().describe('Made from the title when left out.'),
    kind,
    title: Line,
    date: NewHistoricalDate.optional(),
    status: Status.optional().describe('`occurred` when left out.'),
    place: Reference.optional(),
    ...meetingFields,
    ...entryFields,
    ...newCommonFields,
  })
  .meta({ id: 'NewMeeting', description: 'A meeting to record.' });

/** Changes to a meeting. */
export const MeetingPatch = patchOf(NewMeeting, 'MeetingPatch');

/** A meeting as the service returns it. */
export const Meeting = z
  .strictObject({
    type: z.enum(['meeting']),
    id: Id,
    kind,
    title: Line,
    date: HistoricalDate.optional(),
    status: Status,
    place: Id.optional(),
    ...meetingFields,
    ...entryFields,
    ...commonFields,
    match,
  })
  .meta({ id: 'Meeting', description: 'People or bodies coming together: a conference, a session, a summit, a debate.' });

/** The model of meetings. */
export const meeting = {
  type: 'meeting',
  path: 'meetings',
  name: 'Meeting',
  titleField: 'title',
  description: 'People or bodies coming together: a conference, a session, a summit, a debate.',
  group: 'Conferences, sessions, summits, debates.',
  schema: Meeting,
  newSchema: NewMeeting,
  patchSchema: MeetingPatch,
  columns: columnsOf<z.infer<typeof NewMeeting>>({
    ...entryColumns,
    number: integer,
    symbols: searched(json),
    startTime: text,
    endTime: text,
    timeZone: text,
    format: text,
  }),
  timeline: { single: true, role: 'held' },
  example: { id: 'tashkent-conference-on-afghanistan-2018', patch: { format: 'in-person' } },
} satisfies RecordModel;
