import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/http/routes.ts';
import { EXAMPLES_AT, generateOpenApi } from '../../src/http/contract/generate.ts';
import { seededApp } from '../helpers/app.ts';
import { DOCUMENT_FILE, document, operations, type Parameter, violations } from '../helpers/contract.ts';
import { NOW } from '../helpers/fixtures.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }; // @NOTE npm's own file

/** Every object in the document with the way to it, examples left out. */
function* nodes(value: unknown, path: string[] = []): Generator<{ path: string; node: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { path: `/${path.join('/')}`, node: value as Record<string, unknown> };
  for (const [key, child] of Object.entries(value)) if (key !== 'example' && key !== 'examples') yield* nodes(child, [...path, key]);
}

/** Every schema of the document: whatever stands where a schema stands. */
const schemas = [...nodes(document)].filter(({ path }) =>
  /\/(?:schema|items|additionalProperties|allOf\/\d+|anyOf\/\d+|oneOf\/\d+)$|\/properties\/[^/]+$|^\/components\/schemas\/[^/]+$/.test(
    path,
  ),
);

/** A document without what it shows, for differences that can be read. */
const withoutExamples = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, child: unknown) => (key === 'example' ? undefined : child)));

test('the committed document is what the service generates', async () => {
  expect(NOW, 'the tests stand at the instant of the examples').toBe(EXAMPLES_AT);
  const { app, writeKey, close } = await seededApp();
  try {
    const generated = await generateOpenApi(app, { operations: OPERATIONS, key: writeKey, version });
    expect(withoutExamples(JSON.parse(generated)), 'the operations changed: run "npm run openapi"').toEqual(withoutExamples(document));
    expect(readFileSync(DOCUMENT_FILE, 'utf8') === generated, 'the examples changed: run "npm run openapi"').toBe(true);
  } finally {
    await close();
  }
});

test('the document is OpenAPI 3.1, and each operation has a unique id, a summary and a described tag', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = new Set(document.tags.map(({ name }) => name));
  for (const { operation } of operations) {
    expect(operation.summary, operation.operationId).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.tags).toHaveLength(1);
    expect(tags).toContain(operation.tags[0]);
  }
});

/** The operations that every type of record has. */
const verbs = (name: string) => [
  `list${name}s`,
  ...['create', 'get', 'update', 'delete'].map((verb) => `${verb}${name}`),
  `list${name}Relations`,
  `list${name}Revisions`,
];

test('the list of operations is pinned', () => {
  const expected = [
    ...['Event', 'Actor', 'Agreement', 'Meeting', 'Source', 'Place', 'Code'].flatMap(verbs),
    ...'listTimeline getTimelineHistogram getTimelineCounts listActorTimeline listActorCounterparts putSourceText getSourceText listSourceParagraphs getSourceParagraph'.split(
      ' ',
    ),
    ...'search importRecords exportRecords getVocabulary listChanges getHealth getReadiness'.split(' '),
  ];
  expect(operations.map(({ operation }) => operation.operationId).toSorted()).toEqual(expected.toSorted());
});

test('writing needs a key, reading may have one, and health needs none', () => {
  for (const { method, path, operation } of operations) {
    const expected = method !== 'GET' ? [{ key: [] }] : path.startsWith('/v1') ? [{}, { key: [] }] : undefined;
    expect(operation.security, operation.operationId).toEqual(expected);
  }
});

test('each operation has one media type for success and one for errors', () => {
  for (const { operation } of operations) {
    const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
    expect(successes, operation.operationId).toHaveLength(1);
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status === '304' || status === '204') expect(content).toBeUndefined();
      else if (Number(status) >= 400)
        expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
      else expect(Object.keys(content ?? {}), operation.operationId).toHaveLength(1);
    }
    expect(Object.keys(operation.requestBody?.content ?? { none: 0 })).toHaveLength(1);
  }
});

test('every object is a named component without additional properties', () => {
  for (const { path, node } of schemas) {
    expect(
      Object.keys(node).filter((key) => key !== 'description'),
      `${path} says what it is`,
    ).not.toEqual([]);
    if (node['type'] !== 'object' && !('properties' in node)) continue;
    expect(path).toMatch(/^\/components\/schemas\/[^/]+$/);
    // The keys of attributes are the owner's.
    const values = path === '/components/schemas/Attributes' ? { $ref: '#/components/schemas/AttributeValue' } : false;
    expect(node['additionalProperties'], path).toEqual(values);
  }
  for (const { path, node } of schemas) if ('$ref' in node) expect(Object.keys(node), path).toEqual(['$ref']);
});

