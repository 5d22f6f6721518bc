import { type Candidate, noneIfOverloaded } from '../../domain/errors.ts';
import { isEntryType, type RecordType } from '../../domain/record-type.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { SLUG_MAX } from '../../domain/text/slug.ts';
import { entriesTitled } from '../../index/title-words.ts';
import { modelOf } from '../../model/models.ts';
import { writtenNames } from '../../model/record-names.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import type { TextMatch } from '../../storage/full-text/text-match.ts';
import { idsBeginning, recordsNear } from '../../storage/tables/names.ts';
import { candidateOf, type KnownRecord, readKnown } from './candidates.ts';
import { comparedName, type ComparedName, distanceOf } from './similar-names.ts';

/** Suggestions at most. */
const SUGGESTED = 5;

/** A suggestion that is so much further than the nearest is none. */
const FURTHER = 1;

/** Records that are compared at most, and names of each. */
const [COMPARED, NAMES] = [120, 50];

/** Units of a name that are looked for at most. */
const UNITS_MAX = 60;

/**
 * The records of a type that an unknown id or name most likely means, the nearest first, at most five: those whose names or ids have the words that are
 * asked, in any order, and slips of the pen. None is better than a wrong one, and none is returned while the reader pool is busy.
 */
export async function nearestRecords(reader: Reader, { type, value }: { type: RecordType; value: string }): Promise<Candidate[]> {
  const asked = comparedName(firstUnits(value, UNITS_MAX));
  const found = await reader.read(lookups(type, value, asked)).catch(noneIfOverloaded);
  const keys = [...new Set(found.flatMap((rows) => rows.map(([key]) => key)))].slice(0, COMPARED);
  const known = await readKnown(reader, type, keys);
  return nearestOf(known, (record) => distanceTo(asked, record)).map(candidateOf);
}

/** The nearest of some things by their distances, at most five; those without a distance are left out. */
export function nearestOf<Each extends { id: string }>(all: Iterable<Each>, distance: (each: Each) => number | undefined): Each[] {
  const measured = Array.from(all, (each) => ({ each, from: distance(each) ?? Infinity })).filter(({ from }) => from < Infinity);
  const least = measured.reduce((lowest, { from }) => Math.min(lowest, from), Infinity);
  return measured
    .filter(({ from }) => from <= least + FURTHER)
    .toSorted((one, other) => one.from - other.from || (one.each.id < other.each.id ? -1 : 1))
    .slice(0, SUGGESTED)
    .map(({ each }) => each);
}

/** The words of an id, as a name. */
export const wordsOfId = (id: string): ComparedName => comparedName(id.replaceAll('-', ' '));

function distanceTo(asked: ComparedName, { type, id, record }: KnownRecord): number | undefined {
  const names = writtenNames(modelOf[type], record).slice(0, NAMES);
  const distances = [wordsOfId(id), ...names.map(({ name }) => comparedName(name))].map((name) => distanceOf(asked, name));
  return distances.reduce((least, each) => (each === undefined || (least !== undefined && least <= each) ? least : each), undefined);
}

/** The reads of the records that may be near, those that share most first. */
function lookups(type: RecordType, value: string, { key, words }: ComparedName): Statement<[key: number]>[] {
  const joined = words.join('-');
  const beginnings = new Set([joined, beginningOf(value.toLowerCase()), beginningOf(joined)].filter((each) => each !== ''));
  return [
    recordsNear(type, allOf(words)),
    ...(isEntryType(type) && words.length > 0 ? [entriesTitled(type, words.slice(0, WORDS_MAX))] : []),
    ...Array.from(beginnings, (beginning) => idsBeginning(type, beginning)),
    recordsNear(type, anyTrigramOf(key)),
  ];
}

/** Words of a title that are looked for at most. */
const WORDS_MAX = 6;

/** Trigrams of a name that are looked up at most: each is read in full, so a long name would cost more than it tells. */
const TRIGRAMS_MAX = 8;

/** Letters that stand together. */
const letters = (text: string): TextMatch => ({ words: [text] });

/** The condition to hold all of some words; those of less than three letters are not looked for, and without any nothing matches. */
function allOf(words: readonly string[]): TextMatch {
  const long = words.filter((word) => Array.from(word).length >= 3);
  return long.length > 0 ? { all: long.map(letters) } : NONE;
}

/** Matches no name. */
const NONE = letters('');

/** The condition to have any of some trigrams of a name. */
function anyTrigramOf(key: string): TextMatch {
  const units = Array.from(key);
  const all = [...new Set(units.slice(2).map((_, index) => units.slice(index, index + 3).join('')))];
  const step = Math.max(1, all.length / TRIGRAMS_MAX);
  const trigrams = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  return trigrams.length > 0 ? { any: trigrams.map(letters) } : NONE;
}

/** The part of a misspelt id that most likely is right: its first two thirds. */
const beginningOf = (id: string): string => firstUnits(id, Math.max(3, Math.ceil((Math.min(id.length, SLUG_MAX) * 2) / 3)));
