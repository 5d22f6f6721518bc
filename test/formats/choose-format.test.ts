import { expect, test } from 'vitest';
import type { Format } from '../../src/formats/format.ts';
import { chooseFormat } from '../../src/formats/index.ts';
import { json } from '../../src/formats/json.ts';

/** A format of lists only. */
const csv: Format = { name: 'csv', mediaType: 'text/csv', contentType: 'text/csv', encode: { records: () => Buffer.from('') } };

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['text/csv', 'csv'],
  ['TEXT/CSV', 'csv'],
  ['text/*', 'csv'],
  ['text/csv, */*', 'csv'],
  ['text/csv;q=0.5, application/json', 'json'],
  ['text/csv; q=0.9, application/json;q=0.8', 'csv'],
  ['application/json, text/plain, */*', 'json'],
  ['text/csv;q=0, */*', 'json'],
  ['image/png', 'json'],
])('Accept: %s gets a list as %s', (accept, name) => {
  expect(chooseFormat(accept, 'records', [json, csv]).name).toBe(name);
});

test('a result that a format cannot encode is sent in the first format', () => {
  expect(chooseFormat('text/csv', 'record', [json, csv])).toBe(json);
});
