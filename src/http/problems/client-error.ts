import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ProblemCode, problemOf, PROBLEMS } from './problems.ts';
import { ADDRESS_MAX, HEADER_BYTES_MAX } from '../limits/bounds.ts';

/** What is wrong with bytes, by the codes of Node's parser and server. */
const REASONS: Record<string, [code: ProblemCode, detail: string]> = {
  HPE_HEADER_OVERFLOW: ['headers-too-large', `the address and the headers together are longer than ${HEADER_BYTES_MAX} bytes: send less`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body-too-large', `the extensions of a chunk are longer than ${HEADER_BYTES_MAX} bytes: leave them out`],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the request did not arrive in time: send it again, faster or in smaller parts'],
};
const MALFORMED: [ProblemCode, string] = [
  'malformed-request',
  'the bytes received are not an HTTP/1.1 request: percent-encode what is not ASCII in the address, as curl -G --data-urlencode does',
];
const TOO_LONG: [ProblemCode, string] = [
  'address-too-long',
  `the address is longer than ${ADDRESS_MAX} bytes: ask for fewer alternatives at a time`,
];

/** What Node says of bytes that it cannot take for a request. */
type BadBytes = NodeJS.ErrnoException & { rawPacket?: unknown };

/** The answer to bytes that are no HTTP request, or none in time: a problem, written to the socket. */
export function answerNotHttp(error: BadBytes, socket: Socket): void {
  // Another request's answer may be due or under way on this connection: bytes of ours would be taken for part of it.
  const due = answerDue(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || due?.headersSent || due?.req.complete) {
    socket.destroy();
    return;
  }
  const [code, detail] = isEndlessAddress(error, socket) ? TOO_LONG : (REASONS[error.code ?? ''] ?? MALFORMED);
  socket.end(answerOf(code, detail));
}

/** The answer that is due or under way on a connection, if there is one. */
export function answerDue(socket: Socket): ServerResponse | undefined {
  const { _httpMessage: due } = socket as Socket & { _httpMessage?: ServerResponse | null }; // @NOTE where Node keeps it, as its documentation has it
  return due ?? undefined;
}

/** Whether the first bytes of a connection are too many and yet no whole line: they are all address. */
function isEndlessAddress({ code, rawPacket }: BadBytes, { bytesRead }: Socket): boolean {
  return code === 'HPE_HEADER_OVERFLOW' && Buffer.isBuffer(rawPacket) && rawPacket.length === bytesRead && !rawPacket.includes('\r\n');
}

/** The bytes of a problem as an HTTP answer, with further lines of its head, after which the connection is closed. */
export function answerOf(code: ProblemCode, detail: string, ...headers: string[]): string {
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

/** The answer to CONNECT, which asks for another host than this: there is nothing here that allows any method. Node would leave without a word. */
export function answerConnect(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end(answerOf('method-not-allowed', 'CONNECT is not allowed here: this is no proxy', 'allow:'));
}
