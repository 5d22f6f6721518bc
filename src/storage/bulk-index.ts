import { type Statement, statement } from './engine.ts';
import { indexBlock, type IndexedMoment } from './index-block.ts';
import { insertRuns } from './insert.ts';
import { BLOCK, bufferText, type KeyRange, putOtherTexts, TEXT_BUFFER } from './interval-index.ts';

/** A term as the database has it. */
export type Term = readonly [field: string, value: string, id: number];

/** What every record says of its moments and of itself, as field and value. */
export type Said = readonly [field: string, value: string];

/** What is new in the index, of many new records; `putInIndex` asks the database for it, which takes ten times as long. */
export type BulkIndex = {
  /** Puts in a moment of a record, with all its terms but those of relations. */
  add: (record: number, moment: IndexedMoment, terms: Iterable<Said>) => void;
  /** Counts words that a record uses. */
  countWords: (type: string, words: Iterable<Said>) => void;
  /** The statements that put in whatever is complete. The records up to the key `last` are written. */
  drain: (last: number) => Generator<Statement>;
  /** The statements that put in the rest. */
  finish: (last: number) => Generator<Statement>;
};

/** How many postings enter the index at once. Each such block may write most of its pages, so they are few. */
const POSTINGS = 2 ** 22;

/** An index for new records with keys from `first`. `terms` are those of the database, all others get keys beyond `lastTerm`. */
export function bulkIndex(first: number, terms: readonly Term[], lastTerm: number): BulkIndex {
  const block = indexBlock();
  const dictionary = termDictionary(terms, lastTerm);
  const words = new Map<string, number>();
  let tagged: [position: number, record: number, tags: string][] = [];
  let next = first;

  function* drainTexts(last: number): Generator<Statement> {
    const sorted = tagged.toSorted(([a], [b]) => a - b);
    tagged = [];
    yield* putTexts(sorted, { first: next, last });
    next = last + 1;
  }

  return {
    add(record, moment, said) {
      const ids = new Set<number>();
      for (const [field, value] of said) ids.add(dictionary.idOf(field, value));
      block.add(moment, ids);
      // Joined, and not appended to: until they are written, each would be a tree of its parts.
      tagged.push([moment.position, record, `y${moment.type} l${moment.level} t${[...ids].join(' t')}`]);
    },
    countWords(type, its) {
      for (const [field, value] of its) {
        const word = `${type}\n${field}\n${value}`;
        words.set(word, (words.get(word) ?? 0) + 1);
      }
    },
    *drain(last) {
      yield* dictionary.drain();
      if (last - next >= BLOCK) yield* drainTexts(last);
      if (block.count() >= POSTINGS) yield* block.drain();
    },
    *finish(last) {
      yield* dictionary.drain();
      yield* drainTexts(last);
      yield* block.drain();
      yield* insertRuns('vocabulary', wordRows(words), 'ON CONFLICT DO UPDATE SET records = records + excluded.records');
      yield bufferText(TEXT_BUFFER.usual);
    },
  };
}

function* wordRows(words: ReadonlyMap<string, number>): Generator<(string | number)[]> {
  for (const [word, count] of words) yield [...word.split('\n'), count];
}

/** The keys of terms; those that are new are inserted when it is drained. */
function termDictionary(terms: readonly Term[], lastTerm: number) {
  const known = new Map<string, Map<string, number>>();
  let fresh: [id: number, field: string, value: string, count: number][] = [];
  let last = lastTerm;

  function valuesOf(field: string): Map<string, number> {
    const values = known.get(field) ?? new Map<string, number>();
    known.set(field, values);
    return values;
  }

  for (const [field, value, id] of terms) valuesOf(field).set(value, id);
  return {
    idOf(field: string, value: string): number {
      const values = valuesOf(field);
      const id = values.get(value);
      if (id !== undefined) return id;
      values.set(value, ++last);
      fresh.push([last, field, value, 0]);
      return last;
    },
    *drain(): Generator<Statement> {
      yield* insertRuns('terms', fresh);
      fresh = [];
    },
  };
}

/** The tags of moments on their way into the full text. */
const TAGGED = 'CREATE TEMP TABLE IF NOT EXISTS tagged (position INTEGER PRIMARY KEY, record INTEGER, tags TEXT)';

/** In the order of rowids: FTS5 writes all it holds whenever a rowid is smaller than the one before. */
const PUT_TAGGED = `INSERT INTO search (rowid, title, names, body, tags)
  SELECT g.position, t.title, t.names, t.body, g.tags FROM tagged g CROSS JOIN record_text t ON t.record = g.record ORDER BY g.position`;

function* putTexts(tagged: Iterable<[position: number, record: number, tags: string]>, range: KeyRange): Generator<Statement> {
  yield bufferText(TEXT_BUFFER.bulk);
  yield statement(TAGGED);
  yield* insertRuns('tagged', tagged);
  yield statement(PUT_TAGGED);
  yield statement('DELETE FROM tagged');
  yield* putOtherTexts(range);
}
