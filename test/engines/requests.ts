import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { word } from '../bench/world/lines.ts';
import type { Random } from '../bench/world/random.ts';

/** Values of parameters to draw from, by the name of the parameter; `id` has those of each type by the path of its list. */
export type Values = { query: Readonly<Record<string, readonly string[]>>; ids: Readonly<Record<string, readonly string[]>> };

/** A parameter as the OpenAPI document has it. */
type Parameter = { name: string; in: string; schema?: { enum?: string[]; items?: object; type?: string } };

/** An operation that reads, with its parameters. */
type Operation = { path: string; parameters: Parameter[] };

type Document = { paths: Record<string, { get?: { parameters?: Parameter[] } }> };

/** The operations of the OpenAPI document that read records. */
function readingOperations(): Operation[] {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi/openapi.json'), 'utf8')) as Document; // @NOTE generated
  return Object.entries(document.paths).flatMap(([path, { get }]) =>
    get && path.startsWith('/v1/') ? [{ path, parameters: get.parameters ?? [] }] : [],
  );
}

/** Requests for every operation that reads: without parameters, and with each of its parameters alone, with each of its values. */
export function everyRequest(values: Values, random: Random): string[] {
  return readingOperations().flatMap((operation) => {
    const alone = asked(operation).flatMap(({ name, schema }) => valuesFor(name, schema, values).map((value) => ({ [name]: value })));
    return [{}, ...alone].map((query) => address(operation, query, values, random));
  });
}

/** Parameters that decide together what is listed, in which order and how it is counted. */
const PAIRS = [
  ['q', 'sort'],
  ['q', 'by'],
  ['q', 'type'],
  ['by', 'count'],
  ['actor', 'actorScope'],
  ['on', 'overlap'],
  ['figure', 'figureMin'],
  ['figure', 'figureMax'],
  ['on', 'match'],
] as const;

/** Requests for every operation with each pair of such parameters, with each value of the one and each of the other, in small pages. */
export function pairedRequests(values: Values, random: Random): string[] {
  return readingOperations().flatMap((operation) => {
    const valuesIn = (wanted: string): readonly string[] =>
      asked(operation).flatMap(({ name, schema }) => (name === wanted ? valuesFor(name, schema, values) : []));
    const small: Record<string, string> = valuesIn('limit').length > 0 ? { limit: '3' } : {};
    return PAIRS.flatMap(([one, other]) =>
      valuesIn(one).flatMap((left) => valuesIn(other).map((right) => ({ [one]: left, [other]: right, ...small }))),
    ).map((query) => address(operation, query, values, random));
  });
}

/** A request of three parameters or so at once, for an operation that has as many. */
export function someRequest(values: Values, random: Random): string {
  const operation = random.pick(readingOperations().filter((each) => asked(each).length > 3));
  const queries = asked(operation);
  const some = queries.filter(() => random.next() < 3 / queries.length);
  const query = Object.fromEntries(some.map(({ name, schema }) => [name, random.pick(valuesFor(name, schema, values))]));
  return address(operation, query, values, random);
}

/** Addresses that end with a name, and such that end with a word. */
const OF_NAME = ['/v1/actors/', '/v1/places/', '/v1/agreements/', '/v1/timeline?limit=2&actor=', '/v1/events?limit=2&place='];
const OF_WORD = ['/v1/search?q=', '/v1/timeline?q=', '/v1/events?kind=', '/v1/events?sort=relevance&q='];

/** A request with a name or one of its words that is spelt wrongly. */
export function misspelledRequest(names: readonly string[], random: Random): string {
  const name = random.pick(names);
  const asksName = random.next() < 0.5;
  const letters = Array.from(asksName ? name : random.pick(name.split(' ')));
  for (let faults = random.between(1, 2); faults > 0; faults -= 1)
    letters.splice(random.between(0, letters.length), random.between(0, 1), ...random.pick([[], ['e'], ['и'], ['n', 'n']]));
  return random.pick(asksName ? OF_NAME : OF_WORD) + encodeURIComponent(letters.join(''));
}

/** A search for several terms of a world of the benchmark: words, some of them common, phrases, beginnings, alternatives, and words to leave out. */
export function someSearch(random: Random): string {
  const drawn = (): string => word(random.between(0, random.pick([10, 40, 400])));
  const forms: readonly ((one: string) => string)[] = [
    (one) => one,
    (one) => one,
    (one) => `"${one} ${drawn()}"`,
    (one) => `${one.slice(0, 3)}*`,
    (one) => `${one} OR ${drawn()}`,
    (one) => `${one} -${drawn()}`,
  ];
  const terms = Array.from({ length: random.between(1, 3) }, () => random.pick(forms)(drawn()));
  const list = random.pick(['/v1/search?', '/v1/search?type=event&', '/v1/events?sort=relevance&', '/v1/timeline?']);
  return `${list}limit=${random.between(3, 15)}&q=${encodeURIComponent(terms.join(' '))}`;
}

/** The parameters of an operation that are drawn. */
const asked = ({ parameters }: Operation): Parameter[] => parameters.filter((each) => each.in === 'query' && each.name !== 'cursor');

function valuesFor(name: string, schema: Parameter['schema'], { query }: Values): readonly string[] {
  const known = schema?.enum ?? query[name];
  if (!known || known.length === 0) throw new Error(`the parameter ${name} has no values to ask for`);
  return known;
}

function address({ path }: Operation, query: Record<string, string>, { ids }: Values, random: Random): string {
  const [, , list = ''] = path.split('/');
  const filled = path
    .replace('{vocabulary}/{slug}', () => random.pick([...(ids[list] ?? []), 'topic-none']).replace('-', '/'))
    .replace('{id}', () => encodeURIComponent(random.pick(ids[list] ?? ['none'])))
    .replace('{number}', () => String(random.between(1, 4)));
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? filled : `${filled}?${parameters}`;
}
