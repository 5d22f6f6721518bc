import { noneIfOverloaded } from '../../domain/errors.ts';
import { groupsOf } from '../../domain/groups.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { editsOf, nearest } from '../../domain/text/nearest.ts';
import { type Forms, spellOut } from '../../domain/full-text/spell-out.ts';
import { type Stem, stemsOf } from '../../domain/full-text/stems.ts';
import type { AskedText } from '../../domain/full-text/text-query.ts';
import type { Word } from '../../domain/full-text/words.ts';
import { languagesInUse, wordsLike, wordsWithStems } from '../../index/word-forms.ts';
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
    for (const stem of stemsOf(word, inUse)) {
      stems.push(stem);
      owners.push(letters);
    }
  const [rows] = await reader.read([wordsWithStems(stems)]);
  const found = groupsOf(rows, ([index]) => owners[index]!);
  return ({ letters }) => (found.get(letters) ?? []).map(([, word]) => word);
}

/** Letters of a misspelt word that its nearest words begin with: the first two, the same two the other way round, or its second and third. */
function beginningsOf(word: string): string[] {
  const [first = '', second = '', third = ''] = Array.from(word);
  return [...new Set([first + second, second + first, second + third])];
}

/** Letters of a misspelt word that are compared, and words that are compared with it, for each of its beginnings and languages. */
const [LETTERS_MAX, COMPARED_MAX] = [40, 1000];

/** The words in use that are nearest to one that no text has, the nearest first; none while the reader pool is busy. */
export async function nearestWords(reader: Reader, word: string): Promise<string[]> {
  const letters = firstUnits(word, LETTERS_MAX);
  const bounds = { edits: editsOf(letters), most: COMPARED_MAX };
  const [languages] = await reader.read([languagesInUse]);
  const ranges = languages.flatMap(([language]) =>
    beginningsOf(letters).map((beginning) => wordsLike(letters, bounds, language, beginning)),
  );
  const answers = await reader.read(ranges).catch(noneIfOverloaded);
  return nearest(letters, new Set(answers.flat().map(([each]) => each)));
}
