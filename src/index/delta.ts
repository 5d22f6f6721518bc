import { isDeepStrictEqual } from 'node:util';
import { groupsOf } from '../domain/groups.ts';
import { isEntryType, type RecordType } from '../domain/record-type.ts';
import type { Input } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import { type IndexEntry, type IndexMoment, type MomentColumns, positionOfMoment, type Term, UNTAGGED } from './entry.ts';
import { addMonthlyCounts, type MonthlyCounts } from './monthly-counts.ts';
import type { SearchText } from './search-text.ts';

/** A record as clients wrote it, with ids for references, and the keys of its moments, at least one for each. */
export type IndexedState = { record: Input & { id: string }; momentKeys: readonly number[] };

/** A change of one record: a new one has no state before, a deleted one none after. */
export type RecordChange = { model: RecordModel; key: number; before?: IndexedState | undefined; after?: IndexedState | undefined };

/** A record in the index before or after a write. An entry without words, names and text stands for its moments only, as that of a related record. */
export type IndexState = Pick<IndexEntry, 'key' | 'type' | 'moments'> & Partial<IndexEntry>;

/** A change of one record in the index: a new record has no state before, a deleted one none after. */
export type IndexChange = { before?: IndexState | undefined; after?: IndexState | undefined };

/** Terms of one moment, each of which is one posting. */
export type MomentTerms = { moment: MomentColumns; terms: readonly Term[] };

/** A number to add to the counts of each of the terms. */
export type TermCounts = { more: number; terms: readonly Term[] };

/** Numbers to add to the counts of each of the terms in a month. */
export type TermMonth = { type: RecordType; month: number; more: MonthlyCounts; terms: readonly Term[] };

/** A number, 1 or -1, to add to the records of a type that use each of the words. */
export type WordCounts = { type: RecordType; more: number; words: readonly Term[] };

/** The names of a record that it no longer has, and those that are new. */
export type NameChange = { key: number; type: RecordType; removed: readonly string[]; added: readonly string[] };

/** A row of the full text: `level` and `terms` are those of its moment, absent for a record without moments. */
export type TextRow = { number: bigint; type: RecordType; text: SearchText; moment?: IndexMoment };

/** The difference between two states of some records in the index. Rows that are the same before and after are in none of the lists. */
export type IndexDelta = {
  removed: readonly MomentTerms[];
  added: readonly MomentTerms[];
  counts: readonly TermCounts[];
  months: readonly TermMonth[];
  words: readonly WordCounts[];
  names: readonly NameChange[];
  removedTexts: readonly bigint[];
  addedTexts: readonly TextRow[];
};

/** The delta of some changes, each of another record. */
export function deltaOf(changes: readonly IndexChange[]): IndexDelta {
  const removed = changes.flatMap(({ before, after }) => momentTermsOnlyIn(before, after));
  const added = changes.flatMap(({ before, after }) => momentTermsOnlyIn(after, before));
  const groups = termGroups(removed, added);
  return {
    removed,
    added,
    counts: countsOf(groups),
    months: monthsOf(groups),
    words: changes.flatMap(({ before, after }) => [...wordsOnlyIn(before, after, -1), ...wordsOnlyIn(after, before, 1)]),
    names: changes.flatMap(({ before, after }) => nameChange(before, after)),
    removedTexts: changes.flatMap(({ before, after }) => textRowsOnlyIn(before, after).map(({ number }) => number)),
    addedTexts: changes.flatMap(({ before, after }) => textRowsOnlyIn(after, before)),
  };
}

/** The name of a term in maps. */
export const termKey = ([field, value]: Term): string => `${field}\n${value}`;

/** A text of all columns of a moment on which its rows in the index depend besides its terms. */
export const placementOf = ({ key, slot, endMax, startMonthMax, endMonth, doubted }: MomentColumns): string =>
  `${key} ${slot} ${endMax} ${startMonthMax} ${endMonth} ${doubted}`;

/** Returns true for a record whose moments are elsewhere after a change. New and deleted records do not move. */
export const isMoved = ({ before, after }: IndexChange): boolean =>
  before !== undefined && after !== undefined && !isDeepStrictEqual(before.moments.map(placementOf), after.moments.map(placementOf));

type Owned = MomentTerms & { type: RecordType };

/** The terms of moments of a state that the same moments of another do not have. */
function momentTermsOnlyIn(state: IndexState | undefined, other: IndexState | undefined): Owned[] {
  if (!state) return [];
  const { type } = state;
  if (!other) return state.moments.map((moment) => ({ type, moment, terms: moment.terms }));
  const others = new Map(other.moments.map((moment) => [placementOf(moment), new Set(moment.terms.map(termKey))]));
  return state.moments.flatMap((moment) => {
    const known = others.get(placementOf(moment));
    const terms = known ? moment.terms.filter((term) => !known.has(termKey(term))) : moment.terms;
    return terms.length > 0 ? [{ type, moment, terms }] : [];
  });
}

