import { onExecutedByWorkers, takeExecuted } from './instrument.ts';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { askFor, clientOf, type Request } from '../bench/asking/client.ts';
import { storeAt } from '../helpers/store.ts';

/** A request, the number of SQL statements it runs, and the files below `src/` whose functions it executes: in `domain/`, and besides that and the hooks. */
export type Walk = { request: string; statements: number; own: string[]; domain: string[] };

/** The walks of some requests, and the hooks: files outside `domain/` that every request with a key executes, also one that is refused for its parameters. */
export type Walks = { walks: Walk[]; hooks: string[] };

type Executed = { request: string; statements: number; files: string[] };

const JSON_BODY = { 'content-type': 'application/json' };
const NDJSON_BODY = { 'content-type': 'application/x-ndjson' };
const LARGE = 'csto-operation-in-kazakhstan-2022';
const OTHER = 'protests-in-kazakhstan-2022';

type Asked = Request & { expected?: number };

const visit = (place: string) => ({
  kind: 'visit',
  title: `A visit to ${place}`,
  date: { edtf: '2023-05' },
  participants: [{ actor: 'UNRCCA', role: 'participant' }],
  citations: [{ source: 'un-and-central-asia-regional-security', paragraph: 9 }],
});
const patch = (id: string): Asked => ({ method: 'PATCH', path: `/v1/events/${id}`, headers: JSON_BODY, body: '{"note":"New."}' });
const create = (place: string): Asked => ({
  method: 'POST',
  path: '/v1/events',
  headers: JSON_BODY,
  body: JSON.stringify(visit(place)),
  expected: 201,
});
const importOf = (place: string): Asked => ({
  method: 'POST',
  path: '/v1/import',
  headers: NDJSON_BODY,
  body: `${JSON.stringify({ type: 'event', ...visit(place) })}\n`,
});

/** The requests that are walked. */
const WALKED: readonly Asked[] = [
  { path: `/v1/events/${LARGE}` },
  { path: '/v1/timeline?actor=CSTO&from=2020&to=2022-06&match=certain' },
  patch(LARGE),
  create('Termez'),
  importOf('Osh'),
];

/** Requests of the same kinds before: what is made once, such as prepared statements, is no part of a walk. */
const WARMING: readonly Asked[] = [
  { path: `/v1/events/${OTHER}` },
  { path: '/v1/timeline?actor=UNRCCA&from=2010&to=2012-06&match=certain' },
  patch(OTHER),
  create('Khorog'),
  importOf('Naryn'),
];

/** A request that passes the hooks and is refused for its parameters. */
const REFUSED: Asked = { path: '/v1/events?nothing=1', expected: 400 };

/** Time for hooks after the response and for messages of workers, in milliseconds. */
const SETTLING = 50;

/** Time after which an API key is looked up again, in milliseconds, so that each walk does so. */
const KEY_FORGOTTEN = 550;

/** Walks the requests through the service on a database with the seeds, which they change. */
export async function measureWalks(database: string): Promise<Walks> {
  const config = readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: `file:${database}`, MAX_DELAY: '0', PORT: '0' });
  const engine = await storeAt(database).open();
  const annals = openAnnals(engine, Date.now);
  const app = await buildApp({ annals, config });
  const { token } = await createKey(annals, { label: 'walks', scope: 'write' }, randomBytes);
  const client = clientOf(await app.listen({ port: 0, host: '127.0.0.1' }));
  const files = new Set<string>();
  let statements = 0;
  const add = (executed: { files: string[]; statements: number }): void => {
    for (const file of executed.files) files.add(file);
    statements += executed.statements;
  };
  onExecutedByWorkers(add);

  async function walk({ expected, ...request }: Asked): Promise<Executed> {
    await setTimeout(KEY_FORGOTTEN);
    takeExecuted();
    files.clear();
    statements = 0;
    await askFor(client.ask, { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }, expected);
    await setTimeout(SETTLING);
    add(takeExecuted());
    return { request: `${request.method ?? 'GET'} ${request.path}`, files: [...files].toSorted(), statements };
  }

  for (const request of [REFUSED, ...WARMING]) await walk(request);
  const walks: Executed[] = [];
  for (const request of WALKED) walks.push(await walk(request));
  const { files: passed } = await walk(REFUSED);
  client.close();
  await app.close();
  await engine.close();
  const hooks = passed.filter((file) => !isDomain(file) && walks.every((each) => each.files.includes(file)));
  return { hooks, walks: walks.map((each) => divided(each, hooks)) };
}

const isDomain = (file: string): boolean => file.startsWith('domain/');

const divided = ({ files, ...rest }: Executed, hooks: readonly string[]): Walk => ({
  ...rest,
  own: files.filter((file) => !isDomain(file) && !hooks.includes(file)),
  domain: files.filter(isDomain),
});
