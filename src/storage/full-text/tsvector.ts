/** A row of the full text: its number, the columns of its words with spaces between them, and its tags. */
export type TextColumns = { title: string; names: string; body: string; tags: string };

/**
 * A row of the full text on PostgreSQL, as texts: its vector, the vectors of its parts where it is too long for one, and the number of its words and tags.
 */
export type TextVectors = { vector: string; parts: readonly string[] | undefined; length: number };

/** Stands between two parts of a column and takes a place, so that no phrase goes from one into the other. */
const BETWEEN_PARTS = '_';

/** The tag of a row that is too long for one vector. */
export const PARTS_TAG = '_parts';

/**
 * Limits of one vector: places of all words, and of one word. PostgreSQL keeps at most 16,383 and 255, says nothing of the others, and refuses words of more
 * than a MiB, which 4,000 words never have.
 */
const [PLACES, PLACES_OF_WORD] = [4000, 255];

/** Places that two parts share, so that each phrase lies within one of them: more than a query has words. */
const SHARED = 100;

/** Bytes of the distinct words and tags of one row: those of words beyond are left out. */
const BYTES = 1_000_000;

/** A place of a row: the word there with its weight; undefined between two columns and two parts of a column. */
type Place = { word: string; weight: Weight } | undefined;

type Weight = 'A' | 'B' | 'C';

/** The vectors of a row: words of the title have the weight A, those of names B and those of the body C; tags have none. A place lies free between two columns. */
export function vectorsOf({ title, names, body, tags }: TextColumns): TextVectors {
  const places: Place[] = [];
  let length = 0;
  for (const [column, weight] of [
    [title, 'A'],
    [names, 'B'],
    [body, 'C'],
  ] as const) {
    const words = wordsIn(column);
    length += words.length;
    for (const word of words) places.push(word === BETWEEN_PARTS ? undefined : { word, weight });
    places.push(undefined);
  }
  const tagged = wordsIn(tags);
  length += tagged.length;
  if (endOfPart(places, 0) === places.length) return { vector: placed(places) + tagged.map(quoted).join(' '), parts: undefined, length };
  return { vector: wordsAlone(places, [...tagged, PARTS_TAG]), parts: partsOf(places), length };
}

/** The words of a column: a part whose text folds to nothing leaves an empty one. */
const wordsIn = (column: string): string[] => column.split(' ').filter((word) => word !== '');

/** The end of the places from one on that have room in one vector. */
function endOfPart(places: readonly Place[], from: number): number {
  if (places.length - from <= PLACES_OF_WORD) return places.length;
  const counts = new Map<string, number>();
  const end = Math.min(places.length, from + PLACES);
  for (let index = from; index < end; index += 1) {
    const word = places[index]?.word;
    if (word === undefined) continue;
    const count = (counts.get(word) ?? 0) + 1;
    if (count > PLACES_OF_WORD) return index;
    counts.set(word, count);
  }
  return end;
}

/** The text of a vector of words with their places. */
function placed(places: readonly Place[]): string {
  let vector = '';
  for (const [index, place] of places.entries()) if (place) vector += `${quoted(place.word)}:${index + 1}${place.weight} `;
  return vector;
}

/** The parts of a row in order. Between two of them stands what they share: what is counted in both is counted once too often. */
function partsOf(places: readonly Place[]): string[] {
  const parts: string[] = [];
  for (let from = 0; ; ) {
    const end = endOfPart(places, from);
    parts.push(placed(places.slice(from, end)));
    if (end === places.length) return parts;
    from = end - SHARED;
    parts.push(placed(places.slice(from, end)));
  }
}

/** The places by weight in a vector of words alone: no two words stand side by side. */
const PLACE_BY_WEIGHT: Readonly<Record<Weight, number>> = { A: 1, B: 3, C: 5 };

/** The text of a vector of tags and distinct words, as many as have room, each with a place for each of its weights. */
function wordsAlone(places: readonly Place[], tags: readonly string[]): string {
  const weights = new Map<string, Set<Weight>>();
  let bytes = tags.reduce((sum, tag) => sum + sizeOf(tag), 0);
  for (const place of places) {
    if (!place) continue;
    const known = weights.get(place.word);
    if (known) known.add(place.weight);
    else if (bytes + sizeOf(place.word) <= BYTES) {
      bytes += sizeOf(place.word);
      weights.set(place.word, new Set([place.weight]));
    }
  }
  const words = Array.from(
    weights,
    ([word, of]) => `${quoted(word)}:${Array.from(of, (weight) => PLACE_BY_WEIGHT[weight] + weight).join()}`,
  );
  return [...words, ...tags.map(quoted)].join(' ');
}

/** The bytes that a word takes in a vector at most, with its places. */
const sizeOf = (word: string): number => Buffer.byteLength(word) + 10;

/** A word in quotes, as the texts of a tsvector and a tsquery have it. */
export const quoted = (word: string): string => `'${SPECIAL.test(word) ? word.replaceAll('\\', '\\\\').replaceAll("'", "''") : word}'`;

const SPECIAL = /[\\']/;
