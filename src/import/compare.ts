import { momentsOf, referencesIn, selfReferences } from '../model/record.ts';
import type { RecordType } from '../domain/record-type.ts';
import { shown, valueAt } from '../domain/json.ts';
import { modelOf } from '../model/models.ts';
import { WriteConflict, type Reader, statement } from '../storage/port.ts';
import type { Progress } from '../domain/progress.ts';
import { latestSequence } from '../records/change-position.ts';
import { renderRecord, unrender } from '../records/render.ts';
import type { Valid } from '../records/validate.ts';
import { type Verified, verifiedInAll } from '../records/verify-citations.ts';
import { type Read, SENT, withSent } from './check.ts';
import { refuseCircles, type Wholes } from './circles.ts';
import { differences } from './differences.ts';
import { existsDifferently } from './existing.ts';
import type { Faults, LinePlace } from './faults.ts';
import type { Chunk } from './gather.ts';
import type { Job } from './load.ts';
import { isIn, type Links } from './link.ts';
import { namedIn, type Naming } from './naming.ts';
import type { OnExisting } from './options.ts';
import { emptyReport, type ImportReport, reportChanges } from './report.ts';
import type { OpenSpool, Spool } from '../storage/spool.ts';

/** A record whose references are ids, and that differs from the one in the database, `replaced`. `momentKeys` are those it has already. */
export type Changed = {
  type: RecordType;
  key: number;
  input: Valid;
  revision: number;
  /** Pairs, since a spool keeps no map. */
  verified: [number, boolean][];
  createdAt: number;
  momentKeys: number[];
  replaced: { revision: number; document: string };
};

/** Plan of an import: the records that it will write, and its report. */
export type Plan = {
  report: ImportReport;
  changed: Spool<Changed>;
  /** Number of moments of the new records, and of those that the changed ones have more than before: as many keys are needed. */
  freshMoments: number;
  moreMoments: number;
  /** Verified citations of new records: an item for each chunk. */
  verified: Spool<Job['verified']>;
  /** The newest change before the plan was made. */
  since: number;
};

/**
 * Tells the records that are new or changed from those that are not, and finds what is wrong with references. Chunks in which all is new
 * and nothing can be wrong are not looked at again.
 */
export async function compare(
  reader: Reader,
  naming: Naming,
  links: Links,
  onExisting: OnExisting,
  open: OpenSpool,
  faults: Faults,
  progress: Progress,
): Promise<Plan> {
  const { gathered } = naming;
  const [[newest]] = await reader.read([latestSequence]);
  const plan: Plan = {
    report: { ...emptyReport(), assigned: naming.assigned, moreAssigned: naming.moreAssigned },
    changed: open(),
    freshMoments: 0,
    moreMoments: 0,
    verified: open(),
    since: newest?.[0] ?? 0,
  };
  const wholes: Wholes = new Map();
  const isSuspect = faults.any() || !links.complete;
  const texts = gathered.records.texts();
  for (const chunk of gathered.chunks.items()) {
    const { value: text } = texts.next();
    const keys = chunk.lines.map((_, index) => links.keys[chunk.first + index]!);
    const fresh = keys.filter((key) => isFresh(key, links));
    const named = namedIn(chunk, naming);
    const verified: Job['verified'] = [];
    if (isSuspect || chunk.reflexive || links.withTexts.size > 0 || fresh.length < keys.length) {
      const records = JSON.parse(text as string) as Read[]; // @NOTE `checkLines` wrote one for each chunk
      const places = chunk.lines.map((line) => ({ file: chunk.file, line }));
      for (const [index, id] of named.ids) records[index]!.input.id = id;
      for (const [index, record] of records.entries()) {
        const written = linkReferences(record, places[index]!, links, faults);
        if (!named.twins.has(index)) noteWhole(record, { place: places[index]!, written }, links, wholes, faults);
      }
      if (!faults.anyBesidesConflicts())
        verified.push(...(await compareChunk(reader, { records, keys, places }, links, { onExisting, plan, faults })));
    }
    plan.report.unchanged += named.twins.size;
    plan.report.created += fresh.length;
    plan.freshMoments += neededMoments(chunk, keys, links);
    plan.verified.add(verified);
    progress('checking', chunk.first + keys.length, gathered.count);
  }
  await refuseCircles(reader, links, wholes, faults);
  return plan;
}

/** Returns true for a key that was taken for a new record. */
export const isFresh = (key: number, { fresh }: Links): boolean => isIn(fresh, key);

/** Number of moments that the new records of a chunk have. */
export function neededMoments({ moments }: Chunk, keys: readonly number[], links: Links): number {
  return moments.reduce((sum, count, index) => sum + (isFresh(keys[index]!, links) ? count : 0), 0);
}

/** Text of each reference that is written otherwise than as the id of its record, by its pointer. */
type Written = ReadonlyMap<string, string>;

