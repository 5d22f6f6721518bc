import { dialect } from '../../storage/dialect.ts';
import { noteIndexVersion } from '../../storage/index-version.ts';
import { type Statement, statement } from '../../storage/port.ts';
import { bulkTerms, guardTermIds, type KnownTerms } from './bulk-terms.ts';
import { bulkWriter } from './bulk-writer.ts';
import type { IndexEntry } from '../entry.ts';
import type { Paragraph } from '../paragraph-rows.ts';

/** All that is indexed: the entries of all records, and the paragraphs of all stored texts. */
export type Indexed = { entries: Iterable<IndexEntry>; paragraphs: Iterable<Paragraph> };

/**
 * The statements that make the index anew, for one load. The rows of `lookups` must be there. Terms keep their ids,
 * so that the rows before and after can be compared.
 */
export function* rebuildIndex({ entries, paragraphs }: Indexed, known: KnownTerms): Generator<Statement> {
  yield guardTermIds(known);
  yield* emptyIndex();
  const terms = bulkTerms(known);
  const writer = bulkWriter({ isLarge: true });
  yield* writer.begin();
  for (const entry of entries) {
    writer.add(entry, terms.idOf);
    yield* terms.drain();
    yield* writer.drain();
  }
  for (const paragraph of paragraphs) {
    writer.addParagraph(paragraph);
    yield* writer.drain();
  }
  yield* terms.finish();
  yield* writer.finish();
  yield noteIndexVersion();
}

function* emptyIndex(): Generator<Statement> {
  yield statement('UPDATE terms SET count = 0');
  for (const table of ['postings', 'monthly_counts', 'vocabulary', 'word_forms']) yield statement(`DELETE FROM ${table}`);
  for (const table of ['search', 'nearby'] as const) yield statement(dialect.emptyTexts(table));
  for (const points of [dialect.emptyPoints(), dialect.fillPoints()]) yield statement(points);
}
