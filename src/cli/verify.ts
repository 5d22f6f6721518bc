import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type CheckedText, type Text, verifyTexts } from '../records/verify.ts';
import { CommandError } from './exit-codes.ts';
import { type Surroundings, withAnnals } from './surroundings.ts';

/** `annals verify`. */
export function verifyCommand(surroundings: Surroundings): Command {
  return new Command('verify')
    .description('Hold every citation against the texts of the sources: the paragraph is there and the phrase stands in it.')
    .requiredOption('--texts <dir>', 'the folder of the texts; each is matched to its source by SHA-256')
    .option('--strict', 'fail, too, when a paragraph with a number or a month in it is cited nowhere')
    .action(async ({ texts: folder, strict }: { texts: string; strict?: true }) => {
      const { output, errors } = surroundings;
      const files = await textsIn(folder);
      const { texts, mismatches } = await withAnnals(surroundings, ({ engine }) => verifyTexts(engine, files));
      for (const text of texts) output.write(`${summaryOf(text)}\n`);
      for (const mismatch of mismatches) errors.write(`${mismatch}\n`);
      const uncited = texts.reduce((sum, text) => sum + text.uncited.length, 0);
      if (mismatches.length > 0)
        throw new CommandError(
          'failed',
          `${mismatches.length} ${mismatches.length === 1 ? 'thing does' : 'things do'} not agree with the texts`,
        );
      if (strict && uncited > 0)
        throw new CommandError(
          'failed',
          `${uncited} ${uncited === 1 ? 'paragraph' : 'paragraphs'} with a number or a month, cited nowhere`,
        );
    });
}

async function textsIn(folder: string): Promise<Text[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name);
  return Promise.all(names.toSorted().map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

function summaryOf({ source, file, paragraphs, cited, citations, uncited }: CheckedText): string {
  const warning = uncited.length === 0 ? '' : `; with a number or a month but cited nowhere: ${uncited.join(', ')}`;
  return `${source} (${file}): ${paragraphs} paragraphs, ${cited} of them cited, ${citations} citations${warning}`;
}
