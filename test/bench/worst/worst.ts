import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { clientOf, type Request } from '../asking/client.ts';
import { median } from '../measure/statistics.ts';
import { say } from '../report/progress.ts';
import { annals, serveAnnals } from '../servers/annals.ts';
import { scratchFolder } from '../servers/folders.ts';
import { builtWorld } from '../world/build.ts';
import { addressOf, type Choice, type Document, type Operation, operationsOf } from './operations.ts';
import { processorTimeOf } from './processor.ts';
import { extremeLines } from './records.ts';

const DOCUMENT = join(import.meta.dirname, '../../../openapi/openapi.json');

/** Cost of a request: processor time of the main thread, and duration of the response, in milliseconds. */
export type Cost = { operation: string; address: string; status: number; processor: number; answered: number };

/**
 * Extent of a run: a world of `events`, or a `database` that has the extreme records already; the operations in `only`, or all; each value
 * `alone`, or the worst of them with others as well.
 */
export type Attempt = { events: number; database: string | undefined; only: readonly string[]; alone: boolean };

/** Numbers of single choices that are tried in pairs with every other, and of pairs that are tried with a third. */
const BREADTH = [4, 2];

/** Cost below which a request is measured once, in milliseconds. */
const CHEAP = 15;

/** Number of measurements of a request that costs more. */
const TIMES = 3;

/** Pause after a response, in milliseconds: the work of the main thread in it belongs to that request. */
const REST = 4;

/**
 * Settings without a cache of responses and without a limit of the delay. Heavy reads are abandoned early: the measured thread is the
 * main thread.
 */
const ENVIRONMENT = { ANSWER_CACHE_BYTES: '0', MAX_DELAY: '0', READ_THREADS: '2', QUERY_TIMEOUT: '5000' };

/**
 * Tries each GET operation with the worst values of its parameters, alone and together, in a world of that many events and the extreme records.
 * Returns the cost of each request, the worst first.
 */
export async function measureWorst({ events, database, only, alone }: Attempt): Promise<Cost[]> {
  const server = await serveAnnals(database ?? (await extremeWorld(events)), ENVIRONMENT);
  const { ask, close } = clientOf(server.address);
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as Document; // @NOTE ours
  const costs: Cost[] = [];
  const idle = await idleShareOf(server.pid);
  try {
    for (const operation of operationsOf(document).filter(({ id }) => only.length === 0 || only.includes(id))) {
      const found = await tryOperation(operation, alone ? [] : BREADTH, (address) =>
        costOf(operation.id, address, { ask, pid: server.pid, idle }),
      );
      const [worst] = worstFirst(found);
      say(`${operation.id}: ${found.length} requests, at most ${worst?.processor.toFixed(1)} ms: ${worst?.address.slice(0, 200)}`);
      costs.push(...found);
    }
  } finally {
    close();
    await server.stop();
  }
  return worstFirst(costs);
}

/** A copy of the world with the extreme records besides. */
async function extremeWorld(events: number): Promise<string> {
  const { path } = await builtWorld(events, { fresh: false });
  const copy = join(scratchFolder(), 'extreme.db');
  copyFileSync(path, copy);
  say('importing the extreme records');
  await annals(copy, ['import', '-'], Readable.from([`${[...extremeLines()].join('\n')}\n`]));
  return copy;
}

const worstFirst = (costs: readonly Cost[]): Cost[] => costs.toSorted((a, b) => b.processor - a.processor);

type Tried = { choices: readonly Choice[]; cost: Cost };

/** Tries each choice alone, the worst of them with every other, and the worst of these pairs with a third. */
async function tryOperation(
  operation: Operation,
  breadths: readonly number[],
  measure: (address: string) => Promise<Cost>,
): Promise<Cost[]> {
  const starts = operation.required.reduce<Choice[][]>((all, choices) => all.flatMap((each) => choices.map((one) => [...each, one])), [[]]);
  const known = new Map<string, Tried>();
  const attempt = async (path: string, choices: readonly Choice[]): Promise<Tried[]> => {
    const address = addressOf(
      path,
      choices.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
    if (known.has(address)) return [];
    const tried = { choices, cost: await measure(address) };
    known.set(address, tried);
    return [tried];
  };
  for (const path of operation.paths) {
    let level: Tried[] = [];
    for (const choices of starts) level.push(...(await attempt(path, choices)));
    for (const breadth of [starts.length, ...breadths]) {
      const worst = level.toSorted((a, b) => b.cost.processor - a.cost.processor).slice(0, breadth);
      const next: Tried[] = [];
      for (const { choices } of worst)
        for (const choice of operation.choices)
          if (choices.every(({ name }) => name !== choice.name)) next.push(...(await attempt(path, [...choices, choice])));
      level = next;
    }
  }
  return [...known.values()].map(({ cost }) => cost);
}

/** Milliseconds for which the idle share is measured. */
const IDLE = 3000;

/**
 * The share of processor time that the thread takes while nothing is asked (it samples the delay of its event loop): over the seconds that a
 * heavy read runs in another thread it adds up, and holds nobody up.
 */
async function idleShareOf(pid: number): Promise<number> {
  await setTimeout(IDLE);
  const before = processorTimeOf(pid);
  await setTimeout(IDLE);
  return (processorTimeOf(pid) - before) / IDLE;
}

async function costOf(
  operation: string,
  address: string,
  { ask, pid, idle }: { ask: ReturnType<typeof clientOf>['ask']; pid: number; idle: number },
): Promise<Cost> {
  const once = async (request: Request): Promise<Cost> => {
    const before = processorTimeOf(pid);
    const { status, milliseconds } = await ask(request);
    await setTimeout(REST);
    const processor = processorTimeOf(pid) - before - idle * (milliseconds + REST);
    return { operation, address, status, processor: Math.max(0, processor), answered: milliseconds };
  };
  const first = await once({ path: address });
  if (first.processor < CHEAP) return first;
  const more: Cost[] = [];
  for (let time = 0; time < TIMES; time += 1) more.push(await once({ path: address }));
  return { ...more[0]!, processor: median(more.map(({ processor }) => processor)), answered: median(more.map(({ answered }) => answered)) };
}

/** Number of requests that are listed, and of one operation among them. */
const LISTED = 40;
const LISTED_EACH = 5;

/** The costs as lines, the worst first. */
export function worstLines(costs: readonly Cost[]): string {
  const listed = new Map<string, number>();
  const shown = costs.filter(({ operation }) => {
    listed.set(operation, (listed.get(operation) ?? 0) + 1);
    return listed.get(operation)! <= LISTED_EACH;
  });
  const rows = shown
    .slice(0, LISTED)
    .map(
      ({ processor, answered, status, address }) =>
        `${processor.toFixed(1).padStart(9)} ${answered.toFixed(0).padStart(9)}  ${status}  ${decodeURIComponent(address).slice(0, 300)}`,
    );
  return [
    'processor  answered  status  (ms of the thread that answers, ms until the answer; the worst five of each operation)',
    ...rows,
  ].join('\n');
}
