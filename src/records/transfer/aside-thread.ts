import { AnnalsError } from '../../domain/errors.ts';
import { sqliteEngine } from '../../storage/sqlite.ts';
import { openAnnals } from '../annals.ts';
import { unwatched } from '../progress.ts';
import type { Done, Job } from './aside.ts';
import { fileAt } from './files.ts';
import { importRecords } from './import.ts';

/** Imports one file; what the thread of `importAside` runs. */
export default async function importHere({ database, file, options, now, schema }: Job): Promise<Done> {
  // The clock goes on from the instant that was given.
  const start = performance.now();
  const clock = () => now + Math.floor(performance.now() - start);
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
