import { createHash } from 'node:crypto';
import { AnnalsError } from '../domain/errors.ts';
import { textIssue } from '../domain/json.ts';
import { foldSpace, paragraphsOf } from '../domain/paragraphs.ts';
import type { RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { guard, WriteConflict, type Reader, type Statement, statement } from '../storage/port.ts';
import { insert } from '../storage/insert.ts';
import { paragraphs as paragraphsTable } from '../storage/tables.ts';
import type { Annals } from './annals.ts';
import { latestSequence } from './change-position.ts';
import { guardInstant, instantOfChange } from './change-log.ts';
import { prepareNext, readStored, type Stored } from './prepare.ts';
import { guardPreconditions, type Preconditions } from './preconditions.ts';
import { renderRecord, unrender } from './render.ts';
import { validate } from './validate.ts';
import { logChange, replaceSteps, retried, unchanged, type Written, written } from './write.ts';

/** How many records of a source are read at a time. */
const CHUNK = 500;

/**
 * Stores the text of a source, in the place of any before. The source gets its SHA-256 and number of paragraphs, and every record that
 * cites it says whether its phrases stand in it; each of those whose answer changes gets a new revision. All in one batch; the same text
 * again writes nothing. Throws `not-found`, what the preconditions do, and `invalid-request` for bytes that are not UTF-8 text or have no paragraph.
 */
export async function storeText(annals: Annals, id: string, bytes: Buffer, preconditions?: Preconditions): Promise<Written> {
  const paragraphs = paragraphsOf(decoded(bytes));
  if (paragraphs.length === 0)
    throw new AnnalsError('invalid-request', 'the text has no paragraph: send at least one line that is not empty');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const attempt = async () => {
    const model = modelOf.source;
    const [[newest]] = await annals.engine.read([latestSequence]);
    const stored = await readStored(annals.engine, 'source', id);
    const isThere = await isStored(annals.engine, stored);
    preconditions?.('source', stored, isThere);
    const before = unrender(stored.document);
    if (isThere && before.sha256 === sha256) return unchanged(model.type, stored);
    const input = validate(model, { ...before, sha256, paragraphs: paragraphs.length });
    const prepared = await prepareNext(annals, model, input, stored);
    const folded = paragraphs.map(foldSpace);
    const verified = verifiedAnew(citationsOf(stored.document), id, folded);
    const citing = await readCiting(annals.engine, stored, folded);
    const at = instantOfChange(annals.clock, prepared.facts.updatedAt);
    const ready = { ...prepared, facts: { ...prepared.facts, updatedAt: at, verified } };
    await annals.engine.write([
      guardInstant(at),
      ...guardPreconditions(preconditions, stored),
      guardCiting(stored, newest?.[0] ?? 0),
      statement('DELETE FROM paragraphs WHERE source_id = ?', stored.key),
      ...replaceSteps(ready, stored),
      ...paragraphs.map((text, index) => insert(paragraphsTable, { sourceId: stored.key, number: index + 1, text })),
      ...citing.flatMap((each) => rewritten(at, each)),
    ]);
    return written(ready, stored.generation);
  };
  return annals.turns(`source/${id}`, () => retried(attempt));
}

async function isStored(reader: Reader, { key }: Stored): Promise<boolean> {
  const [rows] = await reader.read([statement('SELECT 1 FROM paragraphs WHERE source_id = ? LIMIT 1', key)]);
  return rows.length > 0;
}

/** The paragraphs of a source's text, one a line. Throws `not-found` when no text is stored. */
export async function readText(reader: Reader, { key, id }: Stored): Promise<string> {
  const [rows] = await reader.read([statement<[text: string]>('SELECT text FROM paragraphs WHERE source_id = ? ORDER BY number', key)]);
  if (rows.length === 0) throw new AnnalsError('not-found', `no text of the source "${id}" is stored: put one with PUT`);
  return rows.map(([text]) => `${text}\n`).join('');
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

type Row = [key: number, type: RecordType, id: string, revision: number, createdAt: number, document: Buffer];

/** Aborts the batch when a record that cites the source was written since that change: its citations may not have been looked at. */
function guardCiting({ key }: Stored, since: number): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN citations x ON x.source_id = ? AND x.record_id = r.id WHERE c.sequence > ? LIMIT 1`;
  return guard(0, new WriteConflict(), changed, key, since);
}

/** A record that cites a source, and whether the phrases of its citations stand in the new text, by the index of the citation. */
type Citing = { row: Row; verified: Map<number, boolean> };

/** Reads each other record that has to be written anew, since its citations of the source are verified otherwise with the new text. */
async function readCiting(reader: Reader, source: Stored, paragraphs: readonly string[]): Promise<Citing[]> {
  const citing: Citing[] = [];
  let after = 0;
  for (;;) {
    const [rows] = await reader.read([
      statement<Row>(
        `SELECT r.id, r.type, r.slug, r.revision, r.created_at, r.document FROM records r
           WHERE r.id IN (SELECT record_id FROM citations WHERE source_id = ? AND record_id > ? AND record_id <> source_id ORDER BY record_id LIMIT ${CHUNK}) ORDER BY r.id`,
        source.key,
        after,
      ),
    ]);
    for (const row of rows) {
      const citations = citationsOf(row[5]);
      const verified = verifiedAnew(citations, source.id, paragraphs);
      if (citations.some(({ verified: before }, index) => before !== verified.get(index))) citing.push({ row, verified });
    }
    if (rows.length === 0) return citing;
    after = rows.at(-1)![0];
  }
}

type Cited = { source: string; paragraph?: number; phrase?: string; verified?: boolean };

/** The answers to whether the phrase of each citation stands in the new text of a source; citations of other sources keep theirs. */
function verifiedAnew(citations: readonly Cited[], source: string, paragraphs: readonly string[]): Map<number, boolean> {
  const verified = new Map<number, boolean>();
  for (const [index, { source: cited, paragraph, phrase, verified: before }] of citations.entries()) {
    if (cited !== source) {
      if (before !== undefined) verified.set(index, before);
    } else if (paragraph !== undefined && phrase !== undefined) {
      verified.set(index, paragraphs[paragraph - 1]?.includes(foldSpace(phrase)) ?? false);
    }
  }
  return verified;
}

// @NOTE rendered by us
const citationsOf = (document: Buffer): Cited[] => (JSON.parse(document.toString('utf8')) as { citations?: Cited[] }).citations ?? [];

/** The statements that write a record anew which cites a source, and that log it with the instant `at`. */
function rewritten(at: number, { row: [key, type, id, revision, createdAt, document], verified }: Citing): Statement[] {
  const next = renderRecord(modelOf[type], unrender(document), { id, revision: revision + 1, createdAt, updatedAt: at, verified });
  return [
    guard(
      1,
      new WriteConflict(),
      'UPDATE records SET document = ?, revision = ?, updated_at = ? WHERE id = ? AND revision = ?',
      next,
      revision + 1,
      at,
      key,
      revision,
    ),
    logChange({ type, slug: id, action: 'updated', revision: revision + 1, at, replaced: document }),
  ];
}
