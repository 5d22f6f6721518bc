import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { annalsContests, creatingContests, patchingContest } from '../measure/contests.ts';
import { type Figure, figureList, type Figures, type Noted, PROCESSOR, type Subject } from '../measure/figures.ts';
import { type Effort, measureLatencies, type Serving } from '../measure/latency.ts';
import { type Contest, measureRivalry } from '../measure/rivalry.ts';
import { median, spread } from '../measure/statistics.ts';
import { say } from '../report/progress.ts';
import { number, table } from '../report/tables.ts';
import { annals, HERE, serveAnnals, writeHeader } from '../servers/annals.ts';
import { scratchFolder } from '../servers/folders.ts';
import { memoryOf } from '../servers/process.ts';
import { importLines } from '../world/build.ts';
import { worldLines } from '../world/lines.ts';

/** How much both sides of a comparison are asked, with a world of so many events. */
export type Comparison = {
  events: number;
  /** Number of imports of the whole world by each side, in turn. */
  imports: number;
  latency: Effort;
  load: { rounds: number; seconds: number };
};

/** One of two that are compared: how figures name it, the folder of its build, and its database. */
export type Side = {
  of: string;
  folder: string;
  /** The path of the database, or its URL. */
  database: string;
  /** Makes the database anew, without tables. */
  remake: () => Promise<void>;
  /** Ends the work that the database does by itself after an import. */
  settle: () => Promise<void>;
  /** The size of the database in bytes. */
  size: () => Promise<number>;
  /** The memory in MB that the database holds outside the service. */
  memory?: () => number;
  /** The processor time of the service is all that its answers take. */
  processor?: true;
};

const IMPORT = {
  seconds: 'import of the world',
  processor: 'import of the world, processor time',
  memory: 'import of the world, most memory',
};
const SIZE = 'size of the database';
const MEMORY = { service: 'memory of the service, after every question', server: 'memory of the database server' };

/** Largest ratio between both builds before a row is marked. */
const TOLERATED = 1.15;

/** Asks this build and another one, of which `folder` has the `dist/`, the same questions. */
export const measureAgainst = (folder: string, comparison: Comparison): Promise<Noted[]> =>
  measureSides(
    [
      { ...fileSide('before', folder), processor: true },
      { ...fileSide('after', HERE), processor: true },
    ],
    comparison,
  );

/** A build on a file. */
export function fileSide(of: string, folder: string): Side {
  const database = join(scratchFolder(), 'annals.db');
  return {
    of,
    folder,
    database,
    remake: async () => [database, `${database}-wal`, `${database}-shm`].forEach((file) => rmSync(file, { force: true })),
    settle: async () => undefined,
    size: async () => statSync(database).size,
  };
}

/**
 * Asks two sides the same questions in one run, each on a database that it has imported from the same lines: round by round in turn, so that
 * what else the machine does meets both alike. Returns every figure.
 */
export async function measureSides(sides: readonly [Side, Side], { events, imports, latency, load }: Comparison): Promise<Noted[]> {
  const figures = figureList();
  for (let round = 1; round <= imports; round += 1)
    for (const side of round % 2 === 0 ? sides.toReversed() : sides) {
      say(`${side.of}: import ${round} of ${imports}`);
      await measureImport(side, events, figures);
    }
  const servings: Serving[] = [];
  for (const { of, database, folder, processor } of sides)
    servings.push({ of, events, server: await serveAnnals(database, {}, folder), ...(processor && { processor }) });
  await measureLatencies(servings, latency, figures);
  noteMemories(sides, servings, figures);
  const [first, second] = [await contestsOf(sides[0], servings[0]!), await contestsOf(sides[1], servings[1]!)];
  // All reads come before the first write: a write changes the ETag that a client knows.
  for (const kind of ['reads', 'writes'] as const)
    await measureRivalry(
      first[kind].flatMap((contest, index) => [contest, second[kind][index]!]),
      load,
      figures,
    );
  await Promise.all(servings.map(({ server }) => server.stop()));
  return figures.all();
}

