import type { Answers, Reader, Statement, Value } from '../../storage/engine.ts';
import { BEFORE_ALL_DAYS, MOMENT_MASK, UNDATED_LEVEL } from '../../storage/interval-index.ts';
import { conditionsOf, type Fragment, lastPosition } from './conditions.ts';
import { type KnownTerm, type Query, total } from './query.ts';
import { isPastDated, type Progress, type Range, rangesOf, undatedRange } from './ranges.ts';
import { textSources } from './by-text.ts';

/** A moment that was found, with the bytes that were asked for: of its record or of itself. */
export type Hit = { position: number; record: number; startMax: number; endMin: number; document: Buffer };

/** What of a moment is wanted: the document of its record, or its own item on the timeline. */
export type Wanted = 'r.document' | 'm.item';

export type Row = [position: number, record: number, startMax: number, endMin: number, document: Buffer];

/** Up to this many postings are gathered and sorted; beyond, the levels are merged in order and only a page of them is read. */
export const GATHERED_MAX = 1000;

/** The first `limit` moments in timeline order that answer the query, from `progress` on. */
export async function findByDate(reader: Reader, query: Query, progress: Progress, limit: number, wanted: Wanted): Promise<Hit[]> {
  const statements = statementsFor(query, progress, limit, wanted);
  const answers: Answers<Statement<Row>[]> = await reader.read(statements);
  const sign = progress.direction === 'forward' ? 1 : -1;
  const dated = statements.flatMap(({ undated }, index) => (undated ? [] : answers[index]!)).toSorted((a, b) => sign * (a[0] - b[0]));
  const undated = statements
    .flatMap((statement, index) => (statement.undated ? answers[index]! : []))
    .toSorted((a, b) => sign * (a[0] - b[0]));
  const hits: Hit[] = [];
  for (const [position, record, startMax, endMin, document] of [...dated, ...undated]) {
    // Several terms of one conjunct may find the same moment.
    if (hits.at(-1)?.position !== position) hits.push({ position, record, startMax, endMin, document });
    if (hits.length === limit) break;
  }
  return hits;
}

type PageStatement = Statement<Row> & { undated: boolean };

/** The statements that together find a page; each answers at most `limit` moments in order. */
export function statementsFor(query: Query, progress: Progress, limit: number, wanted: Wanted): PageStatement[] {
  if (query.conjuncts.some((terms) => terms.length === 0)) return [];
  const order = progress.direction === 'forward' ? 'ASC' : 'DESC';
  const dated = query.undated === 'only' || isPastDated(progress) ? [] : datedSources(query, progress, order);
  const undated = query.undated === 'without' ? [] : undatedSources(query, progress, order);
  return [
    ...dated.map((source) => ({ ...pageOf(source, order, limit, wanted), undated: false })),
    ...undated.map((source) => ({ ...pageOf(source, order, limit, wanted), undated: true })),
  ];
}

function datedSources(query: Query, progress: Progress, order: string): Fragment[] {
  if (query.sought !== undefined) return [textSources(query, progress, order)];
  const driver = query.conjuncts[0]!;
  if (total(driver) <= GATHERED_MAX) return [gathered(query, rangesOf(query.window, progress))];
  return driver.map((term) => merged(query, term, rangesOf(query.window, progress)));
}

function undatedSources(query: Query, progress: Progress, order: string): Fragment[] {
  const range = undatedRange(progress);
  if (query.sought !== undefined) return [textSources(query, progress, order, range)];
  const driver = query.conjuncts[0]!;
  if (total(driver) <= GATHERED_MAX) return [gathered(query, [range])];
  return driver.map((term) => merged(query, term, [range]));
}

function pageOf({ sql, params }: Fragment, order: string, limit: number, wanted: Wanted): Statement<Row> {
  const documents = wanted === 'r.document' ? ' CROSS JOIN records r ON r.id = m.record_id' : '';
  return {
    sql: `SELECT d.position, m.record_id, m.start_max, m.end_min, ${wanted} FROM (${sql} ORDER BY 1 ${order} LIMIT +:limit) d
      CROSS JOIN moments m ON m.id = d.position & ${MOMENT_MASK}${documents}`,
    params: [{ ...params, limit }],
  };
}

/** One term's postings in timeline order: a range scan per level, which SQLite merges lazily. */
function merged(query: Query, term: KnownTerm, ranges: readonly Range[]): Fragment {
  const conditions = conditionsOf(query, { level: 'p.level', position: 'p.position', end: 'p.end_day' }, query.conjuncts.slice(1));
  const params: Record<string, Value> = { ...conditions.params, term: term.key, since: term.from ?? BEFORE_ALL_DAYS };
  const until = lastPosition(term.to);
  const branches = ranges.map(({ level, low, high }) => {
    params[`low${level}`] = low;
    params[`high${level}`] = level === UNDATED_LEVEL ? high : Math.min(high, until);
    return `SELECT p.position FROM postings p WHERE p.term = :term AND p.level = ${level} AND p.position BETWEEN :low${level} AND :high${level}
      AND p.end_day >= :from AND p.end_day >= :since${conditions.sql}`;
  });
  return { sql: branches.join(' UNION ALL '), params };
}

/** The postings of few terms, without order. */
export function gathered(query: Query, ranges: readonly Range[]): Fragment {
  const conditions = conditionsOf(query, { level: 'p.level', position: 'p.position', end: 'p.end_day' }, query.conjuncts.slice(1));
  const terms = query.conjuncts[0]!.map(({ key, from, to }) => [key, lastPosition(to), from ?? BEFORE_ALL_DAYS]);
  return {
    sql: `SELECT DISTINCT p.position FROM json_each(:terms) t CROSS JOIN json_each(:ranges) l CROSS JOIN postings p
      WHERE p.term = t.value ->> 0 AND p.level = l.value ->> 0 AND p.position BETWEEN l.value ->> 1 AND l.value ->> 2
        AND (p.level = ${UNDATED_LEVEL} OR (p.end_day >= :from AND p.end_day >= t.value ->> 2 AND p.position <= t.value ->> 1))${conditions.sql}`,
    params: {
      ...conditions.params,
      terms: JSON.stringify(terms),
      ranges: JSON.stringify(ranges.map(({ level, low, high }) => [level, low, high])),
    },
  };
}
