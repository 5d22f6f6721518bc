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

/** A version of the rendering at the end of a tag, and the content coding that a proxy may have added to it. */
const RENDERED = /\.r[0-9]+(?:[.-][a-z]+)?"$/;

/** The tag of a state out of a header: without the rendering and the content coding, which say nothing of what is stored. */
export const stateOf = (etag: string): string => etag.replace(RENDERED, '"');

const ID = Buffer.from('"id":"');
const CREATED = Buffer.from(',"createdAt":"');
const [QUOTE, COLON] = [0x22, 0x3a];

/**
 * A record as it is answered: its stored bytes with the field `etag` after `revision`. The generation is not stored with each record, for all
 * would have to be written anew when it changes.
 */
export function withEtag(document: Buffer, generation: string): Buffer {
  // `renderRecord` begins with the type and the id and ends with the revision and two instants; quotes within a text are escaped.
  const idAt = document.indexOf(ID) + ID.length;
  const id = document.toString('latin1', idAt, document.indexOf(QUOTE, idAt));
  const end = document.lastIndexOf(CREATED);
  const revision = Number(document.toString('latin1', document.lastIndexOf(COLON, end) + 1, end));
  const field = `,"etag":${JSON.stringify(tagOfRecord({ id, revision, generation }))}`;
  return Buffer.concat([document.subarray(0, end), Buffer.from(field), document.subarray(end)]);
}
