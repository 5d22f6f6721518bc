import { describe, expect, test } from 'vitest';
import { EVEN_DAYS, eventLines, ODD_DAYS, OTHER_RECORDS, worldLines } from './lines.ts';
import { randomFrom, zipf } from './random.ts';

type Line = { type: string; id: string; date?: { edtf: string }; participants: { actor: string }[] };

const EVENTS = 4000;
const lines = [...worldLines(EVENTS)];
// @NOTE made by `worldLines`
const events = lines.map((line) => JSON.parse(line) as Line).filter(({ type }) => type === 'event');

const share = (chosen: (event: Line) => boolean): number => events.filter(chosen).length / EVENTS;
const isOneDay = ({ date }: Line) => /^\d{4}-\d\d-\d\d$/.test(date?.edtf ?? '');
const takesPart = (actor: string) => (event: Line) => event.participants.some((each) => each.actor === actor);

describe('a world', () => {
  test('is the same each time', () => {
    expect([...worldLines(50)]).toEqual([...worldLines(50)]);
    expect([...worldLines(50)]).toEqual(lines.slice(0, OTHER_RECORDS + 50));
  });

  test('has other events for another seed', () => {
    expect([...eventLines('event', 5, 1)]).not.toEqual([...eventLines('event', 5, 2)]);
  });

  test('has two actors, each in a fourth of all events, who never meet', () => {
    expect(share(takesPart(EVEN_DAYS))).toBeCloseTo(0.25, 1);
    expect(share(takesPart(ODD_DAYS))).toBeCloseTo(0.25, 1);
    expect(events.filter((event) => takesPart(EVEN_DAYS)(event) && takesPart(ODD_DAYS)(event))).toEqual([]);
  });

  test('has events of one day, of more, fuzzy, open and undated ones', () => {
    expect(share(isOneDay)).toBeCloseTo(0.94, 1);
    for (const kind of [/^[\d-]+\/[\d-]+$/, /^\d{4}$/, /~$/, /\/\.\.$/, /^$/])
      expect(share(({ date }) => kind.test(date?.edtf ?? ''))).toBeGreaterThan(0);
  });

  test('has one to five participants in each event', () => {
    expect(new Set(events.map(({ participants }) => participants.length))).toEqual(new Set([1, 2, 3, 4, 5]));
  });
});

describe("Zipf's law", () => {
  test('gives the first rank twice as often as the second and ten times as often as the tenth', () => {
    const draw = zipf(100);
    const random = randomFrom(3);
    const counts = Array.from({ length: 100 }, () => 0);
    for (let drawn = 0; drawn < 200_000; drawn += 1) counts[draw(random)]! += 1;
    expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0);
    expect(counts[0]! / counts[9]!).toBeCloseTo(10, -1);
    expect(counts[99]).toBeGreaterThan(0);
  });
});
