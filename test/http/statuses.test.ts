import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/http/routes.ts';
import type { Operation } from '../../src/http/contract/operation.ts';
import { inputOfDocument } from '../../src/records/document/render.ts';
import { models } from '../../src/model/models.ts';
import { statement } from '../../src/storage/port.ts';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';
import { type Answered, type Asked, operations } from '../helpers/contract.ts';
import { idFieldsOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';
import { answerTo, parsed, sharedServer } from '../helpers/socket.ts';

/** Each status that the document promises for an operation is produced here, by what is said to produce it. */

const service = sharedApp({ IMPORT_LIMIT: '1048576' });
const closed = sharedApp({ READ_ACCESS: 'key' });
const limited = sharedApp({ RATE_LIMIT: '1', WRITE_RATE_LIMIT: '1' });
const strict = sharedApp({ REQUIRE_IF_MATCH: 'true' });
const impatient = sharedServer({ REQUEST_TIMEOUT: '200' });

let count = 0;

/** A request that the operation answers with success: its example, on a record of its own where it writes. */
async function example(
  { app, ask }: TestApp,
  { id, method, path, body: documented, example: { address, body } }: Operation,
): Promise<Asked & { url: string }> {
  const model = models.find(({ path: plural }) => path.split('/')[2] === plural);
  if (method === 'GET') {
    if (OF_TEXT.has(id))
      await ask({
        method: 'PUT',
        url: `/v1/sources/${address.split('/')[3]}/text`,
        body: 'A text.',
        headers: { 'content-type': 'text/plain' },
      });
    return { url: address };
  }
  if (typeof body === 'string') return { method, url: address, body, headers: { 'content-type': documented!.contentTypes[0]! } };
  const own = `status-${(count += 1)}`;
  if (method === 'POST') {
    const { payload } = await app.inject(address);
    return {
      method,
      url: path,
      body: { ...inputOfDocument(Buffer.from(payload)), id: undefined, identifiers: undefined, ...idFieldsOf(model!.type, own) },
    };
  }
  const created = await ask({
    method: 'POST',
    url: `/v1/${model!.path}`,
    body: { ...samples[model!.type].least, ...idFieldsOf(model!.type, own) },
  });
  return { method, url: created.headers['location']!, body };
}

/** Reads of the text of a source, which must be stored. */
const OF_TEXT = new Set(['getSourceText', 'listSourceParagraphs', 'getSourceParagraph']);

type Recipe = (operation: Operation) => Promise<Answered>;

const asked =
  (change: (request: Asked & { url: string }, operation: Operation) => Asked): Recipe =>
  async (operation) =>
    service.ask(change(await example(service, operation), operation));

const success = asked((request) => request);

/** Requests that lead to each status. */
const recipes: Record<string, Recipe> = {
  200: success,
  201: success,
  204: success,
  304: asked((request) => ({ ...request, headers: { 'if-none-match': '*' } })),
  400: asked((request) => ({ ...request, url: `${request.url.split('?')[0]}?unheard-of=1` })),
  401: async (operation) => closed.ask({ ...(await example(service, operation)), as: 'nobody' }),
  403: asked((request) => ({ ...request, as: service.readKey })),
  404: asked((request, { path }) => ({
    ...request,
    url: path
      .replace(/{(?:id|slug)}/, 'no-such-record-at-all')
      .replace('{vocabulary}', 'topic')
      .replace('{number}', '1'),
  })),
  408: async ({ id }) => {
    unfinished ??= new Map(operations.map(({ method, path, operation }) => [operation.operationId, answerToUnfinished(method, path)]));
    return unfinished.get(id)!;
  },
  409: async (operation) => {
    const request = await example(service, operation);
    if (operation.id === 'importRecords') {
      const { type, least } = { type: 'actor', least: samples.actor.least };
      const line = (name: string) => ({
        ...request,
        url: '/v1/import',
        body: JSON.stringify({ type, ...least, id: 'status-import', name }),
      });
      await service.ask(line('Before'));
      return service.ask(line('After'));
    }
    if (operation.method === 'PATCH') {
      const twice = { ...request, headers: { 'idempotency-key': `at-once-${operation.id}` } };
      const answers = await Promise.all([service.ask(twice), service.ask(twice)]);
      return answers.find(({ status }) => status === 409) ?? answers[0];
    }
    if (operation.method === 'POST') await service.ask(request);
    else {
      const [, , path, ...id] = request.url.split('/');
      const { type } = models.find((model) => model.path === path)!;
      await service.ask({
        method: 'POST',
        url: '/v1/events',
        body: { ...samples.event.least, relations: [{ type: 'concerns', record: { type, id: id.join('-') } }] },
      });
    }
    return service.ask(request);
  },
  410: asked((request) => ({ ...request, url: `${request.url.split('?')[0]}?since=k2m9x0ab-1` })),
  412: asked((request) => ({ ...request, headers: { ...request.headers, 'if-match': '"77"' } })),
  413: asked((request) => ({
    ...request,
    body: JSON.stringify(' '.repeat(1_048_577)),
    headers: request.headers ?? { 'content-type': 'application/json' },
  })),
  414: asked((request) => ({ ...request, url: `${request.url.split('?')[0]}?${'a'.repeat(8192)}` })),
  431: asked((request) => ({ ...request, headers: { ...request.headers, ...tooManyHeaders } })),
  415: asked((request) => ({ ...request, body: '<a/>', headers: { 'content-type': 'application/xml' } })),
  422: async (operation) => {
    const headers = { 'idempotency-key': `reused-${operation.id}` };
    await service.ask({ ...(await example(service, operation)), headers });
    return service.ask({ ...(await example(service, operation)), headers });
  },
  428: async (operation) => strict.ask(await example(service, operation)),
  429: async (operation) => {
    const request = await example(service, operation);
    await limited.ask(request);
    return limited.ask(request);
  },
  501: asked((request) => ({ ...request, headers: { ...request.headers, 'transfer-encoding': 'gzip, chunked' } })),
  503: async (operation) => {
    const broken = await brokenApp();
    return broken.ask({ ...(await example(service, operation)), as: broken.writeKey });
  },
  507: async (operation) => {
    const full = await fullApp();
    await growTo(full, 1_000_000);
    const request = await example(full, operation);
    const [pages] = await full.annals.engine.write([statement('PRAGMA page_count')]);
    await growTo(full, Number(pages![0]));
    for (const size of [1000, 100, 10, 1])
      while (
        (await full.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, note: newWords(size) } })).status === 201
      );
    return full.ask({
      ...request,
      body: operation.method === 'PUT' ? newWords(1000) : { ...(request.body as object), note: newWords(1000) },
    });
  },
};

