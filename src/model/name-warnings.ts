import { z } from 'zod';
import { RECORD_TYPES } from '../domain/record-type.ts';
import { Id, Slug } from './strings.ts';

/** A record that a name may mean, in answers about names. */
export const Candidate = z
  .strictObject({
    type: z.enum(RECORD_TYPES),
    id: Id,
    kind: Slug.optional(),
    title: z.string().optional().describe('Its title or name.'),
    about: z.string().optional().describe('What tells it apart: its dates, what it belongs to, its description cut short.'),
  })
  .meta({
    id: 'Candidate',
    description: 'A record that a name may mean.',
    examples: [{ type: 'actor', id: 'csto', kind: 'organization' }],
  });

/** The warning of a write that gives a record a name which another record of the type has. */
export const NameWarning = z
  .strictObject({
    pointer: z.string().describe('Where the name stands: a JSON pointer into the record.'),
    name: z.string(),
    means: Id.optional().describe('The record that the name means from now on; absent where it is ambiguous.'),
    message: z.string(),
    candidates: z.array(Candidate).describe('The other records with the name, ten at most.'),
  })
  .meta({ id: 'NameWarning', description: 'A name that another record of the type has, too.' });

/** The warnings of a write. They are never stored. */
export const nameWarnings = z
  .array(NameWarning)
  .optional()
  .describe('Only in the answer of a write: names that it gave to this record and that another record of the type has, too.');
