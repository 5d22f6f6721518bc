import { statement } from '../../storage/engine.ts';
import type { Annals } from '../annals.ts';
import type { Progress } from '../progress.ts';
import { filesIn } from './files.ts';
import { type ImportReport, importRecords } from './import.ts';

/** Imports the files of a folder into a database without records; does and answers nothing when there are any. Throws `invalid-import`. */
export async function seedEmpty(annals: Annals, folder: string, progress: Progress): Promise<ImportReport | undefined> {
  const [rows] = await annals.engine.read([statement('SELECT 1 FROM records LIMIT 1')]);
  if (rows.length > 0) return undefined;
  return importRecords(annals, await filesIn(folder), 'write', progress);
}
