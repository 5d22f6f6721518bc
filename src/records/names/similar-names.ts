import { distance } from 'fastest-levenshtein';
import { firstUnits } from '../../domain/text/first-units.ts';
import { fold } from '../../domain/text/fold.ts';
import { nameKey } from '../../domain/text/name.ts';

/** A name for comparison: its key, and its words without those that say little. */
export type ComparedName = { key: string; words: readonly string[] };

/** Words that tell no two names apart. */
const LITTLE = new Set(['the', 'of', 'and', 'in', 'on', 'for', 'to', 'a', 'an', 'at', 'by', 'de', 'la']);

/** Apostrophes stand within words. */
const APOSTROPHE = /['’‘ʻʼ`´]/gu;

/** Units of a name that are compared at most, and words. */
const [UNITS_MAX, WORDS_MAX] = [200, 16];

/** A name as it is compared. Long ones are cut. */
export function comparedName(name: string): ComparedName {
  const text = firstUnits(name, UNITS_MAX);
  const words = fold(text.replaceAll(APOSTROPHE, '')).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const telling = words.filter((word) => !LITTLE.has(word));
  return { key: nameKey(text), words: (telling.length > 0 ? telling : words).slice(0, WORDS_MAX) };
}

/** Differences between two words or names: the same, one begins with the other, or a slip of the pen. */
const COST = { same: 0, begins: 1, slip: 2, slipInWhole: 2.5, within: 3, surplus: 0.1 };

/** Letters of a word that its beginning must have. */
const BEGINNING_MIN = 3;

/** Part of the letters of the longer name that a name within it must have. */
const WITHIN_MIN = 2 / 3;

/**
 * The distance of a name from the one that is asked, 0 for the same words; undefined for a name that nobody who asked so can have meant. All words that are
 * asked are words of the name, in any order, or begin them, or are slips of them; or both differ by slips; or the name is nearly all that is asked.
 */
export function distanceOf(asked: ComparedName, name: ComparedName): number | undefined {
  const distances = [wordDistance(asked, name), isSlipInWhole(asked, name) ? COST.slipInWhole : undefined, distanceWithin(asked, name)];
  const known = distances.filter((each) => each !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function wordDistance(asked: ComparedName, { words }: ComparedName): number | undefined {
  if (asked.words.length === 0) return undefined;
  const left = [...words];
  let cost = 0;
  for (const word of asked.words) {
    const costs = left.map((each) => costBetween(word, each));
    const least = Math.min(...costs);
    if (least === Infinity) return undefined;
    left.splice(costs.indexOf(least), 1);
    cost += least;
  }
  return cost + left.length * COST.surplus;
}

function costBetween(asked: string, word: string): number {
  if (asked === word) return COST.same;
  if (asked.length >= BEGINNING_MIN && word.startsWith(asked)) return COST.begins;
  return isSlip(asked, word) ? COST.slip : Infinity;
}

/**
 * Returns true for two names that differ by slips as a whole, such as a word in two. Of as many words, none may be another word: West Velmark is no slip
 * of East Velmark, though few of all letters differ.
 */
function isSlipInWhole(asked: ComparedName, { key, words }: ComparedName): boolean {
  if (!isSlip(asked.key, key)) return false;
  if (asked.words.length !== words.length) return true;
  return asked.words.every((word, index) => word === words[index] || isSlip(word, words[index]!) || isLetterMore(word, words[index]!));
}

const isLetterMore = (one: string, other: string): boolean => one.length !== other.length && distance(one, other) === 1;

/** A name that is nearly all of what is asked: `Security Council` of `UN Security Council`. */
function distanceWithin(asked: ComparedName, { words }: ComparedName): number | undefined {
  const rest = new Set(asked.words);
  const letters = words.join('').length;
  const isWithin = words.length > 0 && words.length < asked.words.length && words.every((word) => rest.has(word));
  return isWithin && letters >= asked.words.join('').length * WITHIN_MIN ? COST.within : undefined;
}

/** Letters that may differ in a word or name: a short one is soon another word (Iran, Iraq). */
const SLIPS = [
  { from: 12, most: 3 },
  { from: 8, most: 2 },
  { from: 4, most: 1 },
];

/** Letters of a word from which on a letter may stand in the place of another. */
const REPLACED_FROM = 5;

/** Returns true for two words that differ by slips of the pen. Numbers never do: 1373 is another resolution than 1374. */
function isSlip(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  const most = SLIPS.find(({ from }) => length >= from)?.most ?? 0;
  if (most === 0 || Math.abs(one.length - other.length) > most || digitsOf(one) !== digitsOf(other)) return false;
  if (isSwapped(one, other)) return true;
  if (length < REPLACED_FROM && one.length === other.length) return false;
  return distance(one, other) <= most;
}

const digitsOf = (text: string): string => text.replaceAll(/\P{N}+/gu, ' ');

/** Returns true for two neighbours in each other's place. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  if (at + 1 >= one.length) return false;
  return other === `${one.slice(0, at)}${one[at + 1]}${one[at]}${one.slice(at + 2)}`;
}
