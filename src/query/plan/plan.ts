import { UNTAGGED } from '../../index/entry.ts';
import { fieldOf, type TimelineType } from '../../domain/record-type.ts';
import type { Reader, Statement } from '../../storage/port.ts';
import { dialect } from '../../storage/dialect.ts';
import {
  CHANGED_MAX,
  COUNTED_MAX,
  LIGHT_LOOKUPS_MAX,
  LIGHT_NAMED_TERMS_MAX,
  LIGHT_SCAN_MAX,
  LIGHT_TERMS_MAX,
  LOOKUP_MAX,
  PROBED_TERMS_MAX,
  SCANNED_MAX,
} from './costs.ts';
import { estimateByMonth, openBefore } from './estimate.ts';
import { type MissingTerms, warningsOf } from './warnings.ts';
import type { AccessPath, Changes, Conjunct, KnownTerm, Plan, ResolvedQuery, QueryTerm, TextPlan, TextQuery } from './query.ts';

/** A plan without its access path, which follows from the rest. */
type UnroutedPlan = Omit<Plan, 'path'>;

/** Plans a query: looks its terms up, estimates the matching rows and chooses the access path. */
export async function planOf(reader: Reader, { conjuncts, excluded, text, ...query }: ResolvedQuery): Promise<Plan> {
  const { missing, ...terms } = await lookUpTerms(reader, conjuncts, excluded, query.type);
  const found = missing.length > 0 ? await warningsOf(reader, missing, query.type) : [];
  const warnings = [...(query.warnings ?? []), ...found];
  const unestimated = { ...query, ...terms, ...(warnings.length > 0 && { warnings }) };
  if (text) return routed(await withText(reader, unestimated, textPlanOf(text)));
  return routed({ ...unestimated, ...(await estimated(reader, unestimated)) });
}

/** The plan with the access path that reads the fewest rows. */
export const routed = (plan: UnroutedPlan): Plan => ({ ...plan, path: accessPathOf(plan) });

type Unestimated = Omit<UnroutedPlan, 'estimate'>;

const textPlanOf = (text: TextQuery): TextPlan => ({
  ...text,
  isSelective: text.documentFrequency <= LOOKUP_MAX,
});

/** Estimates from counts of terms and changes where these are few, or where monthly counts answer the plan; otherwise by month. */
async function estimated(reader: Reader, plan: Unestimated): Promise<Pick<Plan, 'conjuncts' | 'estimate'>> {
  const { conjuncts, changes } = plan;
  const fewest = Math.min(...conjuncts.map(({ count }) => count));
  if (areFew(changes)) return { conjuncts, estimate: { rows: Math.min(fewest, changes.count) } };
  if (fewest <= LOOKUP_MAX || countedTerm(plan) !== undefined) return { conjuncts, estimate: { rows: fewest } };
  return estimateByMonth(reader, plan, scannedMaxOf(plan));
}

/** The rows that are scanned to count a plan: fewer where each is looked up under many excluded terms. */
const scannedMaxOf = ({ excluded }: Unestimated): number =>
  Math.floor(SCANNED_MAX * Math.min(1, PROBED_TERMS_MAX / Math.max(1, excluded.terms.length)));

async function withText(reader: Reader, plan: Unestimated, text: TextPlan): Promise<UnroutedPlan> {
  if (text.documentFrequency <= COUNTED_MAX) return { ...plan, text, estimate: { rows: text.documentFrequency } };
  const fewest = Math.min(...plan.conjuncts.map(({ count }) => count));
  const { conjuncts, estimate } =
    fewest <= LOOKUP_MAX ? { ...plan, estimate: { rows: fewest } } : await estimateByMonth(reader, plan, scannedMaxOf(plan));
  const open = text.hasPrefix || areFew(plan.changes) ? undefined : await openBefore(reader, conjuncts[0]!, plan.window);
  return { ...plan, conjuncts, estimate, text: { ...text, ...(open === undefined ? {} : { open }) } };
}

/** Few enough changed entries for a change scan. */
export const areFew = (changes: Changes | undefined): changes is Changes => changes !== undefined && changes.count <= CHANGED_MAX;

