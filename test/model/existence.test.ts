import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoOfDay } from '../../src/domain/time/day.ts';
import { existenceOf } from '../../src/model/existence.ts';

/** A date of an actor that lies on one of a few days, and a part of the time line to itself: the order of dates is known. */
type Turn = { isEnd: boolean; first: number; last: number };

const [STEP, HORIZON] = [10, 100];

const turns = fc
  .array(fc.tuple(fc.boolean(), fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 5 })
  .map((drawn) =>
    drawn.map(([isEnd, from, days], index): Turn => ({ isEnd, first: STEP * index + from, last: STEP * index + from + days })),
  );

const dateOf = ({ isEnd, first, last }: Turn, index: number) => ({
  role: isEnd ? ['died', 'dissolved', 'abolished'][index % 3]! : ['born', 'founded', 'established'][index % 3]!,
  edtf: first === last ? isoOfDay(first) : `[${isoOfDay(first)}..${isoOfDay(last)}]`,
});

const daysOf = ({ first, last }: Turn): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Each time in which the actor existed, as all pairs of days on which it may have begun and ended: runs of beginnings and the runs of ends after them. */
function pairsOf(all: readonly Turn[]): [number, number][][] {
  const spells: { beginnings: Turn[]; ends: Turn[] }[] = [];
  for (const [index, turn] of all.entries()) {
    if (index === 0 || (!turn.isEnd && all[index - 1]!.isEnd)) spells.push({ beginnings: [], ends: [] });
    spells.at(-1)![turn.isEnd ? 'ends' : 'beginnings'].push(turn);
  }
  const unknown: Turn = { isEnd: false, first: -HORIZON, last: HORIZON };
  return spells.map(({ beginnings, ends }) => {
    const starts = (beginnings.length > 0 ? beginnings : [unknown]).flatMap(daysOf);
    const stops = (ends.length > 0 ? ends : [unknown]).flatMap(daysOf);
    return starts.flatMap((start) => stops.flatMap((stop): [number, number][] => (start <= stop ? [[start, stop]] : [])));
  });
}

describe('the existence of an actor', () => {
  test('is possible and certain as all days on which it may have begun and ended tell', () => {
    const window = fc.tuple(fc.integer({ min: -20, max: 60 }), fc.nat(12)).map(([from, days]) => ({ from, to: from + days }));
    fc.assert(
      fc.property(turns, window, fc.boolean(), (all, { from, to }, isReversed) => {
        const dates = all.map(dateOf);
        const found = existenceOf({ dates: isReversed ? dates.toReversed() : dates });
        const overlaps = ([start, stop]: [number, number]) => start <= to && stop >= from;
        const spells = pairsOf(all);
        expect(found.some(({ startMin, endMax }) => startMin <= to && endMax >= from)).toBe(spells.some((pairs) => pairs.some(overlaps)));
        expect(found.some(({ startMax, endMin }) => startMax! <= to && endMin! >= from)).toBe(
          spells.some((pairs) => pairs.every(overlaps)),
        );
      }),
      { seed: 17, numRuns: 3000 },
    );
  });

  test('begins with its first date, and is never certain of a doubted one', () => {
    const [found] = existenceOf({
      dates: [
        { role: 'died', edtf: '1955' },
        { role: 'moved', edtf: '1933' },
        { role: 'born', edtf: '1879?' },
      ],
    });
    expect(found).toMatchObject({ ordinal: 2 });
    expect(found).not.toHaveProperty('startMax');
    expect(found).not.toHaveProperty('endMin');
  });

  test('of a month that ends in its year lies in that month and the rest of the year', () => {
    const dates = [
      { role: 'founded', edtf: '1991-12' },
      { role: 'dissolved', edtf: '1991' },
    ];
    expect(existenceOf({ dates })).toHaveLength(1);
  });

  test('of periods is each of them, and that of other dates is none', () => {
    const dates = [
      { role: 'existed', edtf: '1700/1800' },
      { role: 'existed', edtf: '1850/..' },
      { role: 'moved', edtf: '1900' },
      { role: 'founded' },
    ];
    expect(existenceOf({ dates }).map(({ ordinal }) => ordinal)).toEqual([0, 1]);
  });
});
