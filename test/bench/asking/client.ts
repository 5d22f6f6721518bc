import { Agent, request as send } from 'node:http';

/** A request to a server. */
export type Request = { method?: 'GET' | 'POST' | 'PATCH'; path: string; headers?: Record<string, string>; body?: string };

/** A response, and the time until its last byte in milliseconds. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer; milliseconds: number };

/** Time limit of a response, in milliseconds. */
const PATIENCE = 120_000;

/** A client that asks one thing at a time over one connection that is kept, as a program does. */
export function clientOf(address: string): { ask: (request: Request) => Promise<Answer>; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = ({ method = 'GET', path, headers = {}, body }: Request) =>
    new Promise<Answer>((resolve, reject) => {
      const started = performance.now();
      const sent = send(new URL(path, address), { agent, method, headers, timeout: PATIENCE }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            // @NOTE the values of a response that are not strings are those of set-cookie, which nobody here sets
            headers: response.headers as Record<string, string>,
            body: Buffer.concat(parts),
            milliseconds: performance.now() - started,
          }),
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${path} within ${PATIENCE / 1000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
  return { ask, close: () => agent.destroy() };
}

/** Asks, and throws unless the status is the one that is expected: what was refused must not pass for fast. */
export async function askFor(ask: (request: Request) => Promise<Answer>, request: Request, expected = 200): Promise<Answer> {
  const answer = await ask(request);
  if (answer.status === expected) return answer;
  throw new Error(`${request.method ?? 'GET'} ${request.path} answered ${answer.status}: ${answer.body.toString().slice(0, 200)}`);
}
