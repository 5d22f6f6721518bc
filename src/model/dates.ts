import { z } from 'zod';
import { CALENDAR_NAMES, calendarAdvice } from '../domain/time/calendars.ts';
import { Line } from './strings.ts';

/** Schemas of dates. */

/** An EDTF string. */
export const edtf = z
  .string()
  .min(1)
  .max(64)
  .meta({
    description:
      'EDTF (ISO 8601-2 level 0 without times of day, level 1 without years of more than four digits, and sets of which one is meant): `2018-03-26`, `2018-03`, `2018`, `199X`, `2001-21` (spring), `2015/2021`, `2021-09/..` (still going on), `/2021` (start unknown), `2022-01~` (about), `2018?` (uncertain), `[1890,1892]` or `[1890..1892]` (one of these), `[..1911]` (before 1912). Kept verbatim.',
    examples: ['2022-03-03/2022-03-04'],
  });
const asStated = Line.meta({ description: "The source's own wording of the date.", examples: ['in September 2006'] });

/** The ways in which a date is known. */
export const Basis = z.enum(['stated', 'inferred']);

const basis = Basis.optional().describe(
  'How the date is known: `stated` by the source (the same as left out), or `inferred` from it by the reader.',
);

const calendar = z
  .enum(CALENDAR_NAMES, { error: ({ input }) => calendarAdvice(input) })
  .optional()
  .describe(
    'The calendar in which `edtf` is written: `gregorian` (the same as left out), `julian`, or `islamic-civil` (reckoned by rule, years of the Hijra). `earliest` and `latest` are Gregorian, and `label` names the days of both.',
  );

/** Fields of a date as clients write them, besides the date itself. */
export const statedFields = { asStated: asStated.optional(), basis, calendar };

/** A date as clients write it, with what they say of it. */
export const NewHistoricalDate = z.strictObject({ edtf, ...statedFields }).meta({
  id: 'NewHistoricalDate',
  description: 'A date, as precise as its source and never more.',
  examples: [{ edtf: '2018-03-26' }, { edtf: '1917-10-25', calendar: 'julian' }],
});

/** Examples of a schema that transforms: zod leaves those of its metadata out of the JSON schema. */
export const shown = (example: unknown) => ({ examples: [example], override: { examples: [example] } });

/** A date as clients write it: the text of `edtf` stands for an object with nothing else. */
export const WrittenDate = z
  .union([edtf.transform((written): z.infer<typeof NewHistoricalDate> => ({ edtf: written })), NewHistoricalDate])
  .meta({
    id: 'WrittenDate',
    description: 'A date: its EDTF string alone, or an object. It is returned as an object.',
    ...shown('2018-03-26'),
  });

const day = z
  .string()
  .meta({ description: 'A day, `YYYY-MM-DD`, proleptic Gregorian; years before 1 are astronomical (`-0043` is 44 BCE).' });
const side = z.enum(['start', 'end', 'both']);

/** Fields that the server derives from an EDTF string; every dated shape that it returns has them. */
export const derivedDate = {
  earliest: day.optional().describe('The earliest day it can have started; absent when that end is open or unknown.'),
  latest: day.optional().describe('The latest day it can have ended; absent when that end is open or unknown.'),
  precision: z.enum(['day', 'month', 'season', 'year', 'decade', 'century']).describe('The coarser of its two ends.'),
  label: z.string().describe('The date in English words.'),
  open: side.optional().describe('Which end is open: `end` is still going on.'),
  unknown: side.optional().describe('Which end is unknown.'),
};

/** A date as the server returns it. */
export const HistoricalDate = z
  .strictObject({ edtf, ...statedFields, ...derivedDate })
  .meta({ id: 'HistoricalDate', description: 'A date as stated, with the days it can lie on.' });
