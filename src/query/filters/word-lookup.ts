import { isOverloaded } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { type Forms, spellOut } from '../../domain/full-text/spell-out.ts';
import { type Stem, stemsOf } from '../../domain/full-text/stems.ts';
import type { AskedText } from '../../domain/full-text/text-query.ts';
import type { Word } from '../../domain/full-text/words.ts';
import { languagesInUse, wordsBetween, wordsWithStems } from '../../index/word-forms.ts';
import type { Reader } from '../../storage/port.ts';

/** Reads the words of the index that a query may be spelled out with: those that share a stem with a word of it, in any language in use. */
export async function readForms(reader: Reader, asked: AskedText): Promise<Forms> {
  const wanted = new Map<string, Word>();
  spellOut(asked, (word) => {
    wanted.set(word.letters, word);
    return [];
  });
  if (wanted.size === 0) return () => [];
  const [languages] = await reader.read([languagesInUse]);
  const inUse = new Set(languages.map(([language]) => language));
  const stems: Stem[] = [];
  const owners: string[] = [];
  for (const [letters, word] of wanted)
    for (const stem of stemsOf(word))
      if (inUse.has(stem[0])) {
        stems.push(stem);
        owners.push(letters);
      }
  const [rows] = await reader.read([wordsWithStems(stems)]);
  const found = new Map<string, string[]>();
  for (const [index, word] of rows) found.set(owners[index]!, [...(found.get(owners[index]!) ?? []), word]);
  return ({ letters }) => found.get(letters) ?? [];
}

/** Letters of a misspelt word that its nearest words begin with: the first two, the same two the other way round, or its second and third. */
function beginningsOf(word: string): string[] {
  const [first = '', second = '', third = ''] = Array.from(word);
  return [...new Set([first + second, second + first, second + third])];
}

/** Words that are compared with a misspelt one, for each of its beginnings. */
const COMPARED_MAX = 1000;

/** The words in use that are nearest to one that no text has, the nearest first; none while the reader pool is busy. */
export async function nearestWords(reader: Reader, word: string): Promise<string[]> {
  const [languages] = await reader.read([languagesInUse]);
  const ranges = languages.flatMap(([language]) => beginningsOf(word).map((beginning) => wordsBetween(language, beginning, COMPARED_MAX)));
  const answers = await reader.read(ranges).catch((error: unknown) => {
    if (isOverloaded(error)) return [];
    throw error;
  });
  return nearest(firstUnits(word, 40), new Set(answers.flat().map(([each]) => each)));
}
