import { describe, expect, test } from 'vitest';
import { median, quantile, spread } from './statistics.ts';

describe('quantiles', () => {
  const values = [50, 10, 40, 20, 30];

  test('are measured values, by the nearest rank, in any order of the input', () => {
    expect(median(values)).toBe(30);
    expect(quantile(values, 0.99)).toBe(50);
    expect(quantile(values, 0.2)).toBe(10);
    expect(quantile(values, 0.21)).toBe(20);
    expect(spread(values)).toEqual([10, 50]);
  });

  test('take the lower middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2);
  });

  test('leave out one value in a hundred at the 99th percentile', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.99)).toBe(99);
  });

  test('do not exist without measured values', () => {
    expect(() => median([])).toThrow('nothing was measured');
  });
});
