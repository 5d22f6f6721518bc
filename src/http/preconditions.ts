import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { AnnalsError } from '../domain/errors.ts';
import { shortened } from '../domain/first-units.ts';
import type { Preconditions } from '../records/stored-record.ts';
import { headerOf, type RecordState, stateOf, tagOfRecord } from './etags.ts';
import { sendProblem } from './refusal.ts';

/** What a change can be bound to. */
export const IF_MATCH = 'Give `If-Match` with the ETag you have seen to change nothing that others changed meanwhile.';

/** The methods that change or delete what there is. POST, which adds to a list, depends on no state of it. */
const CONDITIONAL: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** Whether a method changes or deletes what there is, and so heeds preconditions. */
export const isConditional = (method: string): boolean => CONDITIONAL.has(method);

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** An entity tag (RFC 9110, section 8.8.3), with its mark of weakness. */
const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7E\x80-\xFF]*")/g;

/** The headers of preconditions as they came. The service has no dates of modification, so it ignores those that are compared with one. */
type Headers = { 'if-match'?: string | undefined; 'if-none-match'?: string | undefined };

/**
 * The first precondition that what there is, whose header ETag is given, does not meet, in the order of RFC 9110 section 13.2.2. If-Match compares
 * states and no weak tags: a change depends on what is stored. If-None-Match compares the whole tag, weak ones too: whoever reads has bytes.
 */
export function unmetPrecondition(headers: Headers, etag: string): keyof Headers | undefined {
  const match = headers['if-match']?.trim();
  if (match !== undefined && match !== '*' && !statesIn(match).includes(stateOf(etag))) return 'if-match';
  const known = headers['if-none-match'];
  if (known === undefined) return undefined;
  if (known === etag || known.trim() === '*') return 'if-none-match';
  return [...known.matchAll(ENTITY_TAG)].some(([, , tag]) => tag === etag) ? 'if-none-match' : undefined;
}

/** The states that the strong tags of an If-Match stand for. */
const statesIn = (header: string): string[] => [...header.matchAll(ENTITY_TAG)].flatMap(([, weak, tag]) => (weak ? [] : stateOf(tag!)));

/**
 * Sets the headers of an answer to GET or HEAD with this ETag, and sends 304 or 412 instead of it when a precondition says so; returns nothing
 * when the answer is to be sent. Of other methods only the headers are set: `preconditionsOf` has judged them.
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

/**
 * The preconditions of a request that changes or deletes a record, nothing without any. They throw `stale-revision` for If-Match and
 * `precondition-failed` for If-None-Match. `refuseBadPreconditions` has read the headers before.
 */
export function preconditionsOf({ headers }: FastifyRequest): Preconditions | undefined {
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return undefined;
  return (type, current, isThere = true) => {
    const tag = tagOfRecord(current);
    // No tag and no `*` of If-None-Match names what is not there: RFC 9110, section 13.1.2.
    const unmet = unmetPrecondition(isThere ? headers : { 'if-match': headers['if-match'] }, headerOf(tag));
    if (unmet === 'if-match') throw new AnnalsError('stale-revision', staleness(type, current, headers['if-match']!));
    if (unmet === 'if-none-match') {
      const message = `the ${type} "${current.id}" exists, as ${tag}, which If-None-Match: ${headerShown(headers['if-none-match'])} rules out: leave that header out to change it`;
      throw new AnnalsError('precondition-failed', message);
    }
  };
}

/** A tag of a record, with its parts. */
const RECORD_TAG = /^"([a-z0-9-]+)\.[1-9][0-9]{0,14}\.([a-z0-9]+)"$/;

/** How the record differs from what an If-Match lists, and what to do. */
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
 * The hook that refuses preconditions that cannot be read, whatever else is asked, and changes without If-Match where the configuration
 * demands it: RFC 6585, section 3. An If-None-Match that cannot be read does a reader no harm.
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
  return new AnnalsError('invalid-request', message, [{ parameter, message }]);
}

/** A list with at least one entity tag, in which each comma may stand beside empty elements: RFC 9110, section 5.6.1.2. */
const LIST = new RegExp(`^[ \\t,]*(?:TAG)(?:[ \\t]*,[ \\t,]*(?:TAG))*[ \\t,]*$`.replaceAll('TAG', ENTITY_TAG.source));

/** Whether a header is `*` or a list with at least one entity tag: RFC 9110, sections 13.1.1 and 13.1.2. */
const isReadable = (header: string): boolean => header.trim() === '*' || LIST.test(header);
