import { modelOf } from '../../model/models.ts';
import type { Reader } from '../../storage/port.ts';
import type { Total } from '../../model/page.ts';
import type { EntryType } from '../../domain/record-type.ts';
import { ask, type Asked, asked } from '../query-batch.ts';
import type { Query } from '../plan/query.ts';
import { allPositions, isHeavyAsWhole } from '../access-paths/access-path.ts';
import { countFromTallies } from './monthly-counts.ts';
import { COUNTED_MAX, countUpTo, totalOfCount } from '../lists/page.ts';

/**
 * How many records or moments answer the query. Exact whatever the size for one term and a window, from the tallies. Otherwise exact up to
 * `COUNTED_MAX`, as long as the reach of the query is looked at as a whole; of a longer reach, those in its first part are counted.
 */
export function totalOf(query: Query): Asked<Total> {
  if (query.conjuncts.some((terms) => terms.length === 0)) return asked([], () => ({ total: 0 }));
  if (asksForChanges(query)) return countChanged(query.type, query.updatedSince);
  const term = talliedTerm(query);
  if (term === undefined) return countMoments(query);
  const { statements, found } = countFromTallies(query, term);
  return { statements, found: (answers) => ({ total: found(answers) }) };
}

/** The same, asked at once. */
export const countOf = (reader: Reader, query: Query): Promise<Total> => ask(reader, totalOf(query));

/** The one term whose tallies answer the query, if they do: nothing else is asked but the window and the type. */
export function talliedTerm({ conjuncts, match, searchTerms, updatedSince, each, type }: Omit<Query, 'reach'>): number | undefined {
  if (match !== 'possible' || searchTerms !== undefined || updatedSince !== undefined || each !== 'moment') return undefined;
  const besideType = conjuncts.filter(([term]) => type === undefined || term!.field !== 'type');
  const [terms = conjuncts[0]!, ...more] = besideType;
  const [term, ...others] = terms;
  const plain = more.length === 0 && others.length === 0 && term!.from === undefined && term!.to === undefined;
  return plain ? term!.key : undefined;
}

type Changes = Query & Required<Pick<Query, 'type' | 'updatedSince'>>;

/** Whether nothing is asked but what has changed of one type, each record once: the index by changes then knows how many. */
export function asksForChanges(query: Query): query is Changes {
  const { conjuncts, type, updatedSince, searchTerms, undated, each } = query;
  if (type === undefined || updatedSince === undefined || searchTerms !== undefined || undated !== 'with') return false;
  const isOnce = each === 'record' || modelOf[type as EntryType].timeline?.single === true; // @NOTE the types of queries are entries
  return isOnce && conjuncts.every(([term]) => term!.field === 'type');
}

function countChanged(type: string, since: number): Asked<Total> {
  const rows = 'SELECT 1 FROM records r WHERE r.type = :type AND r.updated_at >= :since';
  return asked([countUpTo(rows, { type, since })], ([counted]) => totalOfCount(counted![0]![0]));
}

function countMoments(query: Query): Asked<Total> {
  const { until } = query.reach;
  const part: Query = until === undefined ? query : { ...query, window: { ...query.window, to: until }, undated: 'without' };
  const { dated, undated } = allPositions(part);
  const counts = [...dated, ...undated].map(({ sql, params }) => ({
    ...countUpTo(`SELECT 1 FROM (${sql})`, params),
    ...(isHeavyAsWhole(query) ? { offload: true as const } : {}),
  }));
  return asked(counts, (answers) => {
    const total = answers.reduce((sum, [row]) => sum + row![0], 0);
    return until === undefined || total > COUNTED_MAX ? totalOfCount(total) : { totalAtLeast: total };
  });
}