/** The key of the only term of a plan, whose monthly counts answer it exactly: it has no other condition than the window and the type. */
export function countedTerm({ conjuncts, excluded, residual, text, each, type }: Omit<Unestimated, 'everything'>): number | undefined {
  if (residual.length > 0 || excluded.count > 0 || text || each !== 'moment') return undefined;
  const [conjunct = conjuncts[0]!, ...more] = conjuncts.filter(({ field }) => type === undefined || field !== 'type');
  const [term, ...alternatives] = conjunct.terms;
  const isOnly = more.length === 0 && alternatives.length === 0;
  return isOnly && term && term.from === undefined && term.to === undefined ? term.key : undefined;
}

function accessPathOf(plan: UnroutedPlan): AccessPath {
  const { conjuncts, residual, text, changes, estimate } = plan;
  const [first] = conjuncts;
  if (conjuncts.some(({ terms }) => terms.length === 0)) return 'nothing';
  if (text) return 'ftsScan';
  if (areFew(changes) && changes.count <= first!.count) return 'changeScan';
  const isOrdered = hasOneTerm(plan) && residual.every(({ keepsMost }) => keepsMost);
  if (estimate.rows <= LOOKUP_MAX && !isOrdered) return 'lookup';
  if (areFew(changes)) return 'changeScan';
  if (hasOneTerm(plan) && !(first!.isTagged && skipsMany(plan))) return 'postingScan';
  return first!.isTagged ? 'ftsScan' : 'postingUnion';
}

/** One term, or one beside a type that more than half of all moments have: probes for that type seldom fail. */
function hasOneTerm({ conjuncts, everything }: UnroutedPlan): boolean {
  const [first, second, ...more] = conjuncts;
  if (first!.terms.length > 1 || more.length > 0) return false;
  return second === undefined || (second.field === 'type' && second.count * 2 > everything);
}

/** Excluded moments may make a page read so many more rows that the tags of the full text, joined, are cheaper than a probe for each. */
const skipsMany = ({ excluded, estimate }: UnroutedPlan): boolean =>
  excluded.terms.length > PROBED_TERMS_MAX || Math.min(excluded.count, estimate.rows) > LIGHT_SCAN_MAX;

/** Enough terms to make the check of each moment, or the scan of each level, expensive. */
export const isWide = ({ conjuncts, excluded }: Pick<Plan, 'conjuncts' | 'excluded'>): boolean =>
  conjuncts.reduce((sum, { terms }) => sum + terms.length, excluded.terms.length) > LIGHT_TERMS_MAX;

/** A scope includes some of the actors of a conjunct. */
export const isScoped = ({ terms }: Conjunct): boolean => terms.some(({ via }) => via !== undefined);

/** Returns true where a scope includes actors besides those that are asked for. */
export const hasScope = ({ conjuncts }: Plan): boolean => conjuncts.some(isScoped);

/** FTS5 joins terms that many moments have: their counts do not tell how many rows it reads until they meet. */
const joinsTerms = ({ conjuncts }: Plan): boolean => conjuncts.filter(({ field }) => field !== 'type' && field !== 'everything').length > 1;

/** A page may read so many rows that it is offloaded. */
export function isPageHeavy(plan: Plan): boolean {
  if (isWide(plan)) return true;
  if (plan.text) return !plan.text.isLight;
  if (plan.path === 'lookup') return false;
  // The other moments of each record are looked up, too.
  if (plan.each === 'record' && plan.excluded.count > LIGHT_LOOKUPS_MAX && plan.excluded.terms.some(({ ofRecord }) => ofRecord))
    return true;
  if (skipsMany(plan)) return true;
  if (plan.path === 'changeScan') return plan.changes!.count > LIGHT_LOOKUPS_MAX;
  if (plan.path === 'postingUnion' || plan.residual.some(({ keepsMost }) => !keepsMost)) return true;
  return plan.path === 'ftsScan' && (joinsTerms(plan) || plan.estimate.rows > LIGHT_SCAN_MAX);
}

/** Reading all matching rows, rather than a page of them, is offloaded. */
export function isScanHeavy(plan: Plan): boolean {
  const looksUp = plan.residual.length > 0 || plan.each === 'record' || plan.text !== undefined;
  return isPageHeavy(plan) || (plan.path !== 'lookup' && plan.estimate.rows > (looksUp ? LIGHT_LOOKUPS_MAX : LIGHT_SCAN_MAX));
}

