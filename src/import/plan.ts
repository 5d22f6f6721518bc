import { groupsOf } from '../domain/groups.ts';
import { type Difference, differences } from '../domain/json/json-differences.ts';
import { shown, valueAt } from '../domain/json/json.ts';
import type { Progress } from '../domain/progress.ts';
import { citationsOf } from '../model/citations.ts';
import { modelOf } from '../model/models.ts';
import { type Input, momentsOf, referencesIn, selfReferences } from '../model/record.ts';
import { type RelationChange, targetsOf } from '../index/related.ts';
import { inputOfDocument, renderRecord, type StoredText, textResultsIn } from '../records/document/render.ts';
import { isPartType, wholesOf } from '../records/constraints/part-of-cycle.ts';
import { indexInLanguage } from '../records/source-text.ts';
import { verifiedInAll } from '../records/verify-citations.ts';
import { type Reader, WriteConflict } from '../storage/port.ts';
import type { OpenSpool } from '../storage/spool.ts';
import { latestSequence, recordsWithMoments } from '../storage/tables/records.ts';
import { sourcesWithText } from '../storage/tables/texts.ts';
import { type Faults, REPORTED } from './faults.ts';
import { noteHomonyms, type WrittenLine } from './homonyms.ts';
import { type ParsedRecord, SENT_MAX, withSentValue } from './read.ts';
import { planDeletions } from './deletions/plan-deletions.ts';
import { emptyReport, LISTED, type OnExisting, reportChanges, reportDeletion } from './report.ts';
import type { Resolution } from './resolve.ts';
import { placeOf, type Scan, type ScannedLine } from './scan.ts';
import { paragraphsOfText, planCiting, planTexts, textDifference } from './texts/plan-texts.ts';
import { collectUnverified } from './texts/unverified.ts';

/** Pairs of the index of a citation and whether it is verified, since a spool keeps no map. */
type VerifiedPairs = [citation: number, verified: boolean][];

/** A line whose references are ids, and that differs from the stored record. */
type ChangedLine = ParsedRecord & {
  key: number;
  verified: VerifiedPairs;
  storedText?: StoredText | undefined;
  stored: Omit<Stored, 'document'> & { document: string };
};

/** The records that a line states another to be part of, the number of the line, and the references as they are written there. */
export type StatedPart = { wholes: readonly string[]; number: number; written: readonly string[] };

/** One attempt of an import, and the spools for its temporary files. */
export type ImportAttempt = {
  scan: Scan;
  resolution: Resolution;
  onExisting: OnExisting;
  faults: Faults;
  open: OpenSpool;
  progress: Progress;
};

/** Plan of an import: the records that it will write, and its report. */
export type ImportPlan = Awaited<ReturnType<typeof planImport>>;

/** Tells new records, changed and unchanged ones apart, and finds wrong references. */
export async function planImport(reader: Reader, attempt: ImportAttempt) {
  const { scan, resolution, onExisting, faults, open, progress } = attempt;
  const [[newest], withText] = await reader.read([latestSequence, sourcesWithText]);
  const { assigned, moreAssigned, matched } = resolution;
  const plan = {
    report: { ...emptyReport(), unchanged: matched.size, assigned, moreAssigned },
    /** New records are those of the lines whose keys are fresh; these are their verified citations, by the number of the line. */
    verified: open<[number: number, verified: VerifiedPairs]>(),
    changed: open<ChangedLine>(),
    /** The keys of the changed records. */
    changedKeys: new Set<number>(),
    texts: planTexts(
      scan.texts,
      open,
      (line) => resolution.keys[line]!,
      (key) => onExisting === 'replace' || resolution.isFresh(key),
    ),
    /** Citations whose phrases do not stand in their paragraphs. */
    unverified: collectUnverified(LISTED),
    /** Relations of new and deleted records that have any or are pointed to, and of all changed records, by the keys of these. */
    relations: new Map<number, RelationChange>(),
    /** Number of moments of the new records, and of those that the changed ones have more than before: as many keys are needed. */
    freshMoments: 0,
    moreMoments: 0,
    /** The newest change before the plan was made. */
    since: newest?.[0] ?? 0,
    deletions: planDeletions(resolution.deletions, open, REPORTED),
    /** The sources that have a text, which citations are held against. */
    withText: new Set(withText.map(([key]) => key)),
    /** The records that lines state actors and places to be part of, by type and id. */
    partOf: { actor: new Map<string, StatedPart>(), place: new Map<string, StatedPart>() },
  };
  let done = 0;
  for (const lines of scan.lines.batches()) {
    for (const line of lines) checkReferences(line, attempt, plan);
    if (!faults.anyBesidesConflicts()) await compareLines(reader, lines, attempt, plan);
    progress('checking', (done += lines.length), scan.count);
  }
  if (!faults.any()) await readDeletions(reader, plan);
  plan.report.reverified = await planCiting(reader, plan.texts, (key) => plan.changedKeys.has(key) || resolution.deletions.keys.has(key));
  const unverified = await plan.unverified.explain((key) => paragraphsOfText(reader, scan.texts, plan.texts.of(key), key));
  plan.report.unverified = unverified.map(({ number, ...fault }) => {
    const { file, line } = placeOf(scan, number);
    return { file: scan.files[file]!, line, ...fault };
  });
  plan.report.moreUnverified = plan.unverified.more();
  return plan;
}

