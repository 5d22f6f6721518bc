import { hash } from 'node:crypto';
import { z } from 'zod';
import { type CursorForm, type CursorPosition, decodeCursor, encodeCursor } from '../../domain/paging/cursor.ts';
import type { Total } from '../../model/page.ts';
import type { Statement, Value } from '../../storage/port.ts';
import { COUNTED_MAX } from '../plan/costs.ts';

/** Counts the rows of a SELECT, up to `most` and one more. */
export const countUpTo = (rows: string, params: Record<string, Value>, most = COUNTED_MAX): Statement<[count: number]> => ({
  sql: `SELECT count(*) FROM (${rows} LIMIT ${most + 1})`,
  params: [params],
});

/** Converts a count up to `COUNTED_MAX` to a total. */
export const totalOfCount = (count: number): Total => (count > COUNTED_MAX ? { totalAtLeast: COUNTED_MAX } : { total: count });

const LIMIT_DEFAULT = 50;

/** Maximum length of a cursor: those by relevance are the longest. */
const CURSOR_MAX = 8000;

/** The parameters of all lists with pages. */
export const pageParameters = {
  limit: z
    .string()
    .regex(/^(?:[1-9][0-9]?|1[0-9][0-9]|200)$/, 'give a whole number from 1 to 200')
    .optional()
    .meta({
      description: 'How many items a page holds.',
      override: { type: 'integer', minimum: 1, maximum: 200, default: LIMIT_DEFAULT, pattern: undefined },
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

/** Request for one page: at most `limit` items `after` the position where the page before ended. */
export type PageRequest<Position> = {
  limit: number;
  after: Position | undefined;
  /** Cuts rows to the page and makes the cursor of the next one. Needs `limit` + 1 rows to know that there is one. */
  paginate: <Row>(rows: readonly Row[], positionOf: (last: Row, kept: readonly Row[]) => Position) => { kept: Row[]; next?: string };
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
    paginate: (rows, positionOf) => {
      const kept = rows.slice(0, limit);
      return rows.length > limit ? { kept, next: encodeCursor(form, positionOf(kept.at(-1)!, kept), fingerprint) } : { kept };
    },
  };
}
