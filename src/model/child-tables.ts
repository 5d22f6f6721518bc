import type { z } from 'zod';
import { type Column, columnOfValue, columnsOf, integer, json, real, reference, required, searched, text } from './columns.ts';
import type { Figure, Identifier, Name, NewAgreementDate, NewCitation, NewMembership, Participant, Relation } from './fields.ts';

/**
 * A table with a row for each item of a list of a record, in its order: `record_id`, `ordinal`, then the columns of the item. Insert, delete, read,
 * references, referrers and `include` follow from this description; the order is that in which references are checked.
 */
export type ChildTable = {
  name: string;
  /** The field that holds the list. */
  field: string;
  columns: readonly Column[];
  /** Column of a date, beside which the first and the last day that it may cover are stored: `start_min`, `end_max`. */
  dated?: string;
  /** True where a record may refer to itself: a source says who wrote it. */
  reflexive?: true;
};

/** Participants of an entry as a whole and, with `moment_id`, of one of its moments. */
export const participations: ChildTable = {
  name: 'participations',
  field: 'participants',
  columns: columnsOf<z.infer<typeof Participant>>({
    actor: required(reference('actor')),
    role: required(text),
    onBehalfOf: reference('actor'),
    asStated: searched(text),
  }),
};

/** Moments of entries. Of those with a single moment, the items are made of other fields (`momentsOf`). */
export const moments: ChildTable = {
  name: 'moments',
  field: 'dates',
  columns: columnsOf<Omit<z.infer<typeof NewAgreementDate>, 'participants'>>({
    role: text,
    edtf: text,
    asStated: searched(text),
    place: reference('place'),
  }),
};

const figures: ChildTable = {
  name: 'figures',
  field: 'figures',
  columns: columnsOf<z.infer<typeof Figure>>({
    label: searched(required(text)),
    value: required(real),
    unit: required(text),
    qualifier: required(text),
    asStated: text,
    attributedTo: reference('actor'),
  }),
  reflexive: true,
};

/** Memberships of actors, with the days that each may cover. */
export const memberships: ChildTable = {
  name: 'memberships',
  field: 'memberships',
  columns: columnsOf<z.infer<typeof NewMembership>>({
    organization: required(reference('actor')),
    role: text,
    period: { edtf: text, asStated: text },
  }),
  dated: 'period_edtf',
};

const citations: ChildTable = {
  name: 'citations',
  field: 'citations',
  columns: columnsOf<z.infer<typeof NewCitation>>({
    source: required(reference('source')),
    paragraph: integer,
    page: text,
    phrase: text,
    supports: json,
    stance: text,
    attributedTo: reference('actor'),
    note: text,
  }),
  reflexive: true,
};

const relations: ChildTable = {
  name: 'relations',
  field: 'relations',
  columns: columnsOf<z.infer<typeof Relation>>({ type: required(text), record: { ...required(reference('any')), name: 'to_id' } }),
};

const names: ChildTable = {
  name: 'names',
  field: 'names',
  columns: columnsOf<z.infer<typeof Name>>({ name: required(text), language: text, kind: required(text) }),
};

const identifiers: ChildTable = {
  name: 'identifiers',
  field: 'identifiers',
  columns: columnsOf<z.infer<typeof Identifier>>({ scheme: required(text), value: required(text) }),
};

const topics: ChildTable = { name: 'topics', field: 'topics', columns: [columnOfValue('topic', required(text))] };

/** All child tables. */
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
