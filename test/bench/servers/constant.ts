import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Fastify from 'fastify';

/**
 * A process of its own: `constant.ts fastify|node <port> <file>` answers each path with the bytes and the headers that the file holds for
 * it, out of memory. What stays is what the framework, or node alone, costs.
 */

/** An answer to repeat; the body is in base64. */
export type Constant = { path: string; status: number; headers: Record<string, string>; body: string };

const [kind, port, file] = process.argv.slice(2);
const constants = (JSON.parse(readFileSync(file!, 'utf8')) as Constant[]).map((constant) => ({
  ...constant,
  bytes: Buffer.from(constant.body, 'base64'),
}));
const listening = { port: Number(port), host: '127.0.0.1' };

if (kind === 'fastify') {
  const app = Fastify();
  for (const { path, status, headers, bytes } of constants)
    app.get(path, (_request, reply) =>
      reply
        .code(status)
        .headers(headers)
        .send(status === 304 ? undefined : bytes),
    );
  await app.listen(listening);
} else {
  const byPath = new Map(constants.map((constant) => [constant.path, constant]));
  createServer((request, response) => {
    const [path = ''] = request.url!.split('?');
    const constant = byPath.get(path);
    if (!constant) return response.writeHead(404).end();
    response.writeHead(constant.status, constant.headers);
    return response.end(constant.status === 304 ? undefined : constant.bytes);
  }).listen(listening);
}
