import { integersJson } from '../../domain/json/json.ts';
import type { RecordType } from '../../domain/record-type.ts';
import { conflictUnless, guard, type Statement, statement } from '../port.ts';
import { dialect } from '../dialect.ts';
import { deleteRows, insertAll } from './rows.ts';

/** The stored texts of sources, paragraph by paragraph, and the citations that are held against them. */

/** Returns a row where a text of the source with a key is stored. */
export const anyParagraph = (source: number) => statement('SELECT 1 FROM paragraphs WHERE source_id = ? LIMIT 1', source);

/** Reads the paragraphs of a source, in order. */
export const paragraphsOfSource = (source: number) =>
  statement<[text: string]>('SELECT text FROM paragraphs WHERE source_id = ? ORDER BY number', source);

/** Reads the revision and the language of a source. */
export const languageOfSource = (source: number) =>
  statement<[revision: number, language: string | null]>(
    'SELECT r.revision, s.language FROM records r JOIN sources s ON s.record_id = r.id WHERE r.id = ?',
    source,
  );

/** Reads the next thousand paragraphs of all sources after one, with the language of the source. */
export const paragraphsAfter = (source: number, number: number) =>
  statement<[source: number, number: number, text: string, language: string | null]>(
    `SELECT p.source_id, p.number, p.text, s.language FROM paragraphs p JOIN sources s ON s.record_id = p.source_id
       WHERE (p.source_id, p.number) > (?, ?) ORDER BY p.source_id, p.number LIMIT 1000`,
    source,
    number,
  );

/** Reads the bytes of the text of a source and, only where these are not kept, its paragraphs in order. */
export const textOfSource = (source: number) =>
  [
    statement<[bytes: Buffer]>('SELECT bytes FROM texts WHERE source_id = ?', source),
    statement<[text: string]>(
      'SELECT text FROM paragraphs WHERE source_id = ? AND NOT EXISTS (SELECT 1 FROM texts t WHERE t.source_id = ?) ORDER BY number',
      source,
      source,
    ),
  ] as const;

/** Reads the key of a source by its id, and the SHA-256 that it states. */
export const hashOfSource = (id: string) =>
  statement<[key: number, sha256: string | null]>(
    "SELECT r.id, s.sha256 FROM records r JOIN sources s ON s.record_id = r.id WHERE r.type = 'source' AND r.slug = ?",
    id,
  );

/** The stored text of a source: its bytes where they are kept, and the bytes that its paragraphs take, one a line. */
export type TextSizeRow = [source: number, kept: number | null, lines: number];

/** Reads the sizes of the stored texts of sources with keys from `first` to `last`. */
export const textSizes = (first: number, last: number) =>
  statement<TextSizeRow>(
    `SELECT p.source_id, (SELECT octet_length(t.bytes) FROM texts t WHERE t.source_id = p.source_id), sum(octet_length(p.text) + 1)
       FROM paragraphs p WHERE p.source_id BETWEEN ? AND ? GROUP BY p.source_id`,
    first,
    last,
  );

/** Reads the paragraphs of a source from a number on, at most so many, and counts all of them. */
export const paragraphsFrom = (source: number, first: number, most: number) =>
  [
    statement<[number: number, text: string]>(
      `SELECT number, text FROM paragraphs WHERE source_id = ? AND number >= ? ORDER BY number ${dialect.limit('?')}`,
      source,
      first,
      most,
    ),
    statement<[count: number]>('SELECT count(*) FROM paragraphs WHERE source_id = ?', source),
  ] as const;

/** The statement that deletes rows of the full text by their numbers. */
export const deleteRowsOfTexts = (rows: readonly bigint[]): Statement =>
  statement(`DELETE FROM search WHERE ${dialect.textRow('search')} IN ${dialect.list('?', 'integer')}`, integersJson(rows));

/** The statements that delete the text of a source. */
export const deleteText = (source: number): Statement[] => [
  deleteRows('paragraphs', { source_id: source }),
  deleteRows('texts', { source_id: source }),
];

/** The statements that insert the text of a source that has none; without bytes where only its paragraphs are known. */
export const insertText = (source: number, paragraphs: readonly string[], bytes: Buffer | undefined): Statement[] => [
  ...insertAll({
    table: 'paragraphs (source_id, number, text)',
    rows: paragraphs.map((text, index) => [source, index + 1, text]),
  }),
  ...(bytes ? [statement('INSERT INTO texts (source_id, bytes) VALUES (?, ?)', source, bytes)] : []),
];

/** The statements that set the results of citations of a record, by the index of each; null for a citation that has none. */
export const setVerified = (record: number, results: Iterable<readonly [citation: number, verified: boolean | undefined]>): Statement[] =>
  Array.from(results, ([ordinal, verified]) =>
    statement(
      'UPDATE citations SET verified = ? WHERE record_id = ? AND ordinal = ?',
      verified === undefined ? null : Number(verified),
      record,
      ordinal,
    ),
  );

/** Aborts the batch with an error when the source has a stored text, and a column of it is not the given value. */
export const refuseOtherText = (source: number, column: 'sha256' | 'paragraphs', value: string | number | null, error: Error): Statement =>
  guard(
    0,
    error,
    `SELECT 1 FROM sources WHERE record_id = ? AND ${column} IS DISTINCT FROM ? AND EXISTS (SELECT 1 FROM paragraphs WHERE source_id = record_id)`,
    source,
    value,
  );

