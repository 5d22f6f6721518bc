import { positionAt } from '../../domain/time/levels.ts';
import type { ScanStart } from '../../domain/time/position-ranges.ts';
import { type DateRow, matchWithin } from '../../domain/time/window.ts';
import { DATE_OF, MOMENT_MASK, MOMENTS_IN_BRIEF, SLOT_OF } from '../../index/position-sql.ts';
import type { EchoedQuery, Item, Page } from '../../model/page.ts';
import { offloadIf, type Reader, type Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import { positionsFrom } from '../access-paths/access-path.ts';
import { sqlByShape } from '../access-paths/postings.ts';
import type { EntryFilters } from '../filters/parameters.ts';
import { parseQuery } from '../filters/parse.ts';
import { BY_DATE } from '../lists/cursors.ts';
import { pageRequest, rowDocument, withLongRecords } from '../lists/page.ts';
import { hasScope, isPageHeavy, planOf } from '../plan/plan.ts';
import type { Fragment, Plan } from '../plan/query.ts';
import { totalOf } from './count.ts';
import { viaOf } from './via.ts';

/** A list to execute: its name, its plan, its parameters, and their echo. */
export type Listing = { list: string; plan: Plan; parameters: EntryFilters; echo: EchoedQuery };

/** The documents of a page: those of records, or the items of moments on the timeline. */
type Documents = 'r.document' | 'm.item';

/** A page of the timeline: moments in time order. Throws for parameters that cannot be understood. */
export async function listTimeline(reader: Reader, parameters: EntryFilters): Promise<Page> {
  const { query, echo } = await parseQuery(reader, parameters, 'moment');
  const plan = await planOf(reader, query);
  const page = await pageByDate(reader, { list: 'timeline', plan, parameters, echo }, 'm.item');
  return { ...page, warnings: plan.warnings };
}

/** A page of moments in time order, or of records by their first moments. */
export async function pageByDate(reader: Reader, { list, plan, parameters, echo }: Listing, documents: Documents): Promise<Page> {
  const { limit, after, paginate } = pageRequest(BY_DATE, list, parameters);
  const start = { direction: parameters.sort === '-date' ? 'backward' : 'forward', after: after?.position } as const;
  // The total of a later page is read at the same time, on SQLite from the same snapshot; a first page often holds all there is.
  const [found, counted] = await Promise.all([
    findByDate(reader, plan, start, limit + 1, documents),
    after === undefined ? undefined : totalOf(reader, plan),
  ]);
  const total = counted ?? (found.length <= limit ? { total: found.length } : await totalOf(reader, plan));
  const { kept, next } = paginate(
    found,
    ({ slot, moment }) => ({ position: positionAt(slot, moment) }),
    ({ bytes }) => bytes,
  );
  const items = await itemsOf(reader, plan, kept);
  // Moments on the page may lie beyond the part that was counted.
  return { items, next, echo, total: 'total' in total ? total : { totalAtLeast: Math.max(total.totalAtLeast, found.length) } };
}

/** The items of hits: their documents, how they lie in the window and, where an actor has a scope, the actors through which they are found. */
export async function itemsOf(reader: Reader, plan: Plan, found: readonly Hit[]): Promise<Item[]> {
  const hits = await withLongRecords(reader, found);
  const via = hasScope(plan) ? await viaOf(reader, plan, hits) : undefined;
  return hits.map(({ record, document, date }, index) => {
    const through = via?.[index] ?? [];
    return { record, document, ...matchWithin(date, plan.window), ...(through.length > 0 && { via: through }) };
  });
}

type HitRow = [slot: number, moment: number, record: number, document: Buffer | null, bytes: number, ...date: DateRow];

/** A moment that matches, by its key, and a document, null where it is that of a record and long. */
export type Hit = { moment: number; record: number; document: Buffer | null; date: DateRow };

/** The first `limit` matching moments from `start` on, in its direction. */
export async function findByDate(
  reader: Reader,
  plan: Plan,
  start: ScanStart,
  limit: number,
  documents: Documents,
): Promise<(Hit & { slot: number; bytes: number })[]> {
  const { dated, undated } = positionsFrom(plan, start);
  const statements = [...dated, ...undated].map((positions) => pageStatement(plan, positions, start, limit, documents));
  const rows = statements.length > 0 ? await reader.read(statements) : [];
  const sign = start.direction === 'forward' ? 1 : -1;
  const inOrder = (each: readonly HitRow[][]): HitRow[] => each.flat().toSorted((a, b) => sign * (a[0] - b[0] || a[1] - b[1]));
  // The undated come last in both directions. Several terms of one conjunct may find the same moment.
  const sorted = [...inOrder(rows.slice(0, dated.length)), ...inOrder(rows.slice(dated.length))];
  return sorted
    .filter(([, moment], index) => moment !== sorted[index - 1]?.[1])
    .slice(0, limit)
    .map(([slot, moment, record, document, bytes, ...date]) => ({ slot, moment, record, document, bytes, date }));
}

const texts = {
  forward: { 'r.document': sqlByShape(), 'm.item': sqlByShape() },
  backward: { 'r.document': sqlByShape(), 'm.item': sqlByShape() },
};

function pageStatement(
  plan: Plan,
  { sql, params }: Fragment,
  { direction }: ScanStart,
  limit: number,
  documents: Documents,
): Statement<HitRow> {
  return {
    sql: texts[direction][documents](sql, () => pageSql(sql, direction, documents)),
    params: [{ ...params, limit }],
    ...offloadIf(isPageHeavy(plan)),
  };
}

/** The columns of documents and of their sizes. The items of moments are short, and are not counted. */
const COLUMNS: Record<Documents, string> = { 'r.document': rowDocument('r.document'), 'm.item': 'm.item, 0' };

function pageSql(positions: string, direction: ScanStart['direction'], documents: Documents): string {
  const [moments, records] =
    documents === 'm.item' ? ['moments m', ''] : [MOMENTS_IN_BRIEF('m'), ' CROSS JOIN records r ON r.id = m.record_id'];
  const order = direction === 'forward' ? 'ASC' : 'DESC';
  return `SELECT ${SLOT_OF('d.position')}, m.id, m.record_id, ${COLUMNS[documents]}, ${DATE_OF('d.position', 'm')} FROM (${dialect.inOrder(positions, order, ':limit')}) d
    CROSS JOIN ${moments} ON m.id = (d.position & ${MOMENT_MASK})${records}`;
}
