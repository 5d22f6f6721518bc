import { Command } from 'commander';
import { fileAt } from '../records/transfer/files.ts';
import { type ImportReport, importRecords } from '../records/transfer/import.ts';
import { withProgress } from './progress.ts';
import { counted, type Surroundings, withAnnals } from './surroundings.ts';

/** `annals import`. */
export function importCommand(surroundings: Surroundings): Command {
  return new Command('import')
    .description('Import NDJSON, one record per line with its type: all lines or none. Records that exist are replaced.')
    .argument('<file...>', 'files to import together, "-" for standard input')
    .option('--dry-run', 'check everything and say what would be done, but write nothing')
    .action(async (paths: string[], { dryRun }: { dryRun?: true }) => {
      const files = paths.map((path) => (path === '-' ? { name: 'standard input', bytes: surroundings.input } : fileAt(path)));
      const report = await withAnnals(surroundings, (annals) =>
        withProgress(surroundings, (progress) => importRecords(annals, files, dryRun ? 'check' : 'write', progress)),
      );
      surroundings.output.write(`${dryRun ? 'this would be ' : ''}${sentenceOf(report)}\n`);
    });
}

const sentenceOf = ({ created, updated, unchanged }: ImportReport): string =>
  `${counted(created)} created, ${counted(updated)} updated, ${counted(unchanged)} unchanged`;
