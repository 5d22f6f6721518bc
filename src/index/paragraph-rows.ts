import { chunksOf } from '../domain/chunks.ts';
import { type Statement, statement } from '../storage/port.ts';
import { dialect } from '../storage/dialect.ts';
import { indexedText, PARAGRAPH_TAG, type SearchText } from './search-text.ts';
import { formCollector, formStatements } from './word-forms.ts';

/** A paragraph of the stored text of a source, which is named by its key; `language` is that of the source. */
export type Paragraph = { source: number; number: number; text: string; language: string | null | undefined };

/** Rows of paragraphs in the full text lie below those of records: 2^20 numbers for each source, in order. */
const FIRST = 2 ** 52;
const OF_SOURCE = 2 ** 20;

/** The greatest key of a source whose rows are safe integers. */
export const SOURCE_MAX = Math.floor((Number.MAX_SAFE_INTEGER - FIRST) / OF_SOURCE);

/** The number of the row of a paragraph in the full text. */
export const rowOfParagraph = ({ source, number }: Pick<Paragraph, 'source' | 'number'>): number => number - FIRST - source * OF_SOURCE;

/** SQL of the same number. */
const ROW_OF = (number: string, source: string): string => `${number} - ${FIRST} - ${source} * ${OF_SOURCE}`;

/** The paragraph of a row of the full text; undefined for the row of a record. */
export function paragraphOfRow(row: number): Pick<Paragraph, 'source' | 'number'> | undefined {
  if (!isParagraph(row)) return undefined;
  const source = Math.ceil((-row - FIRST) / OF_SOURCE);
  return { source, number: row + FIRST + source * OF_SOURCE };
}

/** Returns true for the row of a paragraph. */
const isParagraph = (row: number): boolean => row < -FIRST;

/** SQL conditions on the number of a row: it is of a paragraph, or of a record that is no entry. */
export const IS_PARAGRAPH = (row: string): string => `${row} < -${FIRST}`;
export const IS_RECORD = (row: string): string => `${row} BETWEEN -${FIRST} AND -1`;

/** SQL of the key of the source of a paragraph's row. */
export const SOURCE_OF_ROW = (row: string): string => `((-${row} - ${FIRST} + ${OF_SOURCE - 1}) / ${OF_SOURCE})`;

const ROW = dialect.textRow('s');

/** SQL of the row of the first paragraph that matches after a place, an SQL expression. */
const firstRow = (match: string, from: string): string =>
  `(SELECT ${ROW} FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', match)} AND ${ROW} >= ${from} AND ${IS_PARAGRAPH(ROW)} ORDER BY ${ROW} LIMIT 1)`;

/**
 * SQL of the rows `row` of the first paragraph that matches a parameter of each source, the newest sources first, at most `most`. By leaps from source
 * to source: a long text may have the words in each of its paragraphs. With `newest`, a parameter, sources with higher keys are left out.
 */
export const FIRST_PARAGRAPHS = (match: string, most: number, newest?: string): string => {
  const start = newest === undefined ? `-${2 * FIRST}` : ROW_OF('0', newest);
  return `WITH RECURSIVE p (row, number) AS (SELECT ${firstRow(match, start)}, 1
    UNION ALL SELECT ${firstRow(match, ROW_OF('0', `(${SOURCE_OF_ROW('p.row')} - 1)`))}, p.number + 1 FROM p WHERE p.row IS NOT NULL AND p.number < ${most})
    SELECT row FROM p WHERE row IS NOT NULL`;
};

/** The text of a paragraph, for the full text. */
export const textOfParagraph = ({ text, language }: Pick<Paragraph, 'text' | 'language'>): SearchText => ({
  title: { text: '' },
  names: [],
  body: [{ text, ...(language && { language }) }],
});

/** Paragraphs that a statement inserts. FTS5 writes what it holds before each. */
const ROWS = 1000;

const INSERT_ROWS = dialect.insertBodies(':rows', PARAGRAPH_TAG);

/** The statements that index the paragraphs of a source that has none in the index. */
export function* insertParagraphs(source: number, paragraphs: readonly string[], language: string | undefined): Generator<Statement> {
  const forms = formCollector();
  let number = 0;
  for (const chunk of chunksOf(paragraphs, ROWS)) {
    const rows = chunk.map((text) => {
      const indexed = textOfParagraph({ text, language });
      forms.add(indexed);
      return [rowOfParagraph({ source, number: ++number }), indexedText(indexed).columns.body];
    });
    yield { sql: INSERT_ROWS, params: [{ rows: JSON.stringify(rows) }] };
    yield* forms.drain();
  }
  yield* forms.finish();
}

/** The statements that insert the forms of the words of paragraphs, whose source has another language now. */
export const insertParagraphForms = (paragraphs: readonly string[], language: string | undefined): Statement[] =>
  formStatements(paragraphs.map((text) => textOfParagraph({ text, language })));

/** Deletes the paragraphs of a source from the index; they must be in the table of paragraphs still. */
export const deleteParagraphs = (source: number): Statement =>
  statement(
    `DELETE FROM search WHERE ${dialect.textRow('search')} IN (SELECT ${ROW_OF('number', 'source_id')} FROM paragraphs WHERE source_id = ?)`,
    source,
  );
