import { leavesOf, phrasesOf, toTsquery } from './tsquery.ts';
import type { TextMatch } from './text-match.ts';
import { type TextColumns, type TextVectors, vectorsOf } from './tsvector.ts';

/** Values that SQL makes of a condition besides its tsquery, under the name of the parameter and one of these words after `__`. */
const OF_MATCH: Readonly<Record<string, (match: TextMatch) => string>> = {
  words: (match) => arrayOf(wordsOf(match)),
  phrases: (match) => arrayOf(phrasesOf(match)),
  leaves: (match) => arrayOf(leavesOf(match).leaves),
  formula: (match) => leavesOf(match).formula,
  letters: (match) => toTsquery(lettersOf(match)),
  letter_phrases: (match) => arrayOf(phrasesOf(lettersOf(match))),
};

/** Values that SQL makes of all columns of a row of the full text, under these names. */
const OF_COLUMNS: Readonly<Record<string, (vectors: TextVectors) => string | number | null>> = {
  columns__vector: ({ vector }) => vector,
  columns__length: ({ length }) => length,
  columns__parts: ({ parts }) => (parts ? arrayOf(parts) : null),
};

let last: { columns: unknown; vectors: TextVectors } | undefined;

/** The vectors of a row. The last ones are remembered: each value of a row asks for them. */
function vectorsOnce(columns: TextColumns): TextVectors {
  if (last?.columns !== columns) last = { columns, vectors: vectorsOf(columns) };
  return last.vectors;
}

/** The value that SQL makes of a JSON array of the numbers and bodies of rows of the full text: the number, the vector, the length and the parts of each. */
const VECTORS = 'vectors';

function rowsOf(json: string): string {
  const rows = JSON.parse(json) as [row: number, body: string][]; // @NOTE as `insertBodies` has them
  return JSON.stringify(
    rows.map(([row, body]) => {
      const { vector, length, parts } = vectorsOf({ title: '', names: '', body, tags: '' });
      return [row, vector, length, parts ? arrayOf(parts) : null];
    }),
  );
}

/** The value of a parameter that is derived from others; undefined for other names. */
export function derivedOf(parameters: Readonly<Record<string, unknown>>, name: string): string | number | null | undefined {
  const ofColumns = OF_COLUMNS[name];
  if (ofColumns) return ofColumns(vectorsOnce(parameters as TextColumns)); // @NOTE only `insertText` names them, whose parameters these are
  const [, base = '', derivation = ''] = /^(.*)__(.*)$/.exec(name) ?? [];
  // @NOTE only the dialect derives parameters, of texts of JSON and of conditions
  if (derivation === VECTORS) return rowsOf(parameters[base] as string);
  return OF_MATCH[derivation]?.(parameters[base] as TextMatch);
}

/** The text of an array. */
const arrayOf = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** The words any of which is all that a condition asks for; none where it asks for anything else. */
function wordsOf(match: TextMatch): readonly string[] {
  if ('words' in match) return match.prefix || match.words.length > 1 ? [] : match.words;
  const words = 'any' in match ? match.any.map(wordsOf) : [];
  return words.every(({ length }) => length > 0) ? words.flat() : [];
}

/** A condition on letters in a row as one on their trigrams. */
function lettersOf(match: TextMatch): TextMatch {
  if ('words' in match) return { words: match.words.flatMap(trigramsOf) };
  if ('any' in match) return { any: match.any.map(lettersOf) };
  return 'all' in match ? { all: match.all.map(lettersOf) } : match;
}

function trigramsOf(text: string): string[] {
  const letters = Array.from(text);
  return letters.slice(2).map((_, index) => letters.slice(index, index + 3).join(''));
}
