import type { z } from 'zod';
import type { RecordType } from '../domain/record-type.ts';
import type { Column } from './columns.ts';

/** The model of one record type: all that is particular to it, as data, which the verbs, the index, the search and the change log read. */
export type RecordModel = {
  type: RecordType;
  /** The plural in the URL, which is also the name of the table of its own columns. */
  path: string;
  /** The type's name in component and operation names. */
  name: string;
  /** The field that is its title. */
  titleField: 'title' | 'name';
  /** A sentence for the reference. */
  description: string;
  /** A sentence for its group of operations in the reference. */
  group: string;
  /** The schemas of a record as the service returns it, as clients write it, and as they patch it. */
  schema: z.ZodObject;
  newSchema: z.ZodObject;
  patchSchema: z.ZodObject;
  /** Its own columns besides the key. */
  columns: readonly Column[];
  /** Its moments; absent for a type that does not stand on the timeline. */
  timeline?: Timeline;
  /** An example of what clients write, and the id of a seeded record for the reference's examples. */
  example: { id: string; patch: Record<string, unknown> };
};

/**
 * The moments of a type: `single` for exactly one, with the fields `date` and `place` and a role that is the same for all records; otherwise
 * one for each item of the field `dates`, or an undated one without a role where there is none.
 */
export type Timeline = { single: true; role: string } | { single: false };
