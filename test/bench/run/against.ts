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
import { importLines } from '../world/build.ts';
import { worldLines } from '../world/lines.ts';

/** Another build of Annals to compare this one with: the folder that holds its `dist/`, and how much is asked. */
export type Comparison = {
  folder: string;
  events: number;
  /** Number of imports of the whole world by each build, in turn. */
  imports: number;
  latency: Effort;
  load: { rounds: number; seconds: number };
};

/** A build: how figures name it, its folder, and the database that it has made. */
type Side = { of: 'before' | 'after'; folder: string; database: string };

const IMPORT = {
  seconds: 'import of the world',
  processor: 'import of the world, processor time',
  memory: 'import of the world, most memory',
};
const SIZE = 'size of the database';

/** Largest ratio between both builds before a row is marked. */
const TOLERATED = 1.15;

/**
 * Asks two builds the same questions in one run, each on a database that it has imported from the same lines: round by round in turn, so that
 * what else the machine does meets both alike. Returns every figure, of `before` and `after`.
 */
export async function measureAgainst({ folder, events, imports, latency, load }: Comparison): Promise<Noted[]> {
  const figures = figureList();
  const before: Side = { of: 'before', folder, database: join(scratchFolder(), 'annals.db') };
  const after: Side = { of: 'after', folder: HERE, database: join(scratchFolder(), 'annals.db') };
  for (let round = 1; round <= imports; round += 1)
    for (const side of round % 2 === 0 ? [after, before] : [before, after]) {
      say(`${side.of}: import ${round} of ${imports}`);
      await measureImport(side, events, figures);
    }
  const servings: Serving[] = [];
  for (const side of [before, after])
    servings.push({ of: side.of, events, server: await serveAnnals(side.database, {}, side.folder), processor: true });
  await measureLatencies(servings, latency, figures);
  const [first, second] = [await contestsOf(before, servings[0]!), await contestsOf(after, servings[1]!)];
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
async function measureImport({ of, folder, database }: Side, events: number, figures: Figures): Promise<void> {
  for (const file of [database, `${database}-wal`, `${database}-shm`]) rmSync(file, { force: true });
  await annals(database, ['migrate'], undefined, folder);
  const { seconds, processor, peakMemory } = await importLines(database, worldLines(events), folder);
  figures.add({ of, events, what: IMPORT.seconds, unit: 's' }, seconds);
  figures.add({ of, events, what: IMPORT.processor, unit: 's' }, processor);
  figures.add({ of, events, what: IMPORT.memory, unit: 'MB' }, peakMemory);
  figures.add({ of, events, what: SIZE, unit: 'MB' }, statSync(database).size / 1024 ** 2);
}

/** The reads and the writes under load, each in the same order for every side. */
async function contestsOf({ of, folder, database }: Side, { events, server }: Serving): Promise<Record<'reads' | 'writes', Contest[]>> {
  const arena = { events, annals: server };
  const headers = await writeHeader(database, folder);
  const ofSide = (contests: Contest[]) => contests.map((contest): Contest => ({ ...contest, of, processor: true }));
  return {
    reads: ofSide(await annalsContests(arena)),
    writes: ofSide([...creatingContests(arena, headers), patchingContest(arena, headers)]),
  };
}

/** The figures side by side, each with how many times as long, or as much, the build of now takes. */
export function comparisonTable(noted: readonly Noted[]): string {
  const names = [...new Set(noted.map(({ what }) => what))].filter((what) => !what.endsWith(PROCESSOR));
  const of = (what: string, side: Side['of']) => noted.find((each) => each.what === what && each.of === side);
  const rows = names.map((what) => {
    const [before, after] = [of(what, 'before'), of(what, 'after')];
    const ratios = [ratioOf(before, after), ratioOf(of(what + PROCESSOR, 'before'), of(what + PROCESSOR, 'after'))];
    return [what, shown(before), shown(after), ...ratios.map((ratio) => (ratio === undefined ? '' : marked(ratio)))];
  });
  return table(['', 'before', 'after', 'after takes', 'of processor time'], rows);
}

const marked = (ratio: number): string => `${ratio.toFixed(2)}${ratio > TOLERATED ? ' more' : ''}`;

const isFigure = (noted: Noted | undefined): noted is Figure => noted !== undefined && 'rounds' in noted;

function ratioOf(before: Noted | undefined, after: Noted | undefined): number | undefined {
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
