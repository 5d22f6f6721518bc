import type { Row } from './sorted-runs.ts';
import { type Tally, tally } from './tally.ts';

/** What the index wants to know of a moment: days since 1970-01-01, months `year * 12 + month - 1`. */
export type IndexedMoment = {
  type: string;
  position: number;
  level: number;
  endMax: number;
  startMonth: number;
  startMonthMax: number;
  endMonth: number;
};

/** How many numbers a row of a posting has (term, level, position, last day) and one of a tally (term, type, month, and what `Tally` says). */
export const WIDTHS = { posting: 4, tally: 9 };
/** How many of those of a tally are its key. */
export const TALLY_KEY = 3;

/** What the index is to hold of some moments, every table in the order of its key but for the types, which are numbers here. */
export type IndexRows = { postings: Iterable<Row>; tallies: Iterable<Row>; counts: Iterable<[term: number, postings: number]> };

/** Moments with their terms, that are put in order together. */
export type IndexBlock = {
  add: (moment: IndexedMoment, terms: Iterable<number>) => void;
  /** How many postings it holds: one for each term of each moment. */
  count: () => number;
  /** All of it; the block is empty afterwards. */
  take: () => IndexRows;
  /** The types of moments, by the numbers that rows have for them. They keep them as long as there is the block. */
  types: readonly string[];
};

/** Moments as columns, since as objects they would be most of what the collector of garbage has to look at. */
type Columns = Record<'type' | 'position' | 'level' | 'endMax' | 'startMonth' | 'startMonthMax' | 'endMonth', number[]>;

const noMoments = (): Columns => ({
  type: [],
  position: [],
  level: [],
  endMax: [],
  startMonth: [],
  startMonthMax: [],
  endMonth: [],
});

/** An empty block. It takes about 8 bytes per posting and 60 per moment. */
export function indexBlock(): IndexBlock {
  const types: string[] = [];
  let moments = noMoments();
  let terms: number[] = [];
  let ends: number[] = [];

  return {
    add({ type, position, level, endMax, startMonth, startMonthMax, endMonth }, its) {
      const known = types.indexOf(type);
      moments.type.push(known === -1 ? types.push(type) - 1 : known);
      moments.position.push(position);
      moments.level.push(level);
      moments.endMax.push(endMax);
      moments.startMonth.push(startMonth);
      moments.startMonthMax.push(startMonthMax);
      moments.endMonth.push(endMonth);
      for (const term of its) terms.push(term);
      ends.push(terms.length);
    },
    count: () => terms.length,
    take() {
      const taken = moments;
      const postings = sortPostings(taken, terms, ends);
      moments = noMoments();
      terms = [];
      ends = [];
      return { postings: postingRows(taken, postings), tallies: tallyRows(taken, postings), counts: countsOf(postings) };
    },
    types,
  };
}

/** For each term the moments that have it, in the order of the index: those of term t from `starts[t]` to `starts[t + 1]`. */
type Postings = { starts: Uint32Array; moments: Uint32Array };

/** Puts moments in order once, then deals them out to their terms: nothing else has to be sorted. */
function sortPostings({ level, position }: Columns, terms: readonly number[], ends: readonly number[]): Postings {
  const order = Uint32Array.from(ends.keys()).toSorted((a, b) => level[a]! - level[b]! || position[a]! - position[b]!);
  const starts = new Uint32Array(terms.reduce((most, term) => Math.max(most, term), 0) + 2);
  for (const term of terms) starts[term + 1]! += 1;
  for (let term = 1; term < starts.length; term += 1) starts[term]! += starts[term - 1]!;
  const next = starts.slice();
  const dealt = new Uint32Array(terms.length);
  for (const moment of order)
    for (let at = moment === 0 ? 0 : ends[moment - 1]!; at < ends[moment]!; at += 1) dealt[next[terms[at]!]!++] = moment;
  return { starts, moments: dealt };
}

function* runsOf({ starts }: Postings): Generator<{ term: number; from: number; to: number }> {
  for (let term = 0; term + 1 < starts.length; term += 1) {
    const [from, to] = [starts[term]!, starts[term + 1]!];
    if (to > from) yield { term, from, to };
  }
}

/** One row after the other, each in the same array: there are twenty for a moment. */
function* postingRows({ level, position, endMax }: Columns, postings: Postings): Generator<Row> {
  const row = [0, 0, 0, 0];
  for (const { term, from, to } of runsOf(postings))
    for (let at = from; at < to; at += 1) {
      const moment = postings.moments[at]!;
      row[0] = term;
      row[1] = level[moment]!;
      row[2] = position[moment]!;
      row[3] = endMax[moment]!;
      yield row;
    }
}

function* tallyRows(moments: Columns, postings: Postings): Generator<Row> {
  const types = [...new Set(moments.type)].toSorted((a, b) => a - b);
  for (const { term, from, to } of runsOf(postings))
    for (const type of types) {
      const months = new Map<number, Tally>();
      for (let at = from; at < to; at += 1) {
        const moment = postings.moments[at]!;
        if (moments.type[moment] === type)
          tally(months, moments.startMonth[moment]!, moments.startMonthMax[moment]!, moments.endMonth[moment]!);
      }
      for (const [month, row] of [...months].toSorted(([a], [b]) => a - b)) yield [term, type, month, ...row];
    }
}

function* countsOf(postings: Postings): Generator<[number, number]> {
  for (const { term, from, to } of runsOf(postings)) yield [term, to - from];
}
