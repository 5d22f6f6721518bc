import { AnnalsError, type Issue } from '../domain/errors.ts';
import { firstUnits } from '../domain/first-units.ts';
import { identifierKey, nameKey } from '../domain/name.ts';
import { nearest } from '../domain/nearest.ts';
import { SLUG_MAX } from '../domain/slug.ts';
import { NAMED_TYPES, type RecordType } from '../domain/record-type.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import { statement, type Reader, type Statement } from '../storage/port.ts';

/** What somebody called a record: an id, a name or `scheme:value`; `exact` admits the id only. */
export type Called = { type: RecordType; value: string; exact?: boolean };

/** A record that was found. `key` is its integer key. */
export type Found = { key: number; id: string };

/** What was not found, and why. The issue has no place yet. */
export type Unfound = { code: 'ambiguous-name' | 'unknown-reference'; issue: Issue };

/** The keys under which a value may be filed in `lookups`: as a name, and as `scheme:value`. */
export function lookupKeys(value: string): string[] {
  const keys = [nameKey(value)];
  if (value.includes(':')) keys.push(identifierKey(value));
  return keys.filter((key) => key !== '');
}

/** How much of a value an issue repeats, in characters. */
const SHOWN = 80;

type Row = [asked: number, byName: number, key: number, id: string];

/**
 * What each of the called records is: the one with that id, else the one with that name or identifier. Answers in order; an entry is
 * `Unfound` when there is none or more than one. One round trip where all are ids, as most are: names are not looked for then.
 */
export async function resolve(reader: Reader, called: readonly Called[]): Promise<(Found | Unfound)[]> {
  const answers = await findByIds(reader, called);
  const others = called.filter((one) => !answers.has(one));
  const candidates = await findCandidates(reader, others);
  for (const [asked, one] of others.entries()) answers.set(one, await decide(reader, one, candidates[asked]!));
  return called.map((one) => answers.get(one)!);
}

const IDS = `SELECT ${dialect.ordinal('j')}, r.id, r.slug FROM ${dialect.elements('j', '?')}
  CROSS JOIN records r ON r.type = ${dialect.column('j', 0, 'text')} AND r.slug = ${dialect.column('j', 1, 'text')}`;

/** The records of those that are called by their ids. */
async function findByIds(reader: Reader, called: readonly Called[]): Promise<Map<Called, Found | Unfound>> {
  const [only, ...others] = called;
  if (!only) return new Map();
  // A parameter is mostly alone, and the same in many requests.
  const byId: Statement<[asked: number, key: number, id: string]> =
    others.length === 0
      ? { ...statement('SELECT 0, id, slug FROM records WHERE type = ? AND slug = ?', only.type, only.value), cacheable: true }
      : statement(IDS, JSON.stringify(called.map(({ type, value }) => [type, value])));
  const [rows] = await reader.read([byId]);
  return new Map(rows.map(([asked, key, id]) => [called[asked]!, { key, id }]));
}

/** What a called record may be: the one with that id, and those with that name or identifier. */
export type Candidates = { byId?: Found; byName: Found[] };

/** What each of the called records may be, in order; one round trip. */
export async function findCandidates(reader: Reader, called: readonly Called[]): Promise<Candidates[]> {
  const candidates: Candidates[] = called.map(() => ({ byName: [] }));
  if (called.length === 0) return candidates;
  const [rows] = await reader.read([findAll(called)]);
  for (const [asked, byName, key, id] of rows) {
    const found = candidates[asked]!;
    if (byName === 0) found.byId = { key, id };
    else if (!found.byName.some((other) => other.key === key)) found.byName.push({ key, id });
  }
  return candidates;
}

/** Like `resolve` for values of a parameter, which must all be records; throws as `resolveParameter` does, for the first that is none. */
export async function resolveParameters(reader: Reader, parameter: string, called: readonly Called[]): Promise<Found[]> {
  const answers = await findByIds(reader, called);
  const others = called.filter((one) => !answers.has(one));
  const candidates = await findCandidates(reader, others);
  for (const [asked, one] of others.entries()) {
    const answer = await decide(reader, one, candidates[asked]!);
    if (!isFound(answer)) throw new AnnalsError(answer.code, answer.issue.message, [{ parameter, ...answer.issue }]);
    answers.set(one, answer);
  }
  return called.map((one) => answers.get(one) as Found); // @NOTE whatever is none has been thrown
}

/** Like `resolve` for one value of a parameter; throws `ambiguous-name` or `unknown-reference` naming the parameter. */
export async function resolveParameter(reader: Reader, parameter: string, called: Called): Promise<Found> {
  const [found] = await resolveParameters(reader, parameter, [called]);
  return found!;
}

/** Whether an answer of `resolve` is a record. */
export function isFound(answer: Found | Unfound): answer is Found {
  return 'key' in answer;
}

const ASKED = dialect.column('j', 'asked', 'integer');
const TYPE = dialect.column('j', 'type', 'text');

