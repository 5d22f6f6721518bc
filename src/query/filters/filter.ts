import { z } from 'zod';
import { type AnnalsError, invalidParameter } from '../../domain/errors.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { slugged } from '../../domain/text/slug.ts';
import type { Window } from '../../domain/time/window.ts';
import type { EchoedQuery, Warning } from '../../model/page.ts';
import { ONE_REASON } from '../../model/strings.ts';
import { type NameReference, type Resolved, resolveIfKnown, resolveParameters } from '../../records/names/names.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { codedValues } from './codes.ts';
import type { Fragment, ResidualFilter, ResolvedQuery, QueryTerm } from '../plan/query.ts';

/** The part of a query that a filter makes of its parameters, and their echo. */
export type Contribution = Partial<Pick<ResolvedQuery, 'window' | 'undated' | 'type' | 'text' | 'changes'>> & {
  conjuncts?: QueryTerm[][];
  excluded?: QueryTerm[];
  residual?: ResidualFilter[];
  warnings?: Warning[];
  echo?: EchoedQuery;
};

/** A filter of entries: its parameters with their schemas, the schemas of their echo, and the part of a query that it makes of them. */
export type Filter<Shape extends z.ZodRawShape = z.ZodRawShape> = {
  parameters: Shape;
  echoed: z.ZodRawShape;
  /** Resolves the parameters, if any is given. `window` is that of the query. Throws for values that cannot be understood. */
  contribute: (values: z.infer<z.ZodObject<Shape>>, context: { reader: Reader; window: Window }) => Contribution | Promise<Contribution>;
};

/** The schema of a date, and of whether what is only possible counts. */
export const dateParameter = z.string().min(1).max(64).optional();
export const matchParameter = z.enum(['possible', 'certain']).optional();

/** The schemas of an echo that is one text, and of one that is a list. */
export const echoedText = z.string().optional();
export const echoedList = z.array(z.string()).optional();

/** A filter with the types of its parameters. Each is echoed as one text, unless `echoed` says otherwise or has more. */
export const filter = <Shape extends z.ZodRawShape>(
  parameters: Shape,
  contribute: Filter<Shape>['contribute'],
  echoed: z.ZodRawShape = {},
): Filter<Shape> => ({
  parameters,
  echoed: { ...Object.fromEntries(Object.keys(parameters).map((name) => [name, echoedText])), ...echoed },
  contribute,
});

/** A character besides commas and spaces. */
export const VALUE = /[^,\s]/;
export const NO_VALUE = 'is empty: give a value or leave it out';

/** The way to give several values, for a description. */
export const SEVERAL = 'Separate several by commas: any of them, and none with `!` before it.';

/** The schema of values separated by commas. */
export const alternatives = (description: string) =>
  z.string().min(1, ONE_REASON).max(2000).regex(VALUE, NO_VALUE).optional().describe(`${description} ${SEVERAL}`);

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

/** The schema of some words, each with or without `!`, separated by commas. */
export const anyOrNoneOf = (words: readonly string[]) => {
  const word = ` *(?:! *)?(?:${words.join('|')}) *`;
  const message = `give ${words.join(', ')}, or several of them separated by commas; write !${words[0]} to leave ${words[0]} out`;
  return z
    .string()
    .regex(new RegExp(`^${word}(?:,${word})*$`), message)
    .optional();
};

/** The values of a parameter: alternatives, and what is left out, which is written `!value`. */
export type Asked<Value = string> = { any: Value[]; none: Value[] };

/** The values of a parameter as they are echoed, and as they could be sent. */
export const echoOf = ({ any, none }: Asked): string[] => [...any, ...none.map((value) => `!${value}`)];

/** The part of a query by the values of one field: a moment must have one of the alternatives, if there are any, and nothing of what is left out. */
export const askedTerms = (field: string, { any, none }: Asked, differs?: 'by-moment') => ({
  conjuncts: any.length > 0 ? [termsOf(field, any)] : [],
  excluded: termsOf(field, none).map((term) => ({ ...term, ...(differs && { ofRecord: true as const }) })),
});

