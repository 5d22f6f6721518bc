import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { ended, runProcessOn, start } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { type Server, serve } from '../helpers/server.ts';
import { isSkipped } from '../helpers/skip.ts';
import { whyNoTrace } from '../helpers/trace.ts';
import { asking } from './ask.ts';
import { createEvents } from './creating.ts';
import { ROUNDS, ROUNDS_TIME, seededRandom } from './rounds.ts';
import { smallWorld } from './world.ts';

// Each starts several processes, on machines that may be busy.
vi.setConfig({ testTimeout: 180_000 });

/** Number of clients that create events concurrently. */
const CLIENTS = 4;

type Random = ReturnType<typeof seededRandom>;

/** The ids of the events in a database, read from a copy of it and of its log, so that nothing of it is changed. */
function idsIn(path: string): string[] {
  const copy = join(temporaryFolder(), 'copy.db');
  for (const each of ['', '-wal', '-journal']) if (existsSync(`${path}${each}`)) copyFileSync(`${path}${each}`, `${copy}${each}`);
  const connection = new Database(copy);
  const ids = connection.prepare("SELECT slug FROM records WHERE type = 'event' ORDER BY slug").pluck().all();
  connection.close();
  return ids.map(String);
}

const together = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])].toSorted();

/** Creates events for some milliseconds while a backup is made, and kills the server; returns what the backup and the database hold then. */
async function writeAndBackUp(
  { path, key }: World,
  name: string,
  random: Random,
): Promise<{ file: string; backup: string[]; before: string[] }> {
  const { address, child, end } = await serve(path);
  const ask = asking(address, key);
  const writing = Array.from({ length: CLIENTS }, (_, index) => createEvents(ask, `${name}-${index}`));
  const file = join(temporaryFolder(), 'backup.db');
  expect(await runProcessOn(path, ['backup', file])).toMatchObject({ code: 0 });
  await setTimeout(random.between(50, 300));
  child.kill('SIGKILL');
  const acknowledged = (await Promise.all(writing)).flatMap((each) => each.acknowledged);
  await end;
  const before = idsIn(path);
  expect(acknowledged.filter((id) => !before.includes(id))).toEqual([]);
  return { file, backup: idsIn(file), before };
}

type World = { path: string; key: string };

/** Waits until a file beside the database appears whose name has a part, or until the process has ended. */
async function appears(path: string, part: string, over: Promise<unknown>): Promise<void> {
  const ending = new AbortController();
  void over.then(() => ending.abort());
  const known = new Set(readdirSync(dirname(path)));
  while (!ending.signal.aborted && !readdirSync(dirname(path)).some((name) => name.includes(part) && !known.has(name))) await setTimeout(1);
}

/** Starts a server and creates events for as long as it answers and `over` is pending; a server that does not start is no fault. */
async function serveUntil({ path, key }: World, name: string, over: Promise<unknown>): Promise<string[]> {
  let server: Server;
  try {
    server = await serve(path);
  } catch {
    return [];
  }
  const enough = new AbortController();
  const creating = createEvents(asking(server.address, key), name, enough.signal);
  await over;
  await setTimeout(100);
  enough.abort();
  const { acknowledged } = await creating;
  server.child.kill('SIGTERM');
  await server.end;
  return acknowledged;
}

/** Holds a database against what was acknowledged: it is the old one or the backup, as the code of the restore says, and nothing between. */
async function expectWhole(
  path: string,
  code: number | null,
  old: readonly string[],
  restored: readonly string[],
): Promise<'old' | 'restored'> {
  const found = idsIn(path);
  expect([0, 16, null]).toContain(code);
  const isRestored = found.join() === restored.join();
  if (!isRestored || code === 16) expect(found).toEqual(old);
  if (code === 0) expect(isRestored).toBe(true);
  expect(await runProcessOn(path, ['check'])).toMatchObject({ code: 0, errors: '' });
  return isRestored ? 'restored' : 'old';
}

test(`a restore that is killed, or during which a server starts, leaves the old database or the backup, ${ROUNDS} times`, {
  timeout: ROUNDS_TIME + 180_000,
}, async () => {
  const random = seededRandom('restore');
  const world = await smallWorld();
  const seen = { old: 0, restored: 0, killed: 0, refused: 0, meanwhile: 0 };
  const deadline = performance.now() + ROUNDS_TIME;
  let round = 0;
  for (; round < ROUNDS && performance.now() < deadline; round += 1) {
    const { file, backup, before } = await writeAndBackUp(world, `r${round}`, random);
    const child = start(['restore', file], { environment: { DATABASE_URL: `file:${world.path}` } });
    const over = ended(child);
    const isKilled = random.next() < 0.6;
    const moment = random.pick(['.restoring', '.replaced-']);
    const serving =
      random.next() < 0.5
        ? appears(world.path, random.pick(['.restoring', '.replaced-']), over).then(() => serveUntil(world, `m${round}`, over))
        : [];
    if (isKilled) {
      await appears(world.path, moment, over);
      await setTimeout(random.between(0, moment === '.restoring' ? 40 : 3));
      child.kill('SIGKILL');
    }
    const { code } = await over;
    const meanwhile = await serving;
    const is = await expectWhole(world.path, code, together(before, meanwhile), together(backup, meanwhile));
    seen[is] += 1;
    if (code === null) seen.killed += 1;
    if (code === 16) seen.refused += 1;
    seen.meanwhile += meanwhile.length;
  }
  console.log(
    `restore: ${round} of ${ROUNDS} rounds, ${seen.killed} killed, ${seen.refused} refused as a server was first; ${seen.old} left the old database and ${seen.restored} the backup, each whole; ${seen.meanwhile} writes acknowledged meanwhile, 0 lost`,
  );
});

test.skipIf(isSkipped('a server that starts while a slow disk syncs a restore', whyNoTrace()))(
  'a server that starts while a restore waits for a slow disk loses no write that it acknowledges',
  async () => {
    const random = seededRandom('slow restore');
    const world = await smallWorld();
    const { file, backup, before } = await writeAndBackUp(world, 'slow', random);
    const delayed = ['-f', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:delay_enter=2500000'];
    const over = ended(start(['restore', file], { environment: { DATABASE_URL: `file:${world.path}` }, through: ['strace', ...delayed] }));
    await appears(world.path, '.replaced-', over);
    expect(readdirSync(dirname(world.path)).filter((name) => name === `${basename(world.path)}-wal`)).toEqual([]);
    const meanwhile = await serveUntil(world, 'meanwhile', over);
    const { code, errors } = await over;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(await expectWhole(world.path, code, before, together(backup, meanwhile))).toBe('restored');
    // Once the restore is over, a server starts on what it restored.
    const { child, end } = await serve(world.path);
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0 });
  },
);
