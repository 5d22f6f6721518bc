import type { RecordType } from '../../resources/parts.ts';
import { resourceOf } from '../../resources/index.ts';
import { type Reader, statement } from '../../storage/engine.ts';
import type { Progress } from '../progress.ts';
import { latestSequence } from '../reading/changes.ts';
import { Overtaken } from '../writing/prepare.ts';
import { referencesIn, selfReferences } from '../writing/references.ts';
import { renderRecord } from '../writing/render.ts';
import { momentsOf } from '../writing/rows.ts';
import type { Valid } from '../writing/validate.ts';
import { verifiedInAll } from '../writing/verified.ts';
import { refuseCircles, type Wholes } from './circles.ts';
import type { Faults } from './faults.ts';
import type { Gathered, Read } from './gather.ts';
import { chunksOf, type Links } from './link.ts';
import type { OpenSpool, Spool } from './spool.ts';

/** A record whose references are ids, with what it takes to write it. `verified` as pairs, since it is kept in a spool. */
type Linked = { type: RecordType; key: number; input: Valid; revision: number; verified: [number, boolean][] };

/** A record that is new. */
export type Fresh = Linked;

/** A record that differs from the one in the database, `replaced`. `momentKeys` are those it has already. */
export type Changed = Linked & {
  createdAt: number;
  momentKeys: number[];
  replaced: { revision: number; document: string };
};

/** What an import will do. `momentKeys` counts the keys that moments still need; `since` is the newest change before it was made. */
export type Plan = { fresh: Spool<Fresh>; changed: Spool<Changed>; unchanged: number; momentKeys: number; since: number };

/** Puts ids in the place of names in every line, and tells the records that are new or changed from those that are not. */
export async function compare(
  reader: Reader,
  gathered: Gathered,
  links: Links,
  open: OpenSpool,
  faults: Faults,
  progress: Progress,
): Promise<Plan> {
  const [[newest]] = await reader.read([latestSequence]);
  const plan: Plan = { fresh: open(), changed: open(), unchanged: 0, momentKeys: 0, since: newest?.[0] ?? 0 };
  const wholes: Wholes = new Map();
  let done = 0;
  for (const lines of chunksOf(gathered.lines.items())) {
    for (const line of lines) linkReferences(line, links, wholes, faults);
    if (!faults.any()) await compareChunk(reader, lines, links, plan);
    done += lines.length;
    progress('checking', done, gathered.lines.count());
  }
  await refuseCircles(reader, gathered, wholes, faults);
  return plan;
}

function linkReferences({ type, input, place }: Read, { linked }: Links, wholes: Wholes, faults: Faults): void {
  for (const reference of referencesIn(resourceOf[type], input)) {
    const { pointer } = reference;
    const answer = linked(reference);
    if ('unknown' in answer) faults.addUnknown(place, pointer, reference);
    else if ('issue' in answer) faults.add(place, { pointer, ...answer.issue });
    else reference.replace(answer.id);
  }
  const itself = selfReferences(resourceOf[type], input, input.id);
  faults.add(place, ...itself);
  if (type === 'actor' && typeof input['partOf'] === 'string' && itself.length === 0) wholes.set(input.id, input['partOf']);
}

async function compareChunk(reader: Reader, lines: Read[], { keyOf, fresh }: Links, plan: Plan): Promise<void> {
  const keys = lines.map(({ type, input }) => keyOf(type, input.id));
  const isFresh = (key: number) => key >= fresh.first && key <= fresh.last;
  const stored = await readStored(
    reader,
    keys.filter((key) => !isFresh(key)),
  );
  const lastRevisions = await readLastRevisions(
    reader,
    lines.filter((_, index) => isFresh(keys[index]!)),
  );
  const verified = await verifiedInAll(
    reader,
    lines.map(({ input }) => input),
    keyOf,
  );
  for (const [index, { type, input }] of lines.entries()) {
    const key = keys[index]!;
    const resource = resourceOf[type];
    const wanted = momentsOf(resource, input).length;
    const linked = { type, key, input, verified: [...verified[index]!] };
    const before = stored.get(key);
    if (isFresh(key)) {
      plan.momentKeys += wanted;
      plan.fresh.add({ ...linked, revision: (lastRevisions.get(`${type}/${input.id}`) ?? 0) + 1 });
    } else if (!before) {
      throw new Overtaken();
    } else if (renderRecord(resource, input, { ...before, id: input.id, verified: verified[index]! }).equals(before.document)) {
      plan.unchanged += 1;
    } else {
      const { revision, createdAt, momentKeys, document } = before;
      plan.momentKeys += Math.max(0, wanted - momentKeys.length);
      const replaced = { revision, document: document.toString('utf8') };
      plan.changed.add({ ...linked, revision: revision + 1, createdAt, momentKeys: momentKeys.slice(0, wanted), replaced });
    }
  }
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

/** The last revisions of deleted records whose ids are used again: a revision never means two things. */
async function readLastRevisions(reader: Reader, lines: Read[]): Promise<Map<string, number>> {
  if (lines.length === 0) return new Map();
  const last = statement<[type: string, id: string, revision: number]>(
    `SELECT c.type, c.slug, max(c.revision) FROM json_each(?) j
       CROSS JOIN changes c ON c.type = j.value ->> 0 AND c.slug = j.value ->> 1 GROUP BY c.type, c.slug`,
    JSON.stringify(lines.map(({ type, input }) => [type, input.id])),
  );
  const [rows] = await reader.read([last]);
  return new Map(rows.map(([type, id, revision]) => [`${type}/${id}`, revision]));
}
