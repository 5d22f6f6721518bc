import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Rule } from '../records/strict-rules.ts';
import { type CheckedText, type TakeText, type Text, verifyStored, verifyTexts } from '../records/verify.ts';
import { type StrictVerification, strictVerification } from '../records/verify-strictly.ts';
import { CommandError } from './exit-codes.ts';
import { type CommandContext, withAnnals } from './context.ts';

/** `annals verify`. */
export function verifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description(
      'Check every citation against the text of its source, stored or in a folder: its paragraph exists and contains its phrase.',
    )
    .option('--texts <dir>', 'a folder of texts, each matched to its source by SHA-256; the stored texts when left out')
    .option(
      '--strict',
      'also fail when a paragraph with a number or a month is not cited, and on participants, dates and names without support in the texts',
    )
    .action(async ({ texts: folder, strict }: { texts?: string; strict?: true }) => {
      const { output, errors } = context;
      const files = folder === undefined ? undefined : await textsIn(folder);
      const { texts, mismatches, without, strictly } = await withAnnals(context, async ({ engine }) => {
        const check = strict && strictVerification();
        const take: TakeText = check?.take ?? (() => {});
        const result = await (files ? verifyTexts(engine, files, take) : verifyStored(engine, take));
        return { ...result, strictly: await check?.verify(engine) };
      });
      if (!files && texts.length === 0)
        throw new CommandError('failed', 'no text of any source is stored: store them, or give the folder of the texts with --texts');
      for (const text of texts) output.write(`${summaryOf(text)}\n`);
      for (const source of without) output.write(`${source}: no text is stored, and its citations were not checked\n`);
      if (strictly) output.write(`${strictSummaryOf(strictly)}\n`);
      for (const mismatch of mismatches) errors.write(`${mismatch}\n`);
      for (const { sentence } of strictly?.faults ?? []) errors.write(`${sentence}\n`);
      const failures = [
        ...counted(mismatches.length, 'mismatch with the texts', 'mismatches with the texts'),
        ...(strictly ? strictFailures(texts, strictly) : []),
      ];
      if (failures.length > 0) throw new CommandError('failed', failures.join('; '));
    });
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** A count in words, nothing for 0. */
const counted = (count: number, one: string, many: string): string[] => (count === 0 ? [] : [plural(count, one, many)]);

async function textsIn(folder: string): Promise<Text[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name);
  return Promise.all(names.toSorted().map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

function summaryOf({ source, file, paragraphs, cited, citations, uncited }: CheckedText): string {
  const warning = uncited.length === 0 ? '' : `; with a number or a month but not cited: ${uncited.join(', ')}`;
  return `${source} (${file}): ${paragraphs} paragraphs, ${cited} of them cited, ${citations} citations${warning}`;
}

function strictSummaryOf({ records, participants, dates, names }: StrictVerification): string {
  const checked = [
    plural(participants, 'participant', 'participants'),
    plural(dates, 'date', 'dates'),
    plural(names, 'name', 'names'),
  ].join(', ');
  return `strict: ${plural(records, 'record that cites', 'records that cite')} these texts, with ${checked}`;
}

/** Words for the faults of each rule, for one and for many. */
const BROKEN: Record<Rule, [one: string, many: string]> = {
  participant: ['participant without a citation', 'participants without a citation'],
  date: ['date without a citation', 'dates without a citation'],
  inferred: ['inferred date without a note', 'inferred dates without a note'],
  path: ['citation for what is not stated', 'citations for what is not stated'],
  name: ['name in no text', 'names in no text'],
  attested: ['name in a text that says it is in none', 'names in a text that say they are in none'],
};

function strictFailures(texts: readonly CheckedText[], { faults }: StrictVerification): string[] {
  const uncited = texts.reduce((sum, text) => sum + text.uncited.length, 0);
  return [
    ...counted(uncited, 'paragraph with a number or a month, not cited', 'paragraphs with a number or a month, not cited'),
    ...Object.entries(BROKEN).flatMap(([broken, words]) => counted(faults.filter(({ rule }) => rule === broken).length, ...words)),
  ];
}
