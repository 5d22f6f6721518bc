import { type Statement, statement } from './engine.ts';
import { insertRuns } from './insert.ts';
import { ADD_TALLIES } from './interval-index.ts';

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

/** Moments with their terms, that enter the index together: the more at once, the fewer pages are written more than once. */
export type IndexBlock = {
  add: (moment: IndexedMoment, terms: Iterable<number>) => void;
  /** How many moments it holds. */
  count: () => number;
  /** The statements that put all of it in the index, every table in the order of its key; the block is empty afterwards. */
  drain: () => Generator<Statement>;
};

/** An empty block. It takes about 200 bytes per moment. */
export function indexBlock(): IndexBlock {
  let moments: IndexedMoment[] = [];
  let terms: number[] = [];
  let ends: number[] = [];

  return {
    add({ type, position, level, endMax, startMonth, startMonthMax, endMonth }, its) {
      moments.push({ type, position, level, endMax, startMonth, startMonthMax, endMonth });
      for (const term of its) terms.push(term);
      ends.push(terms.length);
    },
    count: () => moments.length,
    *drain() {
      const postings = sortPostings(moments, terms, ends);
      yield* insertRuns('postings', postingRows(moments, postings));
      yield* insertRuns('tallies', tallyRows(moments, postings), ADD_TALLIES);
      for (const { term, from, to } of runsOf(postings))
        yield statement('UPDATE terms SET count = count + ? WHERE id = ?', to - from, term);
      moments = [];
      terms = [];
      ends = [];
    },
  };
}

/** For each term the moments that have it, in the order of the index: those of term t from `starts[t]` to `starts[t + 1]`. */
type Postings = { starts: Uint32Array; moments: Uint32Array };

/** Puts moments in order once, then deals them out to their terms: nothing else has to be sorted. */
function sortPostings(moments: readonly IndexedMoment[], terms: readonly number[], ends: readonly number[]): Postings {
  const order = Uint32Array.from(moments.keys()).toSorted((one, other) => {
    const [a, b] = [moments[one]!, moments[other]!];
    return a.level - b.level || a.position - b.position;
  });
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
function* postingRows(moments: readonly IndexedMoment[], postings: Postings): Generator<readonly number[]> {
  const row = [0, 0, 0, 0];
  for (const { term, from, to } of runsOf(postings))
    for (let at = from; at < to; at += 1) {
      const { level, position, endMax } = moments[postings.moments[at]!]!;
      row[0] = term;
      row[1] = level;
      row[2] = position;
      row[3] = endMax;
      yield row;
    }
}

type Tally = [started: number, ended: number, spillMonth: number, spillYear: number, spillDecade: number, spillCentury: number];

function* tallyRows(moments: readonly IndexedMoment[], postings: Postings): Generator<(number | string)[]> {
  const types = [...new Set(moments.map(({ type }) => type))].toSorted();
  for (const { term, from, to } of runsOf(postings))
    for (const type of types) {
      const months = new Map<number, Tally>();
      for (let at = from; at < to; at += 1) {
        const moment = moments[postings.moments[at]!]!;
        if (moment.type === type) tally(months, moment);
      }
      for (const [month, row] of [...months].toSorted(([a], [b]) => a - b)) yield [term, type, month, ...row];
    }
}

function tally(months: Map<number, Tally>, { startMonth, startMonthMax, endMonth }: IndexedMoment): void {
  const start = tallyOf(months, startMonth);
  start[0] += 1;
  if (startMonthMax > startMonth)
    for (const [index, size] of SPILLS.entries())
      if (Math.floor(startMonthMax / size) > Math.floor(startMonth / size)) start[index + 2]! += 1;
  tallyOf(months, endMonth)[1] += 1;
}

/** A month, a year, a decade and a century, in months. */
const SPILLS = [1, 12, 120, 1200];

function tallyOf(months: Map<number, Tally>, month: number): Tally {
  const known = months.get(month);
  if (known) return known;
  const fresh: Tally = [0, 0, 0, 0, 0, 0];
  months.set(month, fresh);
  return fresh;
}
