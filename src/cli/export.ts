import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { exportRecords, newestChange } from '../records/export.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import { refuseNoFile } from '../storage/maintenance/output-file.ts';
import type { Store } from '../storage/store.ts';
import { storeOf, type CommandContext, withAnnals } from './context.ts';

/** `annals export`. */
export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('Export records as NDJSON that can be imported again, referenced records first.')
    .argument('[file]', 'the file to write; standard output when left out')
    .option('--type <type>', `only records of this type (${RECORD_TYPES.join(', ')}); may be repeated`, addType)
    .action(async (path: string | undefined, { type = [...RECORD_TYPES] }: { type?: RecordType[] }) => {
      if (path !== undefined) refuseTarget(path, await storeOf(context));
      await withAnnals(context, async ({ engine }, progress) => {
        const lines = exportRecords(engine, { types: type, ...(await newestChange(engine)) }, progress);
        if (path === undefined) return pipeline(lines, context.output, { end: false });
        // The file is replaced once the new one is complete: a failed export leaves the one before.
        await pipeline(lines, createWriteStream(`${path}.partial`));
        return rename(`${path}.partial`, path);
      });
    });
}

/** Throws `invalid-request` if the export or its partial file would replace a database or a file that belongs to one. */
function refuseTarget(path: string, store: Store): void {
  refuseNoFile(path);
  for (const each of [path, `${path}.partial`]) store.refuseOutput(each);
}

function addType(value: string, previous: RecordType[] = []): RecordType[] {
  const type = RECORD_TYPES.find((known) => known === value);
  if (!type) throw new InvalidArgumentError(`Give one of ${RECORD_TYPES.join(', ')}.`);
  return [...previous, type];
}