const EVERYTHING: QueryTerm = { field: 'everything', value: '' };

/**
 * Looks the terms up and puts the most selective conjunct first; without a conjunct, the term of all moments is one. Terms that are not in the
 * index are dropped, and returned as missing. The type is dropped if all moments of another conjunct are of that type.
 */
async function lookUpTerms(
  reader: Reader,
  named: readonly QueryTerm[][],
  excluded: readonly QueryTerm[],
  type: TimelineType | undefined,
): Promise<Pick<Plan, 'conjuncts' | 'excluded' | 'everything'> & { missing: MissingTerms[] }> {
  const conjuncts = named.length > 0 ? named : [[EVERYTHING]];
  const terms = [EVERYTHING, ...conjuncts.flat(), ...excluded];
  const [rows] = await reader.read([termsNamed(terms, type)]);
  // By ordinal: a scope has thousands of terms.
  const rowOf: ((typeof rows)[number] | undefined)[] = Array.from({ length: terms.length });
  for (const row of rows) rowOf[row[0]] = row;
  let ordinal = 1;
  const missing: MissingTerms[] = [];
  const knownOf = (each: readonly QueryTerm[], side: MissingTerms['side']) => {
    const looked = each.map((term) => [term, rowOf[ordinal++]] as const);
    const absent = looked.flatMap(([term, row]) => (row === undefined ? [term] : []));
    if (absent.length > 0) missing.push({ side, terms: absent, areAll: absent.length === each.length });
    return looked.flatMap(([term, row]): [KnownTerm, number][] =>
      row === undefined ? [] : [[{ ...term, key: row[1], count: row[2] }, row[3]]],
    );
  };
  // The rows of actors in the full text are not those of their moments.
  const conjunctIn = (field: string, known: readonly [KnownTerm, number][]): Conjunct => {
    const conjunct = conjunctOf(
      field,
      known.map(([term]) => term),
    );
    return type === 'actor' ? { ...conjunct, isTagged: false } : conjunct;
  };
  const found = conjuncts.map((each) => {
    const known = knownOf(each, 'any');
    const conjunct = conjunctIn(each[0]!.field, known);
    return { conjunct, isOfType: conjunct.field !== 'type' && known.every(([, isMixed]) => isMixed === 0) };
  });
  const dropsType = type !== undefined && found.some(({ isOfType }) => isOfType);
  const known = found.map(({ conjunct }) => conjunct).filter(({ field }) => !dropsType || field !== 'type');
  return {
    conjuncts: known.toSorted((a, b) => a.count - b.count),
    excluded: conjunctIn('excluded', knownOf(excluded, 'none')),
    everything: rowOf[0]?.[2] ?? 0,
    missing,
  };
}

/** A conjunct of terms with keys. */
export const conjunctOf = (field: string, terms: readonly KnownTerm[]): Conjunct => ({
  field,
  terms,
  count: terms.reduce((sum, { count }) => sum + count, 0),
  isTagged: !UNTAGGED.has(field) && terms.every(({ from, to }) => from === undefined && to === undefined),
});

/** The terms in the index: their ordinals, keys and counts, and 1 where a moment of another type may have the term. */
function termsNamed(
  terms: readonly QueryTerm[],
  type?: TimelineType,
): Statement<[ordinal: number, key: number, count: number, isMixed: number]> {
  return {
    sql: TERMS_NAMED,
    params: [{ type: type ?? '', asked: JSON.stringify(terms.map(({ field, value }) => [fieldOf(type, field), value])) }],
    ...(terms.length > LIGHT_NAMED_TERMS_MAX ? { offload: true } : { cacheable: true }),
  };
}

const TERMS_NAMED = `SELECT ${dialect.ordinal('j')}, t.id, t.count, EXISTS (SELECT 1 FROM monthly_counts o WHERE o.term = t.id AND o.type < :type)
    OR EXISTS (SELECT 1 FROM monthly_counts o WHERE o.term = t.id AND o.type > :type)
  FROM ${dialect.elements('j', ':asked')} CROSS JOIN terms t
    ON t.field = ${dialect.column('j', 0, 'text')} AND t.value = ${dialect.column('j', 1, 'text')} WHERE t.count > 0`;
