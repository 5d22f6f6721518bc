import { type Statement, statement } from './port.ts';
import { indexBlock, type IndexedMoment, TALLY_KEY, WIDTHS } from './index-block.ts';
import { insertRuns } from './insert.ts';
import { ADD_TALLIES } from './interval-index.ts';
import { type Row, sortedRuns } from './sorted-runs.ts';

/** The postings and tallies of many new moments. They enter the index once and in order: each block by itself would change most of its pages. */
export type BulkPostings = {
  /** Adds a moment with its terms. */
  add: (moment: IndexedMoment, terms: Iterable<number>) => void;
  /** The statements that put all of them in. */
  finish: () => Generator<Statement>;
};

/** No postings yet. As many as `block` are sorted in memory; if there are more, blocks wait in files in a folder of the caller's. */
export function bulkPostings(folder: string, block: number): BulkPostings {
  const gathered = indexBlock();
  const postings = sortedRuns(folder, 'postings', WIDTHS.posting);
  const tallies = sortedRuns(folder, 'tallies', WIDTHS.tally);
  const counts = new Map<number, number>();

  function sorted() {
    const rows = gathered.take();
    for (const [term, count] of rows.counts) counts.set(term, (counts.get(term) ?? 0) + count);
    return rows;
  }

  return {
    add(moment, terms) {
      gathered.add(moment, terms);
      if (gathered.count() < block) return;
      const full = sorted();
      postings.keep(full.postings);
      tallies.keep(full.tallies);
    },
    *finish() {
      const last = sorted();
      yield* insertRuns('postings', postings.merged(last.postings));
      yield* insertRuns('monthly_counts', named(summed(tallies.merged(last.tallies)), gathered.types), ADD_TALLIES);
      for (const [term, count] of counts) yield statement('UPDATE terms SET count = count + ? WHERE id = ?', count, term);
    },
  };
}

/** Rows in order, those of one key added up. */
function* summed(rows: Iterable<Row>): Generator<Row> {
  let sum: number[] | undefined;
  for (const row of rows) {
    if (sum && isSameTally(row, sum)) {
      for (let column = TALLY_KEY; column < row.length; column += 1) sum[column]! += row[column]!;
      continue;
    }
    if (sum) yield sum;
    sum = [...row];
  }
  if (sum) yield sum;
}

function isSameTally(one: Row, other: Row): boolean {
  for (let column = 0; column < TALLY_KEY; column += 1) if (one[column] !== other[column]) return false;
  return true;
}

function* named(rows: Iterable<Row>, types: readonly string[]): Generator<(number | string)[]> {
  for (const [term, type, ...rest] of rows) yield [term!, types[type!]!, ...rest];
}
