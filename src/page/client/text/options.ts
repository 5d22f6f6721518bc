import type { Candidate } from '../../../domain/errors.ts';
import { shortened } from '../../../domain/text/first-units.ts';
import { nameKey } from '../../../domain/text/name.ts';
import { nearest } from '../../../domain/text/nearest.ts';
import { foldedWords, partsOfSnippet } from './marks.ts';
import { wordBeingTyped } from './typed.ts';

/**
 * One row of a list of suggestions. `isNamed` says that the typed text begins words of a name of it which no other row has: pressing Enter may take such
 * an option.
 */
export type Option = { value: string; label: string; note: string; detail: string; isNamed: boolean };

/** The parts of an actor or a place by which it is told from others. */
export type Suggested = {
  id: string;
  kind: string;
  name: string;
  names?: { name: string }[];
  description?: string;
  partOf?: string | string[];
};

/** A kind or topic in use, the number of records that have it, and its names in the codebook. */
export type WordInUse = { value: string; count: number; types: string[]; label?: string; names?: { name: string }[] };

const namesOfWord = ({ value, label = value, names = [] }: WordInUse): string[] => [value, label, ...names.map(({ name }) => name)];

/** Rows of a list of suggestions, at most. */
export const ROWS_MAX = 8;

const DETAIL_MAX = 80; // characters

/** Options for records: those with the typed name first, then names that begin so, then names with words that begin so, then what was found elsewhere. */
export function recordOptions(records: readonly Suggested[], typed: string): Option[] {
  const ranked = records.map((record) => ({ record, ...bestName(record, typed) })).toSorted((a, b) => a.rank - b.rank);
  const named = ranked.filter(({ rank }) => rank < ELSEWHERE);
  const shown = (named.length > 0 ? named : ranked).slice(0, ROWS_MAX);
  const homonyms = ({ name }: Suggested) => shown.filter(({ record }) => nameKey(record.name) === nameKey(name));
  const sharesName = (rank: number) => shown.filter((other) => other.rank === rank).length > 1;
  const isAlike = (one: Suggested) => homonyms(one).filter(({ record }) => record.kind === one.kind).length > 1;
  return shown.map(({ record, name, rank }) => ({
    value: record.id,
    label: record.name,
    note: [record.kind, isAlike(record) && record.id].filter(Boolean).join(', '),
    detail: [name !== record.name && name, shortened(record.description ?? '', DETAIL_MAX)].filter(Boolean).join(' \u00B7 '),
    isNamed: rank < ELSEWHERE && homonyms(record).length === 1 && !(rank < BEGINS && sharesName(rank)),
  }));
}

/** Ranks of names that begin with the typed text, below which it is the name, and of records that have it in no name. */
const BEGINS = 2;
const ELSEWHERE = 6;

/** The name that the typed text fits best; a lower rank fits better, and at the same fit the main name comes first. */
function bestName({ name, names = [] }: Suggested, typed: string): { name: string; rank: number } {
  const key = nameKey(typed);
  const words = foldedWords(typed);
  const fits = [name, ...names.map((other) => other.name)].map((each, index) => {
    const fit = nameKey(each) === key ? 0 : nameKey(each).startsWith(key) ? 1 : beginsWords(each, words) ? 2 : 3;
    return { name: each, rank: fit * 2 + (index === 0 ? 0 : 1) };
  });
  const best = fits.reduce((a, b) => (b.rank < a.rank ? b : a));
  return best.rank < ELSEWHERE ? best : { name, rank: best.rank };
}

function beginsWords(name: string, typed: readonly string[]): boolean {
  const words = foldedWords(name);
  return typed.length > 0 && typed.every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/** An option for a record that a name may mean, with what the API says of it to tell it apart. */
export const candidateOption = ({ id, kind = '', title = id, about = '' }: Candidate): Option => ({
  value: id,
  label: title,
  note: kind,
  detail: shortened(about, DETAIL_MAX),
  isNamed: false,
});

/** Options for kinds or topics that have words with the typed beginnings, most used first; all of them where nothing is typed. */
export function wordOptions(inUse: readonly WordInUse[], typed: string): Option[] {
  const words = foldedWords(typed);
  const isExact = (word: WordInUse) => namesOfWord(word).some((name) => nameKey(name) === nameKey(typed));
  const found =
    words.length === 0 ? inUse : inUse.filter((word) => isExact(word) || namesOfWord(word).some((name) => beginsWords(name, words)));
  return [...found.filter(isExact), ...found.filter((word) => !isExact(word))].slice(0, ROWS_MAX).map(optionOfWord);
}

/** Options for the kinds or topics that a misspelt word may mean, or that have a word which it may mean. */
export function nearestWords(inUse: readonly WordInUse[], typed: string): Option[] {
  const known = new Set(inUse.flatMap(({ value }) => [value, ...value.split('-')]));
  const near = nearest(foldedWords(typed).join('-'), known);
  const meant = near.flatMap((word) => inUse.filter(({ value }) => value === word || value.split('-').includes(word)));
  return [...new Set(meant)].slice(0, ROWS_MAX).map(optionOfWord);
}

const optionOfWord = ({ value, count }: WordInUse): Option => ({
  value,
  label: value.replaceAll('-', ' '),
  note: count.toLocaleString('en'),
  detail: '',
  isNamed: true,
});

/** A result of a search, as far as its words are read. */
export type Hit = { title: string; snippet?: string };

const COMPLETIONS_MAX = 6;

/** Words of the hits that the word being typed begins, those of most hits first. A word that is written in lower case anywhere is shown so. */
export function completionsOf(hits: readonly Hit[], typed: string): Option[] {
  const [beginning = ''] = foldedWords(wordBeingTyped(typed)).slice(-1);
  if (beginning === '') return [];
  const found = new Map<string, { word: string; hits: number }>();
  for (const { title, snippet = '' } of hits) {
    const text = `${title} ${partsOfSnippet(snippet)
      .map((part) => part.text)
      .join('')}`;
    const words = (text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).filter((word) => foldedWords(word)[0]?.startsWith(beginning));
    for (const [key, word] of new Map(words.map((each) => [foldedWords(each)[0] ?? '', each]))) {
      const known = found.get(key);
      const shown = known && known.word === known.word.toLowerCase() ? known.word : word;
      found.set(key, { word: shown, hits: (known?.hits ?? 0) + 1 });
    }
  }
  found.delete(beginning);
  return [...found.values()]
    .toSorted((a, b) => b.hits - a.hits)
    .slice(0, COMPLETIONS_MAX)
    .map(({ word }) => ({ value: word, label: word, note: '', detail: '', isNamed: true }));
}
