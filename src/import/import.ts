import type { Progress } from '../domain/progress.ts';
import type { Annals, IdAllocator } from '../records/annals.ts';
import { retried } from '../records/stored-record.ts';
import { withSpools } from '../storage/spool.ts';
import { anyRecord } from '../storage/tables/records.ts';
import { checkConstraints, refuseReferrers } from './constraints.ts';
import { collectFaults } from './faults.ts';
import { planImport } from './plan.ts';
import { filesIn, type NamedFile } from './read.ts';
import type { ImportOptions, ImportReport } from './report.ts';
import { resolveLines } from './resolve.ts';
import { scanFiles } from './scan.ts';
import { writePlan } from './write.ts';

/**
 * Imports files of NDJSON, one record per line as clients write it, with its `type`: all lines or none, in one batch. Lines may refer to each
 * other in any order, by id or by name. Throws `invalid-import` with the faults of each line, `import-conflict` when existing records differ
 * that are not to be changed, and `still-referenced` when others refer to records that are to be deleted. The README of this folder describes the walk.
 */
export async function importRecords(
  annals: Annals,
  files: readonly NamedFile[],
  { mode, onExisting, replaceSource }: ImportOptions,
  progress: Progress,
): Promise<ImportReport> {
  const { engine } = annals;
  const names = files.map(({ name }) => name);
  return withSpools(async (open) => {
    const found = collectFaults(names);
    const scan = await scanFiles(files, open, found, progress);
    // Everything after the scan depends on the database, and is done again when others change it before the batch.
    return retried(async () => {
      const faults = collectFaults(names, found.known());
      const allocator = mode === 'check' || faults.any() ? NO_KEYS : annals.idAllocator;
      const resolution = await resolveLines(engine, allocator, scan, { onExisting, replaceSource });
      const attempt = { scan, resolution, onExisting, faults, open, progress };
      const plan = await planImport(engine, attempt);
      await checkConstraints(engine, attempt, plan);
      if (faults.any()) throw await faults.error(engine, resolution.ids.idsOf);
      await refuseReferrers(engine, attempt, plan);
      const { created, updated, deleted } = plan.report;
      if (mode === 'write' && created + updated + deleted > 0) await writePlan(annals, attempt, plan);
      return plan.report;
    });
  });
}

/** Gives keys that no record has, for imports that write nothing. */
const NO_KEYS: IdAllocator = { take: (_, count) => Promise.resolve(-count) };

/**
 * Imports the files of a folder into a database without records; returns nothing when there are any. A record that others create meanwhile is
 * replaced by the seed of its id. Throws `invalid-import`.
 */
export async function seedEmpty(annals: Annals, folder: string, progress: Progress): Promise<ImportReport | undefined> {
  const [rows] = await annals.engine.read([anyRecord]);
  if (rows.length > 0) return undefined;
  return importRecords(annals, await filesIn(folder), { mode: 'write', onExisting: 'replace' }, progress);
}
