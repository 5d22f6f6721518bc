import { z } from 'zod';
import { invalidParameter } from '../../domain/errors.ts';
import { isoOfDay } from '../../domain/time/day.ts';
import { positionOf } from '../../domain/time/levels.ts';
import {
  type Comparison,
  CONDITIONS,
  hasWindow,
  limitsOf,
  type Match,
  OVERLAPS,
  parseWindow,
  unitEnds,
  type Window,
  windowWithin,
} from '../../domain/time/window.ts';
import { DOUBTED } from '../../index/entry.ts';
import { DAY_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { EchoedQuery } from '../../model/page.ts';
import { dialect } from '../../storage/dialect.ts';
import type { At, ResidualFilter } from '../plan/query.ts';
import { dateParameter, echoedText, filter, matchParameter, NOTHING } from './filter.ts';
import { readRecordWindow } from './record-window.ts';

const record = z.string().min(3).max(600).optional();

/** The window: `from` and `to`, `on`, or a record, and how a moment stands to it. */
export const window = filter(
  {
    from: dateParameter.describe('From this date on: `2018`, `2018-03`, `2018-03-26`; its first day counts.'),
    to: dateParameter.describe('Up to this date; its last day counts.'),
    on: dateParameter.describe('In this date: `2022-01`, `199X`, or an interval; excludes `from` and `to`.'),
    during: record.describe(
      'While this was going on: `event/ID`, `meeting/ID`, `agreement/ID/ROLE` (one of its dates), `actor/ID/ORGANIZATION` (a membership).',
    ),
    before: record.describe('What ended before this began; a record as in `during`.'),
    after: record.describe('What began after this had ended; a record as in `during`.'),
    overlap: z
      .enum(OVERLAPS)
      .optional()
      .describe(
        'How it shares days with the window: `any` of them (the default), `starts` in it, lies wholly `within` it, or `covers` all of it.',
      ),
    match: matchParameter.describe('Whether what is only `possible` counts (the default); `certain` needs a window.'),
  },
  async ({ match = 'possible', overlap = 'any', during, before, after, ...dates }, { reader }) => {
    const days = parseWindow(dates);
    const isOfRecord = during !== undefined || before !== undefined || after !== undefined;
    const ofRecord = isOfRecord ? await readRecordWindow(reader, { during, before, after }, hasWindow(days), overlap) : undefined;
    const found = ofRecord?.window ?? (overlap === 'any' ? days : windowWithin(overlap, limitsOf(days)));
    if (!ofRecord && !hasWindow(days)) refuseWithoutWindow({ match, overlap });
    if (!ofRecord && overlap === 'covers' && (days.from === undefined || days.to === undefined))
      throw invalidParameter('overlap', 'overlap=covers is about a window with both ends: add from and to, or on');
    const echo: EchoedQuery = {
      ...(days.from === undefined ? {} : { from: isoOfDay(days.from) }),
      ...(days.to === undefined ? {} : { to: isoOfDay(days.to) }),
      ...ofRecord?.echo,
      ...(overlap === 'any' ? {} : { overlap }),
      ...(hasWindow(found) ? { match } : {}),
    };
    const { residual, ...conditions } = conditionsOf(found, match);
    return { window: found, ...conditions, residual: [...residual, ...(ofRecord?.residual ?? [])], echo };
  },
  {
    from: echoedText.describe('The first day of the window.'),
    to: echoedText.describe('The last day of the window.'),
    during: echoedText.describe('The record that gives the window, by its type and id.'),
    overlap: z.enum(OVERLAPS).optional(),
    match: matchParameter,
  },
);

function refuseWithoutWindow({ match, overlap }: { match: Match; overlap: string }): void {
  if (match === 'certain')
    throw invalidParameter('match', 'match=certain is about a window: add from, to or on, or a record in during, before or after');
  if (overlap !== 'any')
    throw invalidParameter('overlap', `overlap=${overlap} is about a window: add from, to or on, or a record in during`);
}

/** Conditions besides those that all scanned moments fulfil: to start by the end of the window, and to end from its beginning on. */
function conditionsOf(found: Window, match: Match) {
  const overlap = found.asked?.overlap ?? 'any';
  if (match === 'certain') {
    const [field, value] = DOUBTED;
    return {
      residual: [comparing(found, CONDITIONS[overlap].certain)],
      excluded: [{ field, value }],
      // Nothing is certain of a window that is doubted itself.
      ...(found.asked?.doubted === true && { conjuncts: [[NOTHING]] }),
    };
  }
  const unscanned = CONDITIONS[overlap].possible.filter(([bound]) => bound !== 'startMin' && bound !== 'endMax');
  if (overlap === 'covers') return { residual: [unitsLast(found)] };
  return { residual: unscanned.length > 0 ? [comparing(found, unscanned)] : [] };
}

const MOMENT = MOMENTS_IN_BRIEF('c');

/**
 * Comparisons with the limits of the window. A moment that lies wholly in the window passes by its position; of others the row is read, which is
 * somewhere else in the file.
 */
function comparing(found: Window, comparisons: readonly Comparison[]): ResidualFilter {
  const { fromMax, toMin } = limitsOf(found);
  const covers = found.asked?.overlap === 'covers';
  return {
    sql: ({ level, position, end, row }) => {
      const compared = comparisons.map(([bound, is, limit]) => `${columnOf(bound, position, row ?? 'c')} ${is} :${limit}`).join(' AND ');
      if (row !== undefined) return `(${compared})`;
      const read = `EXISTS (SELECT 1 FROM ${MOMENT} WHERE c.id = (${position} & ${MOMENT_MASK}) AND ${compared})`;
      if (covers) return read;
      const isInside = end === undefined ? `(${level} = 0 AND ${position} < :afterInside)` : `${end} <= :insideEnd`;
      return `((${position} >= :inside AND ${isInside}) OR ${read})`;
    },
    params: covers ? {} : { inside: positionOf(fromMax), insideEnd: toMin, afterInside: positionOf(toMin + 1) },
    ...(covers ? {} : { keepsMost: true }),
    ofWindow: true,
  };
}

const COLUMNS = { startMax: 'start_max', endMin: 'end_min', endMax: 'end_max' };

const columnOf = (bound: Comparison[0], position: string, row: string): string =>
  bound === 'startMin' ? DAY_OF(position) : `${row}.${COLUMNS[bound]}`;

/** One of several dates covers a window only if one of its units does. */
function unitsLast(found: Window): ResidualFilter {
  const { fromMax } = limitsOf(found);
  const unit = dialect.column('e', 2, 'integer');
  return {
    sql: ({ position }: At) => `NOT EXISTS (SELECT 1 FROM moments u WHERE u.id = (${position} & ${MOMENT_MASK}) AND u.members IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM ${dialect.elements('e', 'u.members')} WHERE ${dialect.column('e', 0, 'integer')} <= :to
        AND ${dialect.column('e', 1, 'integer')} >= :from AND (${unit} IS NULL
          OR EXISTS (SELECT 1 FROM ${dialect.elements('n', ':unitEnds')} WHERE ${dialect.ordinal('n')} = ${unit} AND ${dialect.value('n', 'integer')} >= :from))))`,
    params: { unitEnds: JSON.stringify(unitEnds(fromMax)) },
    ofWindow: true,
  };
}
