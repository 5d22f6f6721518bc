import { modelOf } from '../../model/models.ts';
import type { RecordType } from '../../domain/record-type.ts';
import type { Input, KeyOf, Moment, Participation, RecordModel } from '../../model/record-model.ts';
import type { Reader } from '../../storage/port.ts';
import type { KeyRange } from '../../storage/interval-index.ts';
import { byRecord, type Named, type Parts, readNames, readParts, type RowOf } from './parts.ts';
import { type Valid, withoutEmptyLists } from './validate.ts';

/** A record as the tables have it. `momentKeys` has one key per moment; instants in milliseconds. */
export type Assembled = {
  model: RecordModel;
  key: number;
  input: Valid;
  momentKeys: number[];
  revision: number;
  createdAt: number;
  updatedAt: number;
};

/** The records of a range of keys out of the relational tables, in order: the opposite of `insertParts`. `keyOf` knows all that they refer to. */
export async function assemble(reader: Reader, range: KeyRange): Promise<{ records: Assembled[]; keyOf: KeyOf }> {
  const parts = await readParts(reader, range);
  const named = await readNames(reader, parts);
  const of = partsByRecord(parts);
  const records = parts.records.map((record) => {
    const { id: key, type, revision, createdAt, updatedAt } = record;
    const model = modelOf[type as RecordType]; // @NOTE no other type is written
    const input = withoutEmptyLists({ ...ownFields(record, model, of, named), ...commonFields(key, of, named), id: record.slug });
    const momentKeys = of.moments(key).map(({ id }) => id);
    return { model, key, input, momentKeys, revision, createdAt, updatedAt };
  });
  return { records, keyOf: named.keyOf };
}

type PartsByRecord = ReturnType<typeof partsByRecord>;

function partsByRecord(parts: Parts) {
  return {
    own: byRecord(parts.own),
    names: byRecord(parts.names),
    identifiers: byRecord(parts.identifiers),
    topics: byRecord(parts.topics),
    figures: byRecord(parts.figures),
    relations: byRecord(parts.relations),
    citations: byRecord(parts.citations),
    memberships: byRecord(parts.memberships),
    participations: byRecord(parts.participations),
    moments: byRecord(parts.moments),
  };
}

function ownFields({ id: key, kind, title }: RowOf<'records'>, model: RecordModel, of: PartsByRecord, named: Named): Input {
  const moments = of.moments(key).map((moment) => momentOf(moment, of.participations(key), named));
  return {
    kind,
    [model.titleField]: title,
    ...model.fromColumns(of.own(key)[0] ?? {}, named.idOf),
    ...model.timeline?.fromMoments(moments),
  };
}

/** The fields that lie in tables of their own. A column that is NULL is a field that is absent. */
function commonFields(key: number, of: PartsByRecord, { idOf, typeOf }: Named): Input {
  const actor = (id: number | null) => (id === null ? undefined : idOf(id));
  return {
    names: of.names(key).map(({ name, language, kind }) => ({ name, language: language ?? undefined, kind })),
    identifiers: of.identifiers(key).map(({ scheme, value }) => ({ scheme, value })),
    topics: of.topics(key).map(({ topic }) => topic),
    participants: participantsIn(null, of.participations(key), { idOf }),
    figures: of.figures(key).map(({ label, value, unit, qualifier, asStated, attributedToId }) => ({
      label,
      value,
      unit,
      qualifier,
      asStated: asStated ?? undefined,
      attributedTo: actor(attributedToId),
    })),
    memberships: of.memberships(key).map(({ organizationId, role, periodEdtf, periodAsStated }) => ({
      organization: idOf(organizationId),
      role: role ?? undefined,
      period: periodEdtf === null ? undefined : { edtf: periodEdtf, asStated: periodAsStated ?? undefined },
    })),
    relations: of.relations(key).map(({ type, toId }) => ({ type, record: { type: typeOf(toId), id: idOf(toId) } })),
    citations: of.citations(key).map((citation) => ({
      source: idOf(citation.sourceId),
      paragraph: citation.paragraph ?? undefined,
      page: citation.page ?? undefined,
      phrase: citation.phrase ?? undefined,
      supports: citation.supports === null ? undefined : JSON.parse(citation.supports),
      stance: citation.stance ?? undefined,
      attributedTo: actor(citation.attributedToId),
      note: citation.note ?? undefined,
    })),
  };
}

function momentOf(moment: RowOf<'moments'>, participations: RowOf<'participations'>[], { idOf }: Pick<Named, 'idOf'>): Moment {
  const { id, role, edtf, asStated, placeId } = moment;
  return {
    ...(role !== null && { role }),
    ...(edtf !== null && { edtf }),
    ...(asStated !== null && { asStated }),
    ...(placeId !== null && { place: idOf(placeId) }),
    participants: participantsIn(id, participations, { idOf }),
  };
}

/** Who takes part in one moment, or, for `null`, in the entry as a whole. */
function participantsIn(moment: number | null, rows: RowOf<'participations'>[], { idOf }: Pick<Named, 'idOf'>): Participation[] {
  return rows
    .filter(({ momentId }) => momentId === moment)
    .map(({ actorId, role, onBehalfOfId, asStated }) => ({
      actor: idOf(actorId),
      role,
      ...(onBehalfOfId !== null && { onBehalfOf: idOf(onBehalfOfId) }),
      ...(asStated !== null && { asStated }),
    }));
}
