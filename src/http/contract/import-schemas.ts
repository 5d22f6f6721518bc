import { z } from 'zod';
import { LISTED } from '../../import/report.ts';
import { NameWarning } from '../../model/name-warnings.ts';
import { RecordReference } from '../../model/relations.ts';
import { object } from './schemas.ts';

/** The schemas of the response of an import. */

/** A part of a record that an import changes. */
const FieldChange = object('FieldChange', 'A part of a record that an import changes.', {
  record: RecordReference,
  field: z.string().describe('A JSON pointer into the record.'),
  from: z.string().optional().describe('What was there, as JSON, shortened; absent when it is added.'),
  to: z.string().optional().describe('What is there afterwards, as JSON, shortened; absent when it is removed.'),
});

/** The record of a line that states no id. */
const AssignedRecord = object('AssignedRecord', 'The record that a line without an id is: one that it equals, or a new one.', {
  line: z.int().min(1),
  record: RecordReference,
});

/** A name that a line gives to its record and that another record has. */
const ImportWarning = object('ImportWarning', 'A name that a line gives to its record and that another record of the type has, too.', {
  line: z.int().min(1),
  record: RecordReference,
  ...NameWarning.shape,
});

/** A citation that does not hold. */
const UnverifiedCitation = object('UnverifiedCitation', 'A citation whose phrase does not stand in the paragraph that it names.', {
  line: z.int().min(1),
  record: RecordReference,
  pointer: z.string().describe('The phrase in the record: a JSON pointer.'),
  message: z.string().describe('What is wrong, and in which paragraphs the phrase stands.'),
});

/** The report of an import. */
export const ImportReport = object('ImportReport', 'What an import did with its records.', {
  dryRun: z.boolean().describe('Whether nothing was written: these numbers say what would be done.'),
  created: z.int().min(0).describe('How many records are new.'),
  updated: z.int().min(0).describe('How many took the place of one that differed.'),
  unchanged: z.int().min(0).describe('How many were there already, as they are.'),
  kept: z.int().min(0).describe('How many differ from the record that exists, which stays as it is.'),
  deleted: z.int().min(0).describe('How many records cited the source of `replaceSource` and no other, were in no line, and were deleted.'),
  deletions: z.array(RecordReference).max(LISTED).describe('The records that were deleted.'),
  moreDeletions: z.int().min(0).describe('How many more deleted records there are than `deletions` lists.'),
  changes: z.array(FieldChange).max(LISTED).describe('What changes in the records that are updated, field by field.'),
  moreChanges: z.int().min(0).describe('How many more changes there are than `changes` lists.'),
  assigned: z.array(AssignedRecord).max(LISTED).describe('Which record each line without an id is, new or known.'),
  moreAssigned: z.int().min(0).describe('How many more such lines there are than `assigned` lists.'),
  warnings: z.array(ImportWarning).max(LISTED).describe('Names that another record of the type has, too, and what each means from now on.'),
  moreWarnings: z.int().min(0).describe('How many more such names there are than `warnings` lists.'),
  reverified: z
    .int()
    .min(0)
    .describe(
      'How many records that no line replaces have a new revision, since a text that they cite was replaced and their citations are `verified` otherwise.',
    ),
  unverified: z
    .array(UnverifiedCitation)
    .max(LISTED)
    .describe('The citations of the lines whose phrases do not stand in their paragraphs. They are imported all the same.'),
  moreUnverified: z.int().min(0).describe('How many more such citations there are than `unverified` lists.'),
});
