import { monthIndexOf, UNBOUNDED_END, UNBOUNDED_START } from '../../domain/day.ts';
import { parseEdtf } from '../../domain/edtf.ts';
import { nameKey, sortKey } from '../../domain/name.ts';
import type { Moment, Participation, Resource } from '../../resources/resource.ts';
import { statement, type Statement } from '../../storage/engine.ts';
import { insert } from '../../storage/insert.ts';
import {
  BEGINLESS_LEVEL,
  beginlessDay,
  levelOf,
  positionOf,
  UNDATED_DAY,
  UNDATED_LEVEL,
  UNDATED_MONTH,
} from '../../storage/interval-index.ts';
import * as tables from '../../storage/tables.ts';
import { identifierKey, NAMED_TYPES } from '../names.ts';
import type { RecordType } from '../../resources/parts.ts';
import { type Facts, renderMoment, renderRecord } from './render.ts';
import type { Valid } from './validate.ts';

/**
 * A record that is ready to be written: its references are ids, its keys are known. `momentKeys` has one key per moment, and goes on with those
 * of moments that it had before; `sources` are those against whose texts its citations were held, with their revisions then.
 */
export type Ready = {
  resource: Resource;
  key: number;
  momentKeys: number[];
  input: Valid;
  facts: Facts;
  keyOf: (type: RecordType, id: string) => number;
  sources?: readonly [key: number, revision: number][];
};

// @NOTE the schema of the type has passed: where these fields are, they have these shapes
type Fields = {
  names?: { name: string; language?: string; kind: string }[];
  identifiers?: { scheme: string; value: string }[];
  topics?: string[];
  participants?: Participation[];
  figures?: { label: string; value: number; unit: string; qualifier: string; asStated?: string; attributedTo?: string }[];
  citations?: Citation[];
  relations?: { type: string; record: { type: RecordType; id: string } }[];
  memberships?: Membership[];
};
type Membership = { organization: string; role?: string; period?: { edtf: string; asStated?: string } };
type Citation = {
  source: string;
  paragraph?: number;
  page?: string;
  phrase?: string;
  supports?: string[];
  stance?: string;
  attributedTo?: string;
  note?: string;
};

/** The moments of a record, none when its type does not stand on the timeline. */
export function momentsOf(resource: Resource, input: Valid): Moment[] {
  return resource.timeline?.moments(input) ?? [];
}

/** The columns of `records` that change with the record. */
export function recordRow({ resource, key, input, facts }: Ready) {
  const title = String(input[resource.titleField]);
  return {
    id: key,
    type: resource.type,
    slug: facts.id,
    kind: String(input['kind']),
    title,
    sortTitle: sortKey(title),
    revision: facts.revision,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    document: renderRecord(resource, input, facts),
  };
}

/** The statements that insert everything of a record except its row in `records` and what is derived from the rest by the views. */
export function insertParts(ready: Ready): Statement[] {
  const { resource, key: recordId, input, keyOf } = ready;
  const fields = input as Fields;
  const actor = (id: string | undefined) => (id === undefined ? null : keyOf('actor', id));
  return [
    insert(tables.typeTables[resource.type], { recordId, ...resource.toColumns(input, keyOf) }),
    ...insertMoments(ready),
    ...participationRows(ready, fields.participants, null),
    ...each(fields.names, (name, ordinal) => insert(tables.names, { recordId, ordinal, ...name })),
    ...each(fields.identifiers, (identifier, ordinal) => insert(tables.identifiers, { recordId, ordinal, ...identifier })),
    ...each(fields.topics, (topic, ordinal) => insert(tables.topics, { recordId, ordinal, topic })),
    ...each(fields.figures, (figure, ordinal) =>
      insert(tables.figures, { recordId, ordinal, ...figure, attributedToId: actor(figure.attributedTo) }),
    ),
    ...each(fields.relations, (relation, ordinal) =>
      insert(tables.relations, { recordId, ordinal, type: relation.type, toId: keyOf(relation.record.type, relation.record.id) }),
    ),
    ...each(fields.citations, (citation, ordinal) =>
      insert(tables.citations, {
        recordId,
        ordinal,
        ...citation,
        sourceId: keyOf('source', citation.source),
        supports: citation.supports ? JSON.stringify(citation.supports) : null,
        attributedToId: actor(citation.attributedTo),
      }),
    ),
    ...each(fields.memberships, (membership, ordinal) =>
      insert(tables.memberships, {
        recordId,
        ordinal,
        organizationId: keyOf('actor', membership.organization),
        role: membership.role,
        periodEdtf: membership.period?.edtf,
        periodAsStated: membership.period?.asStated,
        ...periodColumns(membership),
      }),
    ),
    ...insertLookups(resource, recordId, input),
  ];
}

