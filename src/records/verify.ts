import { createHash } from 'node:crypto';
import { MONTH_NAMES } from '../domain/time/day.ts';
import { paragraphsOf } from '../domain/text/paragraphs.ts';
import { comparable } from '../domain/text/phrases.ts';
import type { Reader } from '../storage/port.ts';
import { type CitationRow, citationsAfter, sourcesWithHash } from '../storage/tables/texts.ts';

/** A text as a file holds it. */
export type Text = { name: string; bytes: Buffer };

/** One text whose source is known: how many paragraphs it has and are cited, and which hold a number or a month and are not. */
export type CheckedText = { source: string; file: string; paragraphs: number; cited: number; citations: number; uncited: number[] };

/** The result of holding the citations against texts. A mismatch is a sentence. */
export type Verification = { texts: CheckedText[]; mismatches: string[] };

/** The longest phrase that a citation may repeat, in words: enough to find the place, too little to be a copy. */
const PHRASE_WORDS = 10;

const DATED = new RegExp(`[0-9]|\\b(?:${MONTH_NAMES.join('|')})\\b`);

/** A text while citations are held against it. */
type OpenedTexts = { file: string; paragraphs: string[]; cited: Set<number>; citations: number };

/**
 * Holds every citation of every record against the texts. A text is that of the source whose `sha256` is that of its bytes. The
 * paragraph must be there, the phrase must stand in it, whatever its white space, and have at most ten words.
 */
export async function verifyTexts(reader: Reader, texts: Iterable<Text>): Promise<Verification> {
  const mismatches: string[] = [];
  const opened = await openTexts(reader, texts, mismatches);
  for (let [record, ordinal] = [0, -1]; ; ) {
    const [rows] = await reader.read([citationsAfter(record, ordinal)]);
    if (rows.length === 0) break;
    for (const row of rows) checkCitation(row, opened, mismatches);
    [record, ordinal] = rows.at(-1)!;
  }
  return { texts: [...opened].map(([source, text]) => summaryOf(source, text)), mismatches };
}

/** Finds the source of each text. */
async function openTexts(reader: Reader, texts: Iterable<Text>, mismatches: string[]): Promise<Map<string, OpenedTexts>> {
  const [sources] = await reader.read([sourcesWithHash]);
  const files = new Map([...texts].map((text) => [createHash('sha256').update(text.bytes).digest('hex'), text]));
  const opened = new Map<string, OpenedTexts>();
  for (const [source, sha256, stated] of sources) {
    const text = files.get(sha256);
    if (!text) {
      mismatches.push(`source "${source}": no file has its SHA-256, ${sha256}`);
      continue;
    }
    const paragraphs = paragraphsOf(text.bytes.toString('utf8')).map(comparable);
    if (stated !== null && stated !== paragraphs.length)
      mismatches.push(`source "${source}": it says ${stated} paragraphs, ${text.name} has ${paragraphs.length}`);
    opened.set(source, { file: text.name, paragraphs, cited: new Set(), citations: 0 });
  }
  const known = new Set(sources.map(([, sha256]) => sha256));
  for (const [sha256, { name }] of files) if (!known.has(sha256)) mismatches.push(`${name}: no source has its SHA-256, ${sha256}`);
  return opened;
}

function checkCitation(row: CitationRow, opened: ReadonlyMap<string, OpenedTexts>, mismatches: string[]): void {
  const [, ordinal, type, id, source, paragraph, phrase] = row;
  const name = `${type} "${id}", citation ${ordinal + 1}`;
  const text = opened.get(source);
  const words = phrase?.split(/\s+/u).filter((word) => word !== '').length ?? 0;
  if (words > PHRASE_WORDS) mismatches.push(`${name}: its phrase has ${words} words, more than ${PHRASE_WORDS}`);
  if (!text) return;
  text.citations += 1;
  if (paragraph !== null && paragraph > text.paragraphs.length) {
    mismatches.push(`${name}: source "${source}" has no paragraph ${paragraph}, the last is ${text.paragraphs.length}`);
    return;
  }
  if (paragraph !== null) text.cited.add(paragraph);
  if (phrase === null) return;
  const folded = comparable(phrase);
  const found = text.paragraphs.flatMap((each, index) => (each.includes(folded) ? [index + 1] : []));
  if (paragraph === null ? found.length > 0 : found.includes(paragraph)) return;
  const place = paragraph === null ? '' : ` paragraph ${paragraph} of`;
  const elsewhere = found.length > 0 ? `, but in paragraph ${found.join(' and ')}` : '';
  mismatches.push(`${name}: "${phrase}" does not stand in${place} source "${source}"${elsewhere}`);
}

function summaryOf(source: string, { file, paragraphs, cited, citations }: OpenedTexts): CheckedText {
  const uncited = paragraphs.flatMap((paragraph, index) => (DATED.test(paragraph) && !cited.has(index + 1) ? [index + 1] : []));
  return { source, file, paragraphs: paragraphs.length, cited: cited.size, citations, uncited };
}
