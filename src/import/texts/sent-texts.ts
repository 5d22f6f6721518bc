import { comparable } from '../../domain/text/phrases.ts';
import type { StoredText } from '../../records/document/render.ts';
import { describeText, type TextContent } from '../../records/source-text.ts';
import type { OpenSpool } from '../../storage/spool.ts';
import { contentOfLine, type LineText } from './line-text.ts';

/** The text of the line with a number: its hash, its description, and where its paragraphs stand in the file of all. */
export type SentText = { number: number; sha256: string; description: StoredText; first: number; count: number };

/** Texts that lines bring. */
export type SentTexts = ReturnType<typeof openTexts>;

/** Texts of lines, none yet, in temporary files. Memory grows by a few numbers for each, and by a number for each paragraph. */
export function openTexts(open: OpenSpool) {
  const contents = open<{ number: number; sha256: string; language: string | undefined; text: LineText }>();
  const paragraphs = open.texts();
  const byLine = new Map<number, SentText>();
  return {
    add(number: number, text: LineText, { sha256, language }: { sha256: string; language: string | undefined }): void {
      const content = contentOfLine(text, sha256);
      const first = paragraphs.add(content.paragraphs.map(comparable));
      byLine.set(number, { number, sha256, description: describeText(content), first, count: content.paragraphs.length });
      contents.add({ number, sha256, language, text });
    },
    /** The text of the line with a number. */
    of: (number: number): SentText | undefined => byLine.get(number),
    all: (): Iterable<SentText> => byLine.values(),
    /** A paragraph as phrases are compared with it, counted from 1; null beyond the last. */
    paragraph: ({ first, count }: SentText, paragraph: number): string | null =>
      paragraph > count ? null : paragraphs.at(first + paragraph - 1),
    /** The contents of all texts, with the languages of their sources, in the order of their lines, one at a time. */
    *contents(): Generator<TextContent & { number: number; language: string | undefined }> {
      for (const { number, sha256, language, text } of contents.items()) yield { number, language, ...contentOfLine(text, sha256) };
    },
  };
}