/** A filter on a word, such as the kind: values of one field of the index. Some fields differ from one moment of a record to another. */
export const wordFilter = <Name extends string, Schema extends z.ZodOptional<z.ZodString>>(
  name: Name,
  schema: Schema,
  differs?: 'by-moment',
) =>
  filter(
    { [name]: schema } as Record<Name, Schema>,
    async (values, { reader }) => {
      const words = await codedWordsIn(reader, name, (values as Record<string, string>)[name]); // @NOTE the values of the schema are texts
      return { ...askedTerms(name, words, differs), warnings: words.warnings, echo: { [name]: echoOf(words) } };
    },
    { [name]: echoedList },
  );

/** A term that no moment has. */
export const NOTHING: QueryTerm = { field: 'nothing', value: '' };

/** Terms of one field, each once. */
export const termsOf = (field: string, values: readonly string[]): QueryTerm[] => [...new Set(values)].map((value) => ({ field, value }));

/** Maximum number of values of a parameter: each is looked up, and each unknown one is compared with all names. */
export const VALUES_MAX = 50;

/** The values of a parameter, separated by commas; none without a text. Throws `invalid-request` for a text that names nothing, or more than 50. */
export function valuesIn(parameter: string, text: string | undefined): Asked {
  if (text === undefined) return { any: [], none: [] };
  const parts = text.split(',').flatMap((part) => part.trim() || []);
  if (parts.length > 0 && parts.length <= VALUES_MAX) return inParts(parts.map((part) => signed(parameter, part)));
  const message =
    parts.length > 0
      ? `${parameter} names ${parts.length} alternatives: give at most ${VALUES_MAX}`
      : `${parameter}=${firstUnits(text, 80)} names nothing: give a value, or leave the parameter out`;
  throw invalidParameter(parameter, message);
}

/** A value, and the list of those asked that it belongs to. */
type Signed = { value: string; side: keyof Asked };

const inParts = (values: readonly Signed[]): Asked => {
  const ofSide = (side: keyof Asked) => [...new Set(values.flatMap((each) => (each.side === side ? [each.value] : [])))];
  return { any: ofSide('any'), none: ofSide('none') };
};

/** Hyphen, minus and dash: no name is known by one at its beginning. */
const MINUS = /^[-\u2212\u2013]\s*/;

/** Reads the `!` before a value. Throws `invalid-request` for one with nothing behind it, and for a hyphen, which other services take for it. */
function signed(parameter: string, part: string): Signed {
  const side = part.startsWith('!') ? 'none' : 'any';
  const value = side === 'none' ? part.slice(1).trim() : part;
  if (MINUS.test(value)) {
    const bare = firstUnits(value.replace(MINUS, ''), 80);
    throw invalidParameter(
      parameter,
      `${parameter}=${firstUnits(part, 80)} begins with a hyphen: write !${bare || 'value'} to leave ${bare || 'a value'} out`,
    );
  }
  if (side === 'none' && (value === '' || /^[!,]/.test(value))) {
    throw invalidParameter(parameter, `${parameter}=${firstUnits(part, 80)} leaves out nothing: write one ! and a value behind it`);
  }
  return { value, side };
}

/** The values of a parameter of kinds, topics, roles and other words, as slugs: `Aral Sea` asks for `aral-sea`. */
export const wordsIn = (parameter: string, text: string | undefined): AskedWords => inWords(parameter, valuesIn(parameter, text));

/** Words of a parameter, and warnings of the marks that were left out. */
type AskedWords = Asked & { warnings: Warning[] };

/** Values as slugs, but for those of which the slug is known. */
function inWords(parameter: string, { any, none }: Asked, known: ReadonlyMap<string, string> = new Map()): AskedWords {
  const words = (values: readonly string[]) => [...new Set(values.map((value) => known.get(value) ?? slugged(value)))];
  const marked = (sign: string) => (value: string) => (known.has(value) ? [] : markIn(parameter, value, sign));
  return { any: words(any), none: words(none), warnings: [...any.flatMap(marked('')), ...none.flatMap(marked('!'))] };
}

/** The values of a parameter of words that the codebook may have: a synonym of a code is its slug, else as `wordsIn` has it. */
export async function codedWordsIn(reader: Reader, parameter: string, text: string | undefined): Promise<AskedWords> {
  if (text === undefined) return wordsIn(parameter, text);
  const asked = valuesIn(parameter, text);
  const { slugs, warnings } = await codedValues(reader, parameter, asked);
  const words = inWords(parameter, asked, slugs);
  return { ...words, warnings: [...words.warnings, ...warnings] };
}

