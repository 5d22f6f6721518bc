import { isInflected } from '../domain/full-text/stems.ts';
import { type Word, wordsOf } from '../domain/full-text/words.ts';

/** A text and its language (BCP 47), where that is known. */
export type TextPart = { text: string; language?: string };

/** The text of a record, or of a paragraph, by the columns of the full text. */
export type SearchText = { title: TextPart; names: readonly TextPart[]; body: readonly TextPart[] };

/** The columns of a row of the full text: folded words with spaces between them. */
export type SearchColumns = { title: string; names: string; body: string };

/** Stands between two parts of a text, so that no phrase goes from one into the other. No folded word has this character. */
const BETWEEN_PARTS = ' _ ';

/**
 * A text as it is indexed: its columns, and its words that may have other forms, by their language, each as it is first written. The words of a compound
 * with hyphens are among them as one.
 */
export type IndexedText = { columns: SearchColumns; words: ReadonlyMap<string, Word> };

const known = new WeakMap<SearchText, IndexedText>();

/** The columns and the words of a text; made once for each text, as an agreement has a row for each of its moments. */
export function indexedText(text: SearchText): IndexedText {
  const indexed = known.get(text) ?? readText(text);
  known.set(text, indexed);
  return indexed;
}

function readText({ title, names, body }: SearchText): IndexedText {
  const words = new Map<string, Word>();
  const columnOf = (parts: readonly TextPart[]): string => parts.map((part) => readPart(part, words)).join(BETWEEN_PARTS);
  return { columns: { title: columnOf([title]), names: columnOf(names), body: columnOf(body) }, words };
}

function readPart({ text, language = '' }: TextPart, words: Map<string, Word>): string {
  const folded: string[] = [];
  /** Words with hyphens between them, up to the last one read. */
  let compound: Word[] = [];
  const addCompound = () => {
    if (compound.length < 2 || !compound.every(isInflected)) return;
    const joined = joinedWord(compound);
    words.set(`${language} ${joined.letters.toLowerCase()}-`, joined);
  };
  for (const word of wordsOf(text)) {
    folded.push(word.folded);
    const key = `${language} ${word.letters.toLowerCase()}`;
    if (!words.has(key) && isInflected(word)) words.set(key, word);
    const last = compound.at(-1);
    if (last && word.start === last.end + 1 && HYPHENS.includes(text[last.end]!)) {
      compound.push(word);
      continue;
    }
    addCompound();
    compound = [word];
  }
  addCompound();
  return folded.join(' ');
}

const HYPHENS = '-\u2010\u2011';

/** The letters of a compound as one word, under whose stem its folded words are found, with spaces between them. */
const joinedWord = (words: readonly Word[]): Word => ({
  ...words[0]!,
  letters: words.map(({ letters }) => letters).join(''),
  folded: words.map(({ folded }) => folded).join(' '),
});

/** The language of a word among those of a text, by its key. */
export const languageOf = (key: string): string | undefined => key.slice(0, key.indexOf(' ')) || undefined;
