import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { MONTH_NAMES } from '../domain/time/day.ts';
import { paragraphsOf } from '../domain/text/paragraphs.ts';
import { comparable, hasPhrase } from '../domain/text/phrases.ts';
import type { Reader, Statement } from '../storage/port.ts';
import {
  type CitationRow,
  citationsAfter,
  citationsOfSource,
  paragraphsOfSource,
  sourcesWithHash,
  textOfSource,
  textsToVerify,
} from '../storage/tables/texts.ts';

/** One text as a file holds it. */
export type Text = { name: string; bytes: Buffer };

/** One text whose source is known: how many paragraphs it has and are cited, and which hold a number or a month and are not. */
export type CheckedText = { source: string; file: string; paragraphs: number; cited: number; citations: number; uncited: number[] };

/** The result of holding the citations against texts. A mismatch is a sentence; `without` are cited sources that have no text. */
export type Verification = { texts: CheckedText[]; mismatches: string[]; without: string[] };

/** Receives the paragraphs of a text that is checked, with its source. */
export type TakeText = (source: string, paragraphs: readonly string[]) => void;

/** The longest phrase that a citation may repeat, in words: enough to find the place, too little to be a copy. */
const PHRASE_WORDS = 10;

const DATED = new RegExp(`[0-9]|\\b(?:${MONTH_NAMES.join('|')})\\b`);

/** A text while citations are held against it. */
type OpenedText = { file: string; paragraphs: string[]; cited: Set<number>; citations: number };

const opened = (file: string, paragraphs: readonly string[]): OpenedText => ({
  file,
  paragraphs: paragraphs.map(comparable),
  cited: new Set(),
  citations: 0,
});

/**
 * Holds every citation of every record against the texts. A text is that of the source whose `sha256` is that of its bytes, or whose stored text is
 * served with these bytes. The paragraph must be there, the phrase must stand in it, whatever its white space, and have at most ten words.
 */
export async function verifyTexts(reader: Reader, texts: Iterable<Text>, take: TakeText = () => {}): Promise<Verification> {
  const mismatches: string[] = [];
  const openedTexts = await openTexts(reader, texts, mismatches);
  for (const [source, { paragraphs }] of openedTexts) take(source, paragraphs);
  for await (const row of citationsIn(reader, citationsAfter)) {
    checkLength(row, mismatches);
    const text = openedTexts.get(row[4]);
    if (text) checkCitation(row, text, mismatches);
  }
  return { texts: [...openedTexts].map(([source, text]) => summaryOf(source, text)), mismatches, without: [] };
}

/** Holds every citation of every record against the stored text of its source, one source after the other, as `verifyTexts` does. */
export async function verifyStored(reader: Reader, take: TakeText = () => {}): Promise<Verification> {
  const result: Verification = { texts: [], mismatches: [], without: [] };
  for await (const row of citationsIn(reader, citationsAfter)) checkLength(row, result.mismatches);
  const [sources] = await reader.read([textsToVerify]);
  for (const [key, id, sha256, hasText] of sources) {
    if (hasText === 0) {
      result.without.push(id);
      continue;
    }
    const [[[bytes] = []], rows] = await reader.read([textOfSource(key)[0], paragraphsOfSource(key)]);
    const paragraphs = rows.map(([text]) => text);
    if (bytes) result.mismatches.push(...faultsOfBytes(id, sha256, bytes, paragraphs));
    const text = opened('stored', paragraphs);
    take(id, text.paragraphs);
    for await (const row of citationsIn(reader, (...after) => citationsOfSource(key, ...after)))
      checkCitation(row, text, result.mismatches);
    result.texts.push(summaryOf(id, text));
  }
  return result;
}

