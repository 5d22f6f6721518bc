import { z } from 'zod';
import { withArticle } from '../domain/text/article.ts';
import type { Issue } from '../domain/errors.ts';
import { firstUnits } from '../domain/text/first-units.ts';
import { escapePointer } from '../domain/json/json.ts';
import { nearest } from '../domain/text/nearest.ts';
import { SLUG, SLUG_MAX, slugged } from '../domain/text/slug.ts';
import { derivedDate } from './dates.ts';
import { formerNames } from './former-names.ts';
import { serverSchemas, textSchemas } from './fields.ts';

/**
 * Issues that zod found in a body, each with its JSON pointer, a sentence, and for an unknown field the nearest known ones. A value of a wrong
 * type is told with the example of its schema, if there is one.
 */
export function issuesOfBody(schema: z.ZodType, error: z.ZodError): Issue[] {
  const found = flatIssues(error.issues);
  const issues = found.slice(0, ISSUES_MAX).flatMap((issue) => {
    const pointer = issue.path.map((step) => `/${escapePointer(String(step))}`).join('');
    if (issue.code !== 'unrecognized_keys') return [{ pointer, message: sentenceOf(issue, schema) }];
    const known = Object.keys(shapeAt(schema, issue.path));
    return issue.keys.slice(0, ISSUES_MAX).map((key) => {
      const place = { pointer: `${pointer}/${escapePointer(key)}` };
      if (key === 'text' && 'sha256' in shapeAt(schema, issue.path)) return { ...place, message: TEXT_OF_SOURCE };
      const renamed = issue.path.length === 0 ? todaysName(schema, key) : undefined;
      if (renamed !== undefined)
        return {
          ...place,
          message: `field "${key}" is called "${renamed}" now, and holds a list: "${renamed}": ["..."]`,
          didYouMean: [renamed],
        };
      if (SET_BY_SERVICE.has(key)) return { ...place, message: `field "${key}" is set by the service: leave it out` };
      return unknownName(place, 'field', key, known);
    });
  });
  const count = found.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  return count > ISSUES_MAX ? [...issues.slice(0, ISSUES_MAX), { message: `and ${count - ISSUES_MAX} more` }] : issues;
}

/** The message for the text of a source, which is a field of lines of an import only. */
const TEXT_OF_SOURCE =
  'field "text" is no field of the record: store the text with PUT /v1/sources/{id}/text, or import the record with POST /v1/import';

/** Issues in which those of a union are the issues of the alternative that takes the JSON type of the value, if there is one. */
export function flatIssues(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const meant = issue.errors.find((inner) => !isOfAnotherType(inner));
    return meant ? flatIssues(meant.map((each) => ({ ...each, path: [...issue.path, ...each.path] }))) : [issue];
  });
}

const isOfAnotherType = ([first]: readonly z.core.$ZodIssue[]): boolean => first?.code === 'invalid_type' && first.path.length === 0;

/** Number of issues that are told one by one. */
const ISSUES_MAX = 50;

/** Issues that zod found in query parameters. */
export function issuesOfParameters(schema: z.ZodType, error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    const parameter = String(issue.path[0] ?? '');
    if (issue.code === 'invalid_type' && Array.isArray(issue.input))
      return [{ parameter, message: 'is given more than once: give it once' }];
    if (issue.code !== 'unrecognized_keys') return [{ parameter, message: sentenceOf(issue, schema) }];
    const known = Object.keys(shapeAt(schema, []));
    return issue.keys.map((key) => {
      const renamed = todaysName(schema, key);
      if (renamed === undefined) return unknownName({ parameter: key }, 'parameter', key, known);
      return { parameter: key, message: `parameter "${key}" is called "${renamed}" now`, didYouMean: [renamed] };
    });
  });
}

