import { describe, expect, test } from 'vitest';
import { models } from '../../src/model/models.ts';
import { sharedApp } from '../helpers/app.ts';
import { document, type Json, operations } from '../helpers/contract.ts';
import { samples } from '../helpers/samples.ts';

const service = sharedApp();

type Schema = { $ref?: string; type?: string; properties?: Record<string, Schema>; items?: Schema } & Record<string, unknown>;

const resolved = (schema: Schema): Schema =>
  schema.$ref ? (document.components.schemas[schema.$ref.split('/').pop()!] as Schema) : schema;

/** Every schema in a component with the pointer to where it holds; of a list, to its first item. */
function* placesIn(schema: Schema, pointer = ''): Generator<{ pointer: string; schema: Schema }> {
  const shape = resolved(schema);
  yield { pointer, schema: shape };
  for (const [name, property] of Object.entries(shape.properties ?? {})) yield* placesIn(property, `${pointer}/${name}`);
  if (shape.items) yield* placesIn(shape.items, `${pointer}/0`);
}

/** A copy of a body with another value at a pointer. */
function withValue(body: object, pointer: string, value: (before: Json) => unknown): object {
  const copy: Json = structuredClone(body);
  const steps = pointer.split('/').slice(1);
  const last = steps.pop()!;
  const owner = steps.reduce((at: Json, step) => (at[step] ??= {}), copy);
  owner[last] = value(owner[last]);
  return copy;
}

/** The message about one more than a limit, with both numbers as people write them. */
const tooBig = (is: string, most: number, things: string): string =>
  `${is} ${most.toLocaleString('en')} ${things}: it has ${(most + 1).toLocaleString('en')}`;

/** Values that exceed a limit of a schema by one, each with its message. */
function overstepping(schema: Schema): [value: (before: Json) => unknown, message: string][] {
  const { maxLength, maxItems, minimum, maximum } = schema as Record<string, number | undefined>;
  const cases: [(before: Json) => unknown, string][] = [];
  if (maxLength !== undefined) cases.push([() => 'a'.repeat(maxLength + 1), tooBig('is longer than', maxLength, 'characters')]);
  if (maxItems !== undefined)
    cases.push([([item]: Json[]) => Array.from({ length: maxItems + 1 }, () => item), tooBig('has more than', maxItems, 'items')]);
  if (minimum !== undefined) cases.push([() => minimum - 1, `is less than ${minimum}`]);
  if (maximum !== undefined) cases.push([() => maximum + 1, `is more than ${maximum}`]);
  return cases;
}

describe.each(models.map(({ type, path, name }) => ({ type, path, name })))(
  'every documented limit of $type is enforced:',
  ({ type, path, name }) => {
    const places = [...placesIn({ $ref: `#/components/schemas/New${name}` })];
    const limited = places.flatMap(({ pointer, schema }) =>
      overstepping(schema).map(([value, message]) => ({ pointer, value, message, shown: `${pointer} ${message}` })),
    );

    test('all texts and lists have a limit', () => {
      for (const { pointer, schema } of places) {
        if (schema.type === 'string' && schema['enum'] === undefined && !/^\^(?:\(\?:\[01|\[0-9a-f\]\{64)/.test(String(schema['pattern'])))
          expect(schema['maxLength'], pointer).toBeTypeOf('number');
        if (schema.type === 'array') expect(schema['maxItems'], pointer).toBeTypeOf('number');
      }
    });

    test.each(limited)('$shown', async ({ pointer, value, message }) => {
      const refused = await service.ask({ method: 'POST', url: `/v1/${path}`, body: withValue(samples[type].full, pointer, value) });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toContainEqual({ pointer, message });
    });
  },
);

describe('the longest allowed value is accepted:', () => {
  test.each(['title', 'summary', 'note', 'id'])('%s', async (field) => {
    const { maxLength } = (document.components.schemas['NewEvent'] as Schema).properties![field] as { maxLength: number };
    const value = field[0]!.repeat(maxLength);
    const created = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, [field]: value } });
    expect([created.status, created.body[field]]).toEqual([201, value]);
  });
});

/** An event of that many bytes. */
const padded = (length: number) => JSON.stringify({ ...samples.event.least, title: 'Padded' }).padEnd(length, ' ');

test('a body of one mebibyte is accepted, and one more byte is refused', async () => {
  expect((await service.ask({ method: 'POST', url: '/v1/events', body: padded(1_048_576) })).status).toBe(201);
  const refused = await service.ask({ method: 'POST', url: '/v1/events', body: padded(1_048_577) });
  expect(refused.status).toBe(413);
  expect(refused.body.detail).toBe('the body is longer than 1,048,576 bytes: it has 1,048,577. Send less at a time');
});

describe('the limits of parameters are enforced:', () => {
  const limits = operations.flatMap(({ method, path, operation }) =>
    (operation.parameters ?? [])
      .filter((parameter) => parameter.in !== 'header')
      .flatMap((parameter) => {
        const { maxLength } = (parameter.schema['items'] ?? parameter.schema) as { maxLength?: number };
        return maxLength === undefined
          ? []
          : [{ method, path, operation, parameter, maxLength, id: operation.operationId, name: parameter.name }];
      }),
  );

  test('every text has a limit', () => {
    for (const { operation } of operations)
      for (const { in: place, schema, name } of operation.parameters ?? [])
        if (place !== 'header' && schema['type'] === 'string' && !schema['enum'] && !/\|/.test(String(schema['pattern'])))
          expect(schema['maxLength'], `${operation.operationId} ${name}`).toBeTypeOf('number');
  });

  test.each(limits.filter(({ method }) => method === 'GET'))('$id $name', async ({ path, parameter, maxLength }) => {
    const value = 'a'.repeat(maxLength + 1);
    const filled = path
      .replace(/\{(?:id|slug)\}/, parameter.in === 'path' ? value : 'unrcca')
      .replace('{vocabulary}', 'topic')
      .replace('{number}', '1');
    const refused = await service.ask({ url: parameter.in === 'path' ? filled : `${filled}?${parameter.name}=${value}` });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toContainEqual({ parameter: parameter.name, message: tooBig('is longer than', maxLength, 'characters') });
  });
});
