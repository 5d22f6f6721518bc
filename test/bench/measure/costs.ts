import { constants, copyFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { say } from '../report/progress.ts';
import { annals, serveAnnals } from '../servers/annals.ts';
import { scratchFolder } from '../servers/folders.ts';
import { memoryOf } from '../servers/process.ts';
import { importLines, type World } from '../world/build.ts';
import { eventLines, OTHER_RECORDS, worldLines } from '../world/lines.ts';
import type { Figures, Subject } from './figures.ts';
import type { Serving } from './latency.ts';

/** Costs that are measured once or a few times at each size. */
export const COSTS = {
  start: 'from start to first answer',
  resident: 'memory while serving, after every query',
  peak: 'memory while serving, at most',
  size: 'size on disk',
  build: 'import of the whole into an empty database',
  buildMemory: 'memory of that import, at most',
  importEmpty: 'import into an empty database',
  importFull: 'import into the full database',
  exported: 'export of everything',
} as const;

const MB = 1024 * 1024;

/** Notes the costs of the build of a world. */
export function noteBuild({ events, bytes, build }: World, figures: Figures): void {
  const subject = { of: 'Annals', events };
  figures.add({ ...subject, what: COSTS.size, unit: 'bytes/event' }, bytes / events);
  figures.add({ ...subject, what: COSTS.build, unit: 'events/s' }, build.recordsPerSecond);
  figures.add({ ...subject, what: COSTS.buildMemory, unit: 'MB' }, build.peakMemory);
}

/** Measures the time from the start of the command to the first response with an event. */
export async function measureStart({ events, path }: World, rounds: number, figures: Figures): Promise<void> {
  say(`starting with ${events.toLocaleString('en')} events`);
  const subject: Subject = { what: COSTS.start, of: 'Annals', events, unit: 's' };
  await figures.attempt(subject, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      const server = await serveAnnals(path);
      figures.add(subject, (performance.now() - started) / 1000);
      await server.stop();
    }
  });
}

/** The memory of a server that has been asked everything. */
export function noteMemory({ events, server }: Serving, figures: Figures): void {
  const { now, peak } = memoryOf(server.pid);
  const subject = { of: 'Annals', events, unit: 'MB' } as const;
  if (now === 0)
    return void figures.leaveOut({ ...subject, what: COSTS.resident }, 'this system does not say how much memory a process has');
  figures.add({ ...subject, what: COSTS.resident }, now);
  return figures.add({ ...subject, what: COSTS.peak }, peak);
}

/** The path of the export of everything, and how many seconds of it are measured: what comes later comes as fast. */
export const EXPORT = { path: '/v1/export', seconds: 20 };

/** Measures the megabytes per second of an export of all records. */
export async function measureExport({ events, server }: Serving, figures: Figures): Promise<void> {
  say(`export of ${events.toLocaleString('en')} events by ${EXPORT.path}`);
  const subject: Subject = { what: COSTS.exported, of: 'Annals', events, unit: 'MB/s' };
  await figures.attempt(subject, async () => {
    const started = performance.now();
    const bytes = await bytesOf(`${server.address}${EXPORT.path}`, started + 1000 * EXPORT.seconds);
    figures.add(subject, bytes / MB / ((performance.now() - started) / 1000));
  });
}

/** Number of measurements of each import: other work of the disk may slow one. */
const IMPORTS = 3;

/** Imports new events into an empty database, and into a copy of a world, which is answered: what else changes it may use it too. */
export async function measureImports({ events, path }: World, count: number, figures: Figures): Promise<string> {
  const folder = scratchFolder();
  const subject = (what: string): Subject => ({ what, of: 'Annals', events, unit: 'events/s' });
  const [empty, full] = [join(folder, 'empty.db'), join(folder, 'full.db')];
  await figures.attempt(subject(COSTS.importEmpty), async () => {
    for (let round = 0; round < IMPORTS; round += 1) {
      say(`import of ${count.toLocaleString('en')} events into an empty database`);
      await annals(empty, ['migrate']);
      const { seconds } = await importLines(empty, worldLines(count));
      figures.add(subject(COSTS.importEmpty), (count + OTHER_RECORDS) / seconds);
      rmSync(empty);
    }
  });
  await figures.attempt(subject(COSTS.importFull), async () => {
    for (let round = 0; round < IMPORTS; round += 1) {
      say(`import of ${count.toLocaleString('en')} events into ${events.toLocaleString('en')}`);
      copyFileSync(path, full, constants.COPYFILE_FICLONE);
      const { seconds } = await importLines(full, eventLines('later', count, 5));
      figures.add(subject(COSTS.importFull), count / seconds);
    }
  });
  return full;
}

/** Number of bytes of a response until the deadline, which ends the request. */
async function bytesOf(address: string, deadline: number): Promise<number> {
  const request = get(address);
  // @NOTE 'response' comes with the response
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${address} answered ${response.statusCode}`);
  let bytes = 0;
  for await (const part of response) {
    bytes += (part as Buffer).length; // @NOTE no encoding is set
    if (performance.now() > deadline) break;
  }
  return bytes;
}
