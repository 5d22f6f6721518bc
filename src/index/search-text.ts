import { isInflected } from '../domain/full-text/stems.ts';
import { joinedLetters, type Word, wordsOf } from '../domain/full-text/words.ts';
import type { RecordType } from '../domain/record-type.ts';

/** A text and its language (BCP 47), where that is known. */
export type TextPart = { text: string; language?: string };

/** The text of a record, or of a paragraph, by the columns of the full text. */
export type SearchText = { title: TextPart; names: readonly TextPart[]; body: readonly TextPart[] };

/** The columns of a row of the full text: folded words with spaces between them. */
export type SearchColumns = { title: string; names: string; body: string };

/** Stands between two parts of a text, so that no phrase goes from one into the other. No folded word has this character. */
const BETWEEN_PARTS = ' _ ';

/** The words of a part of a text, in its language, and its compounds with hyphens as one word each: joined letters, folded words with spaces. */
type IndexedPart = { language: string | undefined; words: readonly Word[]; compounds: readonly Word[] };

/** A text as it is indexed: its columns, and the words that they are made of. */
export type IndexedText = { columns: SearchColumns; parts: readonly IndexedPart[] };

let last: { text: SearchText; indexed: IndexedText } | undefined;

/** The columns and the words of a text. The last one is remembered: an agreement has a row for each of its moments. */
export function indexedText(text: SearchText): IndexedText {
  if (last?.text !== text) last = { text, indexed: readText(text) };
  return last.indexed;
}

function readText({ title, names, body }: SearchText): IndexedText {
  const parts: IndexedPart[] = [];
  const columnOf = (texts: readonly TextPart[]): string =>
    texts
      .map((each) => {
        const part = readPart(each);
        parts.push(part);
        return part.words.map(({ folded }) => folded).join(' ');
      })
      .join(BETWEEN_PARTS);
  return { columns: { title: columnOf([title]), names: columnOf(names), body: columnOf(body) }, parts };
}

function readPart({ text, language }: TextPart): IndexedPart {
  const words = wordsOf(text);
  return { language, words, compounds: HYPHEN.test(text) ? compoundsIn(text, words) : [] };
}

const HYPHEN = /[-\u2010\u2011]/;

/** The runs of words with nothing but a hyphen between them, each as one word. */
function compoundsIn(text: string, words: readonly Word[]): Word[] {
  const runs: Word[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    const end = run?.at(-1)!.end;
    if (run && word.start === end! + 1 && HYPHEN.test(text[end!]!)) run.push(word);
    else runs.push([word]);
  }
  return runs.filter((run) => run.length > 1 && run.every(isInflected)).map(joinedWord);
}

const joinedWord = (words: readonly Word[]): Word => ({
  ...words[0]!,
  letters: joinedLetters(words),
  folded: words.map(({ folded }) => folded).join(' '),
});

/**
 * Tags of a row of the full text: its type, the level of its moment, and the terms of that by their ids. They begin with a character that no folded
 * word has.
 */
export const typeTag = (type: string): string => `_y${type}`;
export const levelTag = (level: number): string => `_l${level}`;
export const termTag = (id: number): string => `_t${id}`;

/** The tag of the rows of paragraphs. */
export const PARAGRAPH_TAG = typeTag('paragraph');

/** The tags of the rows of some types. A source has rows for the paragraphs of its text, too. */
export const tagsOfTypes = (types: readonly RecordType[]): string[] =>
  types.flatMap((type) => (type === 'source' ? [typeTag(type), PARAGRAPH_TAG] : [typeTag(type)]));

/** The tags of a row: its type and, where it is of a moment, the level and the ids of the terms of that. */
export const tagsOf = (type: string, moment?: { level: number }, ids: readonly number[] = []): string =>
  (moment ? [typeTag(type), levelTag(moment.level), ...ids.map(termTag)] : [typeTag(type)]).join(' ');
