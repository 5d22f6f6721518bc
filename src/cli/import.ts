import { Command, Option } from 'commander';
import { fileAt } from '../import/read.ts';
import { importRecords } from '../import/import.ts';
import { IMPORT_DEFAULTS, type ImportReport, ON_EXISTING, type OnExisting } from '../import/report.ts';
import { clearLeftovers, formatCount, storeOf, type CommandContext, withAnnals } from './context.ts';

type Options = { dryRun?: true; onExisting: OnExisting; replaceSource?: string };

/** `annals import`. */
export function importCommand(context: CommandContext): Command {
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
    .option('--replace-source <source>', 'delete records that cite this source, cite no other, and are not in the files')
    .action(async (paths: string[], { dryRun, onExisting, replaceSource }: Options) => {
      const files = paths.map((path) => (path === '-' ? { name: 'standard input', bytes: context.input } : fileAt(path)));
      const options = { mode: dryRun ? 'check' : 'write', onExisting, replaceSource } as const;
      clearLeftovers(context, await storeOf(context));
      const report = await withAnnals(context, (annals, progress) => importRecords(annals, files, options, progress));
      context.output.write(
        `${dryRun ? 'this would be ' : ''}${[countsOf(report), ...deletionsOf(report), ...changesOf(report), ...assignedIn(report), ...warningsIn(report), ...unverifiedIn(report)].join('\n')}\n`,
      );
    });
}

function countsOf({ created, updated, unchanged, kept, deleted, reverified }: ImportReport): string {
  const counts = `${formatCount(created)} created, ${formatCount(updated)} updated, ${formatCount(unchanged)} unchanged`;
  return [
    counts,
    ...(kept > 0 ? [`${formatCount(kept)} kept as they are`] : []),
    ...(deleted > 0 ? [`${formatCount(deleted)} deleted`] : []),
    ...(reverified > 0 ? [`${formatCount(reverified)} others verified anew`] : []),
  ].join(', ');
}

/** A line for each deleted record: `  actor kazakhstan: deleted`. */
function deletionsOf({ deletions, moreDeletions }: ImportReport): string[] {
  const lines = deletions.map(({ type, id }) => `  ${type} ${id}: deleted`);
  return moreDeletions > 0 ? [...lines, `  and ${formatCount(moreDeletions)} more deleted records`] : lines;
}

/** A line for each change: `  actor kazakhstan: /description "A" -> "B"`. */
function changesOf({ changes, moreChanges }: ImportReport): string[] {
  const lines = changes.map(
    ({ record: { type, id }, field, from = 'nothing', to = 'nothing' }) => `  ${type} ${id}: ${field} ${from} -> ${to}`,
  );
  return moreChanges > 0 ? [...lines, `  and ${formatCount(moreChanges)} more changes`] : lines;
}

/** A line for each record whose line states no id: `  a.ndjson:3: event opening-speech-2`. */
function assignedIn({ assigned, moreAssigned }: ImportReport): string[] {
  const lines = assigned.map(({ file, line, record: { type, id } }) => `  ${file}:${line}: ${type} ${id}`);
  return moreAssigned > 0 ? [...lines, `  and ${formatCount(moreAssigned)} more lines without an id`] : lines;
}

/** A line for each name that another record has, too: `  actors.ndjson:3: warning: "UN" is also a name of ...`. */
function warningsIn({ warnings, moreWarnings }: ImportReport): string[] {
  const lines = warnings.map(({ file, line, message }) => `  ${file}:${line}: warning: ${message}`);
  return moreWarnings > 0 ? [...lines, `  and ${formatCount(moreWarnings)} more names that others have`] : lines;
}

/** A line for each citation that does not hold: `  a.ndjson:3: event opening-speech: /citations/0/phrase: "..." does not stand in ...`. */
function unverifiedIn({ unverified, moreUnverified }: ImportReport): string[] {
  const lines = unverified.map(
    ({ file, line, record: { type, id }, pointer, message }) => `  ${file}:${line}: ${type} ${id}: ${pointer}: ${message}`,
  );
  return moreUnverified > 0 ? [...lines, `  and ${formatCount(moreUnverified)} more phrases that do not stand in their paragraphs`] : lines;
}
