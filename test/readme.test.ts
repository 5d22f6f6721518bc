import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedApp } from './helpers/app.ts';

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

/** The most lines of the README. */
const LINES = 150;

/** The curl lines of the tour with what they print. */
const tour = [...README.matchAll(/```console\n\$ curl '?http:\/\/localhost:3000([^'\n]+)'?\n(.*)\n```/g)].map(([, address, printed]) => ({
  address: address!,
  printed: printed!,
}));

/** An answer without the id of its request, which is another each time. */
const timeless = (answer: string) => answer.replace(/"\/requests\/[0-9a-f-]{36}"/, '"/requests/…"');

describe('the README', () => {
  const shared = sharedApp();

  test(`has at most ${LINES} lines`, () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES);
  });

  test('has a tour of ten curl lines', () => {
    expect(tour).toHaveLength(10);
  });

  test.each(tour)('curl $address answers as printed', async ({ address, printed }) => {
    const response = await shared.app.inject(address);
    expect(timeless(response.body)).toBe(timeless(printed));
  });
});
