import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { openAnnals } from '../../../src/records/annals.ts';
import { createKey } from '../../../src/records/keys/api-keys.ts';
import { type Answer, type Ask, asking, patiently } from '../../faults/ask.ts';
import { type Ended, runOn } from '../../helpers/command.ts';
import { NOW, RANDOM } from '../../helpers/fixtures.ts';
import { type Server, serve } from '../../helpers/server.ts';
import { storeAt } from '../../helpers/store.ts';
import { makeDatabase } from '../../postgres/databases.ts';
import type { PostgresServer } from '../../postgres/server.ts';

/** The database that those of the tests are copies of, and the token of a key in it that may write. */
const TEMPLATE = 'world';
export type Template = { server: PostgresServer; key: string };

/** Makes the database that those of the tests are copies of. */
export async function makeTemplate(server: PostgresServer): Promise<Template> {
  const store = storeAt(await makeDatabase(server.urlOf('postgres'), TEMPLATE));
  await store.migrate({ now: NOW, random: RANDOM });
  const engine = await store.open();
  const { token } = await createKey(
    openAnnals(engine, () => NOW),
    { label: 'several', scope: 'write' },
    randomBytes,
  );
  await engine.close();
  return { server, key: token };
}

/** One process that serves, how it is asked, and how it is asked until it is not busy. */
export type Process = { served: Server; ask: Ask; insist: Ask };

/** Two processes that serve one database of their own, its URL, and how a command is run on it in this process, which is a third one. */
export type World = { url: string; one: Process; other: Process; run: (...args: string[]) => Promise<Ended> };

/** The databases of the tests of a file. */
const databases: string[] = [];

/** Checks every database in which the tests of a file have written. */
export async function expectSound(): Promise<void> {
  expect(databases.length).toBeGreaterThan(0);
  for (const url of databases)
    expect(await runOn(url, ['check'])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/as they should be\n$/) as unknown,
    });
}

/** Starts two processes on a new database. They end with the test. */
export async function twoProcesses({ server, key }: Template, environment: Record<string, string> = {}): Promise<World> {
  const url = await makeDatabase(server.urlOf('postgres'), `several_${databases.length}`, TEMPLATE);
  databases.push(url);
  const [one, other] = await Promise.all([startProcess(url, key, environment), startProcess(url, key, environment)]);
  return { url, one, other, run: (...args) => runOn(url, args) };
}

async function startProcess(url: string, key: string, environment: Record<string, string>): Promise<Process> {
  const served = await serve(url, [], environment);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = asking(served.address, key, agent);
  return { served, ask, insist: patiently(ask) };
}

/** The answer to a GET. */
export async function get({ ask }: Pick<Process, 'ask'>, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return answered(await ask({ method: 'GET', path, headers }));
}

/** The answer to a request with a body. */
export async function send(
  { ask }: Pick<Process, 'ask'>,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answered(await ask({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
}

function answered(answer: Answer | undefined): Answer {
  if (!answer) throw new Error('the connection was lost');
  return answer;
}

/** An event as clients send it. */
export const event = (id: string, more: object = {}): object => ({ id, kind: 'visit', title: `Visit ${id}`, date: '2023-05-04', ...more });

/** One of the changes of the log. */
export type Change = { position: string; sequence: number; action: string; type: string; id: string; revision: number };

/** A page of the log. */
type ChangePage = { items: Change[] };

/** Follows the log from its beginning to where it ends once `isOver` says so, and returns all that it read. */
export async function follow(from: Process, isOver: () => boolean, limit = 7): Promise<Change[]> {
  const seen: Change[] = [];
  let since = '';
  for (;;) {
    const wasOver = isOver();
    const { body } = answered(await from.insist({ method: 'GET', path: `/v1/changes?limit=${limit}${since}` }));
    const page: ChangePage = JSON.parse(body);
    seen.push(...page.items);
    const last = page.items.at(-1);
    if (last) since = `&since=${last.position}`;
    else if (wasOver) return seen;
  }
}

/** The numbers from one on, as the log has them without a gap. */
export const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