/** A stored text is damaged where its bytes do not have the SHA-256 of the source, or other paragraphs than those that are stored. */
function faultsOfBytes(source: string, sha256: string | null, bytes: Buffer, paragraphs: readonly string[]): string[] {
  const found = hashOf(bytes);
  return [
    ...(found === sha256 ? [] : [`source "${source}": its stored text has the SHA-256 ${found}, and not ${sha256}`]),
    ...(isDeepStrictEqual(paragraphsOf(bytes.toString('utf8')), paragraphs)
      ? []
      : [`source "${source}": its stored paragraphs are not those of its stored text`]),
  ];
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function* citationsIn(
  reader: Reader,
  after: (record: number, ordinal: number) => Statement<CitationRow>,
): AsyncGenerator<CitationRow> {
  for (let [record, ordinal] = [0, -1]; ; ) {
    const [rows] = await reader.read([after(record, ordinal)]);
    if (rows.length === 0) return;
    yield* rows;
    [record, ordinal] = rows.at(-1)!;
  }
}

/** Finds the source of each text. */
async function openTexts(reader: Reader, texts: Iterable<Text>, mismatches: string[]): Promise<Map<string, OpenedText>> {
  const [sources] = await reader.read([sourcesWithHash]);
  const files = new Map([...texts].map((text) => [hashOf(text.bytes), text]));
  const found = new Map<string, OpenedText>();
  const known = new Set<string>();
  for (const [source, sha256, stated, key] of sources) {
    const hash = files.has(sha256) ? sha256 : await servedHash(reader, key);
    const text = files.get(hash);
    if (!text) {
      mismatches.push(`source "${source}": no file has its SHA-256, ${sha256}`);
      continue;
    }
    known.add(hash);
    const paragraphs = paragraphsOf(text.bytes.toString('utf8'));
    if (stated !== null && stated !== paragraphs.length)
      mismatches.push(`source "${source}": it says ${stated} paragraphs, ${text.name} has ${paragraphs.length}`);
    found.set(source, opened(text.name, paragraphs));
  }
  for (const [sha256, { name }] of files) if (!known.has(sha256)) mismatches.push(`${name}: no source has its SHA-256, ${sha256}`);
  return found;
}

/** The SHA-256 of the stored text of a source as it is served, which is not that of the source where only its paragraphs are kept. */
async function servedHash(reader: Reader, key: number): Promise<string> {
  const [[kept], paragraphs] = await reader.read(textOfSource(key));
  return hashOf(kept ? kept[0] : Buffer.from(paragraphs.map(([text]) => `${text}\n`).join('')));
}

/** The name of a citation: `actor "csto", membership 1, citation 2`. */
function nameOf([, , type, id, , , , part, number]: CitationRow): string {
  const membership = part === null ? '' : `membership ${Number(part.split('/')[1]) + 1}, `;
  return `${type} "${id}", ${membership}citation ${number + 1}`;
}

function checkLength(row: CitationRow, mismatches: string[]): void {
  const words = row[6]?.split(/\s+/u).filter((word) => word !== '').length ?? 0;
  if (words > PHRASE_WORDS) mismatches.push(`${nameOf(row)}: its phrase has ${words} words, more than ${PHRASE_WORDS}`);
}

function checkCitation(row: CitationRow, text: OpenedText, mismatches: string[]): void {
  const [, , , , source, paragraph, phrase] = row;
  text.citations += 1;
  if (paragraph !== null && paragraph > text.paragraphs.length) {
    mismatches.push(`${nameOf(row)}: source "${source}" has no paragraph ${paragraph}, the last is ${text.paragraphs.length}`);
    return;
  }
  if (paragraph !== null) text.cited.add(paragraph);
  if (phrase === null) return;
  const fault = phraseFault({ source, paragraph, phrase }, text.paragraphs);
  if (fault !== undefined) mismatches.push(`${nameOf(row)}: ${fault}`);
}

/** Paragraphs that a fault names at most. */
const NAMED = 10;

/** A sentence about a phrase that does not stand in its paragraph, with those in which it does. The paragraphs are as `comparable` returns them. */
export function phraseFault(
  { source, paragraph, phrase }: { source: string; paragraph: number | null; phrase: string },
  paragraphs: readonly string[],
): string | undefined {
  const found = paragraphs.flatMap((each, index) => (hasPhrase(each, phrase) ? [index + 1] : []));
  if (paragraph === null ? found.length > 0 : found.includes(paragraph)) return undefined;
  const place = paragraph === null ? '' : ` paragraph ${paragraph} of`;
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
  const elsewhere = found.length > 0 ? `, but in paragraph ${found.slice(0, NAMED).join(' and ')}${more}` : '';
  return `"${phrase}" does not stand in${place} source "${source}"${elsewhere}`;
}

function summaryOf(source: string, { file, paragraphs, cited, citations }: OpenedText): CheckedText {
  const uncited = paragraphs.flatMap((paragraph, index) => (DATED.test(paragraph) && !cited.has(index + 1) ? [index + 1] : []));
  return { source, file, paragraphs: paragraphs.length, cited: cited.size, citations, uncited };
}
