import fc from 'fast-check';
import { document, type Schema } from './contract.ts';

type Fields = Record<string, Schema>;

/** Ids, names, identifiers, words and dates of the seeds: arbitrary text alone would hardly ever match a record. */
const MEANINGFUL = [
  'csto',
  'UNRCCA',
  'iso3166-1:KZ',
  'kazakhstan,uzbekistan',
  'un-and-central-asia-regional-security',
  'csto-operation-in-kazakhstan-2022',
  'agreement/tashkent-declaration-2018',
  'statement',
  'host',
  'aral-sea',
  'signed',
  'en',
  'de*',
  '2018',
  '2018-03-26',
  '199X',
  '2021-09/..',
  '/2021',
  '2022-01~',
];

/** Text that means something to a part of the service, and is too little, too much or of another kind. */
const HOSTILE = [
  '',
  ' ',
  '\0',
  '\r\nX: y',
  '\u2028',
  '\uFFFF',
  '%',
  '"',
  "'; --",
  '../..',
  '__proto__',
  'constructor',
  'NaN',
  '1e400',
  'null',
  '{}',
  ',,a',
  '-',
  '0000-00-00',
  '2013-02-29',
  'a'.repeat(81),
  'é'.repeat(501),
  '9'.repeat(40),
];

/** Any value that a schema of the document admits, mostly small ones. */
export function arbitraryValue(schema: Schema): fc.Arbitrary<unknown> {
  if ('$ref' in schema) return arbitraryValue(document.components.schemas[String(schema['$ref']).split('/').pop()!]!);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...(schema['anyOf'] as Schema[]).map(arbitraryValue)); // @NOTE schemas
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[])); // @NOTE as `Array.isArray` found
  switch (schema['type']) {
    case 'object':
      return arbitraryObject(schema);
    case 'array':
      return fc.array(arbitraryValue(schema['items'] as Schema), { minLength: numberIn(schema, 'minItems', 0), maxLength: 2 }); // @NOTE every array has items
    case 'integer':
      return fc.integer({ min: numberIn(schema, 'minimum', -1000), max: numberIn(schema, 'maximum', 1_000_000) });
    case 'number':
      return fc.double({ min: numberIn(schema, 'minimum', -1000), max: numberIn(schema, 'maximum', 1000), noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      return arbitraryText(schema);
  }
}

const numberIn = (schema: Schema, keyword: string, otherwise: number): number => Number(schema[keyword] ?? otherwise);

function arbitraryObject({ properties, required, propertyNames, additionalProperties }: Schema): fc.Arbitrary<unknown> {
  if (properties === undefined) {
    const [key, value] = [propertyNames, additionalProperties].map((each) => arbitraryValue(each as Schema)); // @NOTE a map has both
    return fc.dictionary(key as fc.Arbitrary<string>, value!, { maxKeys: 3, noNullPrototype: true }); // @NOTE names are texts
  }
  const fields = Object.entries(properties as Fields).map(([name, schema]) => [name, arbitraryValue(schema)] as const); // @NOTE no object is without
  return fc.record(Object.fromEntries(fields), { requiredKeys: (required ?? []) as string[], noNullPrototype: true }); // @NOTE names of fields
}

function arbitraryText(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl();
  const [least, most] = [numberIn(schema, 'minLength', 0), numberIn(schema, 'maxLength', 1000)];
  const form = typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined;
  const admits = (text: string) => text.length >= least && text.length <= most && (form?.test(text) ?? true);
  const made =
    form && pattern !== '\\S'
      ? fc.stringMatching(form, { size: 'small' })
      : fc.string({ unit: 'binary', minLength: least, maxLength: Math.min(most, 20) });
  const meaningful = MEANINGFUL.filter(admits);
  const examples = ((schema['examples'] ?? []) as unknown[]).map(String).filter(admits); // @NOTE a list
  return fc.oneof(
    { weight: 1, arbitrary: made.filter(admits) },
    ...[meaningful, examples].filter((each) => each.length > 0).map((each) => ({ weight: 3, arbitrary: fc.constantFrom(...each) })),
  );
}

/** Any text, and such as may trip something. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(...MEANINGFUL),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Any JSON value. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, 2 ** 53, -1, 0.5, true, [], {}),
);

/** A JSON value with one place of it changed to anything, taken away, or given a field that it may not have. */
export function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), name: fc.oneof(anyText, fc.constantFrom('nothing', 'revision')), to: anything, how: fc.nat(2) });
  return fc.tuple(value, change).map(([whole, { at, name, to, how }]) => {
    const copy: unknown = structuredClone(whole);
    const places = [...placesIn(copy)];
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) return to;
    const { parent, key } = place;
    if (how === 0) parent[key] = to;
    else if (how === 1) delete parent[key];
    else Object.defineProperty(parent, name, { value: to, enumerable: true, configurable: true, writable: true }); // `__proto__` is a name, too
    return copy;
  });
}

type Place = { parent: Record<string, unknown>; key: string };

/** Every place in a JSON value, with what holds it. */
function* placesIn(value: unknown): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  const parent = value as Record<string, unknown>; // @NOTE arrays take the names of their places, too
  for (const key of Object.keys(parent)) {
    yield { parent, key };
    yield* placesIn(parent[key]);
  }
}
