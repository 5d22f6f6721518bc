import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';
import { type Ask, asking } from './ask.ts';
import { createEvents } from './creating.ts';
import { nextRelease } from './next-release.ts';
import { ROUNDS, ROUNDS_TIME, seededRandom } from './rounds.ts';
import { smallWorld } from './world.ts';

/** Number of clients that create events concurrently, besides the one that imports. */
const CLIENTS = 4;

/** A migration that notes in the database which change was the last before it. */
const NOTE = "INSERT INTO sequences (name, next) SELECT 'migrated', coalesce(max(sequence), 0) FROM changes;";

/** Recognizes the problem of a write that the older release may no longer make. */
const isRefused = (body: string | undefined): boolean => body?.includes('/problems/storage-migrated') ?? false;

/** Imports ten events at a time until an import is refused; returns the ids that were acknowledged and the last answer. */
async function importEvents(ask: Ask, name: string): Promise<{ acknowledged: string[]; last: string | undefined }> {
  const acknowledged: string[] = [];
  for (let next = 0; ; next += 1) {
    const ids = Array.from({ length: 10 }, (_, line) => `${name}-${next}-${line}`);
    const body = ids.map((id) => JSON.stringify({ type: 'event', id, kind: 'visit', title: id })).join('\n');
    const answer = await ask({ method: 'POST', path: '/v1/import', body, headers: { 'content-type': 'application/x-ndjson' } });
    if (answer?.status !== 200) return { acknowledged, last: answer?.body };
    acknowledged.push(...ids);
  }
}

test(`a server of an older release writes nothing once a newer one has migrated its database, ${ROUNDS} times under load`, {
  timeout: ROUNDS_TIME + 180_000,
}, async () => {
  const random = seededRandom('older release');
  const newer = nextRelease('note', NOTE);
  let written = 0;
  const deadline = performance.now() + ROUNDS_TIME;
  let round = 0;
  for (; round < ROUNDS && performance.now() < deadline; round += 1) {
    const { path, key } = await smallWorld();
    const older = await serve(path);
    const ask = asking(older.address, key);
    const creating = Array.from({ length: CLIENTS }, (_, index) => createEvents(ask, `created-${index}`));
    const importing = importEvents(ask, 'imported');
    await setTimeout(random.between(50, 1000));
    expect(await runProcessOn(path, ['migrate'], { main: newer })).toMatchObject({ code: 0 });
    const created = await Promise.all(creating);
    const imported = await importing;
    for (const last of [...created.map((each) => each.last?.body), imported.last]) expect(last).toSatisfy(isRefused);
    const ready = await ask({ method: 'GET', path: '/readyz' });
    expect(ready?.status === 503 && isRefused(ready.body)).toBe(true);
    expect((await ask({ method: 'GET', path: '/v1/events/citing' }))?.status).toBe(200);
    older.child.kill(random.pick(['SIGTERM', 'SIGKILL']));
    await older.end;
    expect(await runProcessOn(path, ['serve'], { environment: { PORT: '0' } })).toMatchObject({ code: 13 });

    const connection = new Database(path);
    const [last, noted] = ['SELECT max(sequence) FROM changes', "SELECT next FROM sequences WHERE name = 'migrated'"].map((sql) =>
      connection.prepare(sql).pluck().get(),
    );
    const ids = new Set(connection.prepare("SELECT slug FROM records WHERE type = 'event'").pluck().all());
    connection.close();
    expect(last).toBe(noted);
    const acknowledged = [...created.flatMap((each) => each.acknowledged), ...imported.acknowledged];
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    written += acknowledged.length;
    const after = await serve(path, [], {}, newer);
    expect((await createEvents(asking(after.address, key), 'after', AbortSignal.abort())).last?.status).toBe(201);
    after.child.kill('SIGTERM');
    await after.end;
    expect(await runProcessOn(path, ['check'], { main: newer })).toMatchObject({ code: 0 });
  }
  console.log(
    `older release: ${round} of ${ROUNDS} migrations under load, ${written} writes acknowledged before, 0 lost, 0 rows written after`,
  );
});
