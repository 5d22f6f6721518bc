import { AnnalsError } from '../domain/errors.ts';
import { unwatched } from '../domain/progress.ts';
import { openAnnals } from '../records/annals.ts';
import { engineAt } from '../storage/maintenance/store.ts';
import { importRecords } from './import.ts';
import { fileAt } from './read.ts';
import type { Job, Outcome } from './worker.ts';

/** Imports one file with an engine of its own; the function of the thread that `importInWorker` starts. */
export default async function runImport({ database, file, options, read }: Job): Promise<Outcome> {
  // The clock goes on from the instant at which it was read, so that the start of the thread does not put it back.
  const clock = () => read.now + Number((process.hrtime.bigint() - read.ticks) / 1_000_000n);
  try {
    const engine = engineAt(database);
    try {
      return { report: await importRecords(openAnnals(engine, clock), [fileAt(file)], options, unwatched) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const { code, message, issues, forOperator } = error;
    return { refused: { code, message, issues, forOperator } };
  }
}