/** The days that a membership may cover, since 1970-01-01, inclusive; all days when it has no period. */
export function periodColumns({ period }: Pick<Membership, 'period'>): { startMin: number; endMax: number } {
  if (!period) return { startMin: UNBOUNDED_START, endMax: UNBOUNDED_END };
  const { startMin, endMax } = parseEdtf(period.edtf);
  return { startMin, endMax };
}

const PARTS = [
  'names',
  'identifiers',
  'topics',
  'figures',
  'relations',
  'citations',
  'memberships',
  'participations',
  'moments',
  'lookups',
];

/** The statements that delete what `insertParts` inserted. */
export function deleteParts(resource: Resource, key: number): Statement[] {
  // A type's own table bears its plural, as its path does.
  return [...PARTS, resource.path].map((table) => statement(`DELETE FROM ${table} WHERE record_id = ?`, key));
}

/** The statements that file a record under its name, its names and its identifiers. */
function insertLookups(resource: Resource, recordId: number, input: Valid): Statement[] {
  return lookupsOf(resource, input).map((key) =>
    statement('INSERT INTO lookups (type, key, record_id) VALUES (?, ?, ?)', resource.type, key, recordId),
  );
}

/** The distinct keys under which a record is filed: those of its names, when its type is found by name, and its identifiers. */
export function lookupsOf(resource: Resource, input: Valid): string[] {
  const { identifiers = [] } = input as Fields;
  const keys = NAMED_TYPES.has(resource.type) ? namesOf(resource, input).map(nameKey) : [];
  keys.push(...identifiers.map(({ scheme, value }) => identifierKey(`${scheme}:${value}`)));
  return [...new Set(keys)].filter((key) => key !== '');
}

function namesOf({ titleField }: Resource, input: Valid): string[] {
  const { names = [] } = input as Fields;
  const symbol = typeof input['symbol'] === 'string' ? [input['symbol']] : [];
  return [String(input[titleField]), ...symbol, ...names.map(({ name }) => name)];
}

function insertMoments(ready: Ready): Statement[] {
  const { resource, key: recordId, input, facts, keyOf, momentKeys } = ready;
  return momentsOf(resource, input).flatMap((moment, ordinal) => {
    const id = momentKeys[ordinal]!;
    const placed = timelineColumns(moment, id);
    const row = insert(tables.moments, {
      id,
      recordId,
      ordinal,
      ...placed,
      role: moment.role,
      edtf: moment.edtf,
      asStated: moment.asStated,
      placeId: moment.place === undefined ? null : keyOf('place', moment.place),
      item: renderMoment(resource, input, facts.id, moment),
    });
    return [row, ...participationRows(ready, moment.participants, id)];
  });
}

/** Where a moment lies: its four bounds, its level, its position, its months. */
export function timelineColumns(moment: Moment, id: number) {
  const date = moment.edtf === undefined ? undefined : parseEdtf(moment.edtf);
  const { startMin, startMax, endMin, endMax } = date ?? {
    startMin: UNDATED_DAY,
    startMax: UNDATED_DAY,
    endMin: UNDATED_DAY,
    endMax: UNDATED_DAY,
  };
  const level = date ? levelOf(startMin, endMax, { start: startMin === UNBOUNDED_START, end: endMax === UNBOUNDED_END }) : UNDATED_LEVEL;
  const month = (day: number) => (date ? monthIndexOf(day) : UNDATED_MONTH);
  return {
    startMin,
    startMax,
    endMin,
    endMax,
    level,
    position: positionOf(level === BEGINLESS_LEVEL ? beginlessDay(endMax) : startMin, level, id),
    startMonth: month(startMin),
    startMonthMax: month(startMax),
    endMonth: month(endMax),
  };
}

function participationRows(
  { key: recordId, keyOf }: Ready,
  participants: Participation[] | undefined,
  momentId: number | null,
): Statement[] {
  return each(participants, ({ actor, role, onBehalfOf, asStated }, ordinal) =>
    insert(tables.participations, {
      recordId,
      momentId,
      ordinal,
      actorId: keyOf('actor', actor),
      role,
      onBehalfOfId: onBehalfOf === undefined ? null : keyOf('actor', onBehalfOf),
      asStated,
    }),
  );
}

function each<Item>(items: Item[] | undefined, statementOf: (item: Item, ordinal: number) => Statement): Statement[] {
  return (items ?? []).map(statementOf);
}