/** Imports the world into a new database, which takes the place of an earlier one. */
async function measureImport(side: Side, events: number, figures: Figures): Promise<void> {
  const { of, folder, database } = side;
  await side.remake();
  await annals(database, ['migrate'], undefined, folder);
  const { seconds, processor, peakMemory } = await importLines(database, worldLines(events), folder);
  await side.settle();
  figures.add({ of, events, what: IMPORT.seconds, unit: 's' }, seconds);
  if (side.processor) figures.add({ of, events, what: IMPORT.processor, unit: 's' }, processor);
  figures.add({ of, events, what: IMPORT.memory, unit: 'MB' }, peakMemory);
  figures.add({ of, events, what: SIZE, unit: 'MB' }, (await side.size()) / 1024 ** 2);
}

/** Notes the memory of a service that was asked everything, and that of its database. */
function noteMemories(sides: readonly Side[], servings: readonly Serving[], figures: Figures): void {
  for (const [index, { events, server }] of servings.entries()) {
    const { of, memory } = sides[index]!;
    figures.add({ of, events, what: MEMORY.service, unit: 'MB' }, memoryOf(server.pid).now);
    if (memory) figures.add({ of, events, what: MEMORY.server, unit: 'MB' }, memory());
  }
}

/** The reads and the writes under load, each in the same order for every side. */
async function contestsOf(
  { of, folder, database, processor }: Side,
  { events, server }: Serving,
): Promise<Record<'reads' | 'writes', Contest[]>> {
  const arena = { events, annals: server };
  const headers = await writeHeader(database, folder);
  const ofSide = (contests: Contest[]) => contests.map((contest): Contest => ({ ...contest, of, ...(processor && { processor }) }));
  return {
    reads: ofSide(await annalsContests(arena)),
    writes: ofSide([...creatingContests(arena, headers), patchingContest(arena, headers)]),
  };
}

/** The figures of two sides beside each other, each with how many times as long, or as much, the second takes. */
export function comparisonTable(noted: readonly Noted[], [first, second]: readonly [string, string] = ['before', 'after']): string {
  const names = [...new Set(noted.map(({ what }) => what))].filter((what) => !what.endsWith(PROCESSOR));
  const hasProcessor = noted.some(({ what }) => what.endsWith(PROCESSOR));
  const rows = names.map((what) => {
    const ratios = [ratioOf(noted, what, first, second), ...(hasProcessor ? [ratioOf(noted, what + PROCESSOR, first, second)] : [])];
    const figures = [find(noted, what, first), find(noted, what, second)].map(shown);
    return [what, ...figures, ...ratios.map((ratio) => (ratio === undefined ? '' : marked(ratio)))];
  });
  return table(['', first, second, `${second} takes`, ...(hasProcessor ? ['of processor time'] : [])], rows);
}

const find = (noted: readonly Noted[], what: string, of: string): Noted | undefined =>
  noted.find((each) => each.what === what && each.of === of);

const marked = (ratio: number): string => `${ratio.toFixed(2)}${ratio > TOLERATED ? ' more' : ''}`;

const isFigure = (noted: Noted | undefined): noted is Figure => noted !== undefined && 'rounds' in noted;

/** How many times as long, or as much, the second of two takes; undefined where one has no figure. */
export function ratioOf(noted: readonly Noted[], what: string, first: string, second: string): number | undefined {
  const [before, after] = [find(noted, what, first), find(noted, what, second)];
  if (!isFigure(before) || !isFigure(after)) return undefined;
  const ratio = median(after.rounds) / median(before.rounds);
  return isRate(after.unit) ? 1 / ratio : ratio;
}

const isRate = (unit: Subject['unit']): boolean => unit.endsWith('/s');

function shown(noted: Noted | undefined): string {
  if (noted === undefined) return '';
  if (!isFigure(noted)) return 'failed' in noted ? `failed: ${noted.failed}` : noted.absent;
  const [least, most] = spread(noted.rounds);
  return `${number(median(noted.rounds))} ${noted.unit} (${number(least)}..${number(most)})`;
}
