import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { slugged } from '../../domain/text/slug.ts';
import type { Window } from '../../domain/time/window.ts';
import type { EchoedQuery } from '../../model/page.ts';
import { ONE_REASON } from '../../model/strings.ts';
import { isResolved, resolve, resolveParameters } from '../../records/names/names.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import type { ResidualFilter, ResolvedQuery, QueryTerm } from '../plan/query.ts';

/** The part of a query that a filter makes of its parameters, and their echo. */
export type Contribution = Partial<Pick<ResolvedQuery, 'window' | 'undated' | 'type' | 'text' | 'changes'>> & {
  conjuncts?: QueryTerm[][];
  excluded?: QueryTerm[];
  residual?: ResidualFilter[];
  echo?: EchoedQuery;
};

/** A filter of entries: its parameters with their schemas, and the part of a query that it makes of them. */
export type Filter<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  parameters: Shape;
  /** Resolves the parameters, if any is given. `window` is that of the query. Throws for values that cannot be understood. */
  contribute: (values: z.infer<z.ZodObject<Shape>>, context: { reader: Reader; window: Window }) => Contribution | Promise<Contribution>;
};

/** A filter with the types of its parameters. */
export const filter = <Shape extends z.ZodRawShape>(parameters: Shape, contribute: Filter<Shape>['contribute']): Filter<Shape> => ({
  parameters,
  contribute,
});

/** A character besides commas and spaces. */
export const VALUE = /[^,\s]/;
export const NO_VALUE = 'is empty: give a value or leave it out';

/** The schema of alternatives separated by commas. */
export const alternatives = (description: string) =>
  z
    .string()
    .min(1, ONE_REASON)
    .max(2000)
    .regex(VALUE, NO_VALUE)
    .optional()
    .describe(`${description} Separate several by commas: any of them.`);

/** Words as code, for a description. */
export const asCode = (words: readonly string[]): string => words.map((each) => `\`${each}\``).join(', ');

/** The schema of one or several of some words, separated by commas. */
export const oneOrSeveralOf = (words: readonly string[]) =>
  z
    .string()
    .regex(
      new RegExp(`^(?:${words.join('|')})(?:,(?:${words.join('|')}))*$`),
      `give ${words.join(', ')}, or several of them separated by commas`,
    )
    .optional();

/** A filter on a word, such as the kind: alternatives of one field of the index. */
export const wordFilter = <Name extends string, Schema extends z.ZodOptional<z.ZodString>>(name: Name, schema: Schema) =>
  filter({ [name]: schema } as Record<Name, Schema>, (values) => {
    const words = wordsIn(name, (values as Record<string, string>)[name]); // @NOTE the values of the schema are texts
    return { conjuncts: [termsOf(name, words)], echo: { [name]: words } };
  });

/** Terms of one field, each once. */
export const termsOf = (field: string, values: readonly string[]): QueryTerm[] => [...new Set(values)].map((value) => ({ field, value }));

/** Maximum number of alternatives of a parameter: each is looked up, and each unknown one is compared with all names. */
const ALTERNATIVES_MAX = 50;

/** The alternatives of a parameter, separated by commas; none without a value. Throws `invalid-request` for a value that names nothing, or more than 50. */
export function alternativesIn(parameter: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const named = value.split(',').flatMap((part) => part.trim() || []);
  if (named.length > 0 && named.length <= ALTERNATIVES_MAX) return [...new Set(named)];
  const message =
    named.length > 0
      ? `${parameter} names ${named.length} alternatives: give at most ${ALTERNATIVES_MAX}`
      : `${parameter}=${firstUnits(value, 80)} names nothing: give a value, or leave the parameter out`;
  throw invalidParameter(parameter, message);
}

/** The alternatives of a parameter of kinds, topics, roles and other words, as slugs: `Aral Sea` asks for `aral-sea`. */
export const wordsIn = (parameter: string, value: string | undefined): string[] => [
  ...new Set(alternativesIn(parameter, value).map(slugged)),
];

/** The ids of one or several records by id or name, separated by commas. A known name with a comma is one name. */
export async function resolveList(reader: Reader, parameter: string, type: RecordType, value: string): Promise<string[]> {
  if (value.includes(',')) {
    const [whole] = await resolve(reader, [{ type, value }]);
    if (isResolved(whole!)) return [whole.id];
  }
  const references = alternativesIn(parameter, value).map((name) => ({ type, value: name }));
  const found = await resolveParameters(reader, parameter, references);
  return [...new Set(found.map(({ id }) => id))];
}

/** Maximum number of records that a scope includes. They are read by the reader pool, as so many take tens of milliseconds. */
export const SCOPE_MAX = 5000;

/** Reads the records that some ids, the parameter `:ids` of the statement, include. Throws `invalid-request` for more than 5,000: none is left out silently. */
export async function readScope<Row extends readonly unknown[]>(
  reader: Reader,
  { sql, ids, parameter, included }: { sql: string; ids: readonly string[]; parameter: string; included: string },
): Promise<Row[]> {
  const scope: Statement<Row> = { sql: `${sql} LIMIT ${SCOPE_MAX + 1}`, params: [{ ids: JSON.stringify(ids) }], offload: true };
  const [rows] = await reader.read([scope]);
  if (rows.length <= SCOPE_MAX) return rows;
  throw invalidParameter(parameter, `${parameter} would stand for more than ${SCOPE_MAX} ${included}: ask for some of them by their ids`);
}