/** Adds the records that are deleted to the plan. */
async function readDeletions(reader: Reader, { deletions, changedKeys, relations, report }: ImportPlan): Promise<void> {
  for await (const { record, relations: change } of deletions.read(reader, changedKeys)) {
    deletions.records.add(record);
    reportDeletion(report, record);
    if (change) relations.set(record.key, change);
  }
}

/** Gives a record its id, and puts ids in the place of its references. Returns the references that are no record, and those whose text is another. */
export function linkRecord({ number, type, input }: ScannedLine, { otherIds, resolved, isLinked }: Resolution) {
  const wrong = [];
  const written = new Map<string, string>();
  const id = otherIds.get(number);
  if (id !== undefined) input.id = id;
  for (const reference of isLinked ? [] : referencesIn(modelOf[type], input)) {
    const result = resolved(reference);
    if (!('id' in result)) wrong.push({ reference, result });
    else if (result.id !== reference.value) {
      written.set(reference.pointer, reference.value);
      reference.replace(result.id);
    }
  }
  return { wrong, written };
}

/** Adds a fault for each reference to no record or to itself, and notes what an actor or a place is part of. */
function checkReferences(line: ScannedLine, { scan, resolution, faults }: ImportAttempt, plan: ImportPlan): void {
  const { number, type, input } = line;
  const { wrong, written } = linkRecord(line, resolution);
  for (const { reference, result } of wrong) {
    const { pointer } = reference;
    const sent = shown(valueAt(input, pointer), SENT_MAX);
    if ('unknown' in result) faults.addUnknown(placeOf(scan, number), { pointer, sent }, reference);
    else faults.add(placeOf(scan, number), { pointer, ...result.issue, sent });
  }
  if (resolution.matched.has(number)) return;
  // References to itself by the id that its line writes were refused when the line was read.
  const mayBeItself = written.size > 0 || resolution.otherIds.has(number);
  const itself = mayBeItself ? selfReferences(modelOf[type], input, input.id) : [];
  for (const issue of itself) {
    const text = written.get(issue.pointer ?? '');
    faults.add(placeOf(scan, number), text === undefined ? withSentValue(issue, input) : { ...issue, sent: shown(text, SENT_MAX) });
  }
  const wholes = wholesOf(input);
  if (!isPartType(type) || wholes.length === 0 || itself.length > 0 || !resolution.isStated(type, input.id)) return;
  const asWritten = wholes.map((whole, index) => written.get(`/partOf/${index}`) ?? written.get('/partOf') ?? whole);
  plan.partOf[type].set(input.id, { wholes, number, written: asWritten });
}

/** Adds new records to the plan, and compares the others with those stored. */
async function compareLines(reader: Reader, lines: readonly ScannedLine[], attempt: ImportAttempt, plan: ImportPlan): Promise<void> {
  const { keys, keyOf, isFresh } = attempt.resolution;
  const own = lines.filter(({ number }) => keys[number] !== 0);
  const stored = await readStored(
    reader,
    own.map(({ number }) => keys[number]!).filter((key) => !isFresh(key)),
  );
  const hasText = (key: number) => plan.withText.has(key) || plan.texts.of(key) !== undefined;
  const citing = own.filter(({ input }) => citationsOf(input).some(({ source }) => hasText(keyOf('source', source))));
  const results = await verifiedInAll(
    reader,
    citing.map(({ input }) => input),
    keyOf,
    plan.texts.paragraph,
  );
  const verified = new Map(citing.map(({ number }, index) => [number, results[index]!]));
  const written: WrittenLine[] = [];
  for (const line of own) {
    const { number, type, input } = line;
    const key = keys[number]!;
    const ofLine = [...(verified.get(number) ?? [])];
    if (!isFresh(key)) {
      const former = await compareRecord(reader, line, ofLine, stored.get(key), attempt, plan);
      if (former) written.push({ line, former });
      continue;
    }
    written.push({ line });
    plan.deletions.noteLine(line, keyOf);
    plan.unverified.note(line, ofLine, keyOf);
    plan.report.created += 1;
    plan.freshMoments += momentsOf(modelOf[type], input).length;
    if (ofLine.length > 0) plan.verified.add([number, ofLine]);
    if (input.relations) noteRelations(line, { isNew: true, before: [] }, attempt, plan);
  }
  await noteHomonyms(reader, written, attempt, plan.report);
}

