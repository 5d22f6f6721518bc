import { AnnalsError, type Issue } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { SLUG, slugOf } from '../../domain/slug.ts';
import { resourceOf } from '../../resources/index.ts';
import { RECORD_TYPES, type RecordType } from '../../resources/parts.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Called } from '../names.ts';
import type { Progress } from '../progress.ts';
import { referencesIn } from '../writing/references.ts';
import { lookupsOf } from '../writing/rows.ts';
import { type Valid, validate } from '../writing/validate.ts';
import type { Faults, Place } from './faults.ts';
import { linesOf, type Line } from './lines.ts';
import type { OpenSpool, Spool } from './spool.ts';

/** A file of NDJSON as it is read, and what to call it. */
export type NamedFile = { name: string; bytes: AsyncIterable<Buffer> };

/** A valid line. */
export type Read = { place: Place; type: RecordType; input: Valid };

/** A map for each record type. */
export type ByType<Value> = Record<RecordType, Map<string, Value>>;

/** What the lines say, before the database is asked. */
export type Gathered = {
  /** The valid lines. */
  lines: Spool<Read>;
  /** The ids that lines give to records, and where; those of bad lines too, as far as they can be read. */
  ids: ByType<Place>;
  /** The ids of the records that the lines file under a key (`lookups`). */
  names: ByType<string[]>;
  /** Every distinct reference, by `referenceKey`. */
  references: Map<string, Called>;
};

/** An empty map for each record type. */
export const byType = <Value>(): ByType<Value> => ({
  place: new Map(),
  actor: new Map(),
  source: new Map(),
  agreement: new Map(),
  meeting: new Map(),
  event: new Map(),
});

/** Tells references apart: the same value may call one thing as an id and another as a name. */
export const referenceKey = ({ type, value, exact }: Called): string => `${exact ? 'id' : 'name'}/${type}/${value}`;

/** Reads every line once: checks it by itself, keeps it in a spool, and collects the ids, names and references of all. */
export async function gather(files: Iterable<NamedFile>, open: OpenSpool, faults: Faults, progress: Progress): Promise<Gathered> {
  const gathered: Gathered = { lines: open(), ids: byType(), names: byType(), references: new Map() };
  let file = 0;
  for (const { bytes } of files) {
    for await (const lines of linesOf(bytes)) {
      for (const line of lines) readLine(line, file, gathered, faults);
      progress('reading', gathered.lines.count());
    }
    file += 1;
  }
  return gathered;
}

function readLine(line: Line, file: number, gathered: Gathered, faults: Faults): void {
  const place = { file, line: line.number };
  if ('fault' in line) return faults.add(place, { message: line.fault });
  if (line.text.trim() === '') return;
  const body = parsed(line.text);
  if (typeof body === 'string') return faults.add(place, { message: body });
  const type = RECORD_TYPES.find((known) => known === body['type']);
  if (type === undefined) return faults.add(place, unknownType(body['type']));
  const resource = resourceOf[type];
  try {
    const input = validate(resource, body);
    const earlier = gathered.ids[type].get(input.id);
    if (earlier) return faults.add(place, duplicate(type, input.id, earlier, file));
    note(resource, input, place, gathered);
    gathered.lines.add({ place, type, input });
  } catch (error) {
    if (!(error instanceof AnnalsError)) throw error;
    faults.add(place, ...(error.issues.length > 0 ? error.issues : [{ message: error.message }]));
    noteBad(resource, body, place, gathered);
  }
}

/** The object that a line holds, or why it holds none. */
function parsed(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : 'is not a JSON object: write one record per line';
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : ''}`;
  }
}

function note(resource: Resource, input: Valid, place: Place, { ids, names, references }: Gathered): void {
  ids[resource.type].set(input.id, place);
  for (const key of lookupsOf(resource, input)) {
    const filed = names[resource.type].get(key);
    if (filed) filed.push(input.id);
    else names[resource.type].set(key, [input.id]);
  }
  for (const { type, value, exact } of referencesIn(resource, input)) {
    const called = { type, value, exact };
    if (!ids[type].has(value)) references.set(referenceKey(called), called);
  }
}

/** Takes down the id and name of a line that is wrong elsewhere, so that whoever refers to it is not reported as well. */
function noteBad(resource: Resource, body: Record<string, unknown>, place: Place, { ids, names }: Gathered): void {
  const title = body[resource.titleField];
  const named = typeof title === 'string' && /[A-Za-z0-9]/.test(title) ? title : undefined;
  const given = body['id'];
  const id = typeof given === 'string' && SLUG.test(given) ? given : named && slugOf(named);
  if (id === undefined || ids[resource.type].has(id)) return;
  ids[resource.type].set(id, place);
  if (named === undefined) return;
  for (const key of lookupsOf(resource, { id, [resource.titleField]: named }))
    if (!names[resource.type].has(key)) names[resource.type].set(key, [id]);
}

function unknownType(given: unknown): Issue {
  const pointer = '/type';
  if (given === undefined) return { pointer, message: `is required: give one of ${RECORD_TYPES.join(', ')}` };
  const didYouMean = typeof given === 'string' ? nearest(given, RECORD_TYPES) : [];
  return { pointer, message: `give one of ${RECORD_TYPES.join(', ')}`, ...(didYouMean.length > 0 && { didYouMean }) };
}

function duplicate(type: RecordType, id: string, earlier: Place, file: number): Issue {
  const where = earlier.file === file ? `line ${earlier.line}` : `line ${earlier.line} of an earlier file`;
  return { pointer: '/id', message: `the ${type} "${id}" stands in ${where} already: leave one out, or give it another id` };
}
