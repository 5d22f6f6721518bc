import { hash } from 'node:crypto';
import { z } from 'zod';
import { type CursorForm, type CursorPosition, decodeCursor, encodeCursor } from '../../domain/paging/cursor.ts';
import type { Total } from '../../model/page.ts';
import type { Parameter, Reader, Statement } from '../../storage/port.ts';
import { documentsOf } from '../../storage/tables/records.ts';
import { COUNTED_MAX } from '../plan/costs.ts';

/** Counts the rows of a SELECT, up to `most` and one more. */
export const countUpTo = (rows: string, params: Record<string, Parameter>, most = COUNTED_MAX): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (${rows} LIMIT ${most + 1}) counted`,
  params: [params],
});

/** Converts a count up to `COUNTED_MAX` to a total. */
export const totalOfCount = (count: number): Total => (count > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: count });

const [LIMIT_DEFAULT, LIMIT_MAX] = [50, 200];

/** Maximum length of a cursor: those by relevance are the longest. */
const CURSOR_MAX = 8000;

/** The parameters of all lists with pages. */
export const pageParameters = {
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]?|1[0-9][0-9]|200)$/, 'give a whole number from 1 to 200')
    .optional()
    .meta({
      description:
        'How many items a page holds at most. It ends earlier, with a `next`, where the documents of its items hold more than 8 MiB together; it has at least one item.',
      override: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT, pattern: undefined },
    }),
  cursor: z.string().min(1).max(CURSOR_MAX).optional().describe('Where the last page ended: its `next`. Only for the same query.'),
};

type PageParameters = { limit?: string; cursor?: string };

/** The parameter `limit` as a number, 50 by default. */
export const limitOf = ({ limit }: PageParameters): number => (limit === undefined ? LIMIT_DEFAULT : Number(limit));

/** Fingerprint of a list and its filters, without `limit`, `cursor` and `include`: a cursor is valid for one fingerprint only. */
export function queryFingerprint(list: string, parameters: Record<string, unknown>): string {
  const { cursor: _cursor, limit: _limit, include: _include, ...filters } = parameters;
  const sorted = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([list, sorted]), 'base64url');
}

/** The bytes that the documents of one page hold at most, unless its first is longer: so much memory an answer takes, however long records are. */
export const PAGE_BYTES = 8 * 2 ** 20;

/** The longest document that is read with the rows of a page: as many as a page has fit into it. */
const SHORT_MAX = Math.floor(PAGE_BYTES / (LIMIT_MAX + 1));

/** The number of documents, at least one, that fit into a page by their sizes. */
function fitting(sizes: readonly number[]): number {
  let sum = 0;
  const end = sizes.findIndex((bytes) => (sum += bytes) > PAGE_BYTES);
  return end === -1 ? sizes.length : Math.max(1, end);
}

/** A document as a row of a page has it: null where it is long, so that only those of the page are read; and its size in bytes. */
export type RowDocument = [document: Buffer | null, bytes: number];

/** The two columns of a `RowDocument`, of the SQL of a document and of its size. The size of a column is found without reading it. */
export const rowDocument = (document: string, bytes = `octet_length(${document})`): string =>
  `CASE WHEN ${bytes} <= ${SHORT_MAX} THEN ${document} END, ${bytes}`;

/** Puts the long documents of the rows of a page, which `read` reads by their keys, in their places. A row whose document is gone by then is left out. */
export async function withLong<Row extends { document: Buffer | null }>(
  rows: readonly Row[],
  keyOf: (row: Row) => number,
  read: (keys: number[]) => Promise<(readonly [key: number, document: Buffer])[]>,
): Promise<(Omit<Row, 'document'> & { document: Buffer })[]> {
  const keys = rows.filter(({ document }) => document === null).map(keyOf);
  const long = new Map(keys.length > 0 ? await read(keys) : []);
  return rows.flatMap((row) => {
    const document = row.document ?? long.get(keyOf(row));
    return document === undefined ? [] : [{ ...row, document }];
  });
}

/** As `withLong`, of the documents of records. */
export const withLongRecords = <Row extends { record: number; document: Buffer | null }>(reader: Reader, rows: readonly Row[]) =>
  withLong(
    rows,
    ({ record }) => record,
    async (keys) => (await reader.read([documentsOf(keys)]))[0],
  );

/** Request for one page: at most `limit` items `after` the position where the page before ended. */
export type PageRequest<Position> = {
  limit: number;
  after: Position | undefined;
  /**
   * Cuts rows to the page and makes the cursor of the next one. Needs `limit` + 1 rows to know that there is one. `bytesOf` returns the size of the document
   * of a row: a page ends before the row whose document would not fit into `PAGE_BYTES` any more, but never before its first row.
   */
  paginate: <Row>(
    rows: readonly Row[],
    positionOf: (last: Row, kept: readonly Row[]) => Position,
    bytesOf?: (row: Row) => number,
  ) => { kept: Row[]; next?: string };
};

/** Reads `limit` and `cursor` of a list. Throws `invalid-cursor` for a cursor of another list, or of other filters. */
export function pageRequest<Position extends CursorPosition>(
  form: CursorForm<Position>,
  list: string,
  parameters: PageParameters,
): PageRequest<Position> {
  const fingerprint = queryFingerprint(list, parameters);
  const limit = limitOf(parameters);
  return {
    limit,
    after: parameters.cursor === undefined ? undefined : decodeCursor(form, parameters.cursor, fingerprint),
    paginate: (rows, positionOf, bytesOf) => {
      const kept = rows.slice(0, bytesOf ? Math.min(limit, fitting(rows.map(bytesOf))) : limit);
      return rows.length > kept.length ? { kept, next: encodeCursor(form, positionOf(kept.at(-1)!, kept), fingerprint) } : { kept };
    },
  };
}
