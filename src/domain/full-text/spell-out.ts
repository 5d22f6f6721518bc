import { isInflected } from './stems.ts';
import { type AskedTerm, type AskedText, type Phrase, runsOf, type TextCondition, type TextExpression, wordOf } from './text-query.ts';
import { isUnspaced, joinedLetters, segmented, type Word, wordsOf } from './words.ts';

/** The words of the index that share a stem with a word; itself among them where it is in the index. */
export type Forms = (word: Word) => readonly string[];

/** A query of up to so many words, and letters, is spelled out with the parts of its words; of up to so many words, with compounds of them. */
const SPLIT_MAX = { words: 8, letters: 80 };
const JOINED_WORDS_MAX = 20;

/**
 * Spells a query out with the other forms of its words: inflections, compounds written joined, open or with a hyphen, abbreviations with and without
 * dots, ordinals of numbers. Calls `forms` for the same words whatever it returns, so that a first pass may collect them.
 */
export function spellOut({ clauses, excluded }: AskedText, forms: Forms): TextCondition {
  const asked = clauses.flat().flatMap(({ words }) => words);
  const letters = asked.reduce((sum, word) => sum + word.letters.length, 0);
  const splits = asked.length <= SPLIT_MAX.words && letters <= SPLIT_MAX.letters;
  const spelled = clauses.map((terms) => anyOf(terms.map((term) => spelledTerm(term, forms, splits))));
  return {
    clauses: asked.length <= JOINED_WORDS_MAX ? withJoined(clauses, spelled, forms) : spelled,
    excluded: excluded.map((term) => spelledTerm(term, forms, false)),
  };
}

function spelledTerm({ kind, words }: AskedTerm, forms: Forms, splits: boolean): TextExpression {
  if (kind !== 'words') return { words: words.map(({ folded }) => folded), ...(kind === 'prefix' && { prefix: true }) };
  return allOf(runsOf(words).flatMap((run) => (isUnspaced(run[0]!) ? segments(run) : [spelledRun(run, forms, splits)])));
}

/** The words of a run without spaces, each a phrase of its characters. Single characters in a row are one phrase: apart, they say little. */
function segments(run: readonly Word[]): Phrase[] {
  const phrases: { words: string[]; isOpen: boolean }[] = [];
  for (const segment of segmented(joinedLetters(run))) {
    const words = wordsOf(segment).map(({ folded }) => folded);
    const last = phrases.at(-1);
    if (words.length === 1 && last?.isOpen) last.words.push(...words);
    else phrases.push({ words, isOpen: words.length === 1 });
  }
  return phrases.map(({ words }) => ({ words }));
}

/** A word, or several with hyphens or slashes between them. */
function spelledRun(run: readonly Word[], forms: Forms, splits: boolean): TextExpression {
  const last = run.at(-1)!;
  if (run.length === 1) return anyOf([...formsOf(last, forms), ...(splits ? splitsOf(last, forms) : [])]);
  const before = run.slice(0, -1).map(({ folded }) => folded);
  const phrases = formsOf(last, forms).map((phrase) => ({ words: [...before, ...phrase.words] }));
  return anyOf([...phrases, ...joinedForms(run, forms)]);
}

/** A word and its other forms. */
function formsOf(word: Word, forms: Forms): Phrase[] {
  const inflected = isInflected(word) ? forms(word) : [];
  return [...new Set([word.folded, ...inflected, ...ordinalsOf(word.folded)])].map(phraseOf);
}

/** A form of the index as a phrase: one word, or those of a compound. */
const phraseOf = (form: string): Phrase => ({ words: form.split(' ') });

/** English ordinals of a number, and the number of an ordinal: 8967 and 8967th. */
function ordinalsOf(word: string): string[] {
  const [, number, ordinal] = /^(\d{1,6})(st|nd|rd|th)?$/.exec(word) ?? [];
  if (number === undefined) return [];
  if (ordinal !== undefined) return [number];
  const isTeen = /1\d$/.test(number);
  return [`${number}${isTeen ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[number.at(-1)!] ?? 'th')}`];
}

/** The forms in the index of several words written as one. */
const joinedForms = (words: readonly Word[], forms: Forms): Phrase[] =>
  words.every(isInflected) ? forms(wordOf(joinedLetters(words))).map(phraseOf) : [];

/** Letters of the shortest part of a compound, and of the longest compound. */
const PART_MIN = 3;
const COMPOUND_MAX = 32;

/** Letters of an abbreviation with dots. */
const DOTTED_MAX = 4;

/** Letters before an apostrophe that may be left out: L'viv, Lviv. */
const ELIDED = /^[cdjlmnst]/i;

/**
 * A word that the index lacks as two words of it one after the other, a word with an elided article, and an abbreviation as its letters. A word that the
 * index has is not parted: its compounds with hyphens are among its forms, and parts that are common words cost much and mean something else.
 */
function splitsOf(word: Word, forms: Forms): Phrase[] {
  const letters = Array.from(word.letters);
  if (!isInflected(word) || letters.length > COMPOUND_MAX) return [];
  const places = letters.map((_, index) => index).filter((index) => index >= PART_MIN && index <= letters.length - PART_MIN);
  if (forms(word).length > 0) places.length = 0;
  if (letters.length > PART_MIN && ELIDED.test(word.letters)) places.push(1);
  return [
    ...places.flatMap((place) => {
      const first = wordOf(letters.slice(0, place).join(''));
      const [firsts, seconds] = [forms(first), forms(wordOf(letters.slice(place).join('')))];
      return firsts.includes(first.folded) ? seconds.map((second) => ({ words: [first.folded, second] })) : [];
    }),
    ...(word.end - word.start > word.letters.length && letters.length > 1 && letters.length <= DOTTED_MAX
      ? [{ words: letters.map((letter) => wordOf(letter).folded) }]
      : []),
  ];
}

/** Puts the compound that two neighbouring words may be written as beside them. */
function withJoined(clauses: AskedText['clauses'], spelled: readonly TextExpression[], forms: Forms): TextExpression[] {
  const compounds = clauses.map((clause, index) => compoundOf(clause, clauses[index + 1], forms));
  const expressions: TextExpression[] = [];
  for (let index = 0; index < spelled.length; index += 1) {
    const compound = compounds[index]!;
    if (compound.length === 0) expressions.push(spelled[index]!);
    else expressions.push({ any: [{ all: [spelled[index]!, spelled[++index]!] }, ...compound] });
  }
  return expressions;
}

function compoundOf(clause: readonly AskedTerm[], next: readonly AskedTerm[] | undefined, forms: Forms): Phrase[] {
  const words = [clause, next ?? []].flatMap(([term, ...others]) =>
    term?.kind === 'words' && others.length === 0 && term.words.length === 1 ? [term.words[0]!] : [],
  );
  return words.length === 2 ? joinedForms(words, forms) : [];
}

const anyOf = (any: readonly TextExpression[]): TextExpression => (any.length === 1 ? any[0]! : { any });
const allOf = (all: readonly TextExpression[]): TextExpression => (all.length === 1 ? all[0]! : { all });
