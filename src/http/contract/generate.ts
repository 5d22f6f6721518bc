import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Randomness } from '../../domain/token.ts';
import { inputOfDocument } from '../../records/document/render.ts';
import { type Examples, openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';

/** The instant at which the examples happen, in milliseconds: the clock of the database they are asked of, so that each run answers the same. */
export const EXAMPLES_AT = Date.UTC(2026, 10, 21, 10);

/** The randomness of the database of the examples: its generation is the same at each run. */
export const EXAMPLES_RANDOM: Randomness = (size) => Buffer.alloc(size, 'annals');

/**
 * The bytes of `openapi/openapi.json`: the operations with the answers of an app on a fresh, seeded database that was made with
 * `EXAMPLES_RANDOM` and whose clock stands at `EXAMPLES_AT`. `key` may write; the database is changed.
 */
export async function generateOpenApi(
  app: FastifyInstance,
  { operations, key, version }: { operations: readonly Operation[]; key: string; version: string },
): Promise<string> {
  const examples = await collectExamples(app, operations, key);
  return `${JSON.stringify(openApiDocument(operations, examples, version), null, 2)}\n`;
}

/** Asks the app for the example of every operation: the reference shows what it answered. `key` may write; changes are made in the app's database. */
async function collectExamples(app: FastifyInstance, operations: readonly Operation[], key: string): Promise<Examples> {
  const examples = new Map<string, { request?: unknown; response?: unknown }>();
  const inOrder = operations.toSorted((a, b) => orderOf(a) - orderOf(b));
  for (const operation of inOrder) {
    const asked = await exampleOf(app, operation, key);
    if (asked) examples.set(operation.id, asked);
  }
  return examples;
}

/** Changes of records come after their reads. */
const ORDER: readonly Operation['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Reads of a text, which the example of `putSourceText` stores. */
const OF_TEXT = new Set(['getSourceText', 'listSourceParagraphs', 'getSourceParagraph']);

const orderOf = ({ id, method }: Operation): number => (OF_TEXT.has(id) ? ORDER.indexOf('PUT') + 0.5 : ORDER.indexOf(method));

async function exampleOf(app: FastifyInstance, { method, body, example, answer }: Operation, key: string) {
  if (method === 'DELETE') return undefined;
  if (method === 'POST' && example.body === undefined) {
    const record = await ask(app, { method: 'GET', url: example.address });
    return { request: inputOfDocument(Buffer.from(record)), response: JSON.parse(record) as unknown };
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
