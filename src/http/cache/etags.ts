import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { shortened } from '../../domain/text/first-units.ts';
import type { Preconditions } from '../../records/stored-record.ts';
import { type RecordState, tagOfRecord } from '../../domain/etag.ts';
import { GENERATION } from '../../domain/generation.ts';
import { FORMATS } from '../../formats/index.ts';
import type { Format } from '../../formats/format.ts';
import { sendProblem } from '../problems/problems.ts';

/**
 * Entity tags in headers, and preconditions: RFC 9110, sections 8.8.3 and 13. The header adds to the tag of a state the version of the
 * rendering: another release may send what is stored in other bytes.
 */

/**
 * Version of the form of every answer with an ETag. Raise it whenever a release sends the same record or list in other bytes: clients would go
 * on with what an earlier release sent. `test/http/rendering.test.ts` fails until it is raised.
 */
export const RENDERING = 5;

/** The value of the header ETag: the tag of a state with the version of the rendering and, unless it is the first one, the name of the format. */
export const etagOf = (tag: string, { name }: Pick<Format, 'name'> = FORMATS[0]): string =>
  `${tag.slice(0, -1)}.r${RENDERING}${name === FORMATS[0].name ? '' : `-${name}`}"`;

/**
 * An ETag as sent: the tag of a state, `.r` and the version of the rendering, then perhaps a format and a content coding that a proxy added. The
 * pattern anchors the generation before it, as a generation may look like `r2`.
 */
const RENDERED = new RegExp(`^("(?:[^"]*\\.[0-9]+\\.)?${GENERATION}(?:-[0-9]+)?)\\.r[0-9]+(?:[.-][a-z]+)*"$`);

/** The tag of the stored state in an ETag: the ETag without the version of the rendering, the format and the content coding. */
export const withoutRendering = (etag: string): string => etag.replace(RENDERED, '$1"');

/** Description of If-Match in the reference. */
export const IF_MATCH = 'Give `If-Match` with the ETag you have seen to change nothing that others changed meanwhile.';

/** The methods that change or delete a record. POST adds to a list, and depends on no state of it. */
const CONDITIONAL: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** Tells a method that changes or deletes a record, and so heeds preconditions. */
export const isConditional = (method: string): boolean => CONDITIONAL.has(method);

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** An entity tag (RFC 9110, section 8.8.3), with its mark of weakness. */
const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7E\x80-\xFF]*")/g;

/** The headers of preconditions as they came. The service has no dates of modification, so it ignores those that are compared with one. */
type Headers = { 'if-match'?: string | undefined; 'if-none-match'?: string | undefined };

/**
 * The first precondition that a representation with this ETag does not meet, in the order of RFC 9110 section 13.2.2. If-Match compares states
 * and no weak tags: a change depends on what is stored. If-None-Match compares the whole tag, weak ones too: a reader has bytes.
 */
export function unmetPrecondition(headers: Headers, etag: string): keyof Headers | undefined {
  const match = headers['if-match']?.trim();
  if (match !== undefined && match !== '*' && !statesIn(match).includes(withoutRendering(etag))) return 'if-match';
  const known = headers['if-none-match'];
  if (known === undefined) return undefined;
  if (known === etag || known.trim() === '*') return 'if-none-match';
  return [...known.matchAll(ENTITY_TAG)].some(([, , tag]) => tag === etag) ? 'if-none-match' : undefined;
}

/** The states that the strong tags of an If-Match stand for. */
const statesIn = (header: string): string[] =>
  [...header.matchAll(ENTITY_TAG)].flatMap(([, weak, tag]) => (weak ? [] : withoutRendering(tag!)));

/**
 * Sets the headers of an answer to GET or HEAD with this ETag, and sends 304 or 412 instead when a precondition says so; returns nothing when the
 * answer is to be sent. For other methods it sets only the headers: `preconditionsOf` has judged them.
 */
export function answerConditional(request: FastifyRequest, reply: FastifyReply, etag: string): FastifyReply | undefined {
  const { method, headers } = request;
  const unmet = isReading(method) ? unmetPrecondition(headers, etag) : undefined;
  if (unmet === 'if-match') {
    for (const header of ['link', 'content-location']) reply.removeHeader(header);
    const detail = `If-Match: ${headerShown(headers['if-match'])} does not list the ETag of this answer, which is ${etag} now`;
    return sendProblem(reply, 'precondition-failed', detail);
  }
  reply.header('etag', etag).header('cache-control', 'no-cache');
  return unmet === undefined ? undefined : reply.code(304).send();
}

