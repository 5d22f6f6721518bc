import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../domain/time/day.ts';
import { labelOf } from '../domain/time/edtf-label.ts';
import { parseEdtf } from '../domain/time/edtf.ts';
import { instantOf } from '../domain/time/instant.ts';
import { isObject, type JsonObject } from '../domain/json.ts';
import { type Input, type Moment, titleOf } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';

/** Fields that the service sets. Instants in milliseconds; `verified` by the index of the citation. */
export type ServerFields = { id: string; revision: number; createdAt: number; updatedAt: number; verified: ReadonlyMap<number, boolean> };

type Written = { edtf?: string; asStated?: string };

/** The record as the service returns it, in bytes: the fields of its schema, in that order, with those that the service sets or derives. */
export function renderRecord(model: RecordModel, input: Input, serverFields: ServerFields): Buffer {
  const written: JsonObject = input;
  const added: JsonObject = derived(model, input, serverFields);
  const document: JsonObject = {};
  for (const field of fieldsOf(model)) {
    const value = added[field] ?? written[field];
    if (value !== undefined) document[field] = value;
  }
  return Buffer.from(JSON.stringify(document));
}

const fields = new Map<RecordModel, string[]>();

/** The fields of a type's schema, in order. They are kept: zod makes its shape anew each time it is asked. */
function fieldsOf(model: RecordModel): string[] {
  const known = fields.get(model);
  if (known) return known;
  const fresh = Object.keys(model.schema.shape);
  fields.set(model, fresh);
  return fresh;
}

/** A moment as it stands on the timeline. */
export function renderMoment(model: RecordModel, input: Input, id: string, moment: Moment): Buffer {
  const item = {
    date: moment.edtf === undefined ? undefined : renderDate({ edtf: moment.edtf, asStated: moment.asStated }),
    role: moment.role,
    place: moment.place,
    entry: { type: model.type, id, kind: input.kind, title: titleOf(model, input), status: input.status ?? 'occurred' },
  };
  return Buffer.from(JSON.stringify(item));
}

/** A date with what the server derives from it. Without `edtf` it stays as it is. */
function renderDate<Date extends Written>(written: Date) {
  const { edtf, asStated, ...rest } = written;
  if (edtf === undefined) return written;
  const parsed = parseEdtf(edtf);
  const { startMin, endMax, precision, open, unknown } = parsed;
  return {
    edtf,
    asStated,
    earliest: startMin === UNBOUNDED_START ? undefined : isoOfDay(startMin),
    latest: endMax === UNBOUNDED_END ? undefined : isoOfDay(endMax),
    precision,
    label: labelOf(parsed),
    open,
    unknown,
    ...rest,
  };
}

/** The fields that the service sets, or derives from what clients wrote. */
function derived({ type }: RecordModel, input: Input, { id, revision, createdAt, updatedAt, verified }: ServerFields) {
  const { date, published, dates, memberships, citations, status } = input;
  return {
    type,
    id,
    revision,
    createdAt: instantOf(createdAt),
    updatedAt: instantOf(updatedAt),
    status: status ?? 'occurred',
    date: date && renderDate(date),
    published: published && renderDate(published),
    dates: dates?.map(({ role, ...rest }) => ({ role, ...renderDate(rest) })),
    memberships: memberships?.map((each) => (each.period ? { ...each, period: renderDate(each.period) } : each)),
    citations: citations?.map((each, index) => (verified.has(index) ? { ...each, verified: verified.get(index) } : each)),
  };
}

const DERIVED_FIELDS = new Set(['type', 'revision', 'etag', 'createdAt', 'updatedAt', 'match', 'verified']);
const DERIVED_DATE_FIELDS = new Set(['earliest', 'latest', 'precision', 'label', 'open', 'unknown']);

/** The fields that clients wrote, out of a rendered record: the opposite of `renderRecord`. */
export function unrender(document: Buffer): Input {
  return JSON.parse(document.toString('utf8'), function revive(this: unknown, key: string, value: unknown) {
    if (!isObject(value)) return value;
    const dated = 'edtf' in value;
    const kept = Object.entries(value).filter(
      ([field]) => !(dated && DERIVED_DATE_FIELDS.has(field)) && !(isOwner(key, value) && DERIVED_FIELDS.has(field)),
    );
    return Object.fromEntries(kept);
  }) as Input; // @NOTE `renderRecord` made it from an Input
}

/** Returns true for the record itself and for a citation, which hold derived fields besides dates. Relations have a `type` of their own. */
function isOwner(key: string, value: object): boolean {
  return key === '' || 'source' in value;
}
