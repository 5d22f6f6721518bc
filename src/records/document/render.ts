import type { z } from 'zod';
import { historicalDate } from '../../domain/time/historical-date.ts';
import { instantOf } from '../../domain/time/instant.ts';
import { isEntryType } from '../../domain/record-type.ts';
import { isObject, type JsonObject } from '../../domain/json/json.ts';
import { citationsOf, withCitations } from '../../model/citations.ts';
import { derivedDate } from '../../model/dates.ts';
import { serverSchemas, textSchemas } from '../../model/fields.ts';
import { models } from '../../model/models.ts';
import { type Input, kindOf, type Moment, placesOf, statusOf, titleOf, withDates } from '../../model/record.ts';
import type { RecordModel } from '../../model/record-model.ts';

/** The description of the stored text of a source. */
export type StoredText = NonNullable<z.infer<typeof textSchemas.storedText>>;

/** Fields that the service sets. Instants in milliseconds; `verified` by the index of the citation in `citationsOf`; `storedText` of a source whose text is stored. */
export type ServerFields = {
  id: string;
  revision: number;
  createdAt: number;
  updatedAt: number;
  verified: ReadonlyMap<number, boolean>;
  storedText?: StoredText;
};

/** The record as the service returns it, in bytes: the fields of its schema, in that order, with those that the service sets or derives. */
export function renderRecord(model: RecordModel, input: Input, serverFields: ServerFields): Buffer {
  const written: JsonObject = input;
  const added: JsonObject = derived(model, input, serverFields);
  const document: JsonObject = {};
  for (const field of FIELDS.get(model)!) {
    const value = added[field] ?? written[field];
    if (value !== undefined) document[field] = value;
  }
  return Buffer.from(JSON.stringify(document));
}

/** The fields of each type's schema, in order. They are kept: zod makes its shape anew each time it is asked. */
const FIELDS = new Map(models.map((model) => [model, Object.keys(model.schema.shape)]));

/** A moment as it stands on the timeline. */
export function renderMoment(model: RecordModel, input: Input, id: string, moment: Moment): Buffer {
  const { membership } = moment;
  const item = {
    date: moment.edtf === undefined ? undefined : renderDate(dateOf(moment)),
    role: moment.role,
    places: orNone(placesOf(input, moment)),
    organization: membership?.organization,
    onBehalfOf: membership?.onBehalfOf,
    entry: {
      type: model.type,
      id,
      kind: kindOf(model, input),
      title: titleOf(model, input),
      ...(isEntryType(model.type) && { status: statusOf(input) }),
    },
  };
  return Buffer.from(JSON.stringify(item));
}

const orNone = <Item>(items: readonly Item[]): readonly Item[] | undefined => (items.length > 0 ? items : undefined);

const dateOf = ({ edtf, asStated, basis, calendar }: Moment): Moment => ({ edtf, asStated, basis, calendar });

/** A date with what the server derives from it. Without `edtf` it stays as it is. */
function renderDate(written: Moment) {
  const { role, edtf, asStated, basis, calendar, ...rest } = written;
  return edtf === undefined ? written : { role, edtf, asStated, basis, calendar, ...historicalDate(edtf, calendar).derived, ...rest };
}

/** The fields that the service sets, or derives from what clients wrote. */
function derived({ type }: RecordModel, input: Input, serverFields: ServerFields) {
  const { id, revision, createdAt, updatedAt, verified, storedText } = serverFields;
  const checked = withCitations(input, (each, index) => (verified.has(index) ? { ...each, verified: verified.get(index) } : each));
  return {
    type,
    id,
    storedText,
    revision,
    createdAt: instantOf(createdAt),
    updatedAt: instantOf(updatedAt),
    status: statusOf(input),
    ...withDates(checked, renderDate),
    citations: checked.citations,
  };
}

const DERIVED_FIELDS = new Set(['type', ...Object.keys(serverSchemas), ...Object.keys(textSchemas), 'match', 'via', 'verified']);
const DERIVED_DATE_FIELDS = new Set(Object.keys(derivedDate));

/** The fields that clients wrote, out of a rendered record: the opposite of `renderRecord`. */
export function inputOfDocument(document: Buffer): Input {
  return JSON.parse(document.toString('utf8'), function revive(this: unknown, key: string, value: unknown) {
    // The keys of attributes are the owner's, whatever they are called.
    if (!isObject(value) || key === 'attributes') return value;
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

/** Fields of a rendered record with results of holding it against stored texts. */
type RenderedRecord = { storedText?: StoredText; citations?: Verifiable[]; memberships?: { citations?: Verifiable[] }[] };
type Verifiable = { verified?: boolean };

/** The results of holding a record against stored texts, as it was rendered with them: those of its citations, and its own text. */
export function textResultsIn(document: Buffer): Pick<ServerFields, 'verified' | 'storedText'> {
  const parsed = JSON.parse(document.toString('utf8')) as RenderedRecord; // @NOTE `renderRecord` made it
  const { storedText } = parsed;
  const verified = new Map(citationsOf(parsed).flatMap(({ verified: result }, index) => (result === undefined ? [] : [[index, result]])));
  return { verified, ...(storedText && { storedText }) };
}