/** Marks that mean something elsewhere: doubt, any letters, another value. No word has one. */
const MARK = /[?*%~|=<>"]/;

/** The warning that a mark in a word was left out. */
function markIn(parameter: string, word: string, sign: string): Warning[] {
  const [mark] = MARK.exec(word) ?? [];
  if (mark === undefined) return [];
  const value = firstUnits(sign + word, 80);
  const read = firstUnits(sign + slugged(word), 80);
  return [{ parameter, value, message: `${mark} is not part of a word: ${value} was read as ${read}`, didYouMean: [read] }];
}

/** The records that a parameter names by id or name, separated by commas. A known name with a comma is one name. */
export const resolveAsked = (reader: Reader, parameter: string, type: RecordType, text: string): Promise<Asked<Resolved>> =>
  resolveReferences(reader, parameter, text, { of: (value) => ({ type, value }) });

/** The reading of a value as a reference: `of` returns none for a value that has not its form, for which `refused` is the error. */
type ReferenceForm = { of: (value: string) => NameReference | undefined; refused?: (value: string) => AnnalsError };

/** As `resolveAsked`, for values that may be of several types. */
export async function resolveReferences(
  reader: Reader,
  parameter: string,
  text: string,
  { of, refused }: ReferenceForm,
): Promise<Asked<Resolved & { type: RecordType }>> {
  if (text.includes(',')) {
    const { value, side } = signed(parameter, text.trim());
    const reference = of(value);
    const whole = reference && (await resolveIfKnown(reader, reference));
    if (whole) return { any: [], none: [], [side]: [{ ...whole, type: reference.type }] };
  }
  const { any, none } = valuesIn(parameter, text);
  const references = [...any, ...none].flatMap((value) => {
    const reference = of(value);
    if (!reference && refused) throw refused(value);
    return reference ?? [];
  });
  const found = (await resolveParameters(reader, parameter, references)).map((each, index) => ({ ...each, type: references[index]!.type }));
  return { any: found.slice(0, any.length), none: found.slice(any.length) };
}

/** The ids of the records that a parameter names, each once. */
export async function resolveList(reader: Reader, parameter: string, type: RecordType, text: string): Promise<Asked> {
  const { any, none } = await resolveAsked(reader, parameter, type, text);
  return { any: idsOf(any), none: idsOf(none) };
}

const idsOf = (records: readonly Resolved[]): string[] => [...new Set(records.map(({ id }) => id))];

/** Maximum number of records that a scope includes. They are read by the reader pool, as so many take tens of milliseconds. */
export const SCOPE_MAX = 5000;

/** The parameter that stands for more records than it names, and the plural of what it includes, for a message. */
type Scope = { parameter: string; included: string };

/**
 * Reads the ids of records of a type and of all that lie in them at any depth, by a column of a table of that type. Throws as `readScope` does.
 */
export async function readWithin(
  reader: Reader,
  { type, table, column }: { type: RecordType; table: string; column: string },
  { ids, ...scope }: Scope & { ids: readonly string[] },
): Promise<string[]> {
  const sql = `WITH RECURSIVE inside (key) AS (
        SELECT r.id FROM ${dialect.elements('j', ':ids')} CROSS JOIN records r ON r.type = '${type}' AND r.slug = ${dialect.value('j', 'text')}
        UNION SELECT p.record_id FROM inside i CROSS JOIN ${table} p ON p.${column} = i.key)
      SELECT r.slug FROM inside i CROSS JOIN records r ON r.id = i.key`;
  return (await readScope<[id: string]>(reader, { sql, params: { ids: JSON.stringify(ids) }, ...scope })).map(([id]) => id);
}

/** Reads the records that a parameter includes. Throws `invalid-request` for more than 5,000: none is left out silently. */
export async function readScope<Row extends readonly unknown[]>(
  reader: Reader,
  { sql, params, parameter, included }: Scope & Fragment,
): Promise<Row[]> {
  const scope: Statement<Row> = { sql: `${sql} LIMIT ${SCOPE_MAX + 1}`, params: [params], offload: true };
  const [rows] = await reader.read([scope]);
  if (rows.length <= SCOPE_MAX) return rows;
  throw invalidParameter(parameter, `${parameter} would stand for more than ${SCOPE_MAX} ${included}: ask for some of them by their ids`);
}
