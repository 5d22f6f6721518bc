import type { RecordType } from '../../resources/parts.ts';
import { resourceOf } from '../../resources/index.ts';
import { Overtaken, type Reader, statement } from '../../storage/engine.ts';
import type { Progress } from '../progress.ts';
import { latestSequence } from '../reading/changes.ts';
import { referencesIn, selfReferences } from '../writing/references.ts';
import { renderRecord } from '../writing/render.ts';
import { momentsOf } from '../writing/rows.ts';
import type { Valid } from '../writing/validate.ts';
import { type Verified, verifiedInAll } from '../writing/verified.ts';
import type { Read } from './check.ts';
import { refuseCircles, type Wholes } from './circles.ts';
import type { Faults, Place } from './faults.ts';
import type { Chunk, Gathered } from './gather.ts';
import type { Job } from './load.ts';
import type { Links } from './link.ts';
import type { OpenSpool, Spool } from './spool.ts';

/** A record whose references are ids, and that differs from the one in the database, `replaced`. `momentKeys` are those it has already. */
export type Changed = {
  type: RecordType;
  key: number;
  input: Valid;
  revision: number;
  /** As pairs, since it is kept in a spool. */
  verified: [number, boolean][];
  createdAt: number;
  momentKeys: number[];
  replaced: { revision: number; document: string };
};

/** What an import will do. */
export type Plan = {
  created: number;
  changed: Spool<Changed>;
  unchanged: number;
  /** How many moments the new records have, and how many the changed ones have more than before: as many keys are needed. */
  freshMoments: number;
  moreMoments: number;
  /** Which citations of new records are verified: an item for each chunk. */
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
  gathered: Gathered,
  links: Links,
  open: OpenSpool,
  faults: Faults,
  progress: Progress,
): Promise<Plan> {
  const [[newest]] = await reader.read([latestSequence]);
  const plan: Plan = {
    created: 0,
    changed: open(),
    unchanged: 0,
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
    const verified: Job['verified'] = [];
    if (isSuspect || chunk.reflexive || links.withTexts.size > 0 || fresh.length < keys.length) {
      const records = JSON.parse(text as string) as Read[]; // @NOTE `checkLines` wrote one for each chunk
      for (const [index, record] of records.entries())
        linkReferences(record, { file: chunk.file, line: chunk.lines[index]! }, links, wholes, faults);
      if (!faults.any()) verified.push(...(await compareChunk(reader, { records, keys }, links, plan)));
    }
    plan.created += fresh.length;
    plan.freshMoments += neededMoments(chunk, keys, links);
    plan.verified.add(verified);
    progress('checking', chunk.first + keys.length, gathered.count);
  }
  await refuseCircles(reader, gathered, wholes, faults);
  return plan;
}

/** Whether a key is one of those that were taken for new records. */
export const isFresh = (key: number, { fresh }: Links): boolean => key >= fresh.first && key <= fresh.last;

/** How many moments the new records of a chunk have. */
export function neededMoments({ moments }: Chunk, keys: readonly number[], links: Links): number {
  return moments.reduce((sum, count, index) => sum + (isFresh(keys[index]!, links) ? count : 0), 0);
}

function linkReferences({ type, input }: Read, place: Place, { linked }: Links, wholes: Wholes, faults: Faults): void {
  for (const reference of referencesIn(resourceOf[type], input)) {
    const { pointer } = reference;
    const answer = linked(reference);
    if ('unknown' in answer) faults.addUnknown(place, pointer, reference);
    else if ('issue' in answer) faults.add(place, { pointer, ...answer.issue });
    else reference.replace(answer.id);
  }
  const itself = selfReferences(resourceOf[type], input, input.id);
  faults.add(place, ...itself);
  if (type === 'actor' && typeof input['partOf'] === 'string' && itself.length === 0)
    wholes.set(input.id, { whole: input['partOf'], place });
}

/** Compares records with those stored, and answers which citations of the new ones are verified. */
async function compareChunk(
  reader: Reader,
  { records, keys }: { records: readonly Read[]; keys: readonly number[] },
  links: Links,
  plan: Plan,
): Promise<Job['verified']> {
  const stored = await readStored(
    reader,
    keys.filter((key) => !isFresh(key, links)),
  );
  const inputs = records.map(({ input }) => input);
  const verified =
    links.withTexts.size > 0 ? await verifiedInAll(reader, inputs, links.keyOf) : inputs.map(() => new Map<number, boolean>());
  const ofFresh: Job['verified'] = [];
  for (const [index, record] of records.entries()) {
    const key = keys[index]!;
    if (!isFresh(key, links)) compareRecord(record, key, stored.get(key), verified[index]!, plan);
    else if (verified[index]!.size > 0) ofFresh.push([index, [...verified[index]!]]);
  }
  return ofFresh;
}

function compareRecord({ type, input }: Read, key: number, before: Stored | undefined, verified: Verified, plan: Plan): void {
  if (!before) throw new Overtaken();
  const resource = resourceOf[type];
  if (renderRecord(resource, input, { ...before, id: input.id, verified }).equals(before.document)) {
    plan.unchanged += 1;
    return;
  }
  const wanted = momentsOf(resource, input).length;
  const { revision, createdAt, momentKeys, document } = before;
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
