import { isUndated } from '../../domain/time/levels.ts';
import type { DateRow } from '../../domain/time/window.ts';
import { DATE_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';
import { positionsFrom } from '../access-paths/access-path.ts';
import type { RankedPosition } from '../lists/cursors.ts';
import type { PageRequest } from '../lists/page.ts';
import { isScanHeavy } from '../plan/plan.ts';
import type { Plan, ResidualFilter } from '../plan/query.ts';
import { offloadOfRows, rankMatches, type RankedRows } from './ranking.ts';

/** An entry that matches a text, with its document. The position and the days are those of its best moment. */
export type RankedHit = { record: number; document: Buffer; position: number; date: DateRow };

type RankedRow = [record: number, document: Buffer, position: number, ...date: DateRow];

/** One page of the entries that match a query with a text, in order of relevance, each once. */
export async function pageByRelevance(
  reader: Reader,
  plan: Plan,
  { after, limit, paginate }: PageRequest<RankedPosition>,
): Promise<{ hits: RankedHit[]; next?: string | undefined; ranked: RankedRows['ranked'] }> {
  const { rows, listed, ranked, positionOf } = await rankMatches(reader, {
    text: plan.text ?? { clauses: [], excluded: [], asked: [] },
    after,
    candidates: (most) => ({
      moments: candidatesOf(after ? { ...plan, residual: [...plan.residual, noNewerThan(after.newestMoment)] } : plan, most),
    }),
    isRanked,
  });
  const [found] = await reader.read([entriesAt(rows, listed, limit + 1)]);
  const { kept, next } = paginate(found, positionOf);
  return { hits: kept.map(([record, document, position, ...date]) => ({ record, document, position, date })), next, ranked };
}

/** The moment is not newer than a key: moments created after the first page are not ranked on later ones. */
const noNewerThan = (newestMoment: number): ResidualFilter => ({
  sql: ({ position }) => `${position} & ${MOMENT_MASK} <= :newestMoment`,
  params: { newestMoment },
  keepsMost: true,
});

/** Reads the positions that match, newest first, dated ones before the others. */
function candidatesOf(plan: Plan, most: number): Statement<[position: number]>[] {
  const { dated, undated } = positionsFrom(plan, { direction: 'backward' });
  return [...dated, ...undated].map(({ sql, params }) => ({
    sql: `${sql} ORDER BY 1 DESC ${dialect.limit(':most')}`,
    params: [{ ...params, most }],
    ...offloadIf(isScanHeavy(plan)),
  }));
}

/** Compares positions in the order of the candidates, where undated ones are the oldest. */
function isRanked(position: number, { oldestPosition }: RankedPosition): boolean {
  if (isUndated(position) === isUndated(oldestPosition)) return position >= oldestPosition;
  return oldestPosition === 0 || isUndated(oldestPosition);
}

/** Reads the entries of moments, in the same order, each once, at its best moment, without those listed before. */
const entriesAt = (positions: readonly number[], listed: readonly number[], limit: number): Statement<RankedRow> => ({
  sql: `SELECT x.record_id, r.document, x.position, ${DATE_OF('x.position', 'x')}
    FROM (SELECT min(${dialect.ordinal('j')}) AS place, m.id, m.record_id, m.start_max, m.end_min, m.end_max, m.doubted, ${dialect.value('j', 'integer')} AS position FROM ${dialect.elements('j', ':positions')}
      CROSS JOIN ${MOMENTS_IN_BRIEF('m')} ON m.id = ${dialect.value('j', 'integer')} & ${MOMENT_MASK}
      WHERE m.record_id NOT IN ${dialect.list(':listed', 'integer')} GROUP BY m.record_id ORDER BY 1 ${dialect.limit(':limit')}) x
    CROSS JOIN records r ON r.id = x.record_id ORDER BY x.place`,
  params: [{ positions: JSON.stringify(positions), listed: JSON.stringify(listed), limit }],
  ...offloadOfRows(positions),
});
