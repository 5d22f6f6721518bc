import { isUtf8 } from 'node:buffer';

/** One line of a file, counted from 1: its text, or why it has none and how it begins. */
export type Line = { number: number; text: string } | { number: number; fault: string; beginning: string };

/** The longest line that is read, in bytes. */
export const LINE_MAX = 16 * 2 ** 20;

/** Number of bytes of a line without a text that are kept to show how it begins. */
const BEGINNING = 400;

/** Number of lines that are handed on together at most: short ones are many in a chunk of bytes, and each is an object. */
const LINES_MAX = 10_000;

const NEWLINE = 10;

/** Tab, carriage return, space. */
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 13 || byte === 9;

const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * The lines of a file, chunk by chunk as they are complete, without the blank ones, which are only counted. A line that is too long is never
 * held in memory as a whole.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  const splitter = lineSplitter();
  for await (const chunk of chunks) yield* splitter.push(chunk);
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Cuts bytes into lines; what follows the last newline waits for the next chunk. */
function lineSplitter() {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;

  function keep(part: Buffer): void {
    const isTooLong = length > LINE_MAX;
    length += part.length;
    if (isTooLong) return;
    parts.push(part);
    if (length > LINE_MAX) parts = [beginningOf(parts)];
  }

  function finish(): Line {
    number += 1;
    const line = length > LINE_MAX ? broken(number, `is longer than ${LINE_MAX / 2 ** 20} MiB`, parts) : decoded(number, parts);
    parts = [];
    length = 0;
    return line;
  }

  /** Counts the blank lines that begin at a place of a chunk, and returns where the next line begins. */
  function skipBlank(chunk: Buffer, from: number): number {
    let start = from;
    for (let at = from; ; at += 1) {
      if (chunk[at] === NEWLINE) {
        number += 1;
        start = at + 1;
      } else if (!isSpace(chunk[at])) return start;
    }
  }

  return {
    *push(chunk: Buffer): Generator<Line[]> {
      let lines: Line[] = [];
      let from = 0;
      for (;;) {
        if (length === 0) from = skipBlank(chunk, from);
        const at = chunk.indexOf(NEWLINE, from);
        if (at === -1) break;
        keep(chunk.subarray(from, at));
        lines.push(finish());
        from = at + 1;
        if (lines.length < LINES_MAX) continue;
        yield lines;
        lines = [];
      }
      // An empty part would keep all of its chunk in memory.
      if (from < chunk.length) keep(chunk.subarray(from));
      if (lines.length > 0) yield lines;
    },
    end: (): Line[] => (length > 0 ? [finish()] : []),
  };
}

function decoded(number: number, parts: Buffer[]): Line {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (!isUtf8(bytes)) return broken(number, 'is not UTF-8', parts);
  const text = bytes.toString('utf8');
  return { number, text: number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text };
}

/** A line without a text. Bytes that are not UTF-8 are shown as U+FFFD. */
const broken = (number: number, fault: string, parts: readonly Buffer[]): Line => ({
  number,
  fault,
  beginning: beginningOf(parts).toString('utf8'),
});

/** Copy of the first bytes of a line, at most `BEGINNING`. */
function beginningOf(parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat(parts, Math.min(BEGINNING, length));
}
