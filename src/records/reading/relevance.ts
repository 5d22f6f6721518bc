import type { Reader, Statement, Value } from '../../storage/engine.ts';
import { MOMENT_MASK } from '../../storage/interval-index.ts';
import { matchOf, textSources } from '../timeline/by-text.ts';
import type { Query } from '../timeline/query.ts';
import { undatedRange } from '../timeline/ranges.ts';

/** A record that was found by its text. Of an entry, the days say when its best moment lies. */
export type RankedHit = { record: number; startMax: number; endMin: number; document: Buffer };

/** What was ranked: all that match, or only the newest, because there are too many to rank. */
export type Ranking<Hit> = { hits: Hit[]; ranked: 'all' | 'newest' };

/**
 * Ranking reads every match, so it is done for at most this many. What has more matches is ranked among its newest, and the answer
 * says so.
 */
export const RANKED_MAX = 1000;

/** How much a match in the title and in the names counts against one in the text (bm25 weights; tags do not count). */
export const WEIGHTS = '8.0, 6.0, 1.0, 0.0';

type Row = [record: number, startMax: number, endMin: number, document: Buffer];

/** The records that answer a query with a text, best first, each once. */
export async function findByRelevance(reader: Reader, query: Query): Promise<Ranking<RankedHit>> {
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
  const [rows] = await reader.read([rankOf(matchOf(query), positions.slice(0, RANKED_MAX))]);
  const hits = new Map<number, RankedHit>();
  for (const [record, startMax, endMin, document] of rows) if (!hits.has(record)) hits.set(record, { record, startMax, endMin, document });
  return { hits: [...hits.values()], ranked: positions.length > RANKED_MAX ? 'newest' : 'all' };
}

/**
 * Ranks moments by their text. The full text is asked once for the span of the candidates: given `rowid IN (...)` without the plus, FTS5
 * would run one query for each.
 */
function rankOf(match: string, positions: readonly number[]): Statement<Row> {
  const params: Record<string, Value> = {
    match,
    positions: JSON.stringify(positions),
    low: BigInt(positions.length > 0 ? Math.min(...positions) : 0),
    high: BigInt(positions.length > 0 ? Math.max(...positions) : 0),
  };
  return {
    sql: `WITH wanted (position) AS MATERIALIZED (SELECT value FROM json_each(:positions))
      SELECT m.record_id, m.start_max, m.end_min, r.document
        FROM (SELECT rowid AS position, bm25(search, ${WEIGHTS}) AS score FROM search
          WHERE search MATCH :match AND rowid BETWEEN :low AND :high AND +rowid IN (SELECT position FROM wanted)) s
        CROSS JOIN moments m ON m.id = s.position & ${MOMENT_MASK} CROSS JOIN records r ON r.id = m.record_id
        ORDER BY s.score, s.position DESC`,
    params: [params],
  };
}
