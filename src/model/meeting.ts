import { z } from 'zod';
import { isTimeZone, timeZoneFault } from '../domain/time/time-zone.ts';
import { integer, json, searched, text } from './columns.ts';
import { WrittenDate } from './dates.ts';
import { entryColumns, entryFields, newStatus } from './fields.ts';
import { names } from './names.ts';
import { defineModel } from './record-model.ts';
import { ONE_REASON, Title, Token } from './strings.ts';

const time = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'use a wall-clock time such as "11:07"');

/** The form of names in the time zone database of IANA. */
const IANA = '^[A-Za-z][A-Za-z0-9]*(?:[/_+-][A-Za-z0-9]+)*$';

/** The model of meetings. */
export const meeting = defineModel({
  type: 'meeting',
  path: 'meetings',
  name: 'Meeting',
  titleField: 'title',
  description: 'People or bodies coming together: a conference, a session, a summit, a debate.',
  newDescription: 'A meeting to record.',
  group: 'Conferences, sessions, summits, debates.',
  kinds: '`conference`, `session`, `summit`, `consultation`, `meeting`, ...',
  fields: {
    title: Title,
    names,
    date: WrittenDate.optional(),
    status: newStatus,
    number: z.int().min(1).max(1_000_000).optional().describe('Its ordinal: 8967 for the 8967th meeting.'),
    symbols: z.array(Token).max(50).optional().describe('The symbols of its documents, such as `SC/14794`.'),
    startTime: time.optional().describe('Local wall-clock time.'),
    endTime: time
      .optional()
      .describe('Local wall-clock time, on one day not before `startTime`; a meeting past midnight has a date of two days.'),
    timeZone: z
      .string()
      .max(60, ONE_REASON)
      .refine(isTimeZone, { error: ({ input }) => timeZoneFault(String(input)) })
      .optional()
      .meta({ description: 'The IANA time zone of its times, such as `Asia/Tashkent`; no offset.', override: { pattern: IANA } }),
    format: z.enum(['in-person', 'virtual', 'hybrid']).optional(),
    ...entryFields,
  },
  columns: {
    ...entryColumns,
    number: searched(integer),
    symbols: searched(json),
    startTime: text,
    endTime: text,
    timeZone: text,
    format: text,
  },
  timeline: { single: true },
  former: { place: 'places' },
  example: { id: 'tashkent-conference-on-afghanistan-2018', patch: { format: 'in-person' } },
});
