import { describe, expect, test } from 'vitest';
import { addressOf, corrected, EMPTY, readState, valuesOf, withoutValue, withValue } from '../../src/page/client/base/state.ts';

test('an address holds the whole state', () => {
  const address =
    '?actor=csto&actor=un&q=drug*&type=event&kind=operation&topic=drugs%2Carms&place=x&source=s&from=1992&to=2022&entry=source%2Fs';
  expect(addressOf(readState(address))).toBe(address);
  expect(readState('?page=2&q=')).toEqual(EMPTY);
});

test('a filter has several values, each once', () => {
  expect(withValue('', 'drugs')).toBe('drugs');
  expect(withValue('drugs, arms', 'drugs')).toBe('drugs,arms');
  expect(withoutValue('drugs,arms', 'drugs')).toBe('arms');
  expect(valuesOf('!drugs, arms,')).toEqual(['!drugs', 'arms']);
});

describe('what was meant takes the place of what was asked:', () => {
  test.each([
    ['?actor=csto&actor=uno', 'actor', 'un', undefined, { actors: ['csto', 'un'] }],
    ['?actor=uno&actor=csto', 'actor', 'un', 'uno', { actors: ['un', 'csto'] }],
    ['?q=kazakstan+drugs', 'q', 'kazakhstan', 'kazakstan', { q: 'kazakhstan drugs' }],
    ['?topic=drugs,amrs', 'topic', 'arms', 'amrs', { topic: 'drugs,arms' }],
    ['?from=1985-13', 'from', '1985', undefined, { from: '1985' }],
    ['?q=x', 'cursor', 'y', undefined, {}],
  ])('%s', (address, parameter, name, value, change) => {
    expect(corrected(readState(address), parameter, name, value)).toEqual(change);
  });
});
