import { UNDATED_LEVEL } from '../../domain/time/levels.ts';
import type { DateRow } from '../../domain/time/window.ts';
import { DATE_OF, MOMENT_MASK } from '../../index/position-sql.ts';
import type { Page, Total } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { allPositions } from '../access-paths/access-path.ts';
import { conditionsOf } from '../access-paths/postings.ts';
import { BY_FIELD, fieldOrder, type FieldPosition } from '../lists/cursors.ts';
import { pageRequest, rowDocument } from '../lists/page.ts';
import { CANDIDATE_COST, COUNTED_MAX, LIGHT_LOOKUPS_MAX, SCANNED_MAX } from '../plan/costs.ts';
import { areFew, isScanHeavy, isWide } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { asksForChanges, totalOf } from './count.ts';
import { itemsOf, type Listing } from './timeline.ts';

/** The order of a page, and the position after which it starts. */
type FieldOrder = ReturnType<typeof fieldOrder> & { after: FieldPosition | undefined };

type Found = [record: number, value: string | number, document: Buffer | null, bytes: number, moment: number, ...date: DateRow];

/** A page of records by title or by last change. */
export async function pageByField(reader: Reader, { list, plan, parameters, echo }: Listing, sort: string): Promise<Page> {
  const order = fieldOrder(sort);
  const { limit, after, paginate } = pageRequest(BY_FIELD[order.field], list, parameters);
  // All rows of a text are sorted, up to those that are counted, so the count does not stop before.
  const total = await totalOf(reader, plan.text ? { ...plan, estimate: { rows: plan.estimate.rows } } : plan);
  const found = await findByField(reader, plan, { ...order, after }, total, limit + 1);
  const { kept, next } = paginate(
    found,
    ([record, value]) => ({ value, record }),
    ([, , , bytes]) => bytes,
  );
  const hits = kept.map(([record, , document, , moment, ...date]) => ({ record, document, moment, date }));
  const items = await itemsOf(reader, plan, hits);
  return { items, next, echo, total, ...(plan.text && 'totalAtLeast' in total ? { ranked: 'newest' } : {}) };
}

/**
 * The first `limit` matching records in the order. Few candidates are gathered and sorted; of many, the records are read in order and each is
 * checked for a matching moment: the more match, the sooner a page is full.
 */
async function findByField(
  reader: Reader,
  plan: Plan,
  { field, orderBy, beyond, after }: FieldOrder,
  total: Total,
  limit: number,
): Promise<Found[]> {
  if (plan.path === 'nothing') return [];
  const matching = expectedOf(plan, total);
  // A residual filter may drop most candidates, unless the access path has applied it.
  const dropsMost = plan.residual.some((each) => !each.keepsMost && !(areFew(plan.changes) && each === plan.changes.filter));
  const candidates = dropsMost ? plan.estimate.rows : matching;
  const isFew = plan.text !== undefined || candidates * matching <= Math.max(LIGHT_LOOKUPS_MAX ** 2, CANDIDATE_COST * plan.everything);
  const { sql, params } = isFew ? fromCandidates(plan) : fromRecords(plan);
  const isHeavy = isFew
    ? candidates > LIGHT_LOOKUPS_MAX || isScanHeavy(plan)
    : isWide(plan) || (limit * plan.everything) / matching > LIGHT_LOOKUPS_MAX;
  const page: Statement<Found> = {
    sql: `${sql.replaceAll('$field', field)}${after ? beyond : ''} ${orderBy} ${dialect.limit(':limit')}`,
    params: [{ ...params, limit, ...after }],
    ...offloadIf(isHeavy),
  };
  const [rows] = await reader.read([page]);
  return rows;
}

/** The number of matching records: counted, or estimated from the part that was counted. */
function expectedOf(plan: Plan, total: Total): number {
  if ('total' in total) return total.total;
  const { rows, until } = plan.estimate;
  return until === undefined || asksForChanges(plan) ? COUNTED_MAX : Math.max(1, total.totalAtLeast * (rows / SCANNED_MAX));
}

const COLUMNS = `r.id, r.$field, ${rowDocument('r.document')}, m.id, ${DATE_OF('m.position', 'm')}`;

function fromCandidates(plan: Plan): Fragment {
  const { dated, undated } = allPositions(plan);
  const positions = plan.text ? [...dated, ...undated].map(newest) : [...dated, ...undated];
  return {
    sql: `SELECT ${COLUMNS} FROM (${positions.map(({ sql }) => sql).join(' UNION ALL ')}) d
      CROSS JOIN moments m ON m.id = (d.position & ${MOMENT_MASK}) CROSS JOIN records r ON r.id = m.record_id WHERE true`,
    params: Object.assign({}, ...positions.map(({ params }) => params)) as Fragment['params'], // @NOTE a union of such records
  };
}

/** The newest of the positions, as many as are counted. */
const newest = ({ sql, params }: Fragment): Fragment => ({
  sql: `SELECT * FROM (${dialect.inOrder(sql, 'DESC', String(COUNTED_MAX + 1))}) newest`,
  params,
});

function fromRecords(plan: Plan): Fragment {
  const moment = conditionsOf(plan, { level: 'm.level', position: 'm.position', end: 'm.end_max' }, plan.conjuncts);
  const isDated = plan.undated === 'with' ? '' : ` AND m.level ${plan.undated === 'only' ? '=' : '<>'} ${UNDATED_LEVEL}`;
  return {
    sql: `SELECT ${COLUMNS} FROM records r CROSS JOIN moments m ON m.record_id = r.id
      WHERE r.type = :type${isDated} AND m.start_min <= :to AND m.end_max >= :from${moment.sql}`,
    params: { ...moment.params, type: plan.type ?? '' },
  };
}
