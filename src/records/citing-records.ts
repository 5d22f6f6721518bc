import { comparable, hasPhrase } from '../domain/text/phrases.ts';
import { citationsOf } from '../model/citations.ts';
import { modelOf } from '../model/models.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { logChange, replaceDocument } from '../storage/tables/records.ts';
import { type CitingRow, recordsCiting, setVerified } from '../storage/tables/texts.ts';
import { inputOfDocument, renderRecord, textResultsIn } from './document/render.ts';
import type { Verified } from './verify-citations.ts';

/** Records that cite a source and are read at a time. */
const CHUNK = 500;

/** A record that cites sources with new texts: the results of its citations by their index, and those of them that changed. */
export type CitingRecord = { row: CitingRow; verified: Verified; changed: [citation: number, verified: boolean][] };

/**
 * A new text of a source, by the id of the source: returns true where a phrase stands in a paragraph, and nothing for a source that keeps its text.
 */
export type NewTexts = (source: string, paragraph: number, phrase: string) => boolean | undefined;

/** The new text of one source. */
export function newText(id: string, paragraphs: readonly string[]): NewTexts {
  const texts = paragraphs.map(comparable);
  return (source, paragraph, phrase) => (source === id ? hasPhrase(texts[paragraph - 1] ?? '', phrase) : undefined);
}

/** Yields each record besides a source itself that has to be written anew, since its citations are verified otherwise with new texts. */
export async function* readCiting(reader: Reader, source: number, texts: NewTexts): AsyncGenerator<CitingRecord> {
  let after = 0;
  for (;;) {
    const [rows] = await reader.read([recordsCiting(source, after, CHUNK)]);
    for (const row of rows) {
      const { verified, changed } = verifiedAnew(row[5], texts);
      if (changed.length > 0) yield { row, verified, changed };
    }
    if (rows.length === 0) return;
    after = rows.at(-1)![0];
  }
}

/** Verifies the phrases of the citations of a document against new texts, by index; citations of other sources keep their results. */
export function verifiedAnew(document: Buffer, texts: NewTexts): Omit<CitingRecord, 'row'> {
  // @NOTE `renderRecord` made it
  const record = JSON.parse(document.toString('utf8')) as {
    citations?: StoredCitation[];
    memberships?: { citations?: StoredCitation[] }[];
  };
  const verified = new Map<number, boolean>();
  const changed: [citation: number, verified: boolean][] = [];
  for (const [index, { source, paragraph, phrase, verified: before }] of citationsOf(record).entries()) {
    const result = (paragraph === undefined || phrase === undefined ? undefined : texts(source, paragraph, phrase)) ?? before;
    if (result === undefined) continue;
    verified.set(index, result);
    if (result !== before) changed.push([index, result]);
  }
  return { verified, changed };
}

type StoredCitation = { source: string; paragraph?: number; phrase?: string; verified?: boolean };

/** The statements that write a citing record anew, and that log it with the instant `at`. */
export function rewritten(at: number, { row, verified, changed }: CitingRecord): Statement[] {
  const [key, type, id, revision, createdAt, document] = row;
  const serverFields = { ...textResultsIn(document), id, revision: revision + 1, createdAt, updatedAt: at, verified };
  const next = renderRecord(modelOf[type], inputOfDocument(document), serverFields);
  return [
    replaceDocument(key, { ...serverFields, document: next }),
    ...setVerified(key, changed),
    logChange({ type, slug: id, action: 'updated', revision: revision + 1, at, replaced: document }),
  ];
}

/** The results by the index of the citation that differ from those of a document, or that it does not have. */
export function changedResults(document: Buffer, verified: Verified): [citation: number, verified: boolean][] {
  const before = textResultsIn(document).verified;
  return [...verified].filter(([citation, result]) => before.get(citation) !== result);
}
