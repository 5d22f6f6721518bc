import { beforeAll, describe, expect, test } from 'vitest';
import { sharedApp } from '../helpers/app.ts';
import { idsInUse, isOverInvented, knownFailures, nameOf, POINTS, queries, records } from './queries.ts';
import { judge, loadRecords } from './verdicts.ts';

const service = sharedApp({ RATE_LIMIT: '0' });
beforeAll(() => loadRecords(service.app, service.annals, service.writeKey));

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Han', 'Katakana', 'Hangul', 'Thai', 'Georgian'];

describe('the set of queries', () => {
  test('is over sixty records of all types in at least eight scripts', () => {
    const text = JSON.stringify(records);
    expect(records).toHaveLength(60);
    expect(new Set(records.map(({ type }) => type)).size).toBe(6);
    expect(SCRIPTS.filter((script) => new RegExp(`\\p{Script=${script}}`, 'u').test(text))).toEqual(SCRIPTS);
  });

  test('has at least 80 queries over these records and 50 over the seeds', () => {
    const over = queries.filter(isOverInvented).length;
    expect(over).toBeGreaterThanOrEqual(80);
    expect(queries.length - over).toBeGreaterThanOrEqual(50);
  });

  test('names records that there are, each of them clearly', () => {
    const counts = idsInUse();
    const named = queries.flatMap(({ finds, never }) => [...finds, ...never]);
    expect(named.filter((id) => counts.get(id) !== 1)).toEqual([]);
  });

  test('has no query twice, and expects something of each', () => {
    expect(new Set(queries.map(nameOf)).size).toBe(queries.length);
    const empty = queries.filter(({ finds, never, offers, offersNever }) => [...finds, ...never, ...offers, ...offersNever].length === 0);
    expect(empty.map(nameOf)).toEqual([]);
  });

  test('has the queries that are known to fail', () => {
    const names = new Set(queries.map(nameOf));
    expect(knownFailures.filter((name) => !names.has(name))).toEqual([]);
  });
});

const failing = new Set(knownFailures);

describe.each(POINTS)('%s:', (point) => {
  for (const query of queries.filter((each) => each.point === point)) {
    const name = nameOf(query);
    (failing.has(name) ? test.fails : test)(query.why ? `${name} (${query.why})` : name, async () => {
      const { missing, wrong } = await judge(service.app, query);
      expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
    });
  }
});
