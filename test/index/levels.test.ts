import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EARLIEST_DAY, LATEST_DAY, monthIndexOf, UNBOUNDED_END, UNBOUNDED_START } from '../../src/domain/time/day.ts';
import { rangesOf, undatedRange } from '../../src/domain/time/position-ranges.ts';
import {
  NO_START_LEVEL,
  noStartDay,
  NO_END_LEVEL,
  isUndated,
  levelOf,
  LEVELS,
  MOMENT_MAX,
  positionOf,
  UNDATED_DAY,
  UNDATED_LEVEL,
} from '../../src/domain/time/levels.ts';
import { LEVEL_OF, MOMENT_MASK, MONTH_OF } from '../../src/index/position-sql.ts';

const day = fc.integer({ min: EARLIEST_DAY, max: LATEST_DAY });
const moment = fc.integer({ min: 1, max: MOMENT_MAX });
const exact = { start: false, end: false };

/** Days that may be spanned, and where such a moment stands. */
const placed = fc.tuple(day, day, moment, fc.constantFrom('exact', 'without end', 'without start')).map(([one, other, key, kind]) => {
  const start = kind === 'without start' ? UNBOUNDED_START : Math.min(one, other);
  const end = kind === 'without end' ? UNBOUNDED_END : Math.max(one, other);
  const level = levelOf(start, end, { start: kind === 'without start', end: kind === 'without end' });
  return { start, end, level, position: positionOf(kind === 'without start' ? noStartDay(end) : start, level, key) };
});

test('the bounds of the levels ascend, and the last level holds every period with two ends', () => {
  expect(LEVELS).toEqual(LEVELS.toSorted((a, b) => a - b));
  expect(new Set(LEVELS).size).toBe(LEVELS.length);
  expect(levelOf(EARLIEST_DAY, LATEST_DAY, exact)).toBe(LEVELS.length - 1);
  expect([LEVELS.length, NO_END_LEVEL, NO_START_LEVEL, UNDATED_LEVEL]).toEqual([28, 29, 30, 31]);
});

test('a level is the first whose bound reaches from the first to the last day', () => {
  fc.assert(
    fc.property(day, day, (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const level = levelOf(start, end, exact);
      expect(LEVELS[level]).toBeGreaterThanOrEqual(end - start);
      expect(LEVELS[level - 1] ?? -1).toBeLessThan(end - start);
    }),
    { seed: 1 },
  );
});

test('positions are safe integers that sort by day, then level, then moment, and hold the level and the moment', () => {
  const parts = fc.tuple(fc.integer({ min: UNBOUNDED_START, max: UNDATED_DAY }), fc.integer({ min: 0, max: 31 }), moment);
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const [one, other] = [positionOf(...a), positionOf(...b)];
      expect(Number.isSafeInteger(one) && one >= 0).toBe(true);
      const first = a.findIndex((value, index) => value !== b[index]);
      expect(Math.sign(one - other)).toBe(first === -1 ? 0 : Math.sign(a[first]! - b[first]!));
      expect(Number((BigInt(one) >> 25n) & 31n)).toBe(a[1]);
      expect(Number(BigInt(one) & BigInt(MOMENT_MASK))).toBe(a[2]);
    }),
    { seed: 2 },
  );
});

test('moments without a known start sort before all days by their end, and moments without a date after them', () => {
  expect(noStartDay(UNBOUNDED_START)).toBe(UNBOUNDED_START);
  expect(positionOf(noStartDay(LATEST_DAY), NO_START_LEVEL, MOMENT_MAX)).toBeLessThan(positionOf(EARLIEST_DAY));
  expect(isUndated(positionOf(LATEST_DAY, NO_END_LEVEL, MOMENT_MAX))).toBe(false);
  expect(isUndated(positionOf(UNDATED_DAY, UNDATED_LEVEL, 1))).toBe(true);
});

test('every moment that overlaps a window is in the range of its level, in both directions and at every page', () => {
  const direction = fc.constantFrom('forward' as const, 'backward' as const);
  const maybe = fc.option(day, { nil: undefined });
  fc.assert(
    fc.property(placed, maybe, maybe, direction, fc.option(placed, { nil: undefined }), (each, one, other, way, last) => {
      const [from, to] = one !== undefined && other !== undefined ? [Math.min(one, other), Math.max(one, other)] : [one, other];
      const after = last?.position;
      fc.pre(each.start <= (to ?? Infinity) && each.end >= (from ?? -Infinity));
      fc.pre(after === undefined || (way === 'forward' ? each.position > after : each.position < after));
      const range = rangesOf({ from, to }, { direction: way, after }).find(({ level }) => level === each.level)!;
      expect(range.low).toBeLessThanOrEqual(each.position);
      expect(range.high).toBeGreaterThanOrEqual(each.position);
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('no range holds earlier pages or undated moments, which have a last range of their own in both directions', () => {
  const undated = positionOf(UNDATED_DAY, UNDATED_LEVEL, 500);
  for (const direction of ['forward', 'backward'] as const) {
    for (const { high } of rangesOf({}, { direction })) expect(isUndated(high)).toBe(false);
    const { low, high } = undatedRange({ direction, after: positionOf(17_000) });
    expect(low <= undated && undated <= high && isUndated(low)).toBe(true);
    const rest = undatedRange({ direction, after: undated });
    expect(direction === 'forward' ? rest.low > undated : rest.high < undated).toBe(true);
  }
  for (const { low } of rangesOf({}, { direction: 'forward', after: 77 })) expect(low).toBeGreaterThan(77);
  for (const { high } of rangesOf({}, { direction: 'backward', after: 77 })) expect(high).toBeLessThan(77);
});

test('SQL computes the month of a position from its day', () => {
  const connection = new Database(':memory:');
  const monthOf = connection.prepare(`SELECT ${MONTH_OF('j.value')}, ${LEVEL_OF('j.value')} FROM json_each(?) j`).raw();
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 29 }), moment, (start, level, key) => {
      expect(monthOf.get(JSON.stringify([positionOf(start, level, key)]))).toEqual([monthIndexOf(start), level]);
    }),
    {
      seed: 5,
      numRuns: 5000,
      examples: [
        [EARLIEST_DAY, 0, 1],
        [LATEST_DAY, 29, MOMENT_MAX],
        [-719_468, 0, 1],
        [0, 1, 1],
      ],
    },
  );
  connection.close();
});
