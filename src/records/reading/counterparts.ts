import { isoOfDay, UNBOUNDED_END, UNBOUNDED_START } from '../../domain/day.ts';
import type { Window } from '../../domain/window.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import { AFTER_ALL_DAYS, BEFORE_ALL_DAYS, UNDATED_DAY } from '../../storage/interval-index.ts';
import type { Stored } from '../writing/prepare.ts';
import { cut, identityOf, limitOf, placeOf } from './page.ts';

/** Who shares entries with an actor: in how many, and the days the first may begin and the last may end, where they are dated. */
export type Counterpart = { actor: { id: string; name: string; kind: string }; entries: number; first?: string; last?: string };

type Row = [other: number, entries: number, first: number | null, last: number | null, id: string, name: string, kind: string];

/** The actors that share entries with this one, most first. With a window, only entries that may overlap it count. */
export async function counterpartsOf(
  reader: Reader,
  { key }: Stored,
  window: Window,
  parameters: { limit?: string; cursor?: string },
): Promise<{ items: Counterpart[]; next?: string }> {
  const identity = identityOf(`counterparts/${key}`, parameters);
  const limit = limitOf(parameters);
  const [entries, other] = placeOf(parameters.cursor, identity, 2) ?? [Number.MAX_SAFE_INTEGER, -1];
  const [rows] = await reader.read([
    statement<Row>(
      `WITH mine (record) AS (
          SELECT record_id FROM participations WHERE actor_id = ? UNION SELECT record_id FROM participations WHERE on_behalf_of_id = ?),
        dated (record, first, last) AS (
          SELECT mine.record, min(nullif(m.start_min, ${UNDATED_DAY})), max(nullif(m.end_max, ${UNDATED_DAY}))
            FROM mine CROSS JOIN moments m ON m.record_id = mine.record WHERE m.start_min <= ? AND m.end_max >= ? GROUP BY 1),
        shared (other, record) AS (
          SELECT p.actor_id, d.record FROM dated d CROSS JOIN participations p ON p.record_id = d.record
          UNION SELECT p.on_behalf_of_id, d.record FROM dated d CROSS JOIN participations p ON p.record_id = d.record WHERE p.on_behalf_of_id IS NOT NULL),
        counted (other, entries, first, last) AS (
          SELECT s.other, count(*), min(d.first), max(d.last) FROM shared s JOIN dated d ON d.record = s.record WHERE s.other <> ? GROUP BY 1)
      SELECT c.other, c.entries, c.first, c.last, r.slug, r.title, r.kind FROM counted c CROSS JOIN records r ON r.id = c.other
        WHERE c.entries < ? OR (c.entries = ? AND c.other > ?) ORDER BY c.entries DESC, c.other LIMIT +?`,
      key,
      key,
      window.to ?? (window.from === undefined ? AFTER_ALL_DAYS : UNDATED_DAY - 1),
      window.from ?? BEFORE_ALL_DAYS,
      key,
      entries!,
      entries!,
      other!,
      limit + 1,
    ),
  ]);
  const { kept, next } = cut(rows, limit, identity, ([last, count]) => [count, last]);
  const items = kept.map(([, count, first, last, id, name, kind]) => ({
    actor: { id, name, kind },
    entries: count,
    ...(first === null || first === UNBOUNDED_START ? {} : { first: isoOfDay(first) }),
    ...(last === null || last === UNBOUNDED_END ? {} : { last: isoOfDay(last) }),
  }));
  return { items, next };
}
