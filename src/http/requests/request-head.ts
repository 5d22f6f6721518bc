import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemCode, ProblemError } from '../problems/problems.ts';

/** A fault in the head of a request. Where it is in the framing, the end of the body is unknown. */
type HeadFault = { code: ProblemCode; detail: string; framing?: 'faulty' };

/** The hook that refuses heads that HTTP/1.1 does not allow but Node's parser does. */
export function refuseBadHead({ raw }: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const fault = faultOfTarget(raw) ?? faultOfHost(raw) ?? faultOfCoding(raw);
  if (fault === undefined) return done();
  if (fault.framing === 'faulty') reply.header('connection', 'close');
  return done(new ProblemError(fault.code, fault.detail));
}

/** The target `*` stands for the server as a whole, and for OPTIONS only (RFC 9112, section 3.2.4). */
function faultOfTarget({ url, method }: IncomingMessage): HeadFault | undefined {
  if (url !== '*' || method === 'OPTIONS') return undefined;
  return { code: 'malformed-request', detail: `the address * is for OPTIONS only: send ${method} with a path, such as /v1` };
}

/** A registered name, an IPv4 address or an IP literal, with or without a port (RFC 3986, section 3.2.2); it may be empty. */
const HOST = /^(?:\[[\w.~!$&'()*+,;=:%-]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;

/** HTTP/1.1 requires exactly one valid header Host (RFC 9112, section 3.2); HTTP/1.0 may leave it out. */
function faultOfHost({ rawHeaders, httpVersion }: IncomingMessage): HeadFault | undefined {
  let host: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return { code: 'malformed-request', detail: 'the request has two headers Host: send one' };
    host = rawHeaders[at + 1]!;
  }
  if (host === undefined)
    return httpVersion === '1.1' ? { code: 'malformed-request', detail: 'the request names no host: send the header Host' } : undefined;
  if (HOST.test(host)) return undefined;
  return {
    code: 'malformed-request',
    detail: `the header Host is ${JSON.stringify(host.slice(0, 80))}, which is not a host: send a name or an address, with or without a port, such as example.org:443`,
  };
}

/** A body may be sent in chunks and in no other transfer coding (RFC 9112, section 6.1), and only by HTTP/1.1. */
function faultOfCoding({ headers, httpVersion }: IncomingMessage): HeadFault | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersion !== '1.1')
    return { code: 'malformed-request', detail: 'HTTP/1.0 has no Transfer-Encoding: send Content-Length, or HTTP/1.1', framing: 'faulty' };
  if (coding.trim().toLowerCase() === 'chunked') return undefined;
  const detail = `the transfer coding "${coding.slice(0, 80)}" is not known here: send the body as it is, with Content-Length or with "Transfer-Encoding: chunked"`;
  return { code: 'transfer-coding-not-known', detail, framing: 'faulty' };
}