const tooManyHeaders = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, 'a']));

/** The answers to requests that never end, of all operations at once: each takes its time. */
let unfinished: Map<string, Promise<Answered>> | undefined;

async function answerToUnfinished(method: string, path: string): Promise<Answered> {
  const text = await answerTo(
    impatient.port,
    `${method} ${path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'csto')} HTTP/1.1\r\nHost: a\r\n`,
  );
  const { status, body } = parsed(text);
  return { status, headers: {}, body: JSON.parse(body), text };
}

const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of open) await close();
});

let full: Promise<TestApp> | undefined;

/** A service whose database is kept from growing. */
function fullApp(): Promise<TestApp> {
  full ??= (async () => {
    const made = await seededApp();
    open.push(made.close);
    return made;
  })();
  return full;
}

const growTo = ({ annals }: TestApp, pages: number) => annals.engine.write([statement(`PRAGMA max_page_count = ${pages}`)]);

let word = 0;

/** A long text of words that no other has, so that the full-text index must grow. */
const newWords = (length: number): string => Array.from({ length }, () => `w${((word += 1)).toString(36)}`.padEnd(8, 'x')).join(' ');

let broken: Promise<TestApp> | undefined;

/** The service on a file whose pages were overwritten since it was opened. */
function brokenApp(): Promise<TestApp> {
  broken ??= (async () => {
    const made = await seededApp();
    open.push(made.close);
    const other = new Database(made.path);
    other.pragma('wal_checkpoint(TRUNCATE)');
    const size = Number(other.pragma('page_size', { simple: true }));
    other.close();
    const file = openSync(made.path, 'r+');
    writeSync(file, Buffer.alloc(statSync(made.path).size - size, 0xff), 0, undefined, size);
    closeSync(file);
    return made;
  })();
  return broken;
}

describe.each(operations.map(({ method, operation }) => ({ id: operation.operationId, method, operation })))(
  '$id',
  ({ id, method, operation: { responses } }) => {
    // A file that may not grow lets records be deleted: they leave more room than their traces take. A full disk would not.
    // An import writes through a connection of its own, which nothing here keeps from growing.
    const unfilled = method === 'DELETE' || id === 'importRecords';
    const statuses = Object.keys(responses).filter((status) => !(unfilled && status === '507'));

    test.each(statuses)('returns %s', async (status) => {
      const recipe = recipes[status];
      if (!recipe) throw new Error(`nothing here produces ${status}`);
      const operation = OPERATIONS.find((each) => each.id === id)!;
      const answered = await recipe(operation);
      expect(answered.status, answered.text).toBe(Number(status));
    });
  },
);
