import { expect, test } from 'vitest';
import { durationOf, endOf } from '../../../src/domain/time/instant.ts';
import { NOW } from '../../helpers/fixtures.ts';

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
])('%s is %i milliseconds', (text, milliseconds) => {
  expect(durationOf(text)).toBe(milliseconds);
  expect(endOf(text, NOW)).toBe(NOW + milliseconds);
});

test.each([
  ['2027-01-01', '2027-01-01T00:00:00.000Z'],
  ['2027-01-01T12:30:00Z', '2027-01-01T12:30:00.000Z'],
  ['2027-01-01T12:30:00.250+05:00', '2027-01-01T07:30:00.250Z'],
])('%s is the end %s, whatever the time is now', (text, instant) => {
  expect(new Date(endOf(text, NOW)).toISOString()).toBe(instant);
  expect(durationOf(text)).toBeUndefined();
});

test.each([
  '',
  '0d',
  '-1d',
  '1.5h',
  '1e3s',
  '30',
  'd',
  '30 d',
  '30D',
  '1w',
  '100000d',
  '2027',
  '2027-02-29',
  '2027-01-01T12:30',
  'tomorrow',
])('%j is none', (text) => {
  expect(durationOf(text)).toBeUndefined();
  expect(() => endOf(text, NOW)).toThrow(/is not an instant|does not exist/);
});
