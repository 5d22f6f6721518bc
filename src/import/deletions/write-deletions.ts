import { groupsOf } from '../../domain/groups.ts';
import type { BulkTerms } from '../../index/bulk/bulk-terms.ts';
import { deltaOf, type IndexChange, termKey, type WordCounts } from '../../index/delta.ts';
import { entryOf, type Term } from '../../index/entry.ts';
import { statementsOf } from '../../index/writer.ts';
import { modelOf } from '../../model/models.ts';
import { removalOf } from '../../records/remove.ts';
import { inputOfStored } from '../../records/stored-record.ts';
import type { Statement } from '../../storage/port.ts';
import { deleteNamesOf } from '../../storage/tables/names.ts';
import { deleteRowsOfTexts } from '../../storage/tables/texts.ts';
import type { DeletedRecord } from './plan-deletions.ts';

/** Deletes some records together, and logs each with the instant `now`. `relatedTo` returns the records to which one is related in the index, by its key. */
export function* deleteTogether(
  records: readonly DeletedRecord[],
  { now, terms, relatedTo }: { now: number; terms: BulkTerms; relatedTo: (key: number) => readonly string[] },
): Generator<Statement> {
  const stored = records.map((each) => ({ ...each, document: Buffer.from(each.document) }));
  const changes = stored.map(({ key, type, momentKeys, ...record }): IndexChange => {
    return { before: entryOf(modelOf[type], inputOfStored(record), { key, momentKeys }, relatedTo(key)) };
  });
  yield* leaveIndex(changes, terms);
  yield* removalOf(stored, now);
}

/**
 * The statements that take records out of the index. Names and texts of all are deleted at once, and counts of one word are added up: PostgreSQL counts anew
 * for each statement, and finds a row ever more slowly the more often one transaction has changed it.
 */
function* leaveIndex(changes: readonly IndexChange[], terms: BulkTerms): Generator<Statement> {
  const delta = deltaOf(changes);
  const counted = { ...delta, words: addedUp(delta.words), names: [], removedTexts: [] };
  for (const each of statementsOf(counted, terms.idOf)) {
    yield* terms.drain();
    yield each;
  }
  yield* deleteNamesOf(delta.names.map(({ key }) => key));
  yield deleteRowsOfTexts(delta.removedTexts);
}

/** The counts of words, those of one word of a type added up. */
function addedUp(counts: readonly WordCounts[]): WordCounts[] {
  return [...groupsOf(counts, ({ type }) => type)].flatMap(([type, ofType]) => {
    const sums = new Map<string, { word: Term; more: number }>();
    for (const { more, words } of ofType)
      for (const word of words) {
        const known = sums.get(termKey(word)) ?? { word, more: 0 };
        sums.set(termKey(word), { word, more: known.more + more });
      }
    return Array.from(
      groupsOf(sums.values(), ({ more }) => more),
      ([more, group]) => ({ type, more, words: group.map(({ word }) => word) }),
    );
  });
}
