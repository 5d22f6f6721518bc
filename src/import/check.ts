import { nameKeysOf } from '../index/entry.ts';
import { momentsOf, referencesIn, titleOf } from '../model/record.ts';
import type { RecordModel } from '../model/record-model.ts';
import { createHash } from 'node:crypto';
import { AnnalsError, type Issue } from '../domain/errors.ts';
import { repeatedNames } from '../domain/json-names.ts';
import { isObject, type JsonObject, shown, valueAt } from '../domain/json.ts';
import { sortKey } from '../domain/name.ts';
import { nearest } from '../domain/nearest.ts';
import { SLUG, slugOf } from '../domain/slug.ts';
import { modelOf } from '../model/models.ts';
import { RECORD_TYPES, type RecordType, NAMED_TYPES } from '../domain/record-type.ts';
import type { Called } from '../records/names.ts';
import { type Valid, validate } from '../records/validate.ts';
import { checkableIn } from '../records/verify-citations.ts';
import { STOP_AT } from './faults.ts';
import type { Line } from './lines.ts';

/** A record that a line holds, with its references as they are written. */
export type Read = { type: RecordType; input: Valid };

/**
 * A line that is right in itself: its id, the number of its moments, the keys it is filed under. `unnamed` is set where the line states no id:
 * `id` is then made from the title, and another record may have it.
 */
export type Good = { line: number; type: RecordType; id: string; moments: number; lookups?: string[]; unnamed?: Content };

/** The content of a line without an id: the key by which its title is sorted, and a hash of all that it states. */
export type Content = { title: string; hash: string };

/** Issues of a line that is bad, with its id and its keys in `lookups` as far as they can be read: references to it are no faults then. */
export type Bad = { line: number; issues: Issue[]; type?: RecordType; id?: string; lookups?: string[]; unnamed?: true };

/** Some lines, checked without the database. */
export type Checked = {
  /** Lines in order, good or bad, without the blank ones. */
  entries: (Good | Bad)[];
  /** The good ones as the JSON text of a list of `Read`: they are kept as text, and parsed where they are written. */
  records: string;
  /** Every distinct reference, by `referenceKey`. */
  references: Called[];
  /** The sources of citations that can be held against a text. */
  checkable: string[];
  /** True if one may refer to itself by a name, which shows when references are resolved. */
  reflexive: boolean;
};

/** Tells references apart: the same value may call one thing as an id and another as a name. */
export const referenceKey = ({ type, value, exact }: Called): string => `${exact ? 'id' : 'name'}/${type}/${value}`;

/**
 * Checks lines by themselves: everything about them that the database need not be asked for. Stops where they have `STOP_AT` faults: whoever
 * reads them stops there as well.
 */
export function checkLines(lines: readonly Line[]): Checked {
  const entries: (Good | Bad)[] = [];
  const records: string[] = [];
  const references = new Map<string, Called>();
  const checkable = new Set<string>();
  let reflexive = false;
  let faults = 0;
  for (const line of lines) {
    if (faults >= STOP_AT) break;
    const read = readLine(line);
    if (read === undefined) continue;
    if ('issues' in read) {
      entries.push(read);
      faults += read.issues.length;
      continue;
    }
    const { type, input, named } = read;
    const model = modelOf[type];
    const lookups = nameKeysOf(model, input);
    const text = JSON.stringify({ type, input } satisfies Read);
    entries.push({
      line: line.number,
      type,
      id: input.id,
      moments: momentsOf(model, input).length,
      ...(lookups.length > 0 && { lookups }),
      ...(!named && { unnamed: { title: sortKey(titleOf(model, input)), hash: contentHash(text) } }),
    });
    records.push(text);
    for (const { type: to, value, exact } of referencesIn(model, input)) {
      const called = { type: to, value, exact };
      references.set(referenceKey(called), called);
      reflexive ||= to === type && NAMED_TYPES.has(type);
    }
    for (const { source } of checkableIn(input)) checkable.add(source);
  }
  return { entries, records: `[${records.join(',')}]`, references: [...references.values()], checkable: [...checkable], reflexive };
}

/** A hash of a text: 22 characters of base64url, 132 bits of SHA-256. */
export const contentHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Returns the record of a line, or its issues; undefined for a blank line. */
function readLine(line: Line): (Read & { named: boolean }) | Bad | undefined {
  const { number } = line;
  if ('fault' in line) return { line: number, issues: [{ message: line.fault, sent: shown(line.beginning, SENT) }] };
  if (line.text.trim() === '') return undefined;
  const body = parsed(line.text);
  if (typeof body === 'string') return { line: number, issues: [{ message: body, sent: shown(line.text, SENT) }] };
  const repeated = repeatedNames(line.text).map((issue) => withSent(issue, body));
  const type = RECORD_TYPES.find((known) => known === body['type']);
  if (repeated.length > 0) return { line: number, issues: repeated, ...(type && identityOf(modelOf[type], body)) };
  if (type === undefined) return { line: number, issues: [withSent(unknownType(body['type']), body)] };
  const model = modelOf[type];
  try {
    return { type, input: validate(model, body), named: body['id'] !== undefined };
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    const found: Issue[] = error.issues.length > 0 ? error.issues : [{ message: error.message }];
    const issues = found.map((issue) => withSent(issue, body));
    return { line: number, issues, ...identityOf(model, body) };
  }
}

/** Longest value that a fault shows, in characters. */
export const SENT = 100;

/** An issue with the value that stands at its place in a record; one without a place or a value as it is. */
export function withSent(issue: Issue, record: unknown): Issue {
  const value = issue.pointer === undefined ? undefined : valueAt(record, issue.pointer);
  return value === undefined ? issue : { ...issue, sent: shown(value, SENT) };
}

/** The object that a line holds, or why it holds none. */
function parsed(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'is not a JSON object: write one record per line';
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : ''}`;
  }
}

/** The id and name of a line that is wrong elsewhere. */
function identityOf(model: RecordModel, body: JsonObject): Pick<Bad, 'type' | 'id' | 'lookups' | 'unnamed'> {
  const title = body[model.titleField];
  const named = typeof title === 'string' && /[A-Za-z0-9]/.test(title) ? title : undefined;
  const given = body['id'];
  const id = typeof given === 'string' && SLUG.test(given) ? given : named && slugOf(named);
  if (id === undefined) return {};
  const lookups = named === undefined ? [] : nameKeysOf(model, { [model.titleField]: named });
  return { type: model.type, id, lookups, ...(id !== given && { unnamed: true }) };
}

function unknownType(given: unknown): Issue {
  const pointer = '/type';
  if (given === undefined) return { pointer, message: `is required: give one of ${RECORD_TYPES.join(', ')}` };
  const didYouMean = typeof given === 'string' ? nearest(given, RECORD_TYPES) : [];
  return { pointer, message: `give one of ${RECORD_TYPES.join(', ')}`, ...(didYouMean.length > 0 && { didYouMean }) };
}