test('schemas have no nulls, no unions of types but those of a written date and of an attribute, and only the formats date-time and uri', () => {
  const [text, object] = (document.components.schemas['WrittenDate'] as { anyOf: unknown[] }).anyOf; // @NOTE the assertions are what checks it
  expect(text).toMatchObject({ type: 'string', maxLength: 64 });
  expect(object).toEqual({ $ref: '#/components/schemas/NewHistoricalDate' });
  const { anyOf } = document.components.schemas['AttributeValue'] as { anyOf: { type: string }[] }; // @NOTE the assertion is what checks it
  expect(anyOf.map(({ type }) => type)).toEqual(['string', 'number', 'boolean', 'array']);
  for (const { path, node } of schemas.filter((each) => !/^\/components\/schemas\/(?:WrittenDate|AttributeValue)$/.test(each.path))) {
    expect(node, path).not.toHaveProperty('nullable');
    if ('type' in node) expect(['string', 'number', 'integer', 'boolean', 'array', 'object'], path).toContain(node['type']);
    if ('format' in node) expect(['date-time', 'uri'], path).toContain(node['format']);
    for (const keyword of ['const', 'anyOf', 'oneOf', 'not', 'if', 'patternProperties', 'prefixItems'])
      expect(node, path).not.toHaveProperty(keyword);
    if (Array.isArray(node['enum']))
      expect(
        node['enum'].every((value) => typeof value === 'string'),
        path,
      ).toBe(true);
  }
  expect(JSON.stringify(document)).not.toContain(':null');
});

test('every pattern is valid for RE2, and is anchored or a single character class', () => {
  const patterns = schemas.flatMap(({ path, node }) => (typeof node['pattern'] === 'string' ? [{ path, pattern: node['pattern'] }] : []));
  expect(patterns.length).toBeGreaterThan(10);
  for (const { path, pattern } of patterns) {
    expect(() => new RegExp(pattern, 'u'), path).not.toThrow();
    // Groups that are not captured are the only ones with a question mark; what is escaped is a class or a character that is no letter.
    expect(pattern, path).not.toMatch(/\(\?(?!:)|\\[1-9kbBpPcuz]|\\x(?![0-9a-f]{2})|[*+?}][+]|\{\d{4,}/);
    expect(pattern, path).toMatch(/^\^.*\$$|^\\S$|^\[[^\]]*\]$/);
  }
});

/** Returns true for a parameter of one value. */
const isFlat = ({ schema, ...rest }: Parameter) => {
  expect(rest).not.toHaveProperty('content');
  expect(rest.style ?? 'form', rest.name).toBe('form');
  expect(rest.name).toMatch(/^[A-Za-z-]+$/);
  return ['string', 'integer', 'number', 'boolean'].includes(String(schema['type']));
};

test('parameters are strings, numbers, booleans, or one repeated list', () => {
  const parameters = operations.flatMap(({ operation }) => operation.parameters ?? []);
  expect(new Set(parameters.filter((parameter) => !isFlat(parameter)).map(({ name }) => name))).toEqual(new Set(['actor', 'attribute']));
  for (const { in: place, required } of parameters) if (place === 'path') expect(required).toBe(true);
});

test('every parameter in a path is described, and every path parameter is in its path', () => {
  for (const { path, operation } of operations) {
    const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(path.match(/\{\w+\}/g) ?? [], path).toEqual(described);
  }
});

describe('each operation has an example of its body, and each response an example that its schema accepts:', () => {
  test.each(operations.map(({ operation }) => ({ id: operation.operationId, operation })))('$id', ({ operation }) => {
    const bodies = Object.values(operation.requestBody?.content ?? {});
    const answers = Object.entries(operation.responses).flatMap(([status, { content }]) =>
      status < '300' ? Object.values(content ?? {}) : [],
    );
    for (const { schema, example } of [...bodies, ...answers]) {
      expect(example).toBeDefined();
      expect(violations(schema, example)).toEqual([]);
    }
  });
});

/** The example of what an operation answers. */
const exampleOf = (id: string): Record<string, unknown> =>
  operations.find(({ operation }) => operation.operationId === id)!.operation.responses['200']!.content!['application/json']!
    .example as Record<string, unknown>; // @NOTE the test above

test('examples come from the seeds: lists show an item, and records a citation', () => {
  for (const { operation } of operations) {
    const items = operation.responses['200']?.content?.['application/json'] && exampleOf(operation.operationId)['items'];
    if (items !== undefined && items) expect(items, operation.operationId).not.toEqual([]);
  }
  for (const name of ['Event', 'Meeting', 'Agreement', 'Actor', 'Place']) expect(exampleOf(`get${name}`)).toHaveProperty('citations');
});
