import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { isoOfDay } from '../../domain/time/day.ts';
import { hasWindow, parseWindow } from '../../domain/time/window.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { ResidualFilter } from '../plan/query.ts';
import { filter } from './filter.ts';

const date = z.string().min(1).max(64).optional();

const CERTAIN_MOMENTS = MOMENTS_IN_BRIEF('c');

/**
 * Certain overlap. A moment that lies wholly in the window, or on one day, is certain by its position; of others the row is read, which is
 * somewhere else in the file.
 */
const certain: ResidualFilter = {
  sql: ({ level, position, end, row }) => {
    if (row !== undefined) return `(${row}.start_max <= :to AND ${row}.end_min >= :from)`;
    const isPlain = end === undefined ? `${level} = 0` : `(${position} >= :within AND ${end} <= :to)`;
    return `(${isPlain} OR EXISTS (SELECT 1 FROM ${CERTAIN_MOMENTS} WHERE c.id = ${position} & ${MOMENT_MASK} AND c.start_max <= :to AND c.end_min >= :from))`;
  },
  params: {},
  keepsMost: true,
  ofWindow: true,
};

/** The window: `from` and `to`, or `on`, and whether a possible overlap matches. */
export const window = filter(
  {
    from: date.describe('From this date on: `2018`, `2018-03`, `2018-03-26`; its first day counts.'),
    to: date.describe('Up to this date; its last day counts.'),
    on: date.describe('In this date: `2022-01`, `199X`, or an interval; excludes `from` and `to`.'),
    match: z
      .enum(['possible', 'certain'])
      .optional()
      .describe('Whether an overlap with the window that is only `possible` counts (the default); `certain` needs a window.'),
  },
  ({ match = 'possible', ...dates }) => {
    const found = parseWindow(dates);
    if (match === 'certain' && !hasWindow(found)) {
      throw invalidParameter('match', 'match=certain is about a window: add from, to or on');
    }
    return {
      window: found,
      residual: match === 'certain' ? [certain] : [],
      understood: {
        ...(found.from === undefined ? {} : { from: isoOfDay(found.from) }),
        ...(found.to === undefined ? {} : { to: isoOfDay(found.to) }),
        ...(hasWindow(found) ? { match } : {}),
      },
    };
  },
);