/** Puts ids in the place of references, and adds a fault for each that is no record. */
function linkReferences({ type, input }: Read, place: LinePlace, { linked }: Links, faults: Faults): Written {
  const written = new Map<string, string>();
  for (const reference of referencesIn(modelOf[type], input)) {
    const { pointer, value } = reference;
    const answer = linked(reference);
    if ('id' in answer) {
      if (answer.id !== value) written.set(pointer, value);
      reference.replace(answer.id);
      continue;
    }
    const sent = shown(valueAt(input, pointer), SENT);
    if ('unknown' in answer) faults.addUnknown(place, { pointer, sent }, reference);
    else faults.add(place, { pointer, ...answer.issue, sent });
  }
  return written;
}

/** Adds a fault for each reference to itself, and notes what an actor is part of. */
function noteWhole(
  { type, input }: Read,
  { place, written }: { place: LinePlace; written: Written },
  { isStated }: Links,
  wholes: Wholes,
  faults: Faults,
): void {
  const itself = selfReferences(modelOf[type], input, input.id).map((issue) => {
    const text = written.get(issue.pointer ?? '');
    return text === undefined ? withSent(issue, input) : { ...issue, sent: shown(text, SENT) };
  });
  faults.add(place, ...itself);
  const whole = input.partOf;
  if (type === 'actor' && whole !== undefined && itself.length === 0 && isStated(type, input.id))
    wholes.set(input.id, { whole, stated: { place, written: written.get('/partOf') ?? whole } });
}

/** The rule for records that exist, and where the results go. */
type Around = { onExisting: OnExisting; plan: Plan; faults: Faults };

/** Compares records with those stored, and answers which citations of the new ones are verified. */
async function compareChunk(
  reader: Reader,
  { records, keys, places }: { records: readonly Read[]; keys: readonly number[]; places: readonly LinePlace[] },
  links: Links,
  around: Around,
): Promise<Job['verified']> {
  const stored = await readStored(
    reader,
    keys.filter((key) => key !== 0 && !isFresh(key, links)),
  );
  const inputs = records.map(({ input }) => input);
  const verified =
    links.withTexts.size > 0 ? await verifiedInAll(reader, inputs, links.keyOf) : inputs.map(() => new Map<number, boolean>());
  const ofFresh: Job['verified'] = [];
  for (const [index, record] of records.entries()) {
    const key = keys[index]!;
    if (key === 0) continue;
    if (!isFresh(key, links)) compareRecord({ ...record, key, place: places[index]!, verified: verified[index]! }, stored.get(key), around);
    else if (verified[index]!.size > 0) ofFresh.push([index, [...verified[index]!]]);
  }
  return ofFresh;
}

type Compared = Read & { key: number; place: LinePlace; verified: Verified };

/** Compares a record with the stored one, and does with one that differs as `onExisting` says. */
function compareRecord({ type, input, key, place, verified }: Compared, before: Stored | undefined, around: Around): void {
  if (!before) throw new WriteConflict();
  const { onExisting, plan, faults } = around;
  const { revision, createdAt, momentKeys, document } = before;
  const model = modelOf[type];
  const after = renderRecord(model, input, { ...before, id: input.id, verified });
  const differing = after.equals(document) ? [] : differences(unrender(document), unrender(after));
  if (differing.length === 0) {
    plan.report.unchanged += 1;
    return;
  }
  const record = { type, id: input.id };
  if (onExisting === 'refuse') faults.addConflict(place, existsDifferently(record, differing));
  if (onExisting === 'keep') plan.report.kept += 1;
  if (onExisting !== 'replace') return;
  plan.report.updated += 1;
  reportChanges(plan.report, record, differing);
  const wanted = momentsOf(model, input).length;
  plan.moreMoments += Math.max(0, wanted - momentKeys.length);
  plan.changed.add({
    type,
    key,
    input,
    revision: revision + 1,
    verified: [...verified],
    createdAt,
    momentKeys,
    replaced: { revision, document: document.toString('utf8') },
  });
}

type Stored = { revision: number; createdAt: number; updatedAt: number; document: Buffer; momentKeys: number[] };

async function readStored(reader: Reader, keys: number[]): Promise<Map<number, Stored>> {
  if (keys.length === 0) return new Map();
  const asked = JSON.stringify(keys);
  const [rows, moments] = await reader.read([
    statement<[key: number, revision: number, createdAt: number, updatedAt: number, document: Buffer]>(
      'SELECT id, revision, created_at, updated_at, document FROM records WHERE id IN (SELECT value FROM json_each(?))',
      asked,
    ),
    statement<[record: number, key: number]>(
      'SELECT record_id, id FROM moments WHERE record_id IN (SELECT value FROM json_each(?)) ORDER BY record_id, ordinal',
      asked,
    ),
  ]);
  const stored = new Map<number, Stored>();
  for (const [key, revision, createdAt, updatedAt, document] of rows)
    stored.set(key, { revision, createdAt, updatedAt, document, momentKeys: [] });
  for (const [record, key] of moments) stored.get(record)?.momentKeys.push(key);
  return stored;
}
