import { ENTRY_TYPES, type TimelineType } from '../../domain/record-type.ts';
import { firstUnits } from '../../domain/text/first-units.ts';
import { nearest } from '../../domain/text/nearest.ts';
import { SLUG_MAX, slugged } from '../../domain/text/slug.ts';
import type { Warning } from '../../model/page.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import type { QueryTerm } from './query.ts';

/** Terms of a conjunct, or of what is left out, that are not in the index: some, or all. */
export type MissingTerms = { side: 'any' | 'none'; terms: readonly QueryTerm[]; areAll: boolean };

/** A word of a parameter that is asked for, or left out. */
export type AskedWord = { parameter: string; value: string; side: 'any' | 'none' };

/** The words of a parameter. */
export const askedWords = (parameter: string, words: Readonly<Record<AskedWord['side'], readonly string[]>>): AskedWord[] =>
  (['any', 'none'] as const).flatMap((side) => words[side].map((value) => ({ parameter, value, side })));

/** The parameters whose values are words of the vocabulary. */
const WORDS = new Set(['kind', 'topic', 'role', 'status', 'moment', 'figure']);

/** The parameters whose values are records, by the field of their terms. */
const RECORDS: Readonly<Record<string, string>> = { actor: 'actor', place: 'place', source: 'source', related: 'relatedTo' };

/** Warnings of terms that are not in the index: words that no entry has, and records that no entry refers to. */
export async function warningsOf(reader: Reader, missing: readonly MissingTerms[], type?: TimelineType): Promise<Warning[]> {
  const words = missing.flatMap(({ side, terms }) =>
    terms.flatMap(({ field, value }) => {
      if (field === 'attribute') return [{ parameter: field, value: value.slice(0, value.indexOf(':')), side }];
      return WORDS.has(field) ? [{ parameter: field, value, side }] : [];
    }),
  );
  // A role may be known, and the actor never had it. A scope has thousands of actors, who share the objects of their roles.
  const roles = new Set(missing.flatMap(({ terms }) => terms.flatMap(({ role }) => role ?? [])));
  const asked = [...words, ...[...roles].map((role) => ({ parameter: 'role', ...role }))];
  const ofActors = type === 'actor';
  return [
    ...missing.flatMap((each) => unused(each, ofActors ? 'moment of an actor' : 'entry')),
    ...(await unknownWords(reader, asked, ofActors ? [type] : ENTRY_TYPES)),
  ];
}

/** The warning that nothing that is listed refers to the records that are asked for. */
function unused({ side, terms, areAll }: MissingTerms, listed: string): Warning[] {
  const { field, value } = terms[0]!;
  if (field === 'attribute' && side === 'any' && areAll)
    return [
      { parameter: field, value: firstUnits(value, SLUG_MAX), message: `no ${listed} has the attribute ${firstUnits(value, SLUG_MAX)}` },
    ];
  const parameter = RECORDS[field];
  if (side === 'none' || !areAll || parameter === undefined) return [];
  const others = terms.length === 1 ? '' : `, nor any of the ${terms.length - 1} others that are asked for`;
  return [{ parameter, value, message: `no ${listed} has the ${field === 'related' ? 'related record' : field} "${value}"${others}` }];
}

/** Words that are compared with those in use at most, and the words in use, the most used first. */
const [COMPARED_MAX, CANDIDATES_MAX] = [10, 1000];

/** Warnings of the words that no record of some types has, with the nearest in use. */
export async function unknownWords(reader: Reader, words: readonly AskedWord[], types: readonly string[]): Promise<Warning[]> {
  const asked = [...new Map(words.map((word) => [JSON.stringify(word), word])).values()];
  if (asked.length === 0) return [];
  const [known] = await reader.read([wordsInUse(asked, types)]);
  const inUse = new Set(known.map(([ordinal]) => ordinal));
  const unknown = asked.filter((_, ordinal) => !inUse.has(ordinal));
  const parameters = [...new Set(unknown.map(({ parameter }) => parameter))];
  const read = unknown.length > 0 ? await reader.read(parameters.flatMap((each) => [mostUsed(each, types), codeNames(each)])) : [];
  const candidatesOf = new Map(parameters.map((parameter, index) => [parameter, candidatesIn(read[2 * index]!, read[2 * index + 1]!)]));
  return unknown.map((word, index) => unknownWord(word, index < COMPARED_MAX ? candidatesOf.get(word.parameter)! : new Map()));
}

/** Words that an unknown one may mean: those in use and those of the codebook, under every name that they have. */
type WordNames = ReadonlyMap<string, string>;

function candidatesIn(inUse: readonly (readonly string[])[], codes: readonly (readonly string[])[]): WordNames {
  const words = codes.map(([id, name]) => [slugged(name!), id!.slice(id!.indexOf('-') + 1)] as const);
  return new Map([...words, ...words.map(([, word]) => [word, word] as const), ...inUse.map(([word]) => [word!, word!] as const)]);
}

function unknownWord({ parameter, value, side }: AskedWord, candidates: WordNames): Warning {
  const sign = side === 'none' ? '!' : '';
  const near = value.length > SLUG_MAX ? [] : nearest(value, candidates.keys()).map((name) => candidates.get(name)!);
  const didYouMean = [...new Set(near)].filter((word) => word !== value).map((word) => sign + word);
  const shown = firstUnits(value, SLUG_MAX);
  const finding = `nothing has the ${parameter} "${shown}"${side === 'none' ? ', so that it leaves nothing out' : ''}`;
  const advice = didYouMean.length > 0 ? `did you mean ${didYouMean.join(' or ')}?` : 'GET /v1/vocabulary lists the words in use';
  return { parameter, value: sign + shown, message: `${finding}: ${advice}`, ...(didYouMean.length > 0 && { didYouMean }) };
}

/** The ordinals of the words that a record of the types has. */
const wordsInUse = (words: readonly AskedWord[], types: readonly string[]): Statement<[ordinal: number]> => ({
  sql: `SELECT ${dialect.ordinal('j')} FROM ${dialect.elements('j', ':words')} WHERE EXISTS (SELECT 1 FROM ${dialect.elements('y', ':types')} CROSS JOIN vocabulary v
    ON v.type = ${dialect.value('y', 'text')} AND v.field = ${dialect.column('j', 0, 'text')} AND v.value = ${dialect.column('j', 1, 'text')})`,
  params: [{ words: JSON.stringify(words.map(({ parameter, value }) => [parameter, value])), types: JSON.stringify(types) }],
});

/** Reads the labels and synonyms of the codes of a vocabulary: the id of each, and a name. */
const codeNames = (vocabulary: string): Statement<[id: string, name: string]> => ({
  sql: `SELECT r.slug, r.title FROM records r WHERE r.type = 'code' AND r.kind = :vocabulary
    UNION ALL SELECT r.slug, n.name FROM records r CROSS JOIN names n ON n.record_id = r.id WHERE r.type = 'code' AND r.kind = :vocabulary
    ORDER BY 1, 2 ${dialect.limit(':most')}`,
  params: [{ vocabulary, most: CANDIDATES_MAX }],
  offload: true,
});

const mostUsed = (field: string, types: readonly string[]): Statement<[value: string]> => ({
  sql: `SELECT v.value FROM ${dialect.elements('y', ':types')} CROSS JOIN vocabulary v ON v.type = ${dialect.value('y', 'text')} AND v.field = :field
    GROUP BY v.value ORDER BY sum(v.records) DESC, v.value ${dialect.limit(':most')}`,
  params: [{ field, types: JSON.stringify(types), most: CANDIDATES_MAX }],
  offload: true,
});
