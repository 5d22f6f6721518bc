import { dayOf, daysInMonth, monthIndexOf } from '../../domain/time/day.ts';
import type { Window } from '../../domain/time/window.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { UNDATED_MONTH } from '../../domain/time/levels.ts';
import { talliedTerm } from '../execute/count.ts';
import { COUNTED_MAX } from '../lists/page.ts';
import { type KnownTerm, type Query, type Reach, total } from './query.ts';
import { areFewChanged } from '../access-paths/change-scan.ts';
import { GATHERED_MAX } from '../access-paths/access-path.ts';
import { parseText } from '../filters/text.ts';
import { dialect } from '../../storage/sqlite/dialect.ts';

/** So many moments of the rarest term are looked at to count what answers several. */
export const LOOKED_AT_MAX = 50_000;

/** The tallies of so many terms are added up; of more, which only a scope gives, the postings in all are taken for those in the window. */
const TALLIED_TERMS_MAX = 20;

type Asking = Omit<Query, 'reach'>;

/** The query with its reach, its rarest conjunct first. What the tallies answer without looking at any moment needs none. */
export async function withReach(reader: Reader, asking: Asking): Promise<Query> {
  const fewest = Math.min(...asking.conjuncts.map(total));
  if (areFewChanged(asking)) return { ...asking, reach: { moments: Math.min(fewest, asking.changes!) } };
  const isTallied = fewest > 0 && talliedTerm(asking) !== undefined;
  return { ...asking, ...(isTallied ? { reach: { moments: fewest } } : await reachOf(reader, asking)) };
}

/** The same for a query with a text besides: no moment is out of reach while few have any one of its words. */
export async function withText(reader: Reader, asking: Asking, q: string): Promise<Query> {
  const { searchTerms, documentFrequency: fewest, isLight } = await parseText(reader, q);
  const query = {
    ...asking,
    searchTerms,
    isLight,
    isSelective: fewest <= GATHERED_MAX,
    hasPrefix: searchTerms.some(({ prefix }) => prefix),
  };
  if (fewest <= COUNTED_MAX) return { ...query, reach: { moments: fewest } };
  const reaching = { ...query, ...(await reachOf(reader, query)) };
  return { ...reaching, ...(query.hasPrefix || areFewChanged(query) ? {} : await begunOf(reader, reaching)) };
}

async function begunOf(reader: Reader, { conjuncts, window: { from } }: Query): Promise<Pick<Query, 'begun'>> {
  const [terms] = conjuncts;
  if (from === undefined || terms!.length > TALLIED_TERMS_MAX) return {};
  const first = monthIndexOf(from);
  const [[row]] = await reader.read([tallied([terms!], { first, last: first - 1 })]);
  return { begun: row![0] ?? 0 };
}

/**
 * The conjuncts, that with the fewest moments in the window first, and how many these are. The tallies are asked only when the postings in
 * all are many.
 */
export async function reachOf(
  reader: Reader,
  { conjuncts, window, undated }: Pick<Query, 'conjuncts' | 'window' | 'undated'>,
  lookedAt = LOOKED_AT_MAX,
): Promise<{ conjuncts: KnownTerm[][]; reach: Reach }> {
  const fewest = Math.min(...conjuncts.map(total));
  if (fewest <= Math.min(GATHERED_MAX, lookedAt)) return { conjuncts: [...conjuncts], reach: { moments: fewest } };
  const months = undated === 'only' ? { first: UNDATED_MONTH, last: UNDATED_MONTH } : monthsOf(window, undated);
  const [tallies] = await reader.read([tallied(conjuncts, months)]);
  const counted = conjuncts
    .map((terms, index) => ({ terms, moments: terms.length > TALLIED_TERMS_MAX ? total(terms) : (tallies[index]?.[0] ?? 0) }))
    .toSorted((a, b) => a.moments - b.moments);
  const { terms, moments } = counted[0]!;
  const until = moments <= lookedAt || undated === 'only' ? undefined : await partOf(reader, terms, months, lookedAt);
  return { conjuncts: counted.map((each) => each.terms), reach: { moments, ...(until === undefined ? {} : { until }) } };
}

type Months = { first: number; last: number };

function monthsOf({ from, to }: Window, undated: Query['undated']): Months {
  const end = undated === 'with' ? UNDATED_MONTH : UNDATED_MONTH - 1;
  return { first: from === undefined ? -UNDATED_MONTH : monthIndexOf(from), last: to === undefined ? end : monthIndexOf(to) };
}

const KEY = dialect.value('k', 'integer');

/** How many moments of each conjunct overlap the months. */
function tallied(conjuncts: readonly KnownTerm[][], { first, last }: Months): Statement<[moments: number | null]> {
  return {
    sql: `SELECT (SELECT sum(t.started) - sum(CASE WHEN t.month < :first THEN t.ended ELSE 0 END) FROM ${dialect.elements('k', 'c.value')} CROSS JOIN monthly_counts t
      WHERE t.term = ${KEY} AND t.month <= :last) FROM ${dialect.elements('c', ':conjuncts')}`,
    params: [{ first, last, conjuncts: JSON.stringify(conjuncts.map((terms) => (terms.length > TALLIED_TERMS_MAX ? [] : keysOf(terms)))) }],
    ...heavyOf(conjuncts.flatMap((terms) => (terms.length > TALLIED_TERMS_MAX ? [] : terms))),
  };
}

/** The tallies of so many terms are added up in a few milliseconds: each has one a month and type at the most. */
const LIGHT_TERMS_MAX = 10;

const heavyOf = (terms: readonly KnownTerm[]): { offload?: true } => (terms.length > LIGHT_TERMS_MAX ? { offload: true } : {});

const keysOf = (terms: readonly KnownTerm[]): number[] => terms.map(({ key }) => key);

/** The last day of the months in which no more than `lookedAt` moments of the terms lie, the first month at least; nothing when all months are. */
async function partOf(reader: Reader, terms: readonly KnownTerm[], { first, last }: Months, lookedAt: number): Promise<number | undefined> {
  const part: Statement<[month: number | null, begin: number]> = {
    sql: `WITH months (month, started, ended) AS (
        SELECT t.month, sum(t.started), sum(t.ended) FROM ${dialect.elements('k', ':terms')} CROSS JOIN monthly_counts t WHERE t.term = ${KEY} AND t.month <= :last GROUP BY 1),
      reached (month, moments) AS (
        SELECT month, sum(started) OVER (ORDER BY month) - (SELECT coalesce(sum(ended), 0) FROM months WHERE month < :first) FROM months)
      SELECT max(CASE WHEN moments <= :lookedAt THEN month END), min(month) FROM reached`,
    params: [{ first, last, lookedAt, terms: JSON.stringify(keysOf(terms)) }],
    ...heavyOf(terms),
  };
  const [[row]] = await reader.read([part]);
  const month = Math.max(row![0] ?? row![1], first);
  if (month >= last) return undefined;
  const year = Math.floor(month / 12);
  const ofYear = month - year * 12 + 1;
  return dayOf(year, ofYear, daysInMonth(year, ofYear));
}
