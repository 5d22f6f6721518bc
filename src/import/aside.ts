import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Piscina } from 'piscina';
import { AnnalsError, type ErrorCode, type Issue } from '../domain/errors.ts';
import { threadModule } from '../storage/thread-module.ts';
import type { Clock } from '../records/annals.ts';
import { withFolder } from '../storage/temporary-folder.ts';
import type { ImportOptions } from './options.ts';
import type { ImportReport } from './report.ts';

/**
 * The work of the thread: the paths of the database and of the file to import, the clock as it was read at its turn, with
 * `process.hrtime.bigint()` at the same time, and the newest migration that this program knows.
 */
export type Job = {
  database: string;
  file: string;
  options: ImportOptions;
  read: { now: number; ticks: bigint };
  schema: number | undefined;
};

/** The result of the thread: a report, or the parts of an `AnnalsError`, which loses its class on the way between threads. */
export type Done =
  | { report: ImportReport }
  | { refused: { code: ErrorCode; message: string; issues: Issue[]; forOperator: string | undefined } };

/** The database of an import, and the clock that tells when it begins. */
export type ImportTarget = Pick<Job, 'database' | 'schema'> & { clock: Clock };

/** Does work when its turn has come: imports of one process follow each other. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

const THREAD = threadModule('./aside-thread', import.meta.url);

/**
 * Imports one file as `importRecords` does, in a thread with a connection of its own: this thread goes on answering meanwhile. The bytes
 * wait in a temporary file until all are there, as fast as they come and the disk takes them, and then for their turn; when `bytes` fails,
 * nothing is imported. Records bear the instant at which the database is locked for them.
 */
export async function importAside(
  { database, schema, clock }: ImportTarget,
  bytes: AsyncIterable<Buffer>,
  options: ImportOptions,
  inTurn: InTurn,
): Promise<ImportReport> {
  return withFolder(async (folder) => {
    const file = join(folder, 'import.ndjson');
    await pipeline(bytes, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    const done = await inTurn(() => runThread({ database, file, options, read: { now: clock(), ticks: process.hrtime.bigint() }, schema }));
    if ('report' in done) return { ...done.report, assigned: done.report.assigned.map(({ line, record }) => ({ line, record })) };
    const { code, message, issues, forOperator } = done.refused;
    // There is one file only, and its name is ours.
    throw new AnnalsError(
      code,
      message,
      issues.map(({ file: _file, ...issue }) => issue),
      { forOperator },
    );
  });
}

/** Runs a job to its end, in a thread that is gone when it is answered. */
async function runThread(job: Job): Promise<Done> {
  const pool = new Piscina<Job, Done>({ filename: THREAD.path, execArgv: THREAD.execArgv, maxThreads: 1, atomics: 'disabled' });
  try {
    return await pool.run(job);
  } finally {
    await pool.destroy();
  }
}
