import { expect } from 'vitest';
import { EARLIEST_DAY, UNBOUNDED_START } from '../../../src/domain/time/day.ts';
import { timelineHistogram } from '../../../src/query/execute/histogram.ts';
import type { EntryFilters } from '../../../src/query/filters/parameters.ts';
import { type Answer, monthOf, scan, windowOf } from './naive.ts';
import type { World } from './world.ts';

const UNITS = { month: 1, year: 12, decade: 120, century: 1200 } as const;

type Bucket = { from: number; count: number; uncertain: number };

/** Compares the histograms of all units with counting over the scan. */
export async function expectAsCounted({ annals, documents }: World, asked: EntryFilters): Promise<void> {
  const { sort: _sort, ...filters } = asked;
  const answers = scan(documents, filters);
  const { from } = windowOf(filters);
  for (const [unit, width] of Object.entries(UNITS)) {
    const histogram = await timelineHistogram(annals.engine, filters, unit as keyof typeof UNITS);
    const found = histogram.buckets.map(({ start, count, uncertain }) => ({ from: monthOfIso(start), count, uncertain }));
    const withoutStart = from === undefined ? answers.filter(({ bounds }) => bounds?.startMin === UNBOUNDED_START) : [];
    const others = answers.filter((answer) => answer.bounds && !withoutStart.includes(answer));
    expect(found).toEqual(bucketsOf(others, from, width));
    expect(histogram.withoutStart).toBe(withoutStart.length);
    expect('total' in histogram && histogram.total).toBe(answers.length);
  }
}

/**
 * Each moment counts in the bucket of its earliest day, or in the first of the window when that lies in a month before it. It is uncertain when it may have
 * begun only after the bucket.
 */
function bucketsOf(answers: readonly Answer[], from: number | undefined, width: number): Bucket[] {
  const first = from === undefined ? -Infinity : monthOf(from);
  const buckets = new Map<number, Bucket>();
  for (const { bounds } of answers) {
    const begun = monthOf(bounds!.startMin);
    const start = Math.floor(Math.max(begun, first) / width) * width;
    const bucket = buckets.get(start) ?? { from: Math.max(start, monthOf(EARLIEST_DAY)), count: 0, uncertain: 0 };
    bucket.count += 1;
    if (begun >= first && monthOf(bounds!.startMax) >= start + width) bucket.uncertain += 1;
    buckets.set(start, bucket);
  }
  return [...buckets.values()].toSorted((a, b) => a.from - b.from);
}

function monthOfIso(iso: string): number {
  const [, year, month] = /^(-?\d+)-(\d\d)-01$/.exec(iso)!;
  return Number(year) * 12 + Number(month) - 1;
}
