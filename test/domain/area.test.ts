import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxesAround, distance } from '../../src/domain/area.ts';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

test('distances are those of great circles', () => {
  const tashkent = { latitude: 41.31, longitude: 69.28 };
  expect(distance(tashkent, tashkent)).toBe(0);
  expect(distance({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 90 })).toBeCloseTo(10_007.557, 2);
  expect(distance({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(111.195, 2);
  expect(distance({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 })).toBeCloseTo(20_015.115, 2);
});

test('the boxes around a point hold every point that is near enough', () => {
  fc.assert(
    fc.property(
      point,
      point,
      fc.oneof(fc.double({ min: 0.001, max: 20_038, noNaN: true }), fc.constant(undefined)),
      (center, other, within) => {
        const kilometres = within ?? Math.max(0.001, distance(center, other));
        if (distance(center, other) > kilometres) return;
        const { latitude, longitude } = other;
        const holds = boxesAround(center, kilometres).some(
          ({ west, south, east, north }) => latitude >= south && latitude <= north && longitude >= west && longitude <= east,
        );
        expect(holds).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
