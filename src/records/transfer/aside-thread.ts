import { parentPort, workerData } from 'node:worker_threads';
import { AnnalsError } from '../../domain/errors.ts';
import { sqliteEngine } from '../../storage/sqlite.ts';
import { openAnnals } from '../annals.ts';
import { unwatched } from '../progress.ts';
import type { Done, Job } from './aside.ts';
import { fileAt } from './files.ts';
import { importRecords } from './import.ts';

/** The thread of `importAside`: it imports one file and ends. */

const { database, file, mode, now, schema } = workerData as Job; // @NOTE `importAside` starts this thread with a job

// The clock goes on from the instant that was given.
const start = performance.now();
const clock = () => now + Math.floor(performance.now() - start);

const answer = await run();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's; a thread has none
parentPort?.postMessage(answer);

async function run(): Promise<Done> {
  try {
    const engine = sqliteEngine(database, { schema });
    try {
      return { report: await importRecords(openAnnals(engine, clock), [fileAt(file)], mode, unwatched) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const { code, message, issues } = error;
    return { refused: { code, message, issues } };
  }
}
