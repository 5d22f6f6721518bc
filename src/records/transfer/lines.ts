import { isUtf8 } from 'node:buffer';

/** One line of a file, counted from 1: its text, or why it has none. */
export type Line = { number: number; text: string } | { number: number; fault: string };

/** The longest line that is read, in bytes. */
export const LINE_MAX = 16 * 2 ** 20;

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
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Cuts bytes into lines; what follows the last newline waits for the next chunk. */
function lineSplitter() {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;

  function keep(part: Buffer): void {
    length += part.length;
    if (length > LINE_MAX) parts = [];
    else parts.push(part);
  }

  function finish(): Line {
    number += 1;
    const line = length > LINE_MAX ? { number, fault: `is longer than ${LINE_MAX / 2 ** 20} MiB` } : decoded(number, parts);
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
    push(chunk: Buffer): Line[] {
      const lines: Line[] = [];
      let from = 0;
      for (;;) {
        if (length === 0) from = skipBlank(chunk, from);
        const at = chunk.indexOf(NEWLINE, from);
        if (at === -1) break;
        keep(chunk.subarray(from, at));
        lines.push(finish());
        from = at + 1;
      }
      // An empty part would keep all of its chunk in memory.
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
    end: (): Line[] => (length > 0 ? [finish()] : []),
  };
}

function decoded(number: number, parts: Buffer[]): Line {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (!isUtf8(bytes)) return { number, fault: 'is not UTF-8' };
  const text = bytes.toString('utf8');
  return { number, text: number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text };
}
