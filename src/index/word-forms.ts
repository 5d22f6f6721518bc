import { isInflected, type Stem, stemsIn } from '../domain/full-text/stems.ts';
import type { Word } from '../domain/full-text/words.ts';
import { offloadIf, type Reader, type Statement, statement } from '../storage/port.ts';
import { dialect } from '../storage/dialect.ts';
import { insertRuns } from '../storage/tables/rows.ts';
import { type IndexedText, indexedText, type SearchText } from './search-text.ts';

/**
 * The forms of words that stand in texts: rows of a language, a stem and a folded word; for a compound with hyphens, the stem is that of its joined
 * letters, and the word has spaces. A query spells a word out with those that share its stem, so the full text holds each word once. Rows are never
 * deleted: a word that no text has any more finds nothing.
 */
export type WordForms = {
  /** The statements that insert the words of some texts that the database does not have. */
  insertNew: (texts: readonly SearchText[]) => Promise<Statement[]>;
};

type FormRow = [language: string, stem: string, word: string];

/** Number of words that are remembered as stored. */
const REMEMBERED = 2 ** 16;

const FORM = `f.language = ${dialect.column('j', 0, 'text')} AND f.stem = ${dialect.column('j', 1, 'text')}`;

/** A cache of the words that the database has. */
export function wordForms(reader: Reader): WordForms {
  /** Words that were read, by language and letters; what is inserted counts once it is read, as a batch may be undone. */
  const stored = new Set<string>();
  return {
    async insertNew(texts) {
      if (stored.size > REMEMBERED) stored.clear();
      const unknown: { key: string; row: FormRow }[] = [];
      const keys = new Set<string>();
      for (const text of new Set(texts))
        eachNewForm(
          indexedText(text),
          (key) => stored.has(key) || keys.has(key),
          (key, rows) => {
            keys.add(key);
            for (const row of rows) unknown.push({ key, row });
          },
        );
      if (unknown.length === 0) return [];
      const [found] = await reader.read([
        statement<[index: number]>(
          `SELECT ${dialect.ordinal('j')} FROM ${dialect.elements('j', '?')} CROSS JOIN word_forms f ON ${FORM} AND f.word = ${dialect.column('j', 2, 'text')}`,
          JSON.stringify(unknown.map(({ row }) => row)),
        ),
      ]);
      const there = new Set(found.map(([index]) => index));
      const missing = unknown.filter((_, index) => !there.has(index));
      const isMissing = new Set(missing.map(({ key }) => key));
      for (const key of keys) if (!isMissing.has(key)) stored.add(key);
      return missing.length === 0 ? [] : [insertForms(missing.map(({ row }) => row))];
    },
  };
}

/** Inserts rows unless they are there. */
export const insertForms = (rows: readonly (readonly string[])[]): Statement =>
  statement(
    `INSERT INTO word_forms (language, stem, word) SELECT ${dialect.column('j', 0, 'text')}, ${dialect.column('j', 1, 'text')}, ${dialect.column('j', 2, 'text')} FROM ${dialect.elements('j', '?')} WHERE true ON CONFLICT DO NOTHING`,
    JSON.stringify(rows),
  );

/** Calls `add` with a key and the rows of each word of a text whose key is not known yet. Words without other forms have no rows. */
function eachNewForm({ parts }: IndexedText, isKnown: (key: string) => boolean, add: (key: string, rows: FormRow[]) => void): void {
  for (const { language, words, compounds } of parts) {
    const prefix = language === undefined ? '' : `${language} `;
    const rowsOf = (word: Word): FormRow[] => stemsIn(word, language).map((stem) => [...stem, word.folded]);
    for (const word of words) {
      const key = prefix + word.letters.toLowerCase();
      if (!isKnown(key)) add(key, isInflected(word) ? rowsOf(word) : []);
    }
    for (const word of compounds) {
      const key = `${prefix}${word.letters.toLowerCase()}-${word.folded}`;
      if (!isKnown(key)) add(key, rowsOf(word));
    }
  }
}

/** Words of many texts that are kept in memory before they are written: some 100 bytes each. */
const COLLECTED = 2 ** 18;

/** The words of many texts, each written once. */
export function formCollector() {
  let rows = new Map<string, FormRow[]>();
  function* take(): Generator<Statement> {
    const distinct = new Map(Array.from(rows.values()).flatMap((each) => each.map((row) => [row.join('\n'), row] as const)));
    yield* insertRuns(
      'word_forms',
      [...distinct].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row),
      'ON CONFLICT DO NOTHING',
    );
    rows = new Map();
  }
  return {
    add(text: SearchText): void {
      eachNewForm(
        indexedText(text),
        (key) => rows.has(key),
        (key, made) => void rows.set(key, made),
      );
    },
    *drain(): Generator<Statement> {
      if (rows.size >= COLLECTED) yield* take();
    },
    finish: take,
  };
}

/** The statements that insert the forms of the words of some texts, whichever of them the database has. */
export function formStatements(texts: Iterable<SearchText>): Statement[] {
  const forms = formCollector();
  for (const text of texts) forms.add(text);
  return [...forms.finish()];
}

/** Reads the languages of the words in the index. By leaps: the table has a row for each word. */
export const languagesInUse: Statement<[language: string]> = {
  ...statement<[language: string]>(`WITH RECURSIVE l (language) AS (SELECT min(language) FROM word_forms
    UNION ALL SELECT (SELECT min(f.language) FROM word_forms f WHERE f.language > l.language) FROM l WHERE l.language IS NOT NULL)
    SELECT language FROM l WHERE language IS NOT NULL`),
  cacheable: true,
};

/** Forms of one query that are read at most. */
const FORMS_MAX = 5000;

/** Stems that are looked up in some 2 ms. */
const LIGHT_STEMS_MAX = 500;

/** Reads the words that have any of some stems, each with the index of the stem in the list. */
export const wordsWithStems = (stems: readonly Stem[]): Statement<[index: number, word: string]> => ({
  ...statement<[index: number, word: string]>(
    `SELECT ${dialect.ordinal('j')}, f.word FROM ${dialect.elements('j', '?')} CROSS JOIN word_forms f ON ${FORM} ORDER BY 1, 2 LIMIT ${FORMS_MAX}`,
    JSON.stringify(stems),
  ),
  cacheable: true,
  ...offloadIf(stems.length > LIGHT_STEMS_MAX),
});

/** The end of the range of words that begin so: no character is greater. */
export const endOfWords = (beginning: string): string => `${beginning}\u{10FFFF}`;

/**
 * Reads words of a language whose stems have a beginning, at most `most`: those that are at most some edits longer or shorter than a word, and those
 * that begin with it.
 */
export const wordsLike = (word: string, { edits, most }: { edits: number; most: number }, language: string, beginning: string) => ({
  ...statement<[word: string]>(
    `SELECT word FROM word_forms WHERE language = ? AND stem BETWEEN ? AND ?
       AND (length(word) BETWEEN ? AND ? OR word BETWEEN ? AND ?) ORDER BY stem, word LIMIT ${most}`,
    language,
    beginning,
    endOfWords(beginning),
    word.length - edits,
    word.length + edits,
    word,
    endOfWords(word),
  ),
  offload: true as const,
});
