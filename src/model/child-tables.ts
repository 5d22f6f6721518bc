import type { z } from 'zod';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { blob, type Column, columnOfValue, columnsOf, integer, json, real, reference, required, searched, text, wide } from './columns.ts';
import type { Link } from './attributes.ts';
import type { Figure, NewAgreementDate, NewCitation, NewMembership, Participant } from './fields.ts';
import type { Identifier, NewName } from './names.ts';
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

/** Columns that say where a moment lies in the index besides its position: days since 1970-01-01, months `year * 12 + month - 1`. */
export const MOMENT_COLUMNS = [
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

/** Columns of the days in which an actor may have existed and certainly did, in the moment with which that begins (`existenceOf`). */
export const EXISTENCE_COLUMNS = ['existsStartMin', 'existsStartMax', 'existsEndMin', 'existsEndMax'] as const;

/** Moments of entries and of actors. Of those with a single moment, the items are made of other fields (`momentsOf`). */
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
    position: required(wide(integer)),
    ...Object.fromEntries(MOMENT_COLUMNS.map((name) => [name, required(integer)])),
    members: text,
    item: required(blob),
    ...Object.fromEntries(EXISTENCE_COLUMNS.map((name) => [name, integer])),
  }),
};

/** Figures, each with the slug of its label. */
export const figures: ChildTable = {
  ...ITEM,
  name: 'figures',
  field: 'figures',
  columns: columnsOf<keyof z.infer<typeof Figure>>({
    label: searched(required(text)),
    value: real,
    low: real,
    high: real,
    unit: required(text),
    qualifier: required(text),
    asStated: text,
    attributedTo: reference('actor'),
  }),
  derived: columnsOf({ key: required(text) }),
  reflexive: true,
};

/** Memberships of actors, with the days that each may cover and certainly covers. */
export const memberships: ChildTable = {
  ...ITEM,
  name: 'memberships',
  field: 'memberships',
  columns: columnsOf<keyof z.infer<typeof NewMembership>>({
    organization: required(reference('actor')),
    role: text,
    onBehalfOf: reference('actor'),
    period: { edtf: text, asStated: text, basis: text, calendar: text },
  }),
  derived: columnsOf({
    ...Object.fromEntries(['startMin', 'startMax', 'endMin', 'endMax', 'doubted'].map((name) => [name, required(integer)])),
    members: text,
  }),
};

/**
 * Citations of a record and of its memberships, in the order of `citationsOf`, each with the result of holding its phrase against the text of the
 * source: 1 or 0, or NULL without one.
 */
export const citations: ChildTable = {
  ...ITEM,
  name: 'citations',
  field: 'citations',
  columns: columnsOf<keyof z.infer<typeof NewCitation> | 'part'>({
    part: text,
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
  columns: columnsOf<keyof z.infer<typeof NewName>>({
    name: required(text),
    language: text,
    kind: text,
    period: { edtf: text, asStated: text, basis: text, calendar: text },
    attested: json,
  }),
};

const identifiers: ChildTable = {
  ...ITEM,
  name: 'identifiers',
  field: 'identifiers',
  columns: columnsOf<keyof z.infer<typeof Identifier>>({ scheme: required(text), value: required(text), match: text }),
};

const links: ChildTable = {
  ...ITEM,
  name: 'links',
  field: 'links',
  columns: columnsOf<keyof z.infer<typeof Link>>({
    url: required(text),
    title: searched(text),
    kind: text,
    credit: searched(text),
    license: text,
  }),
};

/** The places of entries. */
const entryPlaces: ChildTable = {
  ...ITEM,
  name: 'entry_places',
  field: 'places',
  columns: [columnOfValue('place_id', required(reference('place')))],
};

/** The places in which places lie. */
const placeWholes: ChildTable = {
  ...ITEM,
  name: 'place_wholes',
  field: 'partOf',
  columns: [columnOfValue('whole_id', required(reference('place')))],
};

/** Authors of sources, each with the key of its name. */
export const authors: ChildTable = {
  ...ITEM,
  name: 'authors',
  field: 'authors',
  columns: [columnOfValue('name', searched(required(text)))],
  derived: columnsOf({ key: required(text) }),
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
  links,
  entryPlaces,
  placeWholes,
  authors,
  topics,
];

/** The types of records that items of lists refer to, in order of their names. */
export const INCLUDED_TYPES: readonly RecordType[] = RECORD_TYPES.filter((type) =>
  CHILD_TABLES.some(({ columns }) => columns.some(({ to }) => to === type)),
).toSorted();
