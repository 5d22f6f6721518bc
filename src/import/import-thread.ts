import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Piscina } from 'piscina';
import { AnnalsError } from '../domain/errors.ts';
import { noProgress } from '../domain/progress.ts';
import { type Annals, openAnnals } from '../records/annals.ts';
import { engineAt } from '../storage/maintenance/open-store.ts';
import type { EngineAddress } from '../storage/port.ts';
import { withFolder } from '../storage/temporary-files.ts';
import { threadModule } from '../storage/thread-module.ts';
import { importRecords } from './import.ts';
import { fileAt } from './read.ts';
import type { ImportOptions, ImportReport } from './report.ts';

/**
 * The job of the thread: the database, the path of the file to import, and the clock as it was read at its turn, with
 * `process.hrtime.bigint()` at the same time.
 */
type Job = { database: EngineAddress; file: string; options: ImportOptions; read: { now: number; ticks: bigint } };

/** The result of the thread: a report, or the parts of an `AnnalsError`, which loses its class on the way between threads. */
type Outcome = { report: ImportReport } | { refused: Pick<AnnalsError, 'code' | 'message' | 'issues' | 'forOperator'> };

/** Does work when its turn has come: imports of one process follow each other. */
export type RunInTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** This module: both the thread and the one that starts it. */
const THREAD = threadModule('./import-thread', import.meta.url);

/**
 * Imports one file as `importRecords` does, in a thread with an engine of its own: this thread goes on answering meanwhile. The bytes wait in a
 * temporary file until all are there, as fast as they come and the disk takes them, and then for their turn; when `bytes` fails, nothing is
 * imported. Records bear the instant at which the database is locked for them.
 */
export async function importInThread(
  { engine, clock }: Annals,
  bytes: AsyncIterable<Buffer>,
  options: ImportOptions,
  inTurn: RunInTurn,
): Promise<ImportReport> {
  return withFolder(async (folder) => {
    const file = join(folder, 'import.ndjson');
    await pipeline(bytes, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    const outcome = await inTurn(() =>
      runThread({ database: engine.address, file, options, read: { now: clock(), ticks: process.hrtime.bigint() } }),
    );
    // There is one file only, and its name is ours.
    if ('report' in outcome) {
      const { assigned, warnings, unverified } = outcome.report;
      const unnamed = { assigned: assigned.map(withoutFile), warnings: warnings.map(withoutFile), unverified: unverified.map(withoutFile) };
      return { ...outcome.report, ...unnamed };
    }
    const { code, message, issues, forOperator } = outcome.refused;
    throw new AnnalsError(code, message, issues.map(withoutFile), { forOperator });
  });
}

const withoutFile = <Each extends { file?: string }>({ file: _file, ...rest }: Each): Omit<Each, 'file'> => rest;

/** Few records live longer than a batch: with room for one in the young generation, 7 % less processor time is spent on 100,000 events. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

/** Runs a job in a thread that ends with it. */
async function runThread(job: Job): Promise<Outcome> {
  const pool = new Piscina<Job, Outcome>({
    filename: THREAD.path,
    execArgv: THREAD.execArgv,
    maxThreads: 1,
    atomics: 'disabled',
    resourceLimits,
  });
  try {
    return await pool.run(job);
  } finally {
    await pool.destroy();
  }
}

/** Imports one file with an engine of its own; the function of the thread. */
export default async function runImport({ database, file, options, read }: Job): Promise<Outcome> {
  // The clock goes on from the instant at which it was read, so that the start of the thread does not put it back.
  const clock = () => read.now + Number((process.hrtime.bigint() - read.ticks) / 1_000_000n);
  try {
    const engine = await engineAt(database);
    try {
      return { report: await importRecords(openAnnals(engine, clock), [fileAt(file)], options, noProgress) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const { code, message, issues, forOperator } = error;
    return { refused: { code, message, issues, forOperator } };
  }
}
