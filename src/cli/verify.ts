import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type CheckedText, type Text, verifyStored, verifyTexts } from '../records/verify.ts';
import { CommandError } from './exit-codes.ts';
import { type CommandContext, withAnnals } from './context.ts';

/** `annals verify`. */
export function verifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description(
      'Check every citation against the text of its source, stored or in a folder: its paragraph exists and contains its phrase.',
    )
    .option('--texts <dir>', 'a folder of texts, each matched to its source by SHA-256; the stored texts when left out')
    .option('--strict', 'also fail when a paragraph with a number or a month is not cited')
    .action(async ({ texts: folder, strict }: { texts?: string; strict?: true }) => {
      const { output, errors } = context;
      const files = folder === undefined ? undefined : await textsIn(folder);
      const { texts, mismatches, without } = await withAnnals(context, ({ engine }) =>
        files ? verifyTexts(engine, files) : verifyStored(engine),
      );
      if (!files && texts.length === 0)
        throw new CommandError('failed', 'no text of any source is stored: store them, or give the folder of the texts with --texts');
      for (const text of texts) output.write(`${summaryOf(text)}\n`);
      for (const source of without) output.write(`${source}: no text is stored, and its citations were not checked\n`);
      for (const mismatch of mismatches) errors.write(`${mismatch}\n`);
      const uncited = texts.reduce((sum, text) => sum + text.uncited.length, 0);
      if (mismatches.length > 0) throw new CommandError('failed', `${plural(mismatches.length, 'mismatch', 'mismatches')} with the texts`);
      if (strict && uncited > 0)
        throw new CommandError('failed', `${plural(uncited, 'paragraph', 'paragraphs')} with a number or a month, not cited`);
    });
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

async function textsIn(folder: string): Promise<Text[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name);
  return Promise.all(names.toSorted().map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

function summaryOf({ source, file, paragraphs, cited, citations, uncited }: CheckedText): string {
  const warning = uncited.length === 0 ? '' : `; with a number or a month but not cited: ${uncited.join(', ')}`;
  return `${source} (${file}): ${paragraphs} paragraphs, ${cited} of them cited, ${citations} citations${warning}`;
}
