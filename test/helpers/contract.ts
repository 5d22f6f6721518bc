import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';

/** One request. `as` is the key that is sent, `nobody` sends none; what is written with a body needs no other mention of its type. */
export type Asked = {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE' | 'QUERY';
  url: string;
  /** Sent as JSON, unless it is text or bytes already. */
  body?: unknown;
  headers?: Record<string, string>;
  as?: string;
};

/** One answer. `body` is the parsed JSON where it is any, else the text. */
export type Answered = { status: number; headers: Record<string, string>; body: Json; text: string };

/** JSON of a shape that the document has confirmed. */
// oxlint-disable-next-line typescript/no-explicit-any -- the shapes are the document's, and are checked against it
export type Json = any;

/** Asks the app and holds the answer against the OpenAPI document. */
export type Asking = (asked: Asked) => Promise<Answered>;

/** A JSON schema. */
export type Schema = Record<string, unknown>;
type Media = { schema: Schema; example?: unknown };
export type Parameter = { in: string; name: string; required?: boolean; schema: Schema; style?: string; explode?: boolean };
export type Described = {
  operationId: string;
  summary: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { headers?: Record<string, { required?: boolean; schema: Schema }>; content?: Record<string, Media> }>;
};
type Document = {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
};

/** The path of the committed document. */
export const DOCUMENT_FILE = join(import.meta.dirname, '../../openapi/openapi.json');

/** The committed OpenAPI document. */
export const document = JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as Document; // @NOTE `openapi.test.ts` holds it to its rules

/** Every operation of the document, with its method in capitals and its path. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

const ajv = new Ajv2020({ strict: true, strictTypes: true, strictRequired: true, allErrors: true, keywords: ['components'] });
addFormats.default(ajv, ['date-time', 'uri']);
ajv.addSchema({ $id: 'annals', components: document.components });
const validators = new Map<string, ValidateFunction>();

/** Violations of a schema of the document in a value. */
export function violations(schema: Schema, value: unknown): unknown[] {
  const absolute = JSON.stringify(schema).replaceAll('"#/', '"annals#/');
  const validate = validators.get(absolute) ?? ajv.compile(JSON.parse(absolute) as Schema);
  validators.set(absolute, validate);
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Makes what asks an app. Each problem must have a page, and each answer of an operation be documented: its status, headers, content type and body. */
export function checker(app: FastifyInstance) {
  const pages = new Map<string, number>();
  return async ({ method = 'GET', url, body, headers = {}, as }: Asked, writeKey: string): Promise<Answered> => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const key = as ?? (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'nobody' : writeKey);
    const response = await app.inject({
      method: method as Exclude<typeof method, 'TRACE' | 'QUERY'>, // @NOTE which it sends like any other, though its types leave them out
      url,
      ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }),
      headers: {
        ...(key === 'nobody' ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
        ...headers,
      },
    });
    const type = String(response.headers['content-type'] ?? '').split(';')[0]!;
    const parsed: unknown = /\bjson$/.test(type) && response.body !== '' ? JSON.parse(response.body) : response.body;
    const flat = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    const answered = { status: response.statusCode, headers: flat, body: parsed, text: response.body };
    if (answered.status >= 400 && method !== 'HEAD') await checkProblem(app, answered, pages);
    checkDocumented(method, url, answered, type);
    return answered;
  };
}

async function checkProblem(app: FastifyInstance, { status, headers, body }: Answered, pages: Map<string, number>): Promise<void> {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(violations({ $ref: '#/components/schemas/Problem' }, body)).toEqual([]);
  expect(body.status).toBe(status);
  expect(body.detail.length, 'a problem says what is wrong').toBeGreaterThan(10);
  if (!pages.has(body.type)) pages.set(body.type, (await app.inject(body.type)).statusCode);
  expect(pages.get(body.type), `the page ${body.type}`).toBe(200);
}

function checkDocumented(method: string, url: string, { status, headers, body }: Answered, type: string): void {
  const operation = operationOf(method, url);
  if (!operation) return;
  const response = operation.responses[status];
  const which = `${operation.operationId} answered ${status}`;
  expect(response, `${which}, which is not documented: ${JSON.stringify(body).slice(0, 300)}`).toBeDefined();
  for (const [name, { required }] of Object.entries(response?.headers ?? {}))
    if (required) expect(headers[name.toLowerCase()], `${which} without ${name}`).toBeTypeOf('string');
  if (method === 'HEAD') return;
  const content = response?.content?.[type];
  if (response?.content === undefined) expect(body, `${which} with a body`).toBe('');
  else expect(content, `${which} as ${type}`).toBeDefined();
  if (content) expect(violations(content.schema, body), which).toEqual([]);
}

/** The operation that a request asks for; HEAD asks for what GET does. */
export function operationOf(method: string, url: string): Described | undefined {
  const path = url.split('?')[0]!;
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = operations.filter((each) => each.method === asked && templateOf(each.path).test(path));
  // `/v1/timeline/histogram` is no record's address: what has no variable comes first.
  return (found.find((each) => !each.path.includes('{')) ?? found[0])?.operation;
}

const templateOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