/** Sends the bytes of an answer with their ETag, unless a precondition of a reading request says otherwise: 304 or 412. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, etag: string, body: Buffer): FastifyReply {
  return answerConditional(request, reply, etag) ?? reply.type(request.format.contentType).send(body);
}

/**
 * The preconditions of a request that changes or deletes a record, if it states any. They throw `stale-revision` for If-Match and
 * `precondition-failed` for If-None-Match. `refuseBadPreconditions` has read the headers before.
 */
export function preconditionsOf({ headers }: FastifyRequest): Preconditions | undefined {
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return undefined;
  return (type, current, isThere = true) => {
    const tag = tagOfRecord(current);
    // No tag and no `*` of If-None-Match names what is not there: RFC 9110, section 13.1.2.
    const unmet = unmetPrecondition(isThere ? headers : { 'if-match': headers['if-match'] }, etagOf(tag));
    if (unmet === 'if-match') throw new AnnalsError('stale-revision', staleness(type, current, headers['if-match']!));
    if (unmet === 'if-none-match') {
      const message = `the ${type} "${current.id}" exists, as ${tag}, which If-None-Match: ${headerShown(headers['if-none-match'])} rules out: leave that header out to change it`;
      throw new AnnalsError('precondition-failed', message);
    }
  };
}

/** A tag of a record, with its parts. */
const RECORD_TAG = /^"([a-z0-9-]+)\.[1-9][0-9]{0,14}\.([a-z0-9]+)"$/;

/** A sentence that says how the record differs from the tags of an If-Match, and what to do. */
function staleness(type: string, current: RecordState, header: string): string {
  const seen = statesIn(header).flatMap((tag) => {
    const [, id, generation] = RECORD_TAG.exec(tag) ?? [];
    return id === undefined ? [] : [{ id, generation }];
  });
  if (seen.length === 0)
    return `If-Match: ${headerShown(header)} is not the ETag of a record: give the "etag" of the ${type}, which is ${tagOfRecord(current)}`;
  const ofThis = seen.filter(({ id }) => id === current.id);
  const advice = `read it again, then repeat the change with If-Match: ${tagOfRecord(current)}`;
  if (ofThis.length === 0) return `this is the ${type} "${current.id}" now, and If-Match lists another record: ${advice}`;
  if (!ofThis.some(({ generation }) => generation === current.generation))
    return `the database was restored or copied since the ${type} "${current.id}" was read: ${advice}`;
  return `the ${type} "${current.id}" is at revision ${current.revision} now: ${advice}`;
}

/** Longest header that a message shows, in characters. */
const SHOWN = 60;

const headerShown = (header: string | undefined): string => shortened(header ?? '', SHOWN);

/**
 * The hook that refuses preconditions that cannot be read, and changes without If-Match where the configuration demands it: RFC 6585, section 3.
 * An If-None-Match that cannot be read does a reader no harm.
 */
export function refuseBadPreconditions({ REQUIRE_IF_MATCH }: Config) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { method, headers, route } = request;
    const isChange = route!.scope === 'write' && isConditional(method);
    if (!isChange && !isReading(method)) return done();
    const error =
      issueWith('If-Match', headers['if-match']) ?? (isChange ? issueWith('If-None-Match', headers['if-none-match']) : undefined);
    if (error) return done(error);
    if (!isChange || REQUIRE_IF_MATCH === 'false' || headers['if-match'] !== undefined) return done();
    const detail = `${method} needs If-Match here: send the "etag" of the record as you have read it, such as If-Match: ${EXAMPLE}`;
    sendProblem(reply, 'missing-precondition', detail);
  };
}

/** A tag for messages. */
const EXAMPLE = '"tashkent-declaration-2018.3.k2m9x0ab"';

function issueWith(parameter: string, header: string | undefined): AnnalsError | undefined {
  if (header === undefined || isReadable(header)) return undefined;
  const message = `${parameter}: ${headerShown(header) || 'what is empty'} is no list of ETags: give one such as ${EXAMPLE}, in its double quotes, or *`;
  return invalidParameter(parameter, message);
}

/** A list with at least one entity tag, in which each comma may stand beside empty elements: RFC 9110, section 5.6.1.2. */
const LIST = new RegExp(`^[ \\t,]*(?:TAG)(?:[ \\t]*,[ \\t,]*(?:TAG))*[ \\t,]*$`.replaceAll('TAG', ENTITY_TAG.source));

/** Returns true if a header is `*` or a list with at least one entity tag: RFC 9110, sections 13.1.1 and 13.1.2. */
const isReadable = (header: string): boolean => header.trim() === '*' || LIST.test(header);
