import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ADDRESS_MAX, HEADER_BYTES_MAX } from '../../config.ts';
import { type ProblemCode, problemOf, PROBLEMS } from './problems.ts';

/** Problems by the error codes of Node's parser and server. */
const REASONS: Record<string, [code: ProblemCode, detail: string]> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', `the address and the headers together are longer than ${HEADER_BYTES_MAX} bytes: send less`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body-too-large', `the extensions of a chunk are longer than ${HEADER_BYTES_MAX} bytes: leave them out`],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the request did not arrive in time: send it again, faster or in smaller parts'],
};
const MALFORMED: [ProblemCode, string] = [
  'malformed-request',
  'the bytes received are not an HTTP/1.1 request: percent-encode what is not ASCII in the address, as curl -G --data-urlencode does',
];
/** A method in the first line of a request, and the rest of that line as far as its version. */
const METHOD = /^([A-Za-z]+) \S+ HTTP\//;
const TOO_LONG: [ProblemCode, string] = [
  'address-too-long',
  `the address is longer than ${ADDRESS_MAX} bytes: ask for fewer alternatives at a time`,
];

/** An error of Node's parser or server, with the bytes that it could not read. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: unknown };

/** Answers bytes that are not an HTTP request, or did not arrive in time, with a problem that is written to the socket. */
export function answerClientError(error: ClientError, socket: Socket): void {
  // The answer to an earlier request may be due or under way on this connection: a client would take our bytes for a part of it.
  const pending = pendingResponse(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent || pending?.req.complete) {
    socket.destroy();
    return;
  }
  const [code, detail] = isUnendedAddress(error, socket) ? TOO_LONG : (REASONS[error.code ?? ''] ?? invalidMethod(error) ?? MALFORMED);
  socket.end(rawProblem(code, detail));
}

/** The response that is due or under way on a connection, if any. */
export function pendingResponse(socket: Socket): ServerResponse | undefined {
  const { _httpMessage: pending } = socket as Socket & { _httpMessage?: ServerResponse | null }; // @NOTE where Node keeps it, as its documentation has it
  return pending ?? undefined;
}

/** Returns true if the first bytes of a connection exceed the limit within their first line: all of them are address. */
function isUnendedAddress({ code, rawPacket }: ClientError, { bytesRead }: Socket): boolean {
  return code === 'HPE_HEADER_OVERFLOW' && Buffer.isBuffer(rawPacket) && rawPacket.length === bytesRead && !rawPacket.includes('\r\n');
}

/** The reason for a request that is refused for its method alone: methods are compared with regard to case (RFC 9110, section 9.1). */
function invalidMethod({ code, rawPacket }: ClientError): [code: ProblemCode, detail: string] | undefined {
  if (code !== 'HPE_INVALID_METHOD' || !Buffer.isBuffer(rawPacket)) return undefined;
  const method = METHOD.exec(rawPacket.toString('latin1', 0, ADDRESS_MAX))?.[1];
  if (method === undefined) return undefined;
  const capitals = method.toUpperCase();
  const advice = method === capitals ? 'OPTIONS lists the known methods' : `write it in capitals, as ${capitals.slice(0, 40)}`;
  return ['malformed-request', `the method ${method.slice(0, 40)} is not known here: ${advice}`];
}

/** The bytes of an HTTP response with a problem and further header lines. It closes the connection. */
export function rawProblem(code: ProblemCode, detail: string, ...headers: string[]): string {
  const { status } = PROBLEMS[code];
  const body = JSON.stringify(problemOf(code, detail));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? ['retry-after: 1'] : []),
    ...headers,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Refuses CONNECT, which asks for another host. `Allow` is empty: the target of CONNECT allows no method. Node would close without an answer. */
export function refuseConnect(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end(rawProblem('method-not-allowed', 'CONNECT is not allowed here: this is not a proxy', 'allow:'));
}
