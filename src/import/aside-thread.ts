import { AnnalsError } from '../domain/errors.ts';
import { sqliteEngine } from '../storage/sqlite/engine.ts';
import { openAnnals } from '../records/annals.ts';
import { unwatched } from '../domain/progress.ts';
import type { Done, Job } from './aside.ts';
import { fileAt } from './files.ts';
import { importRecords } from './import.ts';

/** Imports one file; what the thread of `importAside` runs. */
export default async function importHere({ database, file, options, read, schema }: Job): Promise<Done> {
  // The clock goes on from the instant at which it was read, so that the start of the thread does not put it back.
  const clock = () => read.now + Number((process.hrtime.bigint() - read.ticks) / 1_000_000n);
  try {
    const engine = sqliteEngine(database, { schema });
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
