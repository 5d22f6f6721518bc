import { integersJson } from '../../domain/json/json.ts';
import { isUndated } from '../../domain/time/levels.ts';
import type { DateRow } from '../../domain/time/window.ts';
import { DATE_OF, HALVES_OF, MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { positionsFrom } from '../access-paths/access-path.ts';
import type { RankedPosition } from '../lists/cursors.ts';
import { type PageRequest, rowDocument } from '../lists/page.ts';
import { isScanHeavy } from '../plan/plan.ts';
import type { Plan, ResidualFilter } from '../plan/query.ts';
import { offloadOfRows, rankMatches, type RankedRows, type RowHalves } from './ranking.ts';

/** An entry that matches a text, with its document, null where it is long. The key and the days are those of its best moment. */
export type RankedHit = { record: number; document: Buffer | null; moment: number; date: DateRow };

type RankedRow = [record: number, document: Buffer | null, bytes: number, moment: number, ...date: DateRow];

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
  const { kept, next } = paginate(found, positionOf, ([, , bytes]) => bytes);
  return { hits: kept.map(([record, document, , moment, ...date]) => ({ record, document, moment, date })), next, ranked };
}

/** The moment is not newer than a key: moments created after the first page are not ranked on later ones. */
const noNewerThan = (newestMoment: number): ResidualFilter => ({
  sql: ({ position }) => `(${position} & ${MOMENT_MASK}) <= :newestMoment`,
  params: { newestMoment },
  keepsMost: true,
});

/** Reads the positions that match, newest first, dated ones before the others. */
function candidatesOf(plan: Plan, most: number): Statement<RowHalves>[] {
  const { dated, undated } = positionsFrom(plan, { direction: 'backward' });
  return [...dated, ...undated].map(({ sql, params }) => ({
    sql: `SELECT ${HALVES_OF('d.position')} FROM (${dialect.inOrder(sql, 'DESC', ':most')}) d ORDER BY d.position DESC`,
    params: [{ ...params, most }],
    ...offloadIf(isScanHeavy(plan)),
  }));
}

/** Compares positions in the order of the candidates, where undated ones are the oldest. */
function isRanked(position: bigint, { oldestPosition }: RankedPosition): boolean {
  if (isUndated(position) === isUndated(oldestPosition)) return position >= oldestPosition;
  return oldestPosition === 0n || isUndated(oldestPosition);
}

const [PLACE, POSITION] = [dialect.ordinal('j'), dialect.integer('j')];

/** Reads the entries of moments, in the same order, each once, at its best moment, without those listed before. */
const entriesAt = (positions: readonly bigint[], listed: readonly number[], limit: number): Statement<RankedRow> => ({
  sql: `SELECT x.record_id, ${rowDocument('r.document')}, x.id, ${DATE_OF('x.position', 'x')}
    FROM (SELECT e.* FROM (SELECT ${PLACE} AS place, row_number() OVER (PARTITION BY m.record_id ORDER BY ${PLACE}) AS nth,
          m.id, m.record_id, m.start_max, m.end_min, m.end_max, m.doubted, ${POSITION} AS position FROM ${dialect.integers('j', ':positions')}
        CROSS JOIN ${MOMENTS_IN_BRIEF('m')} ON m.id = (${POSITION} & ${MOMENT_MASK})
        WHERE m.record_id NOT IN ${dialect.list(':listed', 'integer')}) e
      WHERE e.nth = 1 ORDER BY e.place ${dialect.limit(':limit')}) x
    CROSS JOIN records r ON r.id = x.record_id ORDER BY x.place`,
  params: [{ positions: integersJson(positions), listed: JSON.stringify(listed), limit }],
  ...offloadOfRows(positions),
});
