import type { z } from 'zod';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { blob, type Column, columnOfValue, columnsOf, integer, json, real, reference, required, searched, text } from './columns.ts';
import type { Figure, Identifier, Name, NewAgreementDate, NewCitation, NewMembership, Participant } from './fields.ts';
import type { Relation } from './relations.ts';

/**
 * A table with a row for each item of a list of a record, in its order. Insert, update, delete, read, references, referrers and `include` follow from
 * this description.
 */
export type ChildTable = {
  name: string;
  /** The field that holds the list. */
  field: string;
  /** Columns before those of the item: the record, the ordinal from 0, and the moment that the row is or belongs to. */
  key: readonly string[];
  columns: readonly Column[];
  /** Columns after those of the item, which follow from it: a rebuild makes them anew. */
  derived: readonly Column[];
  /** True where a record may refer to itself: a source says who wrote it. */
  reflexive?: true;
};

const ITEM = { key: ['record_id', 'ordinal'], derived: [] };

/** Participants of an entry as a whole and, with `moment_id`, of one of its moments. */
export const participations: ChildTable = {
  ...ITEM,
  name: 'participations',
  field: 'participants',
  key: ['record_id', 'moment_id', 'ordinal'],
  columns: columnsOf<keyof z.infer<typeof Participant>>({
    actor: required(reference('actor')),
    role: required(text),
    onBehalfOf: reference('actor'),
    asStated: searched(text),
  }),
};

/** Columns that say where a moment lies in the index: days since 1970-01-01, months `year * 12 + month - 1`. */
export const MOMENT_COLUMNS = [
  'position',
  'level',
  'startMin',
  'startMax',
  'endMin',
  'endMax',
  'startMonth',
  'startMonthMax',
  'endMonth',
  'doubted',
] as const;

/** Moments of entries. Of those with a single moment, the items are made of other fields (`momentsOf`). */
export const moments: ChildTable = {
  name: 'moments',
  field: 'dates',
  key: ['id', 'record_id', 'ordinal'],
  columns: columnsOf<keyof z.infer<typeof NewAgreementDate>>({
    role: text,
    edtf: text,
    asStated: searched(text),
    basis: text,
    calendar: text,
    place: reference('place'),
  }),
  derived: columnsOf({
    ...Object.fromEntries(MOMENT_COLUMNS.map((name) => [name, required(integer)])),
    members: text,
    item: required(blob),
  }),
};

const figures: ChildTable = {
  ...ITEM,
  name: 'figures',
  field: 'figures',
  columns: columnsOf<keyof z.infer<typeof Figure>>({
    label: searched(required(text)),
    value: required(real),
    unit: required(text),
    qualifier: required(text),
    asStated: text,
    attributedTo: reference('actor'),
  }),
  reflexive: true,
};

/** Memberships of actors, with the first and the last day that each may cover. */
export const memberships: ChildTable = {
  ...ITEM,
  name: 'memberships',
  field: 'memberships',
  columns: columnsOf<keyof z.infer<typeof NewMembership>>({
    organization: required(reference('actor')),
    role: text,
    period: { edtf: text, asStated: text, basis: text, calendar: text },
  }),
  derived: columnsOf({ startMin: required(integer), endMax: required(integer) }),
};

/** Citations, each with the result of holding its phrase against the text of the source: 1 or 0, or NULL without one. */
export const citations: ChildTable = {
  ...ITEM,
  name: 'citations',
  field: 'citations',
  columns: columnsOf<keyof z.infer<typeof NewCitation>>({
    source: required(reference('source')),
    paragraph: integer,
    page: text,
    phrase: searched(text),
    supports: json,
    stance: text,
    attributedTo: reference('actor'),
    note: text,
  }),
  derived: columnsOf({ verified: integer }),
  reflexive: true,
};

const relations: ChildTable = {
  ...ITEM,
  name: 'relations',
  field: 'relations',
  columns: columnsOf<keyof z.infer<typeof Relation>>({ type: required(text), record: { ...required(reference('any')), name: 'to_id' } }),
};

const names: ChildTable = {
  ...ITEM,
  name: 'names',
  field: 'names',
  columns: columnsOf<keyof z.infer<typeof Name>>({ name: required(text), language: text, kind: required(text) }),
};

const identifiers: ChildTable = {
  ...ITEM,
  name: 'identifiers',
  field: 'identifiers',
  columns: columnsOf<keyof z.infer<typeof Identifier>>({ scheme: required(text), value: required(text) }),
};

const topics: ChildTable = { ...ITEM, name: 'topics', field: 'topics', columns: [columnOfValue('topic', required(text))] };

/** All child tables, in the order in which references are checked. */
export const CHILD_TABLES: readonly ChildTable[] = [
  participations,
  moments,
  figures,
  memberships,
  citations,
  relations,
  names,
  identifiers,
  topics,
];

/** The types of records that items of lists refer to, in order of their names. */
export const INCLUDED_TYPES: readonly RecordType[] = RECORD_TYPES.filter((type) =>
  CHILD_TABLES.some(({ columns }) => columns.some(({ to }) => to === type)),
).toSorted();
