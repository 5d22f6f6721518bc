import { type MomentColumns, positionOfMoment } from '../entry.ts';
import { addMonthlyCounts, type MonthlyCounts } from '../monthly-counts.ts';

/** The columns of a moment on which its rows in the index depend. */
const COLUMNS = ['level', 'slot', 'key', 'endMax', 'startMonth', 'startMonthMax', 'endMonth', 'doubted'] as const;

/** A moment in the index. */
export type IndexedMoment = { type: string } & Pick<MomentColumns, (typeof COLUMNS)[number]>;

type Cells = readonly (number | bigint | string)[];

/** Rows of `postings` and `monthly_counts`, sorted by primary key, and the number of postings of each term. A row is valid until the next one. */
export type Sorted = { postings: Iterable<Cells>; monthlyCounts: Iterable<Cells>; counts: Iterable<[term: number, postings: number]> };

/** Moments with their terms, which are sorted together. */
export type PostingBlock = {
  add: (moment: IndexedMoment, terms: readonly number[]) => void;
  /** The number of postings: one for each term of each moment. */
  count: () => number;
  /** Returns the rows of all moments, and empties the block. */
  take: () => Sorted;
};

/** Moments as columns: as objects they would be most of the work of the garbage collector. */
type Columns = { type: string[] } & Record<(typeof COLUMNS)[number], number[]>;

const noMoments = (): Columns => ({
  type: [],
  level: [],
  slot: [],
  key: [],
  endMax: [],
  startMonth: [],
  startMonthMax: [],
  endMonth: [],
  doubted: [],
});

/** Postings for which a block has room at first. */
const FEWEST = 2 ** 12;

/** A copy with room for `most` numbers, and for twice as many as before. */
function grown(numbers: Uint32Array, most: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(Math.max(most, 2 * numbers.length));
  copy.set(numbers);
  return copy;
}

/** An empty block. It takes 4 bytes per posting, 4 more while it is sorted, and 90 per moment. */
export function postingBlock(): PostingBlock {
  let moments = noMoments();
  let terms = new Uint32Array(FEWEST);
  let count = 0;
  let ends: number[] = [];

  return {
    add(moment, own) {
      moments.type.push(moment.type);
      for (const column of COLUMNS) moments[column].push(moment[column]);
      if (count + own.length > terms.length) terms = grown(terms, count + own.length);
      terms.set(own, count);
      ends.push((count += own.length));
    },
    count: () => count,
    take() {
      const taken = moments;
      const lists = sortByTerm(taken, terms.subarray(0, count), ends);
      moments = noMoments();
      terms = new Uint32Array(FEWEST);
      count = 0;
      ends = [];
      return { postings: postingRows(taken, lists), monthlyCounts: monthlyRows(taken, lists), counts: countsOf(lists) };
    },
  };
}

/** The posting lists: the moments of term t, in the order of the index, are those from `starts[t]` to `starts[t + 1]`. */
type PostingLists = { starts: Uint32Array; moments: Uint32Array };

/** Counting sort: sorts the moments once, then deals them out to their terms in that order, so that no posting list is sorted. */
function sortByTerm({ level, slot, key }: Columns, terms: Uint32Array, ends: readonly number[]): PostingLists {
  const order = Uint32Array.from(ends.keys()).toSorted((a, b) => level[a]! - level[b]! || slot[a]! - slot[b]! || key[a]! - key[b]!);
  const starts = new Uint32Array(terms.reduce((most, term) => Math.max(most, term), 0) + 2);
  for (const term of terms) starts[term + 1]! += 1;
  for (let term = 1; term < starts.length; term += 1) starts[term]! += starts[term - 1]!;
  const next = starts.slice();
  const dealt = new Uint32Array(terms.length);
  for (const moment of order)
    for (let at = moment === 0 ? 0 : ends[moment - 1]!; at < ends[moment]!; at += 1) dealt[next[terms[at]!]!++] = moment;
  return { starts, moments: dealt };
}

function* listsOf({ starts }: PostingLists): Generator<{ term: number; from: number; to: number }> {
  for (let term = 0; term + 1 < starts.length; term += 1) {
    const [from, to] = [starts[term]!, starts[term + 1]!];
    if (to > from) yield { term, from, to };
  }
}

/** Yields one row after the other in the same array: there are twenty for a moment. */
function* postingRows({ level, slot, key, endMax }: Columns, lists: PostingLists): Generator<Cells> {
  const positions = slot.map((each, moment) => positionOfMoment({ slot: each, key: key[moment]! }));
  const row: [number, number, bigint, number] = [0, 0, 0n, 0];
  for (const { term, from, to } of listsOf(lists))
    for (let at = from; at < to; at += 1) {
      const moment = lists.moments[at]!;
      row[0] = term;
      row[1] = level[moment]!;
      row[2] = positions[moment]!;
      row[3] = endMax[moment]!;
      yield row;
    }
}

function* monthlyRows(moments: Columns, lists: PostingLists): Generator<Cells> {
  const types = [...new Set(moments.type)].toSorted();
  for (const { term, from, to } of listsOf(lists))
    for (const type of types) {
      const months = new Map<number, MonthlyCounts>();
      for (let at = from; at < to; at += 1) {
        const moment = lists.moments[at]!;
        if (moments.type[moment] !== type) continue;
        const [startMonth, startMonthMax] = [moments.startMonth[moment]!, moments.startMonthMax[moment]!];
        const [endMonth, doubted] = [moments.endMonth[moment]!, moments.doubted[moment]!];
        addMonthlyCounts(months, { startMonth, startMonthMax, endMonth, doubted });
      }
      for (const month of [...months.keys()].toSorted((a, b) => a - b)) yield [term, type, month, ...months.get(month)!];
    }
}

function* countsOf(lists: PostingLists): Generator<[number, number]> {
  for (const { term, from, to } of listsOf(lists)) yield [term, to - from];
}
