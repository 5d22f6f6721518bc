import { comparable, hasPhrase } from '../domain/text/phrases.ts';
import type { KeyOf } from '../model/columns.ts';
import { citationsOf } from '../model/citations.ts';
import type { Input } from '../model/record.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { guardRevisions } from '../storage/tables/records.ts';
import { paragraphsAt, revisionsOf } from '../storage/tables/texts.ts';

/** True for a citation whose phrase stands in its paragraph, by the index of the citation in `citationsOf`. */
export type Verified = ReadonlyMap<number, boolean>;

/**
 * Holds the citations of one record against the stored texts, as `verifiedInAll` does. The guards abort the batch when a cited source has changed
 * since, as it does when its text is stored.
 */
export async function verifyCitations(reader: Reader, input: Input, keyOf: KeyOf): Promise<{ verified: Verified; guards: Statement[] }> {
  const cited = new Set(checkableIn(input).map(({ source }) => keyOf('source', source)));
  if (cited.size === 0) return { verified: new Map(), guards: [] };
  // Read before the texts: one that is stored in between is then seen by the guard. Reads at the same time may see different states of the database.
  const [sources] = await reader.read([revisionsOf(cited)]);
  const [verified] = await verifiedInAll(reader, [input], keyOf);
  return { verified: verified!, guards: [guardRevisions(cited.size, sources)] };
}

/** A paragraph of a text that is about to be stored, as `comparable` returns it, by the key of its source; null where the text has no such paragraph. */
export type SentParagraph = (source: number, paragraph: number) => string | null | undefined;

/**
 * Verifies the citations of some records, in order; without a result for a citation without a phrase or paragraph, or whose source has no text.
 * Texts that are `sent` go before stored ones. One round trip at most.
 */
export async function verifiedInAll(
  reader: Reader,
  inputs: readonly Input[],
  keyOf: KeyOf,
  sent: SentParagraph = () => undefined,
): Promise<Verified[]> {
  const checkable = inputs.flatMap((input, record) =>
    checkableIn(input).map((each) => ({ ...each, record, source: keyOf('source', each.source) })),
  );
  const verified = inputs.map(() => new Map<number, boolean>());
  const ofStored = checkable.filter(({ record, citation, source, paragraph, phrase }) => {
    const text = sent(source, paragraph);
    if (text !== undefined) verified[record]!.set(citation, text !== null && hasPhrase(text, phrase));
    return text === undefined;
  });
  if (ofStored.length === 0) return verified;
  const [rows] = await reader.read([paragraphsAt(ofStored.map(({ source, paragraph }) => [source, paragraph]))]);
  for (const [index, text] of rows) {
    const { record, citation, phrase } = ofStored[index]!;
    verified[record]!.set(citation, text !== null && hasPhrase(comparable(text), phrase));
  }
  return verified;
}

/** The citations that name a paragraph and a phrase, each with its index. */
export function checkableIn(input: Input) {
  return citationsOf(input).flatMap(({ source, paragraph, phrase }, citation) =>
    paragraph === undefined || phrase === undefined ? [] : [{ citation, source, paragraph, phrase }],
  );
}
