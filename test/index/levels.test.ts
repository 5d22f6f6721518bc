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
  lastPositionOf,
  levelOf,
  LEVELS,
  MOMENT_MAX,
  placeOf,
  POSITION_MAX,
  positionAt,
  positionOf,
  slotOf,
  UNDATED_DAY,
  UNDATED_LEVEL,
} from '../../src/domain/time/levels.ts';
import { IS_OF_ONE_DAY, LEVEL_OF, MOMENT_MASK, MONTH_OF, SLOT_OF } from '../../src/index/position-sql.ts';

const day = fc.integer({ min: EARLIEST_DAY, max: LATEST_DAY });
const moment = fc.integer({ min: 1, max: MOMENT_MAX });
const exact = { start: false, end: false };

const time = fc.option(
  fc.integer({ min: 0, max: 1439 }).map((minute) => {
    return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  }),
  { nil: undefined },
);

const standing = (startDay: number, level: number, key: number, at?: string): bigint =>
  positionAt(slotOf(startDay, placeOf(level, at)), key);

/** Days that may be spanned, and where such a moment stands. */
const placed = fc.tuple(day, day, moment, fc.constantFrom('exact', 'without end', 'without start')).map(([one, other, key, kind]) => {
  const start = kind === 'without start' ? UNBOUNDED_START : Math.min(one, other);
  const end = kind === 'without end' ? UNBOUNDED_END : Math.max(one, other);
  const level = levelOf(start, end, { start: kind === 'without start', end: kind === 'without end' });
  return { start, end, level, position: standing(kind === 'without start' ? noStartDay(end) : start, level, key) };
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

/** The time counts on one day only, and a moment without one comes first. */
const order = ([startDay, level, at, key]: [number, number, string | undefined, number]) => [
  startDay,
  level,
  level > 0 || at === undefined ? -1 : Number(at.replace(':', '')),
  key,
];

test('positions are integers of 63 bits that sort by day, then level, then time of day, then moment', () => {
  const parts = fc.tuple(fc.integer({ min: UNBOUNDED_START, max: UNDATED_DAY }), fc.integer({ min: 0, max: 31 }), time, moment);
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const [one, other] = [a, b].map(([startDay, level, at, key]) => standing(startDay, level, key, at)) as [bigint, bigint];
      const [ranks, others] = [order(a), order(b)];
      expect(one >= 0n && one <= POSITION_MAX && POSITION_MAX < 2n ** 63n).toBe(true);
      const first = ranks.findIndex((value, index) => value !== others[index]);
      expect(one < other ? -1 : Number(one > other)).toBe(first === -1 ? 0 : Math.sign(ranks[first]! - others[first]!));
      expect(one >= positionOf(a[0]) && one <= lastPositionOf(a[0])).toBe(true);
    }),
    { seed: 2 },
  );
});

test('positions of days beyond all are before or after those of all moments, and integers of a database', () => {
  for (const beyond of [-9_000_000, UNBOUNDED_START]) expect(positionOf(beyond)).toBe(0n);
  for (const beyond of [positionOf(9_000_000), lastPositionOf(9_000_000)]) expect(beyond >= POSITION_MAX && beyond < 2n ** 63n).toBe(true);
});

test('moments without a known start sort before all days by their end, and moments without a date after them', () => {
  expect(noStartDay(UNBOUNDED_START)).toBe(UNBOUNDED_START);
  expect(standing(noStartDay(LATEST_DAY), NO_START_LEVEL, MOMENT_MAX) < positionOf(EARLIEST_DAY)).toBe(true);
  expect(isUndated(standing(LATEST_DAY, NO_END_LEVEL, MOMENT_MAX))).toBe(false);
  expect(isUndated(standing(UNDATED_DAY, UNDATED_LEVEL, 1))).toBe(true);
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
      expect(range.low <= each.position && each.position <= range.high).toBe(true);
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('no range holds earlier pages or undated moments, which have a last range of their own in both directions', () => {
  const undated = standing(UNDATED_DAY, UNDATED_LEVEL, 500);
  for (const direction of ['forward', 'backward'] as const) {
    for (const { high } of rangesOf({}, { direction })) expect(isUndated(high)).toBe(false);
    const { low, high } = undatedRange({ direction, after: positionOf(17_000) });
    expect(low <= undated && undated <= high && isUndated(low)).toBe(true);
    const rest = undatedRange({ direction, after: undated });
    expect(direction === 'forward' ? rest.low > undated : rest.high < undated).toBe(true);
  }
  for (const { low } of rangesOf({}, { direction: 'forward', after: 77n })) expect(low > 77n).toBe(true);
  for (const { high } of rangesOf({}, { direction: 'backward', after: 77n })) expect(high < 77n).toBe(true);
});

test('SQL computes the month, the level, the slot and the moment of a position', () => {
  const connection = new Database(':memory:');
  const [position, month, level, isOfOneDay] = ['j.value', MONTH_OF('j.value'), LEVEL_OF('j.value'), IS_OF_ONE_DAY('j.value')];
  const read = connection.prepare(
    `SELECT ${month}, ${level}, ${isOfOneDay}, ${SLOT_OF(position)}, (${position} & ${MOMENT_MASK}) FROM json_each(?) j`,
  );
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 31 }), moment, time, (start, of, key, at) => {
      const slot = slotOf(start, placeOf(of, at));
      expect(read.raw().get(`[${positionAt(slot, key)}]`)).toEqual([monthIndexOf(start), of, Number(of === 0), slot, key]);
    }),
    {
      seed: 5,
      numRuns: 5000,
      examples: [
        [EARLIEST_DAY, 0, 1, undefined],
        [LATEST_DAY, 31, MOMENT_MAX, undefined],
        [LATEST_DAY, 0, MOMENT_MAX, '23:59'],
        [-719_468, 0, 1, '00:00'],
        [0, 1, 1, '00:00'],
      ],
    },
  );
  connection.close();
});
