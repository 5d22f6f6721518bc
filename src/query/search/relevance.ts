import type { Reader, Statement } from '../../storage/port.ts';
import { isUndated } from '../../domain/time/levels.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../index/position-sql.ts';
import type { Query } from '../plan/query.ts';
import { isHeavyAsWhole, positionsFrom } from '../access-paths/access-path.ts';
import { newestKeys, RANKED_AGAIN_MAX, rankedFirst, type RankedRows } from './ranked-pages.ts';
import { heavyOf, rank, RANKED_MAX } from './ranking.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** A record that was found by its text. Of an entry, the days say when its best moment lies. */
export type RankedHit = { record: number; startMax: number; endMin: number; document: Buffer };

type Row = [record: number, startMax: number, endMin: number, document: Buffer];

/**
 * The next `limit` records that answer a query with a text, best first, each once: of all that match, or of the newest when there are too
 * many. Of a page after the first, `before` says what is ranked.
 */
export async function findByRelevance(
  reader: Reader,
  query: Query,
  before: RankedRows | undefined,
  limit: number,
): Promise<{ hits: RankedHit[]; rows: RankedRows }> {
  const { positions, rows } = before ? await rankedAgain(reader, query, before) : await firstRanked(reader, query);
  const best = await rank(reader, query.sought ?? [], positions);
  return { hits: await hitsAt(reader, best, rows.listed, limit), rows };
}

/** Positions to rank, and what is ranked of all that match. */
type Candidates = { positions: number[]; rows: RankedRows };

async function firstRanked(reader: Reader, query: Query): Promise<Candidates> {
  const [keys, ...found] = await reader.read([newestKeys, ...candidatesOf(query, RANKED_MAX + 1)]);
  const positions = found.flat().map(([position]) => position);
  const ranked = positions.slice(0, RANKED_MAX);
  return {
    positions: ranked,
    rows: { ...rankedFirst(keys), oldestPosition: positions.length > RANKED_MAX ? ranked.at(-1)! : 0 },
  };
}

async function rankedAgain(reader: Reader, query: Query, rows: RankedRows): Promise<Candidates> {
  const found = await reader.read(candidatesOf({ ...query, newestMoment: rows.newestMoment }, RANKED_AGAIN_MAX));
  const positions = found.flat().map(([position]) => position);
  return { positions: positions.filter((position) => isRanked(position, rows)), rows };
}

/** Whether a position comes no later than the oldest that is ranked: dated ones come first, newest first, and then those without a date. */
function isRanked(position: number, { oldestPosition }: RankedRows): boolean {
  if (isUndated(position) === isUndated(oldestPosition)) return position >= oldestPosition;
  return oldestPosition === 0 || isUndated(oldestPosition);
}

/** What reads the positions that answer, newest first, dated ones before the others. */
function candidatesOf(query: Query, most: number): Statement<[position: number]>[] {
  const { dated, undated } = positionsFrom(query, { direction: 'backward' }, 'DESC');
  return [...dated, ...undated].map(({ sql, params }) => ({
    sql: `${sql} ORDER BY 1 DESC ${dialect.limit(':most')}`,
    params: [{ ...params, most }],
    ...(isHeavyAsWhole(query) ? { offload: true } : {}),
  }));
}

/** The records of moments, in the same order, each once, at its best moment, without those that are listed already. */
async function hitsAt(reader: Reader, positions: readonly number[], listed: readonly number[], limit: number): Promise<RankedHit[]> {
  const records: Statement<Row> = {
    sql: `SELECT x.record_id, x.start_max, x.end_min, r.document
      FROM (SELECT min(${dialect.ordinal('j')}) AS place, m.record_id, m.start_max, m.end_min FROM ${dialect.elements('j', ':positions')} CROSS JOIN ${MOMENTS_IN_BRIEF('m')}
        ON m.id = ${dialect.value('j', 'integer')} & ${MOMENT_MASK}
          WHERE m.record_id NOT IN ${dialect.list(':listed', 'integer')} GROUP BY m.record_id ORDER BY 1 ${dialect.limit(':limit')}) x
      CROSS JOIN records r ON r.id = x.record_id ORDER BY x.place`,
    params: [{ positions: JSON.stringify(positions), listed: JSON.stringify(listed), limit }],
    ...heavyOf(positions),
  };
  const [rows] = await reader.read([records]);
  return rows.map(([record, startMax, endMin, document]) => ({ record, startMax, endMin, document }));
}
