import { MEASURES } from '../measure/contests.ts';
import { COSTS } from '../measure/costs.ts';
import { closestPeer } from '../peers/index.ts';
import { LISTS } from '../questions/questions.ts';
import { ANNALS, type Evidence, LIMIT } from './evidence.ts';

/** The figures of a goal in words, and its result: `unknown` when it needs another size. */
export type Verdict = { figure: string; met: 'yes' | 'no' | 'unknown' };

/** A row of section 7 of the design. `judge` throws where something was not measured. */
export type Goal = { what: string; goal: string; judge: (found: Evidence) => Verdict };

const MILLION = 1_000_000;

/** Everything that section 7 asks for. */
export const GOALS: readonly Goal[] = [
  { what: 'one record by id', goal: 'at least 60 % of the limit', judge: shareOfLimit(MEASURES.byId, MEASURES.byId, 0.6) },
  {
    what: MEASURES.page,
    goal: 'at least 15 % of the limit, with 1,000,000 events',
    judge: shareOfLimit(MEASURES.page, MEASURES.page, 0.15, MILLION),
  },
  { what: MEASURES.page, goal: '8 times the peer, with 1,000,000 events', judge: pageAgainstPeer },
  { what: MEASURES.again, goal: 'at least 60 % of the limit', judge: shareOfLimit(MEASURES.again, MEASURES.page, 0.6) },
  { what: MEASURES.unchanged, goal: 'at least 70 % of the limit', judge: shareOfLimit(MEASURES.unchanged, MEASURES.unchanged, 0.7) },
  { what: 'every list and timeline query, median', goal: 'grows less than 4 times', judge: growth('median') },
  { what: 'every list and timeline query, p99', goal: 'grows less than 4 times', judge: growth('p99') },
  {
    what: 'durable creates, 64 clients',
    goal: 'at least 2 times one client, with a commit for each write',
    judge: ratio(MEASURES.create, MEASURES.createAlone, 2),
  },
  { what: 'durable creates, 64 clients', goal: 'at least half the rate of import', judge: ratio(MEASURES.create, COSTS.importFull, 0.5) },
  { what: COSTS.importFull, goal: 'at least 5,000 events/s', judge: atLeast(COSTS.importFull, 5000) },
  { what: COSTS.importEmpty, goal: 'at least 10,000 events/s', judge: atLeast(COSTS.importEmpty, 10_000) },
  { what: 'import', goal: 'does not fall with size', judge: steadyImport },
  { what: COSTS.start, goal: 'under 1 s with 1,000,000 events', judge: under(COSTS.start, 1, 's', MILLION) },
  { what: 'memory, serving', goal: 'under 300 MB with 10,000,000 events', judge: under(COSTS.peak, 300, 'MB', 10 * MILLION) },
];

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const yes = (isMet: boolean): Verdict['met'] => (isMet ? 'yes' : 'no');

/** The largest size at which something of Annals was measured. */
function largest({ sizesOf }: Evidence, what: string): number {
  const size = sizesOf(what, ANNALS).at(-1);
  if (size === undefined) throw new Error(`not measured: ${what}`);
  return size;
}

/** A share of what Fastify alone answers with the same bytes; with `size`, only a world of that size can meet the goal. */
function shareOfLimit(what: string, limit: string, least: number, size?: number): Goal['judge'] {
  return (found) => {
    const at = largest(found, what);
    const [limitAt = at] = found.sizesOf(limit, LIMIT);
    const [ours, theirs] = [found.value(what, ANNALS, at), found.value(limit, LIMIT, limitAt)];
    const figure = `${Math.round((100 * ours) / theirs)} %: ${whole(ours)} of ${whole(theirs)} requests/s, ${whole(at)} events`;
    return { figure, met: size === undefined || at === size ? yes(ours / theirs >= least) : 'unknown' };
  };
}

function pageAgainstPeer(found: Evidence): Verdict {
  const at = largest(found, MEASURES.page);
  const [ours, theirs] = [found.value(MEASURES.page, ANNALS, at), found.value(MEASURES.page, closestPeer.name, at)];
  const figure = `${(ours / theirs).toFixed(1)} times: ${whole(ours)} against ${theirs.toPrecision(3)} requests/s, ${whole(at)} events`;
  return { figure, met: at === MILLION ? yes(ours / theirs >= 8) : 'unknown' };
}

/** Judges the growth of the lists from the smallest size to the largest by the list that grows most. */
function growth(of: 'median' | 'p99'): Goal['judge'] {
  return (found) => {
    const sizes = found.sizesOf(LISTS[0]!, ANNALS);
    const [from, to] = [sizes[0]!, sizes.at(-1)!];
    if (from === to) return { figure: 'only one size was measured', met: 'unknown' };
    const [worst, ...others] = LISTS.map((name) => ({ name, ...grown(found, name, from, to)[of] })).toSorted((a, b) => b.factor - a.factor);
    const over = [worst!, ...others].filter(({ factor }) => factor >= 4).length;
    const span = `${worst!.before.toFixed(2)} to ${worst!.after.toFixed(2)} ms`;
    const figure = `${worst!.factor.toFixed(1)} times at most (${worst!.name}: ${span}); ${over} of ${LISTS.length} grow 4 times or more; ${whole(from)} to ${whole(to)} events`;
    return { figure, met: yes(over === 0) };
  };
}

const growthFrom = (before: number, after: number) => ({ before, after, factor: after / before });

/** Growth factors of the median and the 99th percentile of a question between two sizes. */
export function grown({ figureOf, value }: Evidence, name: string, from: number, to: number) {
  const p99 = (events: number) => figureOf(name, ANNALS, events).p99 ?? NaN;
  return { median: growthFrom(value(name, ANNALS, from), value(name, ANNALS, to)), p99: growthFrom(p99(from), p99(to)) };
}

/** One rate of Annals against another, at the largest size at which the first was measured. */
function ratio(what: string, against: string, least: number): Goal['judge'] {
  return (found) => {
    const at = largest(found, what);
    const [one, other] = [found.value(what, ANNALS, at), found.value(against, ANNALS, at)];
    return {
      figure: `${(one / other).toFixed(2)} times: ${whole(one)}/s against ${whole(other)}/s, ${whole(at)} events`,
      met: yes(one / other >= least),
    };
  };
}

function atLeast(what: string, wanted: number): Goal['judge'] {
  return (found) => {
    const at = largest(found, what);
    const rate = found.value(what, ANNALS, at);
    return { figure: `${whole(rate)} events/s, with ${whole(at)} events`, met: yes(rate >= wanted) };
  };
}

/** Into the full database at the smallest size and the largest; a tenth is what two runs of the same import differ by. */
function steadyImport(found: Evidence): Verdict {
  const sizes = found.sizesOf(COSTS.importFull, ANNALS);
  const [from, to] = [sizes[0] ?? 0, sizes.at(-1) ?? 0];
  const [before, after] = [found.value(COSTS.importFull, ANNALS, from), found.value(COSTS.importFull, ANNALS, to)];
  const figure = `${whole(before)} events/s with ${whole(from)} events, ${whole(after)} with ${whole(to)}`;
  return { figure, met: from === to ? 'unknown' : yes(after >= 0.9 * before) };
}

function under(what: string, most: number, unit: string, size: number): Goal['judge'] {
  return (found) => {
    const sizes = found.sizesOf(what, ANNALS);
    const at = sizes.includes(size) ? size : largest(found, what);
    const value = found.value(what, ANNALS, at);
    return { figure: `${value.toPrecision(3)} ${unit}, ${whole(at)} events`, met: at >= size ? yes(value < most) : 'unknown' };
  };
}
