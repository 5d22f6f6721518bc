import { request } from 'node:http';
import type { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** What a server answered: nothing when it, or the connection, was gone before the answer was whole. */
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** A request as a client writes it. */
export type Asked = { method: string; path: string; body?: string; headers?: Record<string, string> };

/** Asks a server over HTTP and waits for the whole answer; answers nothing when none came whole. `agent` keeps connections, if any does. */
export type Ask = (asked: Asked) => Promise<Answer | undefined>;

/** Asks the server at an address with a key. */
export function asking(address: string, key: string, agent?: Agent): Ask {
  return ({ method, path, body, headers }) =>
    new Promise((resolve) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      const asked = request(
        `${address}${path}`,
        { method, headers: { authorization: `Bearer ${key}`, ...type, ...headers }, ...(agent ? { agent } : {}) },
        (answer) => {
          let text = '';
          answer.on('data', (chunk) => (text += String(chunk)));
          answer.on('close', () =>
            resolve(answer.complete ? { status: answer.statusCode!, headers: answer.headers, body: text } : undefined),
          );
          answer.on('error', () => undefined);
        },
      );
      asked.on('error', () => resolve(undefined));
      asked.end(body);
    });
}

/** How long one asks again what is refused for lack of time, in milliseconds. */
const PATIENCE = 30_000;

/** Asks again, as clients should, what is answered 503 because the machine or the database is busy: of that nothing was done. */
export function patiently(ask: Ask): Ask {
  return async (asked) => {
    const started = performance.now();
    for (;;) {
      const answer = await ask(asked);
      if (answer?.status !== 503 || performance.now() - started > PATIENCE) return answer;
      await setTimeout(100);
    }
  };
}
