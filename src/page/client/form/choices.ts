import { ENTRY_TYPES } from '../../../domain/record-type.ts';
import { apiAddress, getJson, Problem } from '../api/api.ts';
import { rememberName, recordAddress } from '../api/names.ts';
import { candidateOption, nearestWords, type Option, recordOptions, type Suggested, type WordInUse, wordOptions } from '../text/options.ts';
import { askedOfNames } from '../text/typed.ts';

/** The values of a filter: suggested while one types, and found for a text that is typed to the end. */
export type Choices = {
  suggest: (typed: string, signal?: AbortSignal) => Promise<Option[]>;
  /** The option that a text names, or those that it may mean, with a sentence that says why it is none of them. */
  find: (text: string) => Promise<{ named: Option } | { near: Option[]; says: string }>;
};

const unknown = (text: string): string => `Nothing is known by the name \u201C${text}\u201D.`;

const NOT_FOUND = 404;

const RANKED = '50'; // records that are asked for and put in order by their names

/** Actors or places, under every name they have. */
export function recordChoices(type: 'actor' | 'place'): Choices {
  const optionsOf = (records: readonly Suggested[], typed: string) => {
    for (const { id, name } of records) rememberName(type, id, name);
    return recordOptions(records, typed);
  };
  return {
    async suggest(typed, signal) {
      const q = askedOfNames(typed);
      if (q === '') return [];
      const parameters = new URLSearchParams({ q, limit: RANKED });
      const { items } = await getJson<{ items: Suggested[] }>(apiAddress(`v1/${type}s`, parameters), signal);
      return optionsOf(items, typed);
    },
    async find(text) {
      try {
        const record = await getJson<Suggested>(recordAddress(type, text));
        return { named: { ...optionsOf([record], record.name)[0]!, value: record.id } };
      } catch (error) {
        if (!(error instanceof Problem) || error.issues.length === 0) throw error;
        const candidates = error.issues.flatMap((issue) => issue.candidates ?? []);
        for (const { id, title = id } of candidates) rememberName(type, id, title);
        const says = error.status === NOT_FOUND ? unknown(text) : `Several are known by the name \u201C${text}\u201D.`;
        return { near: candidates.map(candidateOption), says };
      }
    },
  };
}

type Vocabulary = { kinds: WordInUse[]; topics: WordInUse[] };
let vocabulary: Promise<Vocabulary> | undefined;

/** Kinds or topics of entries, with the number of records that have each. They are asked for once. */
export function wordChoices(field: keyof Vocabulary): Choices {
  const inUse = async () => {
    vocabulary ??= getJson<Vocabulary>(apiAddress('v1/vocabulary'));
    const asked = vocabulary;
    const words = await asked.catch((error: unknown) => {
      if (vocabulary === asked) vocabulary = undefined;
      throw error;
    });
    return words[field].filter(({ types }) => ENTRY_TYPES.some((type) => types.includes(type)));
  };
  return {
    suggest: async (typed) => wordOptions(await inUse(), typed),
    async find(text) {
      return { near: nearestWords(await inUse(), text), says: unknown(text) };
    },
  };
}
