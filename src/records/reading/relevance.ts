import type { Reader, Statement } from '../../storage/engine.ts';
import { MOMENT_MASK } from '../../storage/interval-index.ts';
import { matchOf, textSources } from '../timeline/by-text.ts';
import type { Query } from '../timeline/query.ts';
import { undatedRange } from '../timeline/ranges.ts';
import { rank, type Ranked, RANKED_MAX } from './ranking.ts';

/** A record that was found by its text. Of an entry, the days say when its best moment lies. */
export type RankedHit = { record: number; startMax: number; endMin: number; document: Buffer };

type Row = [position: number, record: number, startMax: number, endMin: number, document: Buffer];

/** The records that answer a query with a text, best first, each once: of all that match, or of the newest when there are too many. */
export async function findByRelevance(reader: Reader, query: Query): Promise<{ hits: RankedHit[]; ranked: Ranked }> {
  if (query.conjuncts.some((terms) => terms.length === 0)) return { hits: [], ranked: 'all' };
  const backward = { direction: 'backward' } as const;
  const sources = [
    ...(query.undated === 'only' ? [] : [textSources(query, backward, 'DESC')]),
    ...(query.undated === 'without' ? [] : [textSources(query, backward, 'DESC', undatedRange(backward))]),
  ];
  const candidates = await reader.read(
    sources.map(
      ({ sql, params }): Statement<[position: number]> => ({
        sql: `${sql} ORDER BY 1 DESC LIMIT +:most`,
        params: [{ ...params, most: RANKED_MAX + 1 }],
      }),
    ),
  );
  const positions = candidates.flat().map(([position]) => position);
  const best = await rank(
    reader,
    { sought: query.sought ?? [], matchIn: (columns) => matchOf(query, columns) },
    positions.slice(0, RANKED_MAX),
  );
  const hits = await hitsAt(reader, best);
  return { hits, ranked: positions.length > RANKED_MAX ? 'newest' : 'all' };
}

/** The records of moments, in the same order, each once. */
async function hitsAt(reader: Reader, positions: readonly number[]): Promise<RankedHit[]> {
  const records: Statement<Row> = {
    sql: `SELECT j.value, m.record_id, m.start_max, m.end_min, r.document FROM json_each(:positions) j
      CROSS JOIN moments m ON m.id = j.value & ${MOMENT_MASK} CROSS JOIN records r ON r.id = m.record_id`,
    params: [{ positions: JSON.stringify(positions) }],
  };
  const [rows] = await reader.read([records]);
  const hits = new Map<number, RankedHit>();
  for (const [, record, startMax, endMin, document] of rows)
    if (!hits.has(record)) hits.set(record, { record, startMax, endMin, document });
  return [...hits.values()];
}
