import { statement } from '../storage/port.ts';
import type { Annals } from '../records/annals.ts';
import type { Progress } from '../domain/progress.ts';
import { filesIn } from './files.ts';
import { importRecords } from './import.ts';
import type { ImportReport } from './report.ts';

/**
 * Imports the files of a folder into a database without records; does and returns nothing when there are any. A record that somebody
 * creates meanwhile is replaced by the seed of its id. Throws `invalid-import`.
 */
export async function seedEmpty(annals: Annals, folder: string, progress: Progress): Promise<ImportReport | undefined> {
  const [rows] = await annals.engine.read([statement('SELECT 1 FROM records LIMIT 1')]);
  if (rows.length > 0) return undefined;
  return importRecords(annals, await filesIn(folder), { mode: 'write', onExisting: 'replace' }, progress);
}
