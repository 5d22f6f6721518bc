import { createHash } from 'node:crypto';
import { AnnalsError } from '../domain/errors.ts';
import { textIssue } from '../domain/json/json.ts';
import { paragraphsOf } from '../domain/text/paragraphs.ts';
import { comparable, hasPhrase } from '../domain/text/phrases.ts';
import { modelOf } from '../model/models.ts';
import type { Reader, Statement } from '../storage/port.ts';
import { guardGeneration, latestSequence, logChange, replaceDocument } from '../storage/tables/records.ts';
import { deleteRows } from '../storage/tables/rows.ts';
import { type CitingRow, guardCiting, insertParagraphs, recordsCiting } from '../storage/tables/texts.ts';
import type { Annals } from './annals.ts';
import { hasText } from './source-text.ts';
import { changeRecord, inputOfStored, type Preconditions, type StoredRecord, unchanged, type WriteResult } from './stored-record.ts';
import { prepareRecord, replaceRecord } from './update.ts';
import { renderRecord, inputOfDocument } from './document/render.ts';
import { validate } from '../model/record.ts';

/** Records that cite the source and are read at a time. */
const CHUNK = 500;

/**
 * Stores the text of the source with an id or a name, in the place of any before. The source gets its SHA-256 and number of paragraphs, and every
 * record that cites it says whether its phrases stand in it; each of those whose answer changes gets a new revision. All in one batch; the same
 * text again writes nothing. Throws as `findRecord` and the preconditions do, and `invalid-request` for bytes that are not UTF-8 text or have no paragraph.
 */
export function putText(annals: Annals, idOrName: string, bytes: Buffer, preconditions?: Preconditions): Promise<WriteResult> {
  const { engine } = annals;
  const model = modelOf.source;
  return changeRecord(annals, model, idOrName, async (current) => {
    const paragraphs = paragraphsIn(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const [[[newest]], isThere] = await Promise.all([engine.read([latestSequence]), hasText(engine, current)]);
    preconditions?.(model.type, current, isThere);
    const former = inputOfStored(current);
    if (isThere && former.sha256 === sha256) return unchanged(model.type, current);
    const input = validate(model, { ...former, sha256, paragraphs: paragraphs.length });
    const { prepared } = await prepareRecord(annals, model, input, current, { record: former, document: current.document });
    const folded = paragraphs.map(comparable);
    const verified = verifiedAnew(citationsOf(current.document), current.id, folded);
    const citing = await readCiting(engine, current, folded);
    const guards = [
      ...(preconditions ? [guardGeneration(current.generation)] : []),
      // A record that was written since may cite the source, and was not looked at.
      guardCiting(current.key, newest?.[0] ?? 0),
      deleteRows('paragraphs', { source_id: current.key }),
    ];
    return replaceRecord(annals, { prepared, verified, guards }, current, former, (at) => [
      ...insertParagraphs(current.key, paragraphs),
      ...citing.flatMap((each) => rewritten(at, each)),
    ]);
  });
}

/** The paragraphs of a text. Throws `invalid-request` for bytes that are not UTF-8 text or have no paragraph. */
function paragraphsIn(bytes: Buffer): string[] {
  const paragraphs = paragraphsOf(decoded(bytes));
  if (paragraphs.length > 0) return paragraphs;
  throw new AnnalsError('invalid-request', 'the text has no paragraph: send at least one line that is not empty');
}

function decoded(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const issue = textIssue(text.replaceAll(/[\r\f\u2028\u2029]/g, ''));
    if (issue === undefined) return text;
    throw new AnnalsError('invalid-request', `the text ${issue}`);
  } catch (error) {
    if (error instanceof TypeError)
      throw new AnnalsError('invalid-request', 'the text is not UTF-8: convert it first', [], { cause: error });
    throw error;
  }
}

/** A record that cites a source, and whether the phrases of its citations stand in the new text, by the index of the citation. */
type CitingRecord = { row: CitingRow; verified: Map<number, boolean> };

/** Reads each other record that has to be written anew, since its citations of the source are verified otherwise with the new text. */
async function readCiting(reader: Reader, source: StoredRecord, paragraphs: readonly string[]): Promise<CitingRecord[]> {
  const citing: CitingRecord[] = [];
  let after = 0;
  for (;;) {
    const [rows] = await reader.read([recordsCiting(source.key, after, CHUNK)]);
    for (const row of rows) {
      const citations = citationsOf(row[5]);
      const verified = verifiedAnew(citations, source.id, paragraphs);
      if (citations.some(({ verified: before }, index) => before !== verified.get(index))) citing.push({ row, verified });
    }
    if (rows.length === 0) return citing;
    after = rows.at(-1)![0];
  }
}

type StoredCitation = { source: string; paragraph?: number; phrase?: string; verified?: boolean };

/** Verifies the phrases of citations against the new text of a source, by index; citations of other sources keep their results. */
function verifiedAnew(citations: readonly StoredCitation[], source: string, paragraphs: readonly string[]): Map<number, boolean> {
  const verified = new Map<number, boolean>();
  for (const [index, { source: cited, paragraph, phrase, verified: before }] of citations.entries()) {
    if (cited !== source) {
      if (before !== undefined) verified.set(index, before);
    } else if (paragraph !== undefined && phrase !== undefined) {
      verified.set(index, hasPhrase(paragraphs[paragraph - 1] ?? '', phrase));
    }
  }
  return verified;
}

// @NOTE rendered by us
const citationsOf = (document: Buffer): StoredCitation[] =>
  (JSON.parse(document.toString('utf8')) as { citations?: StoredCitation[] }).citations ?? [];

/** The statements that write a record anew which cites a source, and that log it with the instant `at`. */
function rewritten(at: number, { row: [key, type, id, revision, createdAt, document], verified }: CitingRecord): Statement[] {
  const serverFields = { id, revision: revision + 1, createdAt, updatedAt: at, verified };
  const next = renderRecord(modelOf[type], inputOfDocument(document), serverFields);
  return [
    replaceDocument(key, { ...serverFields, document: next }),
    logChange({ type, slug: id, action: 'updated', revision: revision + 1, at, replaced: document }),
  ];
}
