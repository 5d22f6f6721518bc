import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Document, operationsOf } from './operations.ts';

const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../../openapi/openapi.json'), 'utf8')) as Document; // @NOTE ours

test('every parameter of every GET operation has values to try, and every record type has records to read', () => {
  const operations = operationsOf(document);
  expect(operations.length).toBeGreaterThan(25);
  for (const { id, paths } of operations) expect([id, paths.length > 0]).toEqual([id, true]);
});

test('a parameter without values is refused', () => {
  const paths = { '/v1/x': { get: { operationId: 'x', parameters: [{ name: 'fresh', in: 'query' }] } } };
  expect(() => operationsOf({ paths })).toThrow('no values are known for the parameter fresh');
});
