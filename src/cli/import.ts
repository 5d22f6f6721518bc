import { Command, Option } from 'commander';
import { fileAt } from '../import/read.ts';
import { importRecords } from '../import/import.ts';
import { IMPORT_DEFAULTS, type ImportReport, ON_EXISTING, type OnExisting } from '../import/report.ts';
import { withProgress } from './progress.ts';
import { clearLeftovers, counted, storeOf, type Surroundings, withAnnals } from './surroundings.ts';

type Options = { dryRun?: true; onExisting: OnExisting };

/** `annals import`. */
export function importCommand(surroundings: Surroundings): Command {
  return new Command('import')
    .description(
      'Import NDJSON, one record per line with its type: all lines or none. `--on-existing` says what happens to records that exist.',
    )
    .argument('<file...>', 'files to import together, "-" for standard input')
    .option('--dry-run', 'check everything and say what would be done, but write nothing')
    .addOption(
      new Option('--on-existing <rule>', 'what happens to a record that exists and differs from its line')
        .choices(ON_EXISTING)
        .default(IMPORT_DEFAULTS.onExisting),
    )
    .action(async (paths: string[], { dryRun, onExisting }: Options) => {
      const files = paths.map((path) => (path === '-' ? { name: 'standard input', bytes: surroundings.input } : fileAt(path)));
      const options = { mode: dryRun ? 'check' : 'write', onExisting } as const;
      clearLeftovers(surroundings, storeOf(surroundings));
      const report = await withAnnals(surroundings, (annals) =>
        withProgress(surroundings, (progress) => importRecords(annals, files, options, progress)),
      );
      surroundings.output.write(
        `${dryRun ? 'this would be ' : ''}${[countsOf(report), ...changesOf(report), ...assignedIn(report)].join('\n')}\n`,
      );
    });
}

function countsOf({ created, updated, unchanged, kept }: ImportReport): string {
  const counts = `${counted(created)} created, ${counted(updated)} updated, ${counted(unchanged)} unchanged`;
  return kept > 0 ? `${counts}, ${counted(kept)} kept as they are` : counts;
}

/** A line for each change: `  actor kazakhstan: /description "A" -> "B"`. */
function changesOf({ changes, moreChanges }: ImportReport): string[] {
  const lines = changes.map(
    ({ record: { type, id }, field, from = 'nothing', to = 'nothing' }) => `  ${type} ${id}: ${field} ${from} -> ${to}`,
  );
  return moreChanges > 0 ? [...lines, `  and ${counted(moreChanges)} more changes`] : lines;
}

/** A line for each record whose line states no id: `  a.ndjson:3: event opening-speech-2`. */
function assignedIn({ assigned, moreAssigned }: ImportReport): string[] {
  const lines = assigned.map(({ file, line, record: { type, id } }) => `  ${file}:${line}: ${type} ${id}`);
  return moreAssigned > 0 ? [...lines, `  and ${counted(moreAssigned)} more lines without an id`] : lines;
}