/** The name of today of a field or parameter that had this name in an earlier release. */
function todaysName(schema: z.ZodType, name: string): string | undefined {
  const names = formerNames.get(schema) ?? {};
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** Fields that the service sets. A client that sends back what it received learns which. */
const SET_BY_SERVICE: ReadonlySet<string> = new Set([
  ...[serverSchemas, textSchemas, derivedDate].flatMap((schemas) => Object.keys(schemas)),
  'verified',
  'match',
  'via',
]);

function unknownName(place: Issue | { pointer?: string; parameter?: string }, what: string, name: string, known: string[]): Issue {
  const didYouMean = nearest(name, known);
  const hint =
    didYouMean.length > 0
      ? `did you mean ${didYouMean.join(' or ')}?`
      : known.length > 0
        ? `known are ${known.join(', ')}`
        : 'leave it out';
  return { ...place, message: `${what} "${firstUnits(name, 80)}" is unknown: ${hint}`, ...(didYouMean.length > 0 ? { didYouMean } : {}) };
}

function sentenceOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union': {
      const expected = expectation(expectedTypes(issue), schemaAt(schema, issue.path));
      if (issue.input === null && issue.path.length > 0) return `is null: give ${expected}, or leave it out`;
      return issue.input === undefined && issue.message.endsWith('received undefined')
        ? `is required: give ${expected}`
        : `give ${expected}`;
    }
    case 'invalid_value': {
      // A schema with messages of its own says more than the values.
      const at = schemaAt(schema, issue.path);
      if (at instanceof z.ZodEnum && at.def.error !== undefined) return issue.message;
      return `give ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    }
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return issue.origin === 'string' ? 'is empty: give a value or leave it out' : `is less than ${issue.minimum}`;
    case 'invalid_key':
      return keySentence(issue);
    case 'invalid_format':
      return slugSentence(issue) ?? issue.message;
    default:
      return issue.message;
  }
}

/** Sentence about a text or a list that is too long, with its length, or about a number that is too great. */
function tooBig({ origin, maximum, input }: z.core.$ZodIssueTooBig): string {
  const [most, it] = [maximum.toLocaleString('en'), lengthOf(input)];
  if (origin === 'string') return `is longer than ${most} characters${it}`;
  return origin === 'array' ? `has more than ${most} items${it}` : `is more than ${maximum}`;
}

const lengthOf = (input: unknown): string =>
  typeof input === 'string' || Array.isArray(input) ? `: it has ${input.length.toLocaleString('en')}` : '';

/** Sentence on a key of a map, as its own schema refuses it. */
function keySentence({ issues: [first], message }: z.core.$ZodIssueInvalidKey): string {
  if (first === undefined) return message;
  return first.code === 'too_big' ? `is a key of more than ${first.maximum} characters` : first.message;
}

/** Sentence that names the slug of a text, where a slug is expected and the text has a Latin letter or digit. */
function slugSentence({ pattern, input }: z.core.$ZodIssueInvalidStringFormat): string | undefined {
  if (pattern !== String(SLUG) || typeof input !== 'string') return undefined;
  const slug = slugged(input);
  return SLUG.test(slug) && slug.length <= SLUG_MAX ? `use lower-case letters, digits and single hyphens: "${slug}"` : undefined;
}

/** Types of zod that JSON calls otherwise. */
const NOUNS: Readonly<Record<string, string>> = { int: 'whole number', record: 'object' };

/** The JSON types that a schema takes. */
function expectedTypes(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_union') return issue.errors.flatMap(([first]) => (first ? expectedTypes(first) : []));
  return issue.code === 'invalid_type' ? [NOUNS[issue.expected] ?? issue.expected] : [];
}

/** Nouns of JSON types with their articles, and the example of the schema: `an object such as {"actor":"csto","role":"party"}`. */
function expectation(types: readonly string[], schema: z.core.$ZodType | undefined): string {
  const example = exampleOf(schema);
  return `${types.map(withArticle).join(' or ')}${example === undefined ? '' : ` such as ${JSON.stringify(example)}`}`;
}

/** The first example that a schema states; that of a list is a list of one example of its items. */
function exampleOf(schema: z.core.$ZodType | undefined): unknown {
  if (schema === undefined) return undefined;
  const examples: unknown = z.globalRegistry.get(schema)?.['examples'];
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  if (example !== undefined || !(schema instanceof z.ZodArray)) return example;
  const item = exampleOf(schema.element);
  return item === undefined ? undefined : [item];
}

/** The fields of the object schema that stands at a path of another. */
const shapeAt = (schema: z.ZodType, path: PropertyKey[]): Record<string, z.core.$ZodType> => shapeOf(schemaAt(schema, path));

/** The fields of an object schema, or of that among the alternatives of a union. */
function shapeOf(schema: z.core.$ZodType | undefined): Record<string, z.core.$ZodType> {
  const object = schema instanceof z.ZodUnion ? schema.options.find((option) => option instanceof z.ZodObject) : schema;
  return object instanceof z.ZodObject ? object.shape : {};
}

/** The schema that stands at a path of another, without the marks that a value may be absent or null. */
function schemaAt(schema: z.ZodType, path: PropertyKey[]): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of [...path, undefined]) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodNullable) at = at.unwrap();
    if (step === undefined) break;
    at = at instanceof z.ZodArray ? at.element : shapeOf(at)[String(step)];
  }
  return at;
}