/** Terms that the same moments gain and lose, which therefore have the same counts. */
type TermGroup = { terms: readonly Term[]; changes: readonly Signed[] };
type Signed = Owned & { sign: 1 | -1 };

function termGroups(removed: readonly Owned[], added: readonly Owned[]): TermGroup[] {
  const signed = (sign: 1 | -1) => (each: Owned) => ({ ...each, sign });
  const changes: Signed[] = [...removed.map(signed(-1)), ...added.map(signed(1))];
  if (changes.length === 1) return [{ terms: changes[0]!.terms, changes }];
  const byTerm = new Map<string, { term: Term; places: string }>();
  for (const [index, { terms }] of changes.entries())
    for (const term of terms) {
      const known = byTerm.get(termKey(term));
      if (known) known.places += ` ${index}`;
      else byTerm.set(termKey(term), { term, places: String(index) });
    }
  return Array.from(
    groupsOf(byTerm.values(), ({ places }) => places),
    ([places, group]) => ({
      terms: group.map(({ term }) => term),
      changes: places.split(' ').map((index) => changes[Number(index)]!),
    }),
  );
}

function countsOf(groups: readonly TermGroup[]): TermCounts[] {
  return groups
    .map(({ terms, changes }) => ({ more: changes.reduce((sum, { sign }) => sum + sign, 0), terms }))
    .filter(({ more }) => more !== 0);
}

function monthsOf(groups: readonly TermGroup[]): TermMonth[] {
  return groups.flatMap(({ terms, changes }) =>
    [...groupsOf(changes, ({ type }) => type)].flatMap(([type, ofType]) => {
      const months = new Map<number, MonthlyCounts>();
      for (const { moment, sign } of ofType) addMonthlyCounts(months, moment, sign);
      const rows = [...months].filter(([, more]) => more.some((number) => number !== 0));
      return rows.map(([month, more]) => ({ type, month, more, terms }));
    }),
  );
}

function wordsOnlyIn(state: IndexState | undefined, other: IndexState | undefined, more: number): WordCounts[] {
  if (!state?.words) return [];
  const others = new Set(other?.words?.map(termKey));
  const words = others.size === 0 ? state.words : state.words.filter((word) => !others.has(termKey(word)));
  return words.length > 0 ? [{ type: state.type, more, words }] : [];
}

function nameChange(before: IndexState | undefined, after: IndexState | undefined): NameChange[] {
  const [former, next] = [before?.names ?? [], after?.names ?? []];
  const removed = former.filter((name) => !next.includes(name));
  const added = next.filter((name) => !former.includes(name));
  const { key, type } = (after ?? before)!;
  return removed.length + added.length > 0 ? [{ key, type, removed, added }] : [];
}

/** The rows of the full text of a state that another does not have with the same content. */
function textRowsOnlyIn(state: IndexState | undefined, other: IndexState | undefined): TextRow[] {
  if (!state?.text) return [];
  const rows = textRowsOf(state);
  if (!isDeepStrictEqual(state.text, other?.text)) return rows;
  const others = new Map(textRowsOf(other).map((row) => [row.number, row]));
  return rows.filter((row) => !hasSameTags(row, others.get(row.number)));
}

function hasSameTags({ moment }: TextRow, other: TextRow | undefined): boolean {
  if (!moment || !other?.moment) return other !== undefined;
  const [terms, others] = [tagTerms(moment), tagTerms(other.moment)];
  return (
    terms.length === others.length && terms.every(([field, value], index) => field === others[index]![0] && value === others[index]![1])
  );
}

/** Returns true for a record with one row in the full text, numbered by its key: one without moments, and an actor, of which these are no entries. */
export const hasOneText = ({ type, moments }: Pick<IndexEntry, 'type' | 'moments'>): boolean => moments.length === 0 || !isEntryType(type);

function textRowsOf(state: IndexState | undefined): TextRow[] {
  if (!state?.text) return [];
  const { key, type, moments, text } = state;
  if (hasOneText(state)) return [{ number: BigInt(-key), type, text }];
  return moments.map((moment) => ({ number: positionOfMoment(moment), type, text, moment }));
}

/** The terms that are tags of the full text. */
export const tagTerms = ({ terms }: IndexMoment): readonly Term[] => terms.filter(([field]) => !UNTAGGED.has(field));
