import { fold } from '../../../src/domain/text/fold.ts';
import type { Document, Moment } from './documents.ts';

const tokens = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every text of an entry that is searched, field by field. */
function textsOf(entry: Document, moments: readonly Moment[]): string[] {
  const values = ['title', 'kind', 'summary', 'symbol', 'number'].map((field) => entry[field]);
  const parts = entry as {
    names?: { name: string }[];
    symbols?: string[];
    figures?: { label: string; unit: string }[];
    citations?: { phrase?: string }[];
    attributes?: Record<string, unknown>;
    links?: { title?: string; credit?: string }[];
  };
  return [
    ...values,
    ...(parts.names ?? []).map(({ name }) => name),
    ...(parts.symbols ?? []),
    ...(parts.figures ?? []).flatMap(({ label, unit }) => [label, unit]),
    ...(parts.citations ?? []).map(({ phrase }) => phrase),
    ...(parts.links ?? []).flatMap(({ title, credit }) => [title, credit]),
    ...Object.values(parts.attributes ?? {}).flatMap((value) => [value].flat().filter((each) => typeof each === 'string')),
    ...(entry.topics ?? []),
    ...[...(entry.participants ?? []), ...moments.flatMap(({ participants }) => participants)].flatMap(
      ({ actor, onBehalfOf, asStated }) => [actor, onBehalfOf, asStated],
    ),
    ...moments.flatMap(({ places, date }) => [...places, date?.asStated]),
  ].flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
}

const known = new WeakMap<Document, string[][]>();

/** The words of each field of an entry. Each entry is read once, for a scan looks at every one. */
function wordsOf(entry: Document, moments: readonly Moment[]): string[][] {
  const words = known.get(entry) ?? textsOf(entry, moments).map(tokens);
  known.set(entry, words);
  return words;
}

/** Whether all words, "phrases" and beginnings* of a query occur in the texts of an entry, phrases within one field. */
export function hasText(entry: Document, moments: readonly Moment[], query: string): boolean {
  const fields = wordsOf(entry, moments);
  const sought = query.match(/"[^"]*"\*?|\S+/g) ?? [];
  return sought.every((piece) => {
    const wanted = tokens(piece);
    const isWord = (word: string | undefined, index: number) =>
      word !== undefined && (piece.endsWith('*') && index === wanted.length - 1 ? word.startsWith(wanted[index]!) : word === wanted[index]);
    return fields.some((field) => field.some((_, at) => wanted.every((_each, index) => isWord(field[at + index], index))));
  });
}
