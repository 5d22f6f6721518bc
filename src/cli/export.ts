import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { exportRecords, newestChange } from '../records/export.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { refuseNoFile } from '../storage/maintenance/output-file.ts';
import type { Store } from '../storage/maintenance/store.ts';
import { withProgress } from './progress.ts';
import { storeOf, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals export`. */
export function exportCommand(surroundings: Surroundings): Command {
  return new Command('export')
    .description('Export records as NDJSON that can be imported again, what is referred to first.')
    .argument('[file]', 'where to write; standard output when left out')
    .option('--type <type>', `only records of this type (${RECORD_TYPES.join(', ')}); may be repeated`, addType)
    .action(async (path: string | undefined, { type = [...RECORD_TYPES] }: { type?: RecordType[] }) => {
      if (path !== undefined) refuseTarget(path, storeOf(surroundings));
      await withAnnals(surroundings, ({ engine }) =>
        withProgress(surroundings, async (progress) => {
          const lines = exportRecords(engine, { types: type, ...(await newestChange(engine)) }, progress);
          if (path === undefined) return pipeline(lines, surroundings.output, { end: false });
          // A file that is there is whole: an export that fails leaves the one before.
          await pipeline(lines, createWriteStream(`${path}.partial`));
          return rename(`${path}.partial`, path);
        }),
      );
    });
}

/** Throws `invalid-request` where the export, or the file that it is written to first, would take the place of a database or of what belongs to one. */
function refuseTarget(path: string, store: Store): void {
  refuseNoFile(path);
  for (const each of [path, `${path}.partial`]) store.refuseOutput(each);
}

function addType(value: string, previous: RecordType[] = []): RecordType[] {
  const type = RECORD_TYPES.find((known) => known === value);
  if (!type) throw new InvalidArgumentError(`Give one of ${RECORD_TYPES.join(', ')}.`);
  return [...previous, type];
}
