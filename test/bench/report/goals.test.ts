import { describe, expect, test } from 'vitest';
import { MEASURES } from '../measure/contests.ts';
import { COSTS } from '../measure/costs.ts';
import { figureList, type Subject } from '../measure/figures.ts';
import { closestPeer } from '../peers/index.ts';
import { LISTS } from '../questions/questions.ts';
import { ANNALS, evidenceOf, LIMIT } from './evidence.ts';
import { GOALS } from './goals.ts';

const MILLION = 1_000_000;

type Measured = [what: string, of: string, events: number, ...rounds: number[]];

/** The verdict on a goal for these measurements; without `goal`, on the first goal of that name. */
function verdict(what: string, goal: RegExp, measured: readonly Measured[]) {
  const figures = figureList();
  for (const [name, of, events, ...rounds] of measured)
    for (const round of rounds) figures.add({ what: name, of, events, unit: 'requests/s' }, round, round);
  const judged = GOALS.find((each) => each.what === what && goal.test(each.goal));
  return judged!.judge(evidenceOf(figures.all()));
}

/** The rates of Annals and of the closest peer at a page. */
const against = (events: number, rate: number): Measured[] => [
  [MEASURES.page, ANNALS, events, rate],
  [MEASURES.page, closestPeer.name, events, 100],
];

const met = (...asked: Parameters<typeof verdict>): string => verdict(...asked).met;

describe('a goal', () => {
  test('that is a share of the limit is met from that share on', () => {
    const limit: Measured = [MEASURES.byId, LIMIT, 100, 900, 1000, 1100];
    expect(met('one record by id', /60 %/, [limit, [MEASURES.byId, ANNALS, 100, 1, 600, 9000]])).toBe('yes');
    expect(met('one record by id', /60 %/, [limit, [MEASURES.byId, ANNALS, 100, 599]])).toBe('no');
  });

  test('for a million events is judged only at a million', () => {
    expect(met(MEASURES.page, /8 times/, against(100, 900))).toBe('unknown');
    expect(met(MEASURES.page, /8 times/, against(MILLION, 900))).toBe('yes');
    expect(met(MEASURES.page, /8 times/, against(MILLION, 799))).toBe('no');
  });

  test('that bounds growth fails with a single list that grows too much, and names it', () => {
    const small = LISTS.map((name): Measured => [name, ANNALS, 100, 1]);
    const large = LISTS.map((name): Measured => [name, ANNALS, MILLION, name === LISTS[2] ? 4 : 2]);
    const { met: isMet, figure } = verdict('every list and timeline query, median', /4 times/, [...small, ...large]);
    expect(isMet).toBe('no');
    expect(figure).toContain(`4.0 times at most (${LISTS[2]}: 1.00 to 4.00 ms); 1 of ${LISTS.length}`);
    expect(
      met('every list and timeline query, p99', /4 times/, [...small, ...small.map(([name]): Measured => [name, ANNALS, MILLION, 3])]),
    ).toBe('yes');
  });

  test('that compares creates with imports uses the size at which both were measured', () => {
    const rates: Measured[] = [
      [MEASURES.create, ANNALS, MILLION, 2500],
      [COSTS.importFull, ANNALS, MILLION, 5000],
    ];
    expect(met('durable creates, 64 clients', /half/, rates)).toBe('yes');
    expect(met(COSTS.importFull, /5,000/, rates)).toBe('yes');
    expect(met(COSTS.importFull, /5,000/, [[COSTS.importFull, ANNALS, MILLION, 4999]])).toBe('no');
  });

  test('whose figures failed says why', () => {
    const figures = figureList();
    const subject: Subject = { what: MEASURES.byId, of: ANNALS, events: 100, unit: 'requests/s' };
    figures.add(subject, 1);
    figures.fail(subject, new Error('the server ended with 1'));
    figures.add(subject, 1);
    expect(() => GOALS[0]!.judge(evidenceOf(figures.all()))).toThrow('the server ended with 1');
  });
});

describe('measurements', () => {
  test('have unique names', () => {
    const names = [...LISTS, ...Object.values(MEASURES), ...Object.values(COSTS)];
    expect(new Set(names).size).toBe(names.length);
  });
});
