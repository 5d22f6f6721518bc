import type { FastifyInstance, InjectOptions } from 'fastify';
import { unrender } from '../../records/render.ts';
import type { Operation } from './operation.ts';
import type { Examples } from './openapi.ts';

/** Asks the app for the example of every operation: the reference shows what it answered. `key` may write; changes are made in the app's database. */
export async function collectExamples(app: FastifyInstance, operations: readonly Operation[], key: string): Promise<Examples> {
  const examples = new Map<string, { request?: unknown; response?: unknown }>();
  const inOrder = operations.toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));
  for (const operation of inOrder) {
    const asked = await exampleOf(app, operation, key);
    if (asked) examples.set(operation.id, asked);
  }
  return examples;
}

/** A text is stored before it is read; what changes records comes after what reads them. */
const ORDER: readonly Operation['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

async function exampleOf(app: FastifyInstance, { id, method, body, example, answer }: Operation, key: string) {
  if (method === 'DELETE') return undefined;
  if (id === 'getSourceText') return { response: 'The first paragraph.\nThe second.\n' };
  if (method === 'POST' && example.body === undefined) {
    const record = await ask(app, { method: 'GET', url: example.address });
    return { request: unrender(Buffer.from(record)), response: JSON.parse(record) as unknown };
  }
  const payload = typeof example.body === 'string' ? example.body : JSON.stringify(example.body);
  const sent = body ? { payload, headers: { 'content-type': body.contentTypes[0], authorization: `Bearer ${key}` } } : {};
  const answered = await ask(app, { method, url: example.address, ...sent });
  const asked = method === 'GET' ? {} : { request: example.body };
  return { ...asked, response: answer.contentType === undefined ? (JSON.parse(answered) as unknown) : answered };
}

async function ask(app: FastifyInstance, request: InjectOptions & { url: string }): Promise<string> {
  const response = await app.inject(request);
  if (response.statusCode !== 200) throw new Error(`the example ${request.url} was answered ${response.statusCode}: ${response.body}`);
  return response.body;
}