/** Reads the keys of the sources that have a stored text. */
export const sourcesWithText = statement<[key: number]>('SELECT source_id FROM paragraphs WHERE number = 1 ORDER BY source_id');

const SOURCE = dialect.column('j', 0, 'integer');

/** Reads the revisions of records by their keys. */
export const revisionsOf = (keys: Iterable<number>) =>
  statement<[key: number, revision: number]>(
    `SELECT r.id, r.revision FROM ${dialect.integers('j', '?')} CROSS JOIN records r ON r.id = ${dialect.integer('j')}`,
    JSON.stringify([...keys]),
  );

const PARAGRAPHS = `SELECT ${dialect.ordinal('j')}, p.text FROM ${dialect.elements('j', '?')}
  LEFT JOIN paragraphs p ON p.source_id = ${SOURCE} AND p.number = ${dialect.column('j', 1, 'integer')}
  WHERE EXISTS (SELECT 1 FROM paragraphs q WHERE q.source_id = ${SOURCE})`;

/** Reads paragraphs of sources that have a text, each with its index in the list; the text is null where the source has no such paragraph. */
export const paragraphsAt = (places: readonly (readonly [source: number, paragraph: number])[]) =>
  statement<[index: number, text: string | null]>(PARAGRAPHS, JSON.stringify(places));

/** Aborts the batch when a record that cites the source was written after the change `since`. */
export const guardCiting = (source: number, since: number): Statement =>
  conflictUnless(
    0,
    `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
       CROSS JOIN citations x ON x.source_id = ? AND x.record_id = r.id WHERE c.sequence > ? LIMIT 1`,
    source,
    since,
  );

/** A record that cites a source. */
export type CitingRow = [key: number, type: RecordType, id: string, revision: number, createdAt: number, document: Buffer];

/** Reads the records besides the source itself that cite it, in the order of their keys after one, at most so many. */
export const recordsCiting = (source: number, after: number, most: number) =>
  statement<CitingRow>(
    `SELECT r.id, r.type, r.slug, r.revision, r.created_at, r.document FROM records r WHERE r.id IN (SELECT record_id FROM citations
       WHERE source_id = ? AND record_id > ? AND record_id <> source_id ORDER BY record_id LIMIT ${most}) ORDER BY r.id`,
    source,
    after,
  );

/** Reads the sources that state the SHA-256 of their text, and the number of paragraphs that they state, in the order of their ids. */
export const sourcesWithHash = statement<[id: string, sha256: string, paragraphs: number | null, key: number]>(
  'SELECT r.slug, s.sha256, s.paragraphs, r.id FROM sources s JOIN records r ON r.id = s.record_id WHERE s.sha256 IS NOT NULL ORDER BY r.slug',
);

/**
 * A citation: the key of its record, its ordinal, the type and the id of the record, what it cites, the part of the record that it is of, and its
 * number there from 0.
 */
export type CitationRow = [
  record: number,
  ordinal: number,
  type: string,
  id: string,
  source: string,
  paragraph: number | null,
  phrase: string | null,
  part: string | null,
  number: number,
];

const CITATIONS = `SELECT c.record_id, c.ordinal, r.type, r.slug, s.slug, c.paragraph, c.phrase, c.part,
    (SELECT count(*) FROM citations b WHERE b.record_id = c.record_id AND b.ordinal < c.ordinal AND b.part IS NOT DISTINCT FROM c.part)
  FROM citations c JOIN records r ON r.id = c.record_id JOIN records s ON s.id = c.source_id`;

/** Reads the next thousand citations after one, which is named by the key of its record and its ordinal. */
export const citationsAfter = (record: number, ordinal: number) =>
  statement<CitationRow>(
    `${CITATIONS} WHERE (c.record_id, c.ordinal) > (?, ?) ORDER BY c.record_id, c.ordinal LIMIT 1000`,
    record,
    ordinal,
  );

/** Reads the next thousand citations of a source after one, as `citationsAfter` does. */
export const citationsOfSource = (source: number, record: number, ordinal: number) =>
  statement<CitationRow>(
    `${CITATIONS} WHERE c.source_id = ? AND (c.record_id, c.ordinal) > (?, ?) ORDER BY c.record_id, c.ordinal LIMIT 1000`,
    source,
    record,
    ordinal,
  );

/** Reads the sources that are cited or have a stored text, in the order of their ids, with the SHA-256 that they state and whether a text is stored. */
export const textsToVerify = statement<[key: number, id: string, sha256: string | null, hasText: 0 | 1]>(
  `SELECT r.id, r.slug, s.sha256, EXISTS (SELECT 1 FROM paragraphs p WHERE p.source_id = r.id)
     FROM records r JOIN sources s ON s.record_id = r.id
     WHERE EXISTS (SELECT 1 FROM paragraphs p WHERE p.source_id = r.id) OR EXISTS (SELECT 1 FROM citations c WHERE c.source_id = r.id)
     ORDER BY r.slug`,
);
