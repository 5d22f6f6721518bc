import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';
import { type Ask, asking, patiently } from './ask.ts';
import { type Client, summed, type Tally } from './client.ts';
import { eventClient } from './event-client.ts';
import { httpImportClient, importClient } from './import-client.ts';
import { ROUNDS, ROUNDS_TIME, seededRandom } from './rounds.ts';
import { textClient } from './text-client.ts';
import { smallWorld } from './world.ts';

/** Number of clients that write concurrently, besides the one that puts texts and the two that import. */
const WRITERS = 6;

/** After how many rounds a new database is begun: what is checked after each grows with what was written. */
const ROUNDS_PER_DATABASE = 10;

type Random = ReturnType<typeof seededRandom>;

test(`a server that is killed under load ${ROUNDS} times keeps every acknowledged write, and no half of one`, {
  timeout: ROUNDS_TIME + 180_000,
}, async () => {
  const random = seededRandom('kill -9');
  const tallies: Tally[] = [];
  const deadline = performance.now() + ROUNDS_TIME;
  let done = 0;
  while (done < ROUNDS && performance.now() < deadline) {
    const { rounds, tally } = await killRepeatedly({ rounds: Math.min(ROUNDS_PER_DATABASE, ROUNDS - done), deadline }, random);
    tallies.push(tally);
    done += rounds;
  }
  const { acknowledged, applied, dropped, retried, replayed } = summed(tallies);
  console.log(
    `kill -9: ${done} of ${ROUNDS} rounds, ${acknowledged} writes acknowledged, 0 lost; of ${applied + dropped} without an answer, ${applied} were done and ${dropped} not; ${retried} of them asked again and done once; ${replayed} answers given again`,
  );
  expect(acknowledged).toBeGreaterThan(done * 5);
});

/** Lets clients write to one database, kills the server at random moments until the deadline, and looks after each time at what is there. */
async function killRepeatedly(
  { rounds, deadline }: { rounds: number; deadline: number },
  random: Random,
): Promise<{ rounds: number; tally: Tally }> {
  const { path, key } = await smallWorld();
  let current: Ask | undefined;
  const ask: Ask = (asked) => current!(asked);
  const importer = importClient(path, random, ask);
  const sender = httpImportClient(ask);
  const clients: Client[] = [
    ...Array.from({ length: WRITERS }, (_, index) => eventClient(`c${index}`, random, ask)),
    textClient(ask),
    sender,
    importer,
  ];
  for (let round = 0; ; round += 1) {
    const { child, end, address } = await serve(path);
    current = patiently(asking(address, key));
    const checked = runProcessOn(path, ['check']);
    await Promise.all(clients.map((client) => client.settle()));
    expect(await checked).toMatchObject({ code: 0, errors: '' });
    if (round === rounds || performance.now() > deadline) {
      child.kill('SIGTERM');
      await end;
      return { rounds: round, tally: summed(clients.map(({ tally }) => tally)) };
    }
    const writing = Promise.all(clients.map((client) => client.write()));
    // In every other round an import over HTTP is done first, and the next one killed anywhere in it, however slow the machine is.
    const took = random.next() < 0.5 ? await firstAnswer(sender) : 1500;
    await setTimeout(random.between(20, took));
    child.kill('SIGKILL');
    await importer.kill();
    await writing;
    await end;
  }
}

/** Time limit of an import, in milliseconds. */
const IMPORT_LIMIT = 15_000;

/** Waits for the first response to a client, and returns the time that it took in milliseconds. */
async function firstAnswer({ tally }: Client): Promise<number> {
  const { acknowledged } = tally;
  const started = performance.now();
  const waited = () => performance.now() - started;
  while (tally.acknowledged === acknowledged && waited() < IMPORT_LIMIT) await setTimeout(20);
  return Math.ceil(waited());
}
