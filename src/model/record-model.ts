import type { z } from 'zod';
import type { RecordType } from '../domain/record-type.ts';

/** One moment of an entry as its model lays it on the timeline. Without `edtf` it is undated. */
export type Moment = {
  role?: string;
  edtf?: string;
  asStated?: string;
  place?: string;
  participants?: Participation[];
};

/** An actor in an entry or in one of its moments. */
export type Participation = { actor: string; role: string; onBehalfOf?: string; asStated?: string };

/** A value of a type's own column. References are ids of records, as integers. */
export type Column = string | number | null;

/** Turns the id of a referenced record into its integer key. */
export type KeyOf = (type: RecordType, id: string) => number;

/** Turns the integer key of a referenced record into its id. */
export type IdOf = (key: number) => string;

/** A record as clients write it, after validation: the fields of its type's `New…` schema. */
export type Input = Record<string, unknown> & { id?: string };

/** Whether records of a type have identifiers, each of which belongs to one record of the type. */
export const hasIdentifiers = ({ newSchema }: RecordModel): boolean => 'identifiers' in newSchema.shape;

/**
 * Everything that is particular to one record type, as data. The five verbs, the timeline, the search and the change log are
 * written once and read this.
 */
export type RecordModel = {
  type: RecordType;
  /** The plural in the URL. */
  path: string;
  /** The type's name in component and operation names. */
  name: string;
  /** Which field is its title. */
  titleField: 'title' | 'name';
  /** A sentence for the reference. */
  description: string;
  /** The record as answered, as written, and as patched. */
  schema: z.ZodObject;
  newSchema: z.ZodObject;
  patchSchema: z.ZodObject;
  /** The parameters of its list. */
  filters: z.ZodObject;
  /** Its own fields to its own columns, and back. A field that is absent is a NULL column. */
  toColumns: (input: Input, keyOf: KeyOf) => Record<string, Column>;
  fromColumns: (row: Record<string, Column>, idOf: IdOf) => Input;
  /** Fields holding one reference to another record, and which type they refer to. */
  references: Record<string, RecordType>;
  /** How it lies on the timeline; absent when it does not. `single` says that it has exactly one moment. */
  timeline?: {
    single: boolean;
    moments: (input: Input) => Moment[];
    fromMoments: (moments: Moment[]) => Input;
  };
  /** An example of what clients write, and the id of a seeded record for the reference's examples. */
  example: { id: string; patch: Record<string, unknown> };
};