/** Notes the relations of a record that is written, and the new records to which they point. */
function noteRelations(
  { number, type, input }: ScannedLine,
  state: Pick<RelationChange, 'isNew' | 'before'>,
  { resolution: { keys, keyOf, isFresh } }: ImportAttempt,
  { relations }: ImportPlan,
): void {
  const key = keys[number]!;
  relations.set(key, { key, name: `${type}/${input.id}`, ...state, after: targetsOf(input) });
  for (const { record } of input.relations ?? []) {
    const target = keyOf(record.type, record.id);
    if (!isFresh(target) || relations.has(target)) continue;
    relations.set(target, { key: target, name: `${record.type}/${record.id}`, isNew: true, before: [], after: [] });
  }
}

/** Compares a record with the stored one, and treats one that differs by the rule `onExisting`. Returns the stored one if the line replaces it. */
async function compareRecord(
  reader: Reader,
  line: ScannedLine,
  verified: VerifiedPairs,
  before: Stored | undefined,
  attempt: ImportAttempt,
  plan: ImportPlan,
): Promise<Input | undefined> {
  if (!before) throw new WriteConflict();
  const { number, type, input } = line;
  const { scan, resolution, onExisting, faults } = attempt;
  const { momentKeys, document } = before;
  const model = modelOf[type];
  const key = resolution.keys[number]!;
  const { storedText, differing: ofText } = type === 'source' ? await compareText(reader, line, document, attempt) : NO_TEXT;
  const after = renderRecord(model, input, { ...before, id: input.id, verified: new Map(verified), ...(storedText && { storedText }) });
  const former = after.equals(document) && ofText.length === 0 ? undefined : inputOfDocument(document);
  const differing = former ? [...differences(former, inputOfDocument(after)), ...ofText] : [];
  if (!former || differing.length === 0) {
    plan.report.unchanged += 1;
    plan.unverified.note(line, verified, resolution.keyOf);
    return undefined;
  }
  const record = { type, id: input.id };
  if (onExisting === 'refuse') faults.addConflict(placeOf(scan, number), record, differing);
  if (onExisting === 'keep') plan.report.kept += 1;
  if (onExisting !== 'replace') return undefined;
  plan.report.updated += 1;
  reportChanges(plan.report, record, differing);
  plan.moreMoments += Math.max(0, momentsOf(model, input).length - momentKeys.length);
  noteRelations(line, { isNew: false, before: targetsOf(former) }, attempt, plan);
  const stored = { ...before, document: document.toString('utf8') };
  plan.changed.add({ type, input, key, verified, storedText, stored });
  plan.changedKeys.add(key);
  plan.deletions.noteLine(line, resolution.keyOf);
  if (ofText.length > 0) plan.texts.replaced.set(input.id, key);
  else if (input.language !== former.language && storedText)
    plan.texts.inLanguage.push(...(await indexInLanguage(reader, { key }, input.language)));
  plan.unverified.note(line, verified, resolution.keyOf);
  return former;
}

const NO_TEXT = { storedText: undefined, differing: [] };

/**
 * Compares the text of a source with the stored one, and returns the description of the text that it will have. A line without a text leaves the
 * stored one alone, and may leave out what follows from it; a fault is added where it contradicts it.
 */
async function compareText(
  reader: Reader,
  { number, input }: ScannedLine,
  document: Buffer,
  { scan, resolution, onExisting, faults }: ImportAttempt,
): Promise<{ storedText: StoredText | undefined; differing: Difference[] }> {
  const { storedText } = textResultsIn(document);
  const stored = inputOfDocument(document);
  const sent = scan.texts.of(number);
  if (sent) {
    const key = resolution.keys[number]!;
    const difference = await textDifference(reader, scan.texts, sent, { key, sha256: stored.sha256, storedText });
    return difference ? { storedText: sent.description, differing: [difference] } : { storedText, differing: [] };
  }
  if (storedText === undefined) return NO_TEXT;
  for (const field of ['sha256', 'paragraphs'] as const) {
    if (input[field] === undefined) Object.assign(input, { [field]: stored[field] });
    else if (onExisting === 'replace' && input[field] !== stored[field]) {
      const message = `is not that of the stored text of the source "${input.id}": leave it out, or send the text with the line`;
      faults.add(placeOf(scan, number), { pointer: `/${field}`, message, sent: shown(input[field], SENT_MAX) });
    }
  }
  return { storedText, differing: [] };
}

type Stored = { revision: number; createdAt: number; updatedAt: number; document: Buffer; momentKeys: number[] };

async function readStored(reader: Reader, keys: readonly number[]): Promise<Map<number, Stored>> {
  if (keys.length === 0) return new Map();
  const [rows, moments] = await reader.read(recordsWithMoments(keys));
  const byRecord = groupsOf(moments, ([record]) => record);
  const momentKeysOf = (key: number) => (byRecord.get(key) ?? []).map(([, moment]) => moment);
  return new Map(
    rows.map(([key, revision, createdAt, updatedAt, document]) => [
      key,
      { revision, createdAt, updatedAt, document, momentKeys: momentKeysOf(key) },
    ]),
  );
}
