import { generationOf, positionOf } from '../domain/generation.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record-type.ts';
import type { Reader } from '../storage/port.ts';
import type { Progress } from '../domain/progress.ts';
import { currentGeneration, latestSequence, recordsAt } from '../storage/tables/records.ts';
import { hashOfSource, textOfSource } from '../storage/tables/texts.ts';
import { inputOfDocument, type StoredText, textResultsIn } from './document/render.ts';

/** Records that are parsed at a time on the thread that answers: they hold it for some milliseconds only. */
const PAGE = 100;

/** The number of the newest change, of which an export that begins now is, and its position, from which the change log goes on. */
export async function newestChange(reader: Reader): Promise<{ at: number; position: string }> {
  const [[row], generations] = await reader.read([latestSequence, currentGeneration]);
  const at = row?.[0] ?? 0;
  return { at, position: positionOf(generationOf(generations), at) };
}

/**
 * Yields the records of the given types as clients write them, with their types: lines of NDJSON that `importRecords` reads, each with its newline.
 * A record comes after those that it refers to; within a type they are in the order of their ids. All are as they stood at the
 * change `at`, whatever is written meanwhile; between two pages nothing is held. A source comes with its stored text.
 */
export async function* exportRecords(
  reader: Reader,
  { types, at }: { types: readonly RecordType[]; at: number },
  progress: Progress,
): AsyncGenerator<string> {
  let done = 0;
  for (const type of RECORD_TYPES.filter((each) => types.includes(each))) {
    for (let after = ''; ; ) {
      const [rows] = await reader.read([recordsAt({ at, type, after, limit: PAGE })]);
      if (rows.length === 0) break;
      if (type === 'source') yield* linesOfSources(reader, rows);
      else yield rows.map(([, document]) => lineOf(type, document)).join('');
      after = rows.at(-1)![0];
      progress('exporting', (done += rows.length));
    }
  }
}

const lineOf = (type: RecordType, document: Buffer, text?: string | string[]): string =>
  `${JSON.stringify({ type, ...inputOfDocument(document), text })}\n`;

/** Yields the lines of sources, one by one where they have texts. A text that has been replaced since the source was as its document says is left out. */
async function* linesOfSources(reader: Reader, rows: readonly (readonly [id: string, document: Buffer])[]): AsyncGenerator<string> {
  for (const [id, document] of rows) {
    const { storedText } = textResultsIn(document);
    const text = storedText && (await readTextOf(reader, id, inputOfDocument(document).sha256, storedText.form));
    yield lineOf('source', document, text);
  }
}

/** The text of a source as a line of it has it: whole, or its paragraphs where no more is kept. Nothing for a text with another hash or in another form. */
async function readTextOf(
  reader: Reader,
  id: string,
  sha256: string | undefined,
  form: StoredText['form'],
): Promise<string | string[] | undefined> {
  const [[source]] = await reader.read([hashOfSource(id)]);
  if (!source) return undefined;
  // The hash and the text of one snapshot.
  const [[current], [kept], paragraphs] = await reader.read([hashOfSource(id), ...textOfSource(source[0])]);
  if (!current || (current[1] ?? undefined) !== sha256) return undefined;
  if (form === 'verbatim') return kept?.[0].toString('utf8');
  return paragraphs.length === 0 ? undefined : paragraphs.map(([text]) => text);
}
