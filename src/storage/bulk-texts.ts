import type { Statement } from './port.ts';
import { bufferText, TEXT_BUFFER } from './text-pieces.ts';

/** What of a record is searched; without a body it is what the view `record_text` says. */
export type SearchText = { title: string; names: string | null; body: string | undefined };

/** Texts on their way into the full text, in blocks that are put in by rowid: FTS5 writes all it holds whenever one is smaller than the one before. */
export type BulkTexts = {
  /** Adds the text of a record, whose rows are written, under a rowid. */
  add: (rowid: number, record: number, text: SearchText, tags: string) => void;
  /** The statements that put in as many as were added since: whoever runs them has as much to do each time. */
  drain: () => Generator<Statement>;
  /** The statements that put in the rest. */
  finish: () => Generator<Statement>;
};

type Row = SearchText & { rowid: number; record: number; tags: string };

/** How many texts are sorted at once: fewer would be written in more pieces, which FTS5 has to merge. */
const TEXTS = 25_000;

/** No texts. */
export function bulkTexts(): BulkTexts {
  let gathered: Row[] = [];
  let sorted: Row[] = [];
  let put = 0;
  let due = 0;

  function* putNext(count: number): Generator<Statement> {
    if (put === 0 && sorted.length > 0) yield bufferText(TEXT_BUFFER.bulk);
    for (const last = Math.min(put + count, sorted.length); put < last; put += 1) yield insertText(sorted[put]!);
  }

  function* nextBlock(): Generator<Statement> {
    yield* putNext(sorted.length);
    sorted = gathered.toSorted((a, b) => a.rowid - b.rowid);
    gathered = [];
    put = 0;
  }

  return {
    add(rowid, record, text, tags) {
      gathered.push({ ...text, rowid, record, tags });
      due += 1;
    },
    *drain() {
      yield* putNext(due);
      due = 0;
      if (gathered.length >= TEXTS) yield* nextBlock();
    },
    *finish() {
      yield* nextBlock();
      yield* putNext(sorted.length);
      yield bufferText(TEXT_BUFFER.usual);
    },
  };
}

/** One row at a time: a statement of several could be undone alone, for which FTS5 writes all it holds. */
const insertOf = (body: string): string =>
  `INSERT INTO search (rowid, title, names, body, tags) VALUES (CAST(? AS INTEGER), ?, ?, ${body}, ?)`;
const INSERT = insertOf('?');
const INSERT_BY_VIEW = insertOf('(SELECT body FROM record_text WHERE record = ?)');

function insertText({ rowid, record, title, names, body, tags }: Row): Statement {
  return body !== undefined
    ? { sql: INSERT, params: [rowid, title, names, body, tags] }
    : { sql: INSERT_BY_VIEW, params: [rowid, title, names, record, tags] };
}
