import { differences } from '../domain/json-differences.ts';
import { shown, valueAt } from '../domain/json.ts';
import type { Progress } from '../domain/progress.ts';
import type { RecordType } from '../domain/record-type.ts';
import { modelOf } from '../model/models.ts';
import { momentsOf, referencesIn, selfReferences, type ValidatedRecord } from '../model/record.ts';
import { targetsOf } from '../index/related.ts';
import type { RelationChange } from '../index/related.ts';
import { latestSequence } from '../records/change-log.ts';
import { renderRecord, unrender } from '../records/render.ts';
import { type Verified, verifiedInAll } from '../records/verify-citations.ts';
import { type Reader, statement, WriteConflict } from '../storage/port.ts';
import type { OpenSpool, Spool } from '../storage/spool.ts';
import { dialect } from '../storage/sqlite/dialect.ts';
import type { StatedWholes } from './constraints.ts';
import type { Faults } from './faults.ts';
import { SENT, withSent } from './read.ts';
import { emptyReport, type ImportReport, type OnExisting, reportChanges } from './report.ts';
import { isFresh, type Resolution } from './resolve.ts';
import type { Scan, ScannedLine } from './scan.ts';

/** Pairs of the index of a citation and whether it is verified, since a spool keeps no map. */
export type VerifiedPairs = [citation: number, verified: boolean][];

/** A record whose references are ids, and that differs from the stored one, `replaced`. `momentKeys` are those that it has already. */
export type Changed = {
  type: RecordType;
  key: number;
  input: ValidatedRecord;
  verified: VerifiedPairs;
  createdAt: number;
  momentKeys: number[];
  replaced: { revision: number; document: string };
};

/** Plan of an import: the records that it will write, and its report. */
export type Plan = {
  report: ImportReport;
  /** New records are those of the lines whose keys are fresh; these are their verified citations, by the number of the line. */
  verified: Spool<[number: number, verified: VerifiedPairs]>;
  changed: Spool<Changed>;
  /** Relations of new records that have any or are pointed to, and of all changed records, by the keys of these. */
  relations: Map<number, RelationChange>;
  /** Number of moments of the new records, and of those that the changed ones have more than before: as many keys are needed. */
  freshMoments: number;
  moreMoments: number;
  /** The newest change before the plan was made. */
  since: number;
  wholes: StatedWholes;
  /** True where each line states its id and refers to records by theirs, so that nothing is put in their place. */
  isLinked: boolean;
};

/** Settings and results of the comparison. */
type Around = { scan: Scan; resolution: Resolution; onExisting: OnExisting; plan: Plan; faults: Faults };

/** Tells new records, changed and unchanged ones apart, and finds wrong references. */
export async function planImport(
  reader: Reader,
  scan: Scan,
  resolution: Resolution,
  { onExisting, open, faults, progress }: { onExisting: OnExisting; open: OpenSpool; faults: Faults; progress: Progress },
): Promise<Plan> {
  const [[newest]] = await reader.read([latestSequence]);
  const { assigned, moreAssigned, matched } = resolution;
  const plan: Plan = {
    report: { ...emptyReport(), unchanged: matched.size, assigned, moreAssigned },
    verified: open(),
    changed: open(),
    relations: new Map(),
    freshMoments: 0,
    moreMoments: 0,
    since: newest?.[0] ?? 0,
    wholes: new Map(),
    isLinked: true,
  };
  const around = { scan, resolution, onExisting, plan, faults };
  let done = 0;
  for (const lines of scan.lines.batches()) {
    for (const line of lines) checkReferences(line, around);
    if (!faults.anyBesidesConflicts()) await compareLines(reader, lines, around);
    progress('checking', (done += lines.length), scan.count);
  }
  return plan;
}

/** Gives a record its id, and puts ids in the place of its references. Returns the references that are no record, and those whose text is another. */
export function linkRecord({ number, type, input }: ScannedLine, { otherIds, resolved }: Resolution) {
  const id = otherIds.get(number);
  if (id !== undefined) input.id = id;
  const wrong = [];
  const written = new Map<string, string>();
  for (const reference of referencesIn(modelOf[type], input)) {
    const answer = resolved(reference);
    if (!('id' in answer)) wrong.push({ reference, answer });
    else if (answer.id !== reference.value) {
      written.set(reference.pointer, reference.value);
      reference.replace(answer.id);
    }
  }
  return { wrong, written };
}

