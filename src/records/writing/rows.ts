import { isDeepStrictEqual } from 'node:util';
import { UNBOUNDED_END, UNBOUNDED_START } from '../../domain/time/day.ts';
import { parseEdtf } from '../../domain/time/edtf.ts';
import { sortKey } from '../../domain/name.ts';
import type { Participation, RecordModel } from '../../model/record-model.ts';
import { statement, type Statement } from '../../storage/port.ts';
import { insert } from '../../storage/insert.ts';
import { momentsOf, nameKeysOf, timelineColumns } from '../../index/entry.ts';
import * as tables from '../../storage/tables.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { type Facts, renderMoment, renderRecord } from './render.ts';
import type { Valid } from './validate.ts';

/**
 * A record that is ready to be written: its references are ids, its keys are known. `momentKeys` has one key per moment, and goes on with those
 * of moments that it had before; `sources` are those against whose texts its citations were held, with their revisions then.
 */
export type Ready = {
  model: RecordModel;
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

/** The columns of `records` that change with the record. */
export function recordRow({ model, key, input, facts }: Ready) {
  const title = String(input[model.titleField]);
  return {
    id: key,
    type: model.type,
    slug: facts.id,
    kind: String(input['kind']),
    title,
    sortTitle: sortKey(title),
    revision: facts.revision,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    document: renderRecord(model, input, facts),
  };
}

/** The rows of a record in one table, as the statements that insert them. */
type TableRows = { table: string; rows: Statement[] };

/** The statements that insert everything of a record except its row in `records` and what is derived from the rest by the views. */
export const insertParts = (ready: Ready): Statement[] => partsOf(ready).flatMap(({ rows }) => rows);

/** The statements that delete what `insertParts` inserted. */
export const deleteParts = (model: RecordModel, key: number): Statement[] =>
  [...PART_TABLES, model.path].map((table) => deleteRows(table, key));

/**
 * The statements that put the rows of a record in the place of those that it had as `former`, a table at a time: where all rows of a table are
 * the same, none is touched.
 */
export function replaceParts(ready: Ready, former: Valid): { take: Statement[]; put: Statement[] } {
  // Ids in the place of keys: what only the former record referred to was not looked up.
  const keyOf = numberedKeys();
  const rowsBefore = partsOf({ ...ready, input: former, keyOf });
  const rowsAfter = partsOf({ ...ready, keyOf });
  const changed = new Set(rowsAfter.flatMap(({ table, rows }, index) => (isSameRows(rows, rowsBefore[index]!.rows) ? [] : [table])));
  // Participations in a moment are deleted with its row.
  if (changed.has('moments')) changed.add('participations');
  return {
    take: [...PART_TABLES, ready.model.path].filter((table) => changed.has(table)).map((table) => deleteRows(table, ready.key)),
    put: partsOf(ready).flatMap(({ table, rows }) => (changed.has(table) ? rows : [])),
  };
}

const isSameRows = (some: readonly Statement[], others: readonly Statement[]): boolean =>
  isDeepStrictEqual(
    some.map(({ params }) => params),
    others.map(({ params }) => params),
  );

/** Keys that tell records apart by type and id, and are no keys of the database. */
function numberedKeys(): Ready['keyOf'] {
  const numbers = new Map<string, number>();
  return (type, id) => {
    const name = `${type}/${id}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
}

/** The tables of `partsOf` besides that of the type, each before those that its rows refer to. */
const PART_TABLES = [
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

const deleteRows = (table: string, key: number): Statement => statement(`DELETE FROM ${table} WHERE record_id = ?`, key);

/** The rows of a record by table, in the order in which they are inserted. A type's own table bears its plural, as its path does. */
function partsOf(ready: Ready): TableRows[] {
  const { model, key: recordId, input, keyOf } = ready;
  const fields = input as Fields;
  const actor = (id: string | undefined) => (id === undefined ? null : keyOf('actor', id));
  return [
    { table: model.path, rows: [insert(tables.typeTables[model.type], { recordId, ...model.toColumns(input, keyOf) })] },
    { table: 'moments', rows: momentRows(ready) },
    { table: 'participations', rows: allParticipationRows(ready, fields.participants) },
    { table: 'names', rows: each(fields.names, (name, ordinal) => insert(tables.names, { recordId, ordinal, ...name })) },
    {
      table: 'identifiers',
      rows: each(fields.identifiers, (identifier, ordinal) => insert(tables.identifiers, { recordId, ordinal, ...identifier })),
    },
    { table: 'topics', rows: each(fields.topics, (topic, ordinal) => insert(tables.topics, { recordId, ordinal, topic })) },
    {
      table: 'figures',
      rows: each(fields.figures, (figure, ordinal) =>
        insert(tables.figures, { recordId, ordinal, ...figure, attributedToId: actor(figure.attributedTo) }),
      ),
    },
    {
      table: 'relations',
      rows: each(fields.relations, (relation, ordinal) =>
        insert(tables.relations, { recordId, ordinal, type: relation.type, toId: keyOf(relation.record.type, relation.record.id) }),
      ),
    },
    {
      table: 'citations',
      rows: each(fields.citations, (citation, ordinal) =>
        insert(tables.citations, {
          recordId,
          ordinal,
          ...citation,
          sourceId: keyOf('source', citation.source),
          supports: citation.supports ? JSON.stringify(citation.supports) : null,
          attributedToId: actor(citation.attributedTo),
        }),
      ),
    },
    {
      table: 'memberships',
      rows: each(fields.memberships, (membership, ordinal) =>
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
    },
    { table: 'lookups', rows: insertLookups(model, recordId, input) },
  ];
}

/** The days that a membership may cover, since 1970-01-01, inclusive; all days when it has no period. */
export function periodColumns({ period }: Pick<Membership, 'period'>): { startMin: number; endMax: number } {
  if (!period) return { startMin: UNBOUNDED_START, endMax: UNBOUNDED_END };
  const { startMin, endMax } = parseEdtf(period.edtf);
  return { startMin, endMax };
}

/** The statements that file a record under its name, its names and its identifiers. */
function insertLookups(model: RecordModel, recordId: number, input: Valid): Statement[] {
  return nameKeysOf(model, input).map((key) =>
    statement('INSERT INTO lookups (type, key, record_id) VALUES (?, ?, ?)', model.type, key, recordId),
  );
}

function momentRows({ model, key: recordId, input, facts, keyOf, momentKeys }: Ready): Statement[] {
  return momentsOf(model, input).map((moment, ordinal) => {
    const id = momentKeys[ordinal]!;
    return insert(tables.moments, {
      id,
      recordId,
      ordinal,
      ...timelineColumns(moment, id),
      role: moment.role,
      edtf: moment.edtf,
      asStated: moment.asStated,
      placeId: moment.place === undefined ? null : keyOf('place', moment.place),
      item: renderMoment(model, input, facts.id, moment),
    });
  });
}

/** The rows of those who take part in a moment, and of those who take part in the entry as a whole. */
function allParticipationRows(ready: Ready, inAll: Participation[] | undefined): Statement[] {
  const inMoments = momentsOf(ready.model, ready.input).flatMap(({ participants }, ordinal) =>
    participationRows(ready, participants, ready.momentKeys[ordinal]!),
  );
  return [...inMoments, ...participationRows(ready, inAll, null)];
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
