import { WriteConflict, type Statement } from './port.ts';
import type { IndexedMoment } from './index-block.ts';
import { insertRuns } from './insert.ts';
import { bulkPostings } from './bulk-postings.ts';
import { bulkTexts, type SearchText } from './bulk-texts.ts';
import { ADD_WORDS, putTrigrams, tagsOf } from './interval-index.ts';

/** A term as the database has it. */
export type Term = readonly [field: string, value: string, id: number];

/** What every record says of its moments and of itself, as field and value. */
export type Said = readonly [field: string, value: string];

/** What is new in the index, of many new records; to ask the database for it, as a rebuild does, takes ten times as long. */
export type BulkIndex = {
  /** Puts in a moment of a record, with all its terms but those of relations, and what is searched. */
  add: (record: number, moment: IndexedMoment, terms: Iterable<Said>, text: SearchText) => void;
  /** Puts in what is searched of a record without moments. */
  addText: (record: number, type: string, text: SearchText) => void;
  /** Counts words that a record uses. */
  countWords: (type: string, words: Iterable<Said>) => void;
  /** The statements that put in whatever is complete. The records that were added are written. */
  drain: () => Generator<Statement>;
  /** The statements that put in the rest; `last` is the last key of a record. */
  finish: (last: number) => Generator<Statement>;
};

/** How many postings are sorted in memory, for which it takes about 80 MB. */
const POSTINGS = 2 ** 22;

/** What an index starts with: the first key of the new records, the terms of the database, the last key of those, a folder for temporary files. */
export type IndexStart = { first: number; terms: readonly Term[]; lastTerm: number; folder: string };

/** An index for new records. Whoever asks for it removes the folder. */
export function bulkIndex({ first, terms, lastTerm, folder }: IndexStart): BulkIndex {
  const postings = bulkPostings(folder, POSTINGS);
  const dictionary = termDictionary(terms, lastTerm);
  const words = wordCounts();
  const texts = bulkTexts();

  return {
    add(record, moment, said, text) {
      const ids = new Set<number>();
      for (const [field, value] of said) ids.add(dictionary.idOf(field, value));
      postings.add(moment, ids);
      texts.add(moment.position, record, text, tagsOf(moment, ids));
    },
    addText: (record, type, text) => texts.add(-record, record, text, `y${type}`),
    countWords: (type, its) => words.add(type, its),
    *drain() {
      yield* dictionary.drain();
      yield* texts.drain();
    },
    *finish(last) {
      yield* postings.finish();
      yield* texts.finish();
      yield putTrigrams({ first, last });
      yield* insertRuns('vocabulary', words.rows(), ADD_WORDS);
    },
  };
}

/** How many records use each word. Few words are used, by all records: to make a key of each use would take longer than to look in three maps. */
function wordCounts() {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  return {
    add(type: string, words: Iterable<Said>): void {
      const fields = within(counts, type);
      for (const [field, value] of words) {
        const values = within(fields, field);
        values.set(value, (values.get(value) ?? 0) + 1);
      }
    },
    *rows(): Generator<(string | number)[]> {
      for (const [type, fields] of counts)
        for (const [field, values] of fields) for (const [value, count] of values) yield [type, field, value, count];
    },
  };
}

/** The map that a map has for a key, a new one if it has none. */
function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key);
  if (known) return known;
  const fresh = new Map<string, Value>();
  maps.set(key, fresh);
  return fresh;
}

/** The keys of terms; those that are new are inserted when it is drained. */
function termDictionary(terms: readonly Term[], lastTerm: number) {
  const known = new Map<string, Map<string, number>>();
  let fresh: [id: number, field: string, value: string, count: number][] = [];
  let last = lastTerm;

  for (const [field, value, id] of terms) within(known, field).set(value, id);
  return {
    idOf(field: string, value: string): number {
      const values = within(known, field);
      const id = values.get(value);
      if (id !== undefined) return id;
      values.set(value, ++last);
      fresh.push([last, field, value, 0]);
      return last;
    },
    *drain(): Generator<Statement> {
      // A term that another added meanwhile, or its key, is not this one.
      yield* insertRuns('terms', fresh, 'ON CONFLICT DO NOTHING', new WriteConflict());
      fresh = [];
    },
  };
}
