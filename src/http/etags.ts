import { GENERATION } from '../storage/generation.ts';

/**
 * Entity tags: RFC 9110, section 8.8.3. A tag of a record names the record, its revision and the generation of the database, so that neither
 * another record of the same name nor another course of the same record after a restore ever has it. The header adds the version of the
 * rendering: what is stored may be the same and be answered in another form by another release.
 */

/**
 * The version of the form of every answer with an ETag. Raise it whenever a release answers the same record or list in other bytes: clients would
 * go on with what an earlier release sent. `test/http/rendering.test.ts` fails until it is raised.
 */
export const RENDERING = 1;

/** A state of a record: which record, at which revision, in which generation of the database. */
export type RecordState = { id: string; revision: number; generation: string };

/** The tag of a state of a record, in double quotes: what its body shows as `etag` and If-Match takes. */
export const tagOfRecord = ({ id, revision, generation }: RecordState): string => `"${id}.${revision}.${generation}"`;

/** The tag of every list after a change, whose sequence number may be 0 for none. */
export const tagOfList = ({ sequence, generation }: { sequence: number; generation: string }): string => `"${generation}-${sequence}"`;

/** The header ETag for a tag of a state: the same with the version of the rendering. */
export const headerOf = (tag: string): string => `${tag.slice(0, -1)}.r${RENDERING}"`;

/**
 * A tag of a record or list with the version of the rendering at its end, and the content coding that a proxy may have added to it. A generation
 * may look like such a version: it is known by its place.
 */
const RENDERED = new RegExp(`^("(?:[^"]*\\.[0-9]+\\.)?${GENERATION}(?:-[0-9]+)?)\\.r[0-9]+(?:[.-][a-z]+)?"$`);

/** The tag of a state out of a header: without the rendering and the content coding, which say nothing of what is stored. */
export const stateOf = (etag: string): string => etag.replace(RENDERED, '$1"');

/** What `renderRecord` writes after the revision, and how long it is: two instants to the millisecond. */
const INSTANTS = ',"createdAt":"2026-11-21T10:00:00.000Z","updatedAt":"2026-11-21T10:00:00.000Z"}';
const CREATED = ',"createdAt":"';
const ID = '"id":"';

/** In how many bytes the type and the id stand at the beginning of a record, and the revision before its instants. */
const [BEGINNING, REVISION] = [120, 32];

/**
 * A record as it is answered: its stored bytes with the field `etag` after `revision`. The generation is not stored with each record, for all
 * would have to be written anew when it changes. Throws for what `renderRecord` has not made.
 */
export function withEtag(document: Buffer, generation: string): Buffer {
  const end = document.length - INSTANTS.length;
  // Short texts are searched, and not the Buffer: each call of the runtime costs as much as copying a record.
  const first = document.toString('latin1', 0, BEGINNING);
  const last = document.toString('latin1', end - REVISION, end + CREATED.length);
  if (!last.endsWith(CREATED)) throw new Error('this is not a rendered record');
  const idAt = first.indexOf(ID) + ID.length;
  const revision = Number(last.slice(last.lastIndexOf(':', REVISION - 1) + 1, REVISION));
  const tag = tagOfRecord({ id: first.slice(idAt, first.indexOf('"', idAt)), revision, generation });
  const field = `,"etag":"\\${tag.slice(0, -1)}\\""`;
  const answered = Buffer.allocUnsafe(document.length + field.length);
  document.copy(answered, 0, 0, end);
  answered.write(field, end, 'latin1');
  document.copy(answered, end + field.length, end);
  return answered;
}
