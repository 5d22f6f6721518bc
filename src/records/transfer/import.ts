import { resourceOf } from '../../resources/index.ts';
import { guard, type Statement } from '../../storage/engine.ts';
import { putAllInIndex } from '../../storage/interval-index.ts';
import type { Annals, Keys } from '../annals.ts';
import type { Progress } from '../progress.ts';
import { Overtaken } from '../writing/prepare.ts';
import { momentsOf, type Ready } from '../writing/rows.ts';
import { insertNew, replaceStatements, retried } from '../writing/write.ts';
import { type Changed, compare, type Fresh, type Plan } from './compare.ts';
import { collectFaults } from './faults.ts';
import { gather, type NamedFile } from './gather.ts';
import { chunksOf, link, type Links } from './link.ts';
import { withSpools } from './spool.ts';

/** How many records an import created, changed, and found as they are. */
export type ImportReport = { created: number; updated: number; unchanged: number };

/** `check` does everything but write. */
export type ImportMode = 'write' | 'check';

/**
 * Imports files of NDJSON, one record per line as clients write it, with its `type`: all lines or none, in one batch. Lines may refer to
 * each other in any order, by id or by name. A record that exists is replaced where it differs. Throws `invalid-import` with what is
 * wrong in which line. Memory grows with the number of ids, not with the size of the files: lines wait in temporary files.
 */
export async function importRecords(
  annals: Annals,
  files: readonly NamedFile[],
  mode: ImportMode,
  progress: Progress,
): Promise<ImportReport> {
  return withSpools(async (open) => {
    const faults = collectFaults();
    const gathered = await gather(files, open, faults, progress);
    return retried(async () => {
      const keys = mode === 'check' || faults.any() ? noKeys : annals.keys;
      const links = await link(annals.engine, keys, gathered);
      const plan = await compare(annals.engine, gathered, links, open, faults, progress);
      if (faults.any()) {
        const names = files.map(({ name }) => name);
        throw await faults.error(annals.engine, names, (type) => gathered.ids[type].keys());
      }
      if (mode === 'write' && plan.fresh.count() + plan.changed.count() > 0) await write(annals, links, plan, progress);
      return { created: plan.fresh.count(), updated: plan.changed.count(), unchanged: plan.unchanged };
    });
  });
}

/** Keys that no record has, for when nothing is written. */
const noKeys: Keys = { take: (_, count) => Promise.resolve(-count) };

async function write(annals: Annals, links: Links, plan: Plan, progress: Progress): Promise<void> {
  const firstMoment = plan.momentKeys > 0 ? await annals.keys.take('moment', plan.momentKeys) : 0;
  await annals.engine.write(batch(links, plan, firstMoment, annals.clock(), progress));
}

/**
 * All statements of an import, made as they are run. What is new comes first and enters the index as a whole; then each changed record
 * takes the place of the one before, when all that it refers to is there.
 */
function* batch(links: Links, plan: Plan, firstMoment: number, now: number, progress: Progress): Generator<Statement> {
  const total = plan.fresh.count() + plan.changed.count();
  let nextMoment = firstMoment;
  let done = 0;

  function ready({ type, key, input, revision, verified }: Fresh, createdAt: number, momentKeys: number[]): Ready {
    const resource = resourceOf[type];
    const wanted = momentsOf(resource, input).length;
    while (momentKeys.length < wanted) momentKeys.push(nextMoment++);
    const facts = { id: input.id, revision, createdAt, updatedAt: now, verified: new Map(verified) };
    return { resource, key, momentKeys, input, facts, keyOf: links.keyOf };
  }

  const overtaken = new Overtaken();
  yield* guardExistence(links);
  yield guardTexts(plan);
  for (const fresh of plan.fresh.items()) {
    yield* insertNew(ready(fresh, now, []), overtaken);
    progress('writing', ++done, total);
  }
  yield* putAllInIndex(links.fresh);
  for (const changed of plan.changed.items()) {
    yield* replace(ready(changed, changed.createdAt, changed.momentKeys), changed);
    progress('writing', ++done, total);
  }
}

function replace(ready: Ready, { replaced, createdAt }: Changed): Statement[] {
  const { key, facts } = ready;
  return replaceStatements(ready, { key, id: facts.id, createdAt, revision: replaced.revision, document: Buffer.from(replaced.document) });
}

/** Aborts the batch when a source that has a text was changed since the citations were held against the texts. */
function guardTexts({ since }: Plan): Statement {
  const changed = `SELECT 1 FROM changes c CROSS JOIN records r ON r.type = c.type AND r.slug = c.slug
    CROSS JOIN paragraphs p ON p.source_id = r.id AND p.number = 1 WHERE c.sequence > ? AND c.type = 'source' LIMIT 1`;
  return guard(0, new Overtaken(), changed, since);
}

/** Aborts the batch when a record that existed before was deleted since. */
function* guardExistence({ reliedOn }: Links): Generator<Statement> {
  for (const keys of chunksOf(reliedOn))
    yield guard(keys.length, new Overtaken(), 'SELECT id FROM records WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(keys));
}
