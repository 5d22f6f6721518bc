import type { Reader, Statement } from '../../storage/engine.ts';
import { MOMENT_MASK, MOMENTS_IN_BRIEF } from '../../storage/interval-index.ts';
import type { Query } from '../timeline/query.ts';
import { isHeavyAsWhole, positionsFrom } from '../timeline/sources/source.ts';
import { rank, type Ranked, RANKED_MAX } from './ranking.ts';

/** A record that was found by its text. Of an entry, the days say when its best moment lies. */
export type RankedHit = { record: number; startMax: number; endMin: number; document: Buffer };

type Row = [record: number, startMax: number, endMin: number, document: Buffer];

/**
 * The first `limit` records that answer a query with a text, best first, each once: of all that match, or of the newest when there are too
 * many.
 */
export async function findByRelevance(reader: Reader, query: Query, limit: number): Promise<{ hits: RankedHit[]; ranked: Ranked }> {
  const { dated, undated } = positionsFrom(query, { direction: 'backward' }, 'DESC');
  const candidates = await reader.read(
    [...dated, ...undated].map(
      ({ sql, params }): Statement<[position: number]> => ({
        sql: `${sql} ORDER BY 1 DESC LIMIT +:most`,
        params: [{ ...params, most: RANKED_MAX + 1 }],
        ...(isHeavyAsWhole(query) ? { heavy: true } : {}),
      }),
    ),
  );
  const positions = candidates.flat().map(([position]) => position);
  const best = await rank(reader, query.sought ?? [], positions.slice(0, RANKED_MAX));
  const hits = await hitsAt(reader, best, limit);
  return { hits, ranked: positions.length > RANKED_MAX ? 'newest' : 'all' };
}

/** The records of moments, in the same order, each once, at its best moment. */
async function hitsAt(reader: Reader, positions: readonly number[], limit: number): Promise<RankedHit[]> {
  const records: Statement<Row> = {
    sql: `SELECT x.record_id, x.start_max, x.end_min, r.document
      FROM (SELECT min(j.key) AS place, m.record_id, m.start_max, m.end_min FROM json_each(:positions) j CROSS JOIN ${MOMENTS_IN_BRIEF('m')}
        ON m.id = j.value & ${MOMENT_MASK} GROUP BY m.record_id ORDER BY 1 LIMIT +:limit) x
      CROSS JOIN records r ON r.id = x.record_id ORDER BY x.place`,
    params: [{ positions: JSON.stringify(positions), limit }],
  };
  const [rows] = await reader.read([records]);
  return rows.map(([record, startMax, endMin, document]) => ({ record, startMax, endMin, document }));
}
