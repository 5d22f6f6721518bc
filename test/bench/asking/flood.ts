import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Request } from './client.ts';
import type { Load } from './throughput.ts';

const END_OF_HEAD = '\r\n\r\n';
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/**
 * Asks a server by many clients at once until it is over, each its next question when it has its answer, and answers how many
 * milliseconds each took. Throws where an answer is not as expected.
 *
 * It speaks HTTP/1.1 itself and looks at no more than the status and the length, because the load shares the machine with the server: for
 * a page of 50 from a constant buffer, autocannon 9 took 120 to 280 µs of processor time where the server took 66 to 96, so that it would
 * have measured itself, and every share of the limit would have come out too good.
 */
export async function flood({ address, request, expected, clients }: Omit<Load, 'seconds'>, over: AbortSignal): Promise<number[]> {
  const { hostname, port, host } = new URL(address);
  const sockets = Array.from({ length: clients }, () => connect({ host: hostname, port: Number(port), noDelay: true }));
  const times: number[] = [];
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const asking = sockets.map((socket) => keepAsking(socket, () => bytesOf(request(), host), expected, over, times));
    // What is under way at the end is not waited for: it belongs to no round.
    await Promise.race([over.aborted || once(over, 'abort'), Promise.all(asking)]);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return times;
}

function keepAsking(socket: Socket, next: () => string, expected: number, over: AbortSignal, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const ask = () => {
      asked = performance.now();
      socket.write(next());
    };
    const read = answerReader((status) => {
      if (over.aborted) return resolve();
      if (status !== expected) return reject(new Error(`a request was answered ${status}, not ${expected}`));
      times.push(performance.now() - asked);
      return ask();
    });
    socket.on('data', read);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
    ask();
  });
}

function bytesOf({ method = 'GET', path, headers = {}, body }: Request, host: string): string {
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

/** Takes the bytes of a connection as they come and calls back with the status after the last byte of each answer. */
function answerReader(onAnswer: (status: number) => void): (part: Buffer) => void {
  let head: Buffer | undefined;
  let status = 0;
  /** How many bytes of the body are to come: unknown, hence infinite, for one that comes in chunks. */
  let missing: number | undefined;
  let tail: Buffer = Buffer.alloc(0);
  return (part) => {
    let body = part;
    if (missing === undefined) {
      head = head === undefined ? part : Buffer.concat([head, part]);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const text = head.toString('latin1', 0, end);
      body = head.subarray(end + END_OF_HEAD.length);
      status = Number(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      missing = /\r\ntransfer-encoding: chunked/i.test(text) ? Infinity : Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
    }
    missing -= body.length;
    if (missing === Infinity) tail = Buffer.concat([tail, body.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length);
    if (missing !== 0 && !tail.equals(LAST_CHUNK)) return;
    tail = Buffer.alloc(0);
    head = undefined;
    missing = undefined;
    onAnswer(status);
  };
}
