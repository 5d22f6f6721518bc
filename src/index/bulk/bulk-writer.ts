import { hasOneText, tagTerms } from '../delta.ts';
import { insertRuns } from '../../storage/tables/rows.ts';
import { beginPhase, type Statement, statement } from '../../storage/port.ts';
import { type Sorted, postingBlock } from './counting-sort.ts';
import { type IndexEntry, positionOfMoment, type Term } from '../entry.ts';
import { putTrigrams } from '../name-rows.ts';
import { type Paragraph, rowOfParagraph, textOfParagraph } from '../paragraph-rows.ts';
import { indexedText, PARAGRAPH_TAG, type SearchColumns, type SearchText, tagsOf } from '../search-text.ts';
import { formCollector } from '../word-forms.ts';
import { ADD_MONTHS, ADD_WORDS, type IdOf, putText } from '../writer.ts';

/**
 * Writes the index entries of many new records: the rows that `writer.ts` would write, but each table once and in the order of its keys. The
 * caller inserts the relational rows of the records.
 */
export type BulkWriter = {
  /** Yields the statements that come first. */
  begin: () => Generator<Statement>;
  /** Adds a record. All ids of terms must be those of rows that are there when `drain` or `finish` runs. */
  add: (entry: IndexEntry, idOf: IdOf) => void;
  /** Adds a paragraph of a stored text. */
  addParagraph: (paragraph: Paragraph) => void;
  /** Yields the statements that are ready. Memory is bounded when it runs every few thousand records. */
  drain: () => Generator<Statement>;
  /** Yields all other statements; the rows of `lookups` must be there. */
  finish: () => Generator<Statement>;
};

/** Postings that are sorted in memory and written together: some 12 bytes each. */
const POSTINGS = 2 ** 23;

/** `isLarge`: at least as many records are added as there are already. `block`: postings that are written together. */
export type BulkOptions = { isLarge: boolean; block?: number };

/** A bulk writer without records. */
export function bulkWriter({ isLarge, block = POSTINGS }: BulkOptions): BulkWriter {
  const postings = postingBlock();
  const vocabulary = wordCounts();
  const texts = textBlocks();
  const forms = formCollector();
  const keys = { first: Number.MAX_SAFE_INTEGER, last: 0 };

  return {
    *begin() {
      if (isLarge) yield beginPhase('index');
    },
    add({ key, type, moments, words, text }, idOf) {
      keys.first = Math.min(keys.first, key);
      keys.last = Math.max(keys.last, key);
      vocabulary.add(type, words);
      forms.add(text);
      const isOne = hasOneText({ type, moments });
      if (isOne) texts.add(BigInt(-key), text, tagsOf(type));
      for (const moment of moments) {
        postings.add({ type, ...moment }, moment.terms.map(idOf));
        if (!isOne) texts.add(positionOfMoment(moment), text, tagsOf(type, moment, tagTerms(moment).map(idOf)));
      }
    },
    addParagraph(paragraph) {
      const text = textOfParagraph(paragraph);
      forms.add(text);
      texts.add(BigInt(rowOfParagraph(paragraph)), text, PARAGRAPH_TAG);
    },
    *drain() {
      if (postings.count() >= block) yield* writeBlock(postings.take());
      yield* texts.drain();
      yield* forms.drain();
    },
    *finish() {
      yield* writeBlock(postings.take());
      yield* texts.finish();
      yield* forms.finish();
      yield putTrigrams(keys);
      yield* insertRuns('vocabulary', vocabulary.rows(), ADD_WORDS);
      if (isLarge) yield beginPhase('index-end');
    },
  };
}

/** Writes each table in the order of its keys: a page is written once for each block. */
function* writeBlock({ postings, monthlyCounts, counts }: Sorted): Generator<Statement> {
  yield* insertRuns('postings', postings);
  yield* insertRuns('monthly_counts', monthlyCounts, ADD_MONTHS);
  for (const [term, count] of counts) yield statement('UPDATE terms SET count = count + ? WHERE id = ?', count, term);
}

/** Counts the records that use each word. Words are few and used by all records: nested maps cost less than a key for each use. */
function wordCounts() {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  return {
    add(type: string, words: readonly Term[]): void {
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

/** The map under a key, a new one where there is none. */
export function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key);
  if (known) return known;
  const fresh = new Map<string, Value>();
  maps.set(key, fresh);
  return fresh;
}

type BulkTextRow = { number: bigint; columns: SearchColumns; tags: string };

/** Texts, and characters of them, that are sorted and written together: FTS5 writes a segment whenever the number of a row is smaller than the one before. */
const [TEXTS, CHARACTERS] = [25_000, 2 ** 26];

function textBlocks() {
  let rows: BulkTextRow[] = [];
  let characters = 0;

  // One row at a time: FTS5 would write a segment for each statement of several, since such a statement may be undone alone.
  function* put(): Generator<Statement> {
    for (const { number, columns, tags } of rows.toSorted((one, other) => (one.number < other.number ? -1 : 1)))
      yield putText(number, columns, tags);
    [rows, characters] = [[], 0];
  }

  return {
    add(number: bigint, text: SearchText, tags: string): void {
      const { columns } = indexedText(text);
      rows.push({ number, columns, tags });
      characters += columns.title.length + columns.names.length + columns.body.length;
    },
    *drain(): Generator<Statement> {
      if (rows.length < TEXTS && characters < CHARACTERS) return;
      yield beginPhase('texts');
      yield* put();
    },
    *finish(): Generator<Statement> {
      yield* put();
      yield beginPhase('texts-end');
    },
  };
}
