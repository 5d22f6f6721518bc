import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { models } from '../../src/model/models.ts';
import { sharedApp } from '../helpers/app.ts';
import { anyText, arbitraryValue, mutated } from '../helpers/arbitrary-values.ts';
import { type Asked, type Described, operations, type Parameter } from '../helpers/contract.ts';
import { idFieldsOf } from '../helpers/record-ids.ts';
import { samples } from '../helpers/samples.ts';

/** Made-up requests to every operation of the document. What it does not say of an answer, `service.ask` refuses: its status, headers, and body. */

const service = sharedApp();

const SEED = 20_261_122;

/** Number of random requests for each operation. */
const RUNS = 25;

/** An import takes a thread of its own, and so its time. */
const IMPORTS = 4;

/** Records of every type that nothing refers to. */
const IDS = Array.from({ length: 12 }, (_, index) => `made-up-${index}`);

beforeAll(async () => {
  for (const { path, type } of models)
    for (const id of IDS)
      await service.ask({ method: 'POST', url: `/v1/${path}`, body: { ...samples[type].least, ...idFieldsOf(type, id) } });
  for (const id of IDS.slice(0, 6))
    await service.ask({ method: 'PUT', url: `/v1/sources/${id}/text`, body: 'A text.', headers: { 'content-type': 'text/plain' } });
});

/** Values of If-Match and If-None-Match. */
const TAGS = ['"1"', '"77"', 'W/"1"', '*', '"1", "2"'];

/** Kind of a request: valid by the document, or arbitrary. */
type Manner = 'valid' | 'rough';

/** The values of parameters as they are sent; a list is one parameter several times. */
type Sent = Record<string, string[]>;

const asSent = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/**
 * Parameters of one place: at most two besides those that are required, as of all together hardly any request would be answered. A cursor
 * that no page gave is not valid, though its schema does not know.
 */
function parameters(all: Parameter[], place: Parameter['in'], manner: Manner): fc.Arbitrary<Sent> {
  const here = all.filter((parameter) => parameter.in === place);
  const valueOf = ({ schema }: Parameter): fc.Arbitrary<string[]> => {
    const value = arbitraryValue(schema).map(asSent);
    const valid =
      place === 'header'
        ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...TAGS).map(asSent) }, { weight: 1, arbitrary: value })
        : value;
    return manner === 'valid' ? valid : fc.oneof(valid, anyText.map(asSent), fc.array(anyText, { maxLength: 3 }));
  };
  const sent = (some: Parameter[]) => fc.record(Object.fromEntries(some.map((one) => [one.name, valueOf(one)])), { noNullPrototype: true });
  const required = here.filter((parameter) => parameter.required);
  const optional = here.filter(({ name, ...rest }) => !rest.required && (manner === 'rough' || name !== 'cursor'));
  const unknown: Parameter[] =
    manner === 'rough' && place === 'query' ? [{ in: place, name: 'unheard-of', schema: { type: 'boolean' } }] : [];
  const more = fc.subarray([...optional, ...unknown], { maxLength: Math.min(2, optional.length) }).chain(sent);
  return fc.tuple(sent(required), more).map(([first, second]) => ({ ...first, ...second }));
}

/** A body and its type; nothing for an operation that has none. */
function bodies({ requestBody }: Described, manner: Manner): fc.Arbitrary<{ body?: string; type?: string }> {
  const [media] = Object.entries(requestBody?.content ?? {});
  if (!media) return fc.constant({});
  const [type, { schema, example }] = media;
  const texts = fc.oneof(fc.constant(String(example)), anyText);
  if (typeof example === 'string') return texts.map((body) => ({ type, body }));
  // The example of what is created is a record that is there already; without its id and identifiers, it is another of the same title.
  const { id: _id, identifiers: _identifiers, ...rest } = example as Record<string, unknown>; // @NOTE what is no string is an object
  const another = 'slug' in rest ? { ...rest, slug: 'another' } : rest;
  const valid = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(example, another) }, { weight: 1, arbitrary: arbitraryValue(schema) });
  const json = (manner === 'rough' ? mutated(valid) : valid).map((value) => JSON.stringify(value));
  const all = manner === 'rough' ? fc.oneof({ weight: 9, arbitrary: json }, { weight: 1, arbitrary: texts }) : json;
  return all.map((body) => ({ type, body }));
}

/** Headers hold bytes; of those, a client sends what is visible. */
const inHeader = (values: string[]): string => values.join(', ').replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '');

const inQuery = (sent: Sent): string =>
  Object.entries(sent)
    .flatMap(([name, values]) => values.map((value) => `${name}=${encodeURIComponent(value)}`))
    .join('&');

/** `.` and `..` are steps to another address, and what is empty is none. */
const inPath = (values: string[]): string => encodeURIComponent(values.join('/')).replace(/^\.{0,2}$/, 'a');

/** Requests to an operation in a manner, with and without a key. */
function requests(method: string, path: string, operation: Described, manner: Manner): fc.Arbitrary<Asked> {
  const all = operation.parameters ?? [];
  const parts = fc.record({
    path: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...IDS).map((id): Sent => ({ id: [id], vocabulary: ['topic'], slug: [id], number: ['1'] })) },
      { weight: 1, arbitrary: parameters(all, 'path', manner) },
    ),
    query: parameters(all, 'query', manner),
    header: fc.oneof(fc.constant({}), parameters(all, 'header', manner)),
    content: bodies(operation, manner),
    as: fc.oneof(
      { weight: 4, arbitrary: fc.constant('writer') },
      { weight: 1, arbitrary: fc.constantFrom('reader', 'nobody', 'annals_none') },
    ),
  });
  return parts.map(({ path: sent, query, header, content: { body, type }, as }) => ({
    method: method as NonNullable<Asked['method']>, // @NOTE a method of the document
    url: `${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inPath(sent[name] ?? []))}?${inQuery(query)}`,
    headers: {
      ...Object.fromEntries(Object.entries<string[]>(header).map(([name, values]) => [name.toLowerCase(), inHeader(values)])),
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
    as,
  }));
}

const seen = new Map<number, number>();

test.each(operations.map(({ method, path, operation }) => ({ id: operation.operationId, method, path, operation })))(
  '$id returns documented responses to any request, and never fails',
  async ({ id, method, path, operation }) => {
    const keys: Record<string, string> = { writer: service.writeKey, reader: service.readKey };
    const made = fc.oneof(requests(method, path, operation, 'valid'), requests(method, path, operation, 'rough'));
    let successes = 0;
    const property = fc.asyncProperty(made, async (asked) => {
      const { status, text } = await service.ask({ ...asked, as: keys[asked.as!] ?? asked.as! });
      expect(status, text).toBeLessThan(500);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      if (status < 400) successes += 1;
    });
    await fc.assert(property, { seed: SEED, numRuns: id === 'importRecords' ? IMPORTS : RUNS });
    expect(successes, 'some requests are answered with success').toBeGreaterThan(0);
  },
);

afterAll(() => {
  const missing = [200, 201, 204, 304, 400, 401, 403, 404, 409, 412].filter((status) => !seen.has(status));
  expect(missing, 'all of these are answered to some requests').toEqual([]);
});