/** Adds a fault for each reference to no record or to itself, and notes what an actor is part of. */
function checkReferences(line: ScannedLine, { scan, resolution, plan, faults }: Around): void {
  const { number, type, input } = line;
  const place = scan.placeOf(number);
  const { wrong, written } = linkRecord(line, resolution);
  for (const { reference, answer } of wrong) {
    const { pointer } = reference;
    const sent = shown(valueAt(input, pointer), SENT);
    if ('unknown' in answer) faults.addUnknown(place, { pointer, sent }, reference);
    else faults.add(place, { pointer, ...answer.issue, sent });
  }
  if (resolution.matched.has(number)) return;
  // References to itself by the id that its line writes were refused when the line was read.
  const mayBeItself = written.size > 0 || resolution.otherIds.has(number);
  if (mayBeItself) plan.isLinked = false;
  const itself = (mayBeItself ? selfReferences(modelOf[type], input, input.id) : []).map((issue) => {
    const text = written.get(issue.pointer ?? '');
    return text === undefined ? withSent(issue, input) : { ...issue, sent: shown(text, SENT) };
  });
  faults.add(place, ...itself);
  const whole = input.partOf;
  if (type === 'actor' && whole !== undefined && itself.length === 0 && resolution.isStated(type, input.id))
    plan.wholes.set(input.id, { whole, number, written: written.get('/partOf') ?? whole });
}

/** Adds new records to the plan, and compares the others with those stored. */
async function compareLines(reader: Reader, lines: readonly ScannedLine[], around: Around): Promise<void> {
  const { plan, resolution } = around;
  const { keys, keyOf } = resolution;
  const own = lines.filter(({ number }) => keys[number] !== 0);
  const stored = await readStored(
    reader,
    own.map(({ number }) => keys[number]!).filter((key) => !isFresh(key, resolution)),
  );
  const verified = await verifiedInAll(
    reader,
    own.map(({ input }) => input),
    keyOf,
  );
  for (const [index, line] of own.entries()) {
    const { number, type, input } = line;
    if (!isFresh(keys[number]!, resolution)) {
      compareRecord(line, verified[index]!, stored.get(keys[number]!), around);
      continue;
    }
    plan.report.created += 1;
    plan.freshMoments += momentsOf(modelOf[type], input).length;
    if (verified[index]!.size > 0) plan.verified.add([number, [...verified[index]!]]);
    if (input.relations) noteRelations(line, { isNew: true, before: [] }, around);
  }
}

/** Notes the relations of a record that is written, and the new records to which they point. */
function noteRelations({ number, type, input }: ScannedLine, state: Pick<RelationChange, 'isNew' | 'before'>, around: Around): void {
  const { plan, resolution } = around;
  const key = resolution.keys[number]!;
  plan.relations.set(key, { key, name: `${type}/${input.id}`, ...state, after: targetsOf(input) });
  for (const { record } of input.relations ?? []) {
    const target = resolution.keyOf(record.type, record.id);
    if (!isFresh(target, resolution) || plan.relations.has(target)) continue;
    plan.relations.set(target, { key: target, name: `${record.type}/${record.id}`, isNew: true, before: [], after: [] });
  }
}

/** Compares a record with the stored one, and treats one that differs by the rule `onExisting`. */
function compareRecord(line: ScannedLine, verified: Verified, before: Stored | undefined, around: Around): void {
  if (!before) throw new WriteConflict();
  const { number, type, input } = line;
  const { scan, resolution, onExisting, plan, faults } = around;
  const { revision, createdAt, momentKeys, document } = before;
  const model = modelOf[type];
  const after = renderRecord(model, input, { ...before, id: input.id, verified });
  const former = after.equals(document) ? undefined : unrender(document);
  const differing = former ? differences(former, unrender(after)) : [];
  if (!former || differing.length === 0) {
    plan.report.unchanged += 1;
    return;
  }
  const record = { type, id: input.id };
  if (onExisting === 'refuse') faults.addConflict(scan.placeOf(number), record, differing);
  if (onExisting === 'keep') plan.report.kept += 1;
  if (onExisting !== 'replace') return;
  plan.report.updated += 1;
  reportChanges(plan.report, record, differing);
  plan.moreMoments += Math.max(0, momentsOf(model, input).length - momentKeys.length);
  noteRelations(line, { isNew: false, before: targetsOf(former) }, around);
  plan.changed.add({
    type,
    key: resolution.keys[number]!,
    input,
    verified: [...verified],
    createdAt,
    momentKeys,
    replaced: { revision, document: document.toString('utf8') },
  });
}

type Stored = { revision: number; createdAt: number; updatedAt: number; document: Buffer; momentKeys: number[] };

async function readStored(reader: Reader, keys: readonly number[]): Promise<Map<number, Stored>> {
  if (keys.length === 0) return new Map();
  const wanted = JSON.stringify(keys);
  const [rows, moments] = await reader.read([
    statement<[key: number, revision: number, createdAt: number, updatedAt: number, document: Buffer]>(
      `SELECT id, revision, created_at, updated_at, document FROM records WHERE id IN ${dialect.list('?', 'integer')}`,
      wanted,
    ),
    statement<[record: number, key: number]>(
      `SELECT record_id, id FROM moments WHERE record_id IN ${dialect.list('?', 'integer')} ORDER BY record_id, ordinal`,
      wanted,
    ),
  ]);
  const stored = new Map<number, Stored>();
  for (const [key, revision, createdAt, updatedAt, document] of rows)
    stored.set(key, { revision, createdAt, updatedAt, document, momentKeys: [] });
  for (const [record, key] of moments) stored.get(record)?.momentKeys.push(key);
  return stored;
}
