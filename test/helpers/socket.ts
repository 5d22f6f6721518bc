import { connect, type Socket } from 'node:net';
import { beforeAll } from 'vitest';
import type { LogStream } from '../../src/http/observe/log.ts';
import { seededApp, type TestApp } from './app.ts';

/** The real service listening on a port of its own. */
export type Listening = TestApp & { port: number };

/** A service that listens for all tests of a file. */
export function sharedServer(environment: Record<string, string> = {}, log?: LogStream): Listening {
  const shared: Partial<Listening> = {};
  beforeAll(async () => {
    const { close, ...made } = await seededApp(environment, log);
    const { port } = new URL(await made.app.listen({ port: 0, host: '127.0.0.1' }));
    Object.assign(shared, made, { port: Number(port) });
    return close;
  });
  return shared as Listening; // @NOTE complete when the first test runs
}

/** The time that anything on a socket may take, in milliseconds. */
const PATIENCE = 20_000;

/** A connection with what came back on it so far. */
export type Connection = { socket: Socket; received: () => string; ended: Promise<string> };

/** Opens a connection; `ended` resolves to all received bytes when the service closes it, and rejects if it does not. */
export async function connectTo(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  const ended = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end after ${PATIENCE} ms: ${text.slice(0, 300)}`));
    }, PATIENCE);
    socket.on('error', () => undefined); // a reset is an end like any other
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
  ended.catch(() => undefined);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return { socket, received: () => text, ended };
}

/** The response of the service to these bytes until it closes the connection. */
export async function answerTo(port: number, bytes: string | Buffer): Promise<string> {
  const { socket, ended } = await connectTo(port);
  socket.write(bytes);
  return ended;
}

/** The status, headers and body of the first answer in what was received. */
export function parsed(text: string): { status: number; head: string; body: string } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head: head.toLowerCase(), body };
}

/** Duration of a small good request on a new connection, in milliseconds. Throws unless its status is 200. */
export async function timeOfGoodRequest(port: number): Promise<number> {
  const start = performance.now();
  const text = await answerTo(port, 'GET /v1/actors/csto HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  if (parsed(text).status !== 200) throw new Error(`a good request was answered ${text.slice(0, 200)}`);
  return performance.now() - start;
}
