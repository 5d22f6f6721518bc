import { tagOfRecord } from '../domain/etag.ts';
import type { Match } from '../domain/time/window.ts';
import type { Item, NameWarning, Page } from '../model/page.ts';
import type { Format } from './format.ts';

/** JSON: the stored bytes of documents, joined. */
export const json: Format = {
  name: 'json',
  mediaType: 'application/json',
  contentType: 'application/json; charset=utf-8',
  encode: {
    record: ({ document, warnings }, generation) => withWarnings(withEtag(document, generation), warnings),
    records: (page, generation) => pageJson(page.items.map(itemWithEtag(generation)), page, generation),
    moments: (page, generation) => pageJson(page.items, page, generation),
    revisions: ({ items, next }, generation) =>
      fieldsJson({
        items: listJson(items.map(({ record, ...item }) => fieldsJson({ ...item, record: record && withEtag(record, generation) }))),
        next,
      }),
    object: (value) => Buffer.from(JSON.stringify(value)),
  },
};

const itemWithEtag = (generation: string) => (item: Item) => ({ ...item, document: withEtag(item.document, generation) });

const MATCH_BYTES: Record<Match, Buffer> = { certain: Buffer.from(',"match":"certain"}'), possible: Buffer.from(',"match":"possible"}') };

/** The bytes of an item: its document with the fields that a list adds. */
function itemParts({ document, match, via }: Item): Buffer | Buffer[] {
  if (via) return [document.subarray(0, -1), Buffer.from(`,${JSON.stringify({ match, via }).slice(1)}`)];
  return match ? [document.subarray(0, -1), MATCH_BYTES[match]] : document;
}

/** A page: items, then the cursor of the next page, totals, the records that are referred to, and the echo of the query. */
function pageJson(items: readonly Item[], { next, total, ranked, included, warnings, echo }: Page, generation: string): Buffer {
  const referred =
    included &&
    Object.fromEntries(
      Object.entries(included).map(([path, documents]) => [path, listJson(documents.map((each) => withEtag(each, generation)))]),
    );
  const rest = fieldsJson({ next, ...total, ranked, included: referred && fieldsJson(referred), warnings, query: echo });
  return enclosed('{"items":[', items.map(itemParts), Buffer.concat([Buffer.from('],'), rest.subarray(1)]));
}

/** An object of some fields. A Buffer is JSON bytes already; a field without a value is left out. */
function fieldsJson(fields: Readonly<Record<string, unknown>>): Buffer {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const parts = given.map(([name, value]) => [
    Buffer.from(`${JSON.stringify(name)}:`),
    Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
  ]);
  return enclosed('{', parts, END_OF_OBJECT);
}

/** A list of values that are JSON bytes already. */
const listJson = (values: readonly Buffer[]): Buffer => enclosed('[', values, END_OF_LIST);

const COMMA = Buffer.from(',');
const END_OF_LIST = Buffer.from(']');
const END_OF_OBJECT = Buffer.from('}');

/** Elements, whole or in parts, with commas between them and brackets around. */
function enclosed(opening: string, elements: readonly (Buffer | readonly Buffer[])[], closing: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from(opening)];
  elements.forEach((element, index) => {
    if (index > 0) parts.push(COMMA);
    if (Buffer.isBuffer(element)) parts.push(element);
    else parts.push(...element);
  });
  parts.push(closing);
  return Buffer.concat(parts);
}

/** A record and the warnings of its write after its own fields. */
const withWarnings = (record: Buffer, warnings: readonly NameWarning[] | undefined): Buffer =>
  warnings === undefined ? record : Buffer.concat([record.subarray(0, -1), Buffer.from(`,"warnings":${JSON.stringify(warnings)}}`)]);

/** The end of a rendered record, whose length counts: two instants to the millisecond. */
const INSTANTS = ',"createdAt":"2026-11-21T10:00:00.000Z","updatedAt":"2026-11-21T10:00:00.000Z"}';
const CREATED = ',"createdAt":"';
const ID = '"id":"';

/** Bytes at the beginning of a record that hold its type and id, and before its instants that hold the revision. */
const [BEGINNING, REVISION] = [120, 32];

/**
 * The document of a record with the field `etag` after `revision`. The generation is not stored with each record: a new one would rewrite all
 * of them. Throws for bytes that `renderRecord` has not made.
 */
function withEtag(document: Buffer, generation: string): Buffer {
  const end = document.length - INSTANTS.length;
  // Short texts are searched, and not the Buffer: each call of the runtime costs as much as copying a record.
  const first = document.toString('latin1', 0, BEGINNING);
  const last = document.toString('latin1', end - REVISION, end + CREATED.length);
  if (!last.endsWith(CREATED)) throw new Error('this is not a rendered record');
  const idAt = first.indexOf(ID) + ID.length;
  const revision = Number(last.slice(last.lastIndexOf(':', REVISION - 1) + 1, REVISION));
  const tag = tagOfRecord({ id: first.slice(idAt, first.indexOf('"', idAt)), revision, generation });
  const field = `,"etag":"\\${tag.slice(0, -1)}\\""`;
  const bytes = Buffer.allocUnsafe(document.length + field.length);
  document.copy(bytes, 0, 0, end);
  bytes.write(field, end, 'latin1');
  document.copy(bytes, end + field.length, end);
  return bytes;
}
