import { describe, expect, test } from 'vitest';
import { comparedName, distanceOf } from '../../../src/records/names/similar-names.ts';

const between = (asked: string, name: string): number | undefined => distanceOf(comparedName(asked), comparedName(name));

describe('near:', () => {
  test.each([
    ['the same words in another order', 'Security Council', 'Council of Security', 0],
    ['a surname', 'Thorne', 'Vanessa Thorne', 0.1],
    ['the beginning of a word', 'Guter', 'António Guterres', 1.1],
    ['a letter too few', 'Guteres', 'António Guterres', 2.1],
    ['two neighbours swapped', 'Kazakhtsan', 'Kazakhstan', 2],
    ['a name within what is asked', 'the UNODA Security Council', 'Security Council', 3],
    ['a word in two', 'Tash kent', 'Tashkent', 2.5],
    ['a letter too few in a short word', 'Povestka dna dlya mira', 'Povestka dnya dlya mira', 2.5],
  ])('%s', (_what, asked, name, distance) => {
    const found = between(asked, name);
    expect(found === undefined ? found : Math.round(found * 10) / 10).toBe(distance);
  });
});

describe('not near:', () => {
  test.each([
    ['Germany', 'Armenia'],
    ['Iraq', 'Iran'],
    ['Mali', 'Bali'],
    ['UN', 'EU'],
    ['USA', 'USD'],
    ['Resolution 1373', 'Resolution 1374'],
    ['S/2007/279', 'S/2007/280'],
    ['Government of Kazakhstan', 'Kazakhstan'],
    ['Thorne', 'Thornton'],
    ['Austria', 'Australia'],
    ['West Velmark', 'East Velmark'],
    ['Republic of Iraq', 'Republic of Iran'],
  ])('%s and %s', (asked, name) => {
    expect(between(asked, name)).toBeUndefined();
  });
});
