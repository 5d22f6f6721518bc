import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Question, someEvent } from '../questions/questions.ts';
import { say } from '../report/progress.ts';
import { scratchFolder } from '../servers/folders.ts';
import { run } from '../servers/process.ts';
import { randomFrom } from '../world/random.ts';
import { askFor, clientOf } from '../asking/client.ts';
import { EXPORT } from './costs.ts';
import type { Figures, Subject } from './figures.ts';
import type { Serving } from './latency.ts';
import { median, quantile } from './statistics.ts';

const SCRIPT = join(import.meta.dirname, '../asking/ask-again.ts');

/** The time of a read by id of one client, alone and beside the slowest requests of others. */
export const BLOCKING = {
  alone: 'an event by id, nobody else asking',
  besides: 'an event by id, beside the slowest query and an export',
} as const;

/** Time before the client measures, in which the others start, in milliseconds. */
const HEAD_START = 700;

/** Measures both in turn, for a number of seconds each in a round. */
export async function measureBlocking(
  { events, server }: Serving,
  slowest: Question,
  { rounds, seconds }: { rounds: number; seconds: number },
  figures: Figures,
): Promise<void> {
  say(`blocking: beside "${slowest.name}" and ${EXPORT.path}`);
  const random = randomFrom(11);
  // Others than were asked before, and so many that none is asked twice.
  const paths = Array.from({ length: 2000 }, () => slowest.path({ random, events, next: undefined }));
  const disturbances = [paths, [EXPORT.path]];
  const subject = (what: string): Subject => ({ what, of: 'Annals', events, unit: 'ms' });
  const note = async (what: string) => {
    const times = await recordTimes({ events, server }, seconds);
    figures.add(subject(what), median(times), quantile(times, 0.99));
  };
  for (let round = 0; round < rounds; round += 1) {
    await figures.attempt(subject(BLOCKING.alone), () => note(BLOCKING.alone));
    await figures.attempt(subject(BLOCKING.besides), async () => {
      const others = disturbances.map((asked) => askAgain(server.address, asked, seconds * 1000 + HEAD_START));
      await new Promise((resolve) => setTimeout(resolve, HEAD_START));
      await Promise.all([note(BLOCKING.besides), ...others]);
    });
  }
}

async function recordTimes({ events, server }: Serving, seconds: number): Promise<number[]> {
  const { ask, close } = clientOf(server.address);
  const random = randomFrom(12);
  const times: number[] = [];
  try {
    const deadline = performance.now() + seconds * 1000;
    while (performance.now() < deadline) times.push((await askFor(ask, { path: someEvent({ random, events }) })).milliseconds);
  } finally {
    close();
  }
  return times;
}

async function askAgain(address: string, paths: readonly string[], milliseconds: number): Promise<void> {
  const file = join(scratchFolder(), 'paths.json');
  writeFileSync(file, JSON.stringify(paths));
  await run({ command: process.execPath, args: ['--import', 'tsx', SCRIPT, address, String(milliseconds), file] });
}
