import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { AnnalsError } from '../domain/errors.ts';
import { sendProblem } from './refusal.ts';

/** A record's ETag: its revision. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** What a change can be bound to. */
export const IF_MATCH = 'Give `If-Match` with the ETag you have seen to change nothing that others changed meanwhile.';

/** The methods that change or delete what there is. */
const CONDITIONAL: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** Whether a method takes If-Match. */
export const isConditional = (method: string): boolean => CONDITIONAL.has(method);

/** An entity tag (RFC 9110, section 8.8.3), with its mark of weakness. */
const ENTITY_TAG = /(W\/)?"([\x21\x23-\x7E\x80-\xFF]*)"/g;
const REVISION = /^[1-9][0-9]{0,14}$/;

/**
 * The hook that refuses changes whose If-Match cannot be read, whatever else they ask, and those without it where the configuration
 * demands it: RFC 6585, section 3.
 */
export function requireIfMatch({ REQUIRE_IF_MATCH }: Config) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { method, headers, route } = request;
    const header = headers['if-match'];
    if (route!.scope !== 'write' || !isConditional(method)) return done();
    if (header !== undefined && !isReadable(header)) {
      const message = `If-Match: ${header.slice(0, 60) || 'what is empty'} is no list of ETags: give one such as "3", in its double quotes, or *`;
      return done(new AnnalsError('invalid-request', message, [{ parameter: 'If-Match', message }]));
    }
    if (REQUIRE_IF_MATCH === 'false' || header !== undefined) return done();
    const detail = `${method} needs If-Match here: send the ETag of the record as you have read it, such as If-Match: "3"`;
    sendProblem(reply, 'missing-precondition', detail);
  };
}

/** Whether If-Match is `*` or a list with at least one entity tag: RFC 9110, section 13.1.1. */
function isReadable(header: string): boolean {
  if (header.trim() === '*') return true;
  return header.includes('"') && header.replaceAll(ENTITY_TAG, '').replaceAll(/[,\t ]/g, '') === '';
}

/**
 * The revisions that If-Match lists; nothing without the header or with `*`. A weak tag and one that no record has match none: RFC 9110,
 * section 13.1.1. Throws `stale-revision` when none is left. `requireIfMatch` has read the header before.
 */
export function seenRevisions({ headers }: FastifyRequest): number[] | undefined {
  const header = headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const revisions = [...header.matchAll(ENTITY_TAG)].flatMap(([, weak, tag]) => (weak || !REVISION.test(tag!) ? [] : Number(tag)));
  if (revisions.length > 0) return revisions;
  throw new AnnalsError('stale-revision', `If-Match: ${header.slice(0, 60)} is not the ETag of a record: give one such as "3"`);
}
