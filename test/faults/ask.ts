import { request } from 'node:http';
import type { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** A complete response of a server. */
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** A request as a client writes it. */
export type Asked = { method: string; path: string; body?: string; headers?: Record<string, string> };

/** Sends a request over HTTP and returns the complete response, or nothing when the connection broke. `agent` keeps connections, if it is given. */
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

/** Time during which a request refused with 503 is repeated, in milliseconds. */
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