const IDS_AND_NAMES = `SELECT ${ASKED}, 0, r.id, r.slug FROM ${dialect.elements('j', '?')}
    CROSS JOIN records r ON r.type = ${TYPE} AND r.slug = ${dialect.column('j', 'slug', 'text')}
  UNION ALL
  SELECT ${ASKED}, 1, r.id, r.slug FROM ${dialect.elements('j', '?')}
    CROSS JOIN lookups l ON l.type = ${TYPE} AND l.key = ${dialect.column('j', 'key', 'text')} CROSS JOIN records r ON r.id = l.record_id`;

function findAll(called: readonly Called[]): Statement<Row> {
  const wanted = called.flatMap(({ type, value, exact }, asked) => {
    const keys = exact || !NAMED_TYPES.has(type) ? [] : lookupKeys(value);
    return [{ asked, type, slug: value }, ...keys.map((key) => ({ asked, type, key }))];
  });
  const asked = JSON.stringify(wanted);
  return statement<Row>(IDS_AND_NAMES, asked, asked);
}

/** The rule by which a reference means a record: the one with that id, else the only one with that name or identifier. */
export function choose<Candidate>({
  byId,
  byName,
}: {
  byId?: Candidate | undefined;
  byName: readonly Candidate[];
}): Candidate | 'none' | 'several' {
  if (byId) return byId;
  const [only, ...others] = byName;
  if (only === undefined) return 'none';
  return others.length > 0 ? 'several' : only;
}

async function decide(reader: Reader, called: Called, candidates: Candidates): Promise<Found | Unfound> {
  const chosen = choose(candidates);
  if (chosen === 'none') return { code: 'unknown-reference', issue: unknownReference(called, await nearestRecords(reader, called)) };
  if (chosen !== 'several') return chosen;
  const ids = candidates.byName.map(({ id }) => id);
  return { code: 'ambiguous-name', issue: ambiguousName(called, ids) };
}

/** What is wrong with a name that several records have. */
export function ambiguousName({ value }: Called, ids: readonly string[]): Issue {
  const didYouMean = ids.toSorted();
  return { message: `"${firstUnits(value, SHOWN)}" may be ${didYouMean.join(' or ')}: use the id`, didYouMean };
}

/** What is wrong with an id or name that no record has, and which it may have meant. */
export function unknownReference({ type, value }: Called, didYouMean: string[]): Issue {
  const message = `there is no ${type} "${firstUnits(value, SHOWN)}"`;
  return didYouMean.length > 0 ? { message: `${message}: did you mean ${didYouMean.join(' or ')}?`, didYouMean } : { message };
}

/** What is unknown is said also while the threads for heavy reads are busy: then without suggestions. */
function withoutSuggestions(error: unknown): undefined {
  if (error instanceof AnnalsError && ['query-timeout', 'too-many-queries'].includes(error.code)) return undefined;
  throw error;
}

/** How many trigrams of a name are looked for: each is read in full, so a long name would cost more than it tells. */
const TRIGRAMS_MAX = 8;

/** The ids of up to three records whose id or a name of which is nearest: by the trigrams they share or how their ids begin, then by edits. */
export async function nearestRecords(reader: Reader, { type, value }: Called): Promise<string[]> {
  const key = firstUnits(nameKey(value), 60);
  const suggestions = await reader.read([withTrigrams(type, key), withBeginning(type, value.toLowerCase())]).catch(withoutSuggestions);
  if (!suggestions) return [];
  const [byName, byId] = suggestions;
  const idOf = new Map([...byId.map(([id]) => [nameKey(id), id] as const), ...byName]);
  return [...new Set(nearest(key, idOf.keys()).map((name) => idOf.get(name)!))];
}

function withTrigrams(type: RecordType, key: string): Statement<[key: string, id: string]> {
  const letters = Array.from(key);
  const all = [...new Set(letters.slice(2).map((_, index) => letters.slice(index, index + 3).join('')))];
  const step = Math.max(1, all.length / TRIGRAMS_MAX);
  const trigrams = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const near = statement<[key: string, id: string]>(
    `SELECT l.key, r.slug FROM (${dialect.nearestNames('?', 100)}) n CROSS JOIN lookups l ON l.id = n.id CROSS JOIN records r ON r.id = l.record_id WHERE l.type = ?`,
    trigrams.length > 0 ? trigrams.map((trigram) => `"${trigram}"`).join(' OR ') : '""',
    type,
  );
  // The rows of each trigram are scored one by one, and thousands of names may have it.
  return { ...near, offload: true };
}

/** Ids that begin as a misspelt one does: the two thirds of it that most likely are right. */
function withBeginning(type: RecordType, value: string): Statement<[id: string]> {
  const beginning = firstUnits(value, Math.max(3, Math.ceil((Math.min(value.length, SLUG_MAX) * 2) / 3)));
  return statement(
    'SELECT slug FROM records WHERE type = ? AND slug BETWEEN ? AND ? ORDER BY slug LIMIT 50',
    type,
    beginning,
    `${beginning}~`,
  );
}
