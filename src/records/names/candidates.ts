import type { Candidate } from '../../domain/errors.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { shortened } from '../../domain/text/first-units.ts';
import { identifierKey, keyOfName, nameKey } from '../../domain/text/name.ts';
import { historicalDate } from '../../domain/time/historical-date.ts';
import { modelOf } from '../../model/models.ts';
import { type Input, kindOf, type Moment, titleOf } from '../../model/record.ts';
import { type Named, type WrittenName, writtenNames } from '../../model/record-names.ts';
import type { Reader } from '../../storage/port.ts';
import { documentsOf } from '../../storage/tables/records.ts';
import { inputOfDocument } from '../document/render.ts';

/** A stored record that a name may mean. */
export type KnownRecord = { key: number; type: RecordType; id: string; record: Input };

/** Reads the records with some keys, all of one type, in the order of the keys. */
export async function readKnown(reader: Reader, type: RecordType, keys: readonly number[]): Promise<KnownRecord[]> {
  if (keys.length === 0) return [];
  const [rows] = await reader.read([documentsOf(keys)]);
  return rows.map(([key, document]) => {
    const record = inputOfDocument(document);
    return { key, type, id: record.id!, record };
  });
}

/** Rank of an identifier with a close match: after all names. */
export const CLOSE_MATCH = 9;

/** Rank of an exact spelling, of one that differs in case, composition or what does not show only, and of one with the same key. */
const LIKENESS = { exact: 0, sameLetters: 1, folded: 2 };

const lettersOf = (text: string): string =>
  text
    .replaceAll(/\p{Cf}/gu, '')
    .normalize('NFC')
    .toLowerCase();

/**
 * The rank of a record among those of a name, the lowest first: an official or short name goes before a variant, and among these the exact spelling before one
 * that differs in case, and that before one with the same key. An identifier counts as an official name, one with a close match goes last. Infinity for a name that it does not have.
 */
export function rankOf(
  asked: string,
  { names, identifiers }: { names: readonly WrittenName[]; identifiers?: Named['identifiers'] },
): number {
  const [key, letters] = [keyOfName(asked), lettersOf(asked)];
  const ranks = names.flatMap(({ name, nameClass }) => {
    if (keyOfName(name) !== key) return [];
    const likeness = name === asked ? LIKENESS.exact : lettersOf(name) === letters ? LIKENESS.sameLetters : LIKENESS.folded;
    return [nameClass * 3 + likeness];
  });
  const matches = (identifiers ?? []).filter(({ scheme, value }) => identifierKey(`${scheme}:${value}`) === identifierKey(asked));
  return Math.min(...ranks, ...matches.map(({ match }) => (match === 'close' ? CLOSE_MATCH : 0)), Infinity);
}

/** The rank of a stored record. */
export const rankIn = (asked: string, { type, record }: KnownRecord): number =>
  rankOf(asked, { names: writtenNames(modelOf[type], record), identifiers: record.identifiers });

/** The candidates of the lowest rank: one where a name means it, several where it is ambiguous, none where no candidate has the name. */
export function lowest<Each>(candidates: readonly Each[], rank: (candidate: Each) => number): Each[] {
  const ranked = candidates.map((candidate) => [candidate, rank(candidate)] as const);
  const best = Math.min(...ranked.map(([, each]) => each));
  return best === Infinity ? [] : ranked.flatMap(([candidate, each]) => (each === best ? [candidate] : []));
}

/** Number of candidates that an issue lists at most. */
const LISTED = 10;

/** Some records as an issue lists them: the first ten, in the order of their ids. */
export const listed = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, LISTED);

/** Longest description of a candidate, in UTF-16 units. */
const ABOUT_MAX = 120;

/** A record as a candidate. */
export function candidateOf({ type, id, record }: KnownRecord): Candidate {
  const about = [whenOf(record), whereOf(record), record.symbol, textOf(record)].filter((part) => part !== undefined).join('; ');
  return { type, id, kind: kindOf(modelOf[type], record), title: titleOf(modelOf[type], record), ...(about !== '' && { about }) };
}

const textOf = ({ description, definition, summary, publisher }: Input): string | undefined => {
  const text = description ?? definition ?? summary ?? publisher;
  return text === undefined ? undefined : shortened(text.replaceAll(/\s+/g, ' ').trim(), ABOUT_MAX);
};

function whenOf({ date, published, dates = [] }: Input): string | undefined {
  const moment: Moment | undefined = date ?? published ?? dates.find(({ edtf }) => edtf !== undefined);
  if (moment?.edtf === undefined) return undefined;
  const { label } = historicalDate(moment.edtf, moment.calendar).derived;
  return moment.role === undefined ? label : `${moment.role} ${label}`;
}

/** Places that a candidate names. */
const PLACES = 3;

/** Memberships that a candidate names. */
const MEMBERSHIPS = 3;

function whereOf({ places = [], partOf = [], coordinates, memberships = [] }: Input): string | undefined {
  const organizations = [...new Set(memberships.map(({ organization }) => organization))];
  const more = organizations.length > MEMBERSHIPS ? ` and ${organizations.length - MEMBERSHIPS} more` : '';
  const parts = [
    places.length > 0 && `in ${places.slice(0, PLACES).join(', ')}`,
    partOf.length > 0 && `${typeof partOf === 'string' ? 'part of' : 'in'} ${[partOf].flat().slice(0, PLACES).join(', ')}`,
    coordinates && `at ${coordinates.latitude}, ${coordinates.longitude}`,
    organizations.length > 0 && `member of ${organizations.slice(0, MEMBERSHIPS).join(', ')}${more}`,
  ].filter((part) => typeof part === 'string');
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** Candidates that a sentence names; it counts the others. */
const NAMED = 5;

/** Longest text in a sentence that tells a candidate apart, in UTF-16 units. */
const APART_MAX = 70;

/** Candidates in words, each with what tells it apart: `paris (city; in france) or paris-texas (city)`. */
export function alternatives(candidates: readonly Candidate[], total: number, joined = ' or '): string {
  const named = candidates.slice(0, NAMED).map(({ id, kind, about }) => {
    const apart = [kind, about].filter((part) => part !== undefined).join('; ');
    return apart === '' ? id : `${id} (${shortened(apart, APART_MAX)})`;
  });
  const more = total - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(joined);
}

/** Suggestions in words: their ids, with the title where the id is not made of it. */
export const suggestions = (candidates: readonly Candidate[]): string =>
  candidates.map(({ id, title }) => (title === undefined || nameKey(title) === nameKey(id) ? id : `${id} (${title})`)).join(' or ');
