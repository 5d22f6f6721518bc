import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { serve } from '../helpers/server.ts';
import { type Ask, asking } from './ask.ts';
import { type Client, summed, type Tally } from './client.ts';
import { eventClient } from './event-client.ts';
import { httpImportClient, importClient } from './import-client.ts';
import { ROUNDS, seededRandom } from './rounds.ts';
import { textClient } from './text-client.ts';
import { smallWorld } from './world.ts';

/** How many clients write at the same time, besides the one that puts texts and the two that import. */
const WRITERS = 6;

/** How long rounds are begun, in milliseconds: a machine that is busy with other things does fewer of them. */
const LIMIT = 540_000;

/** After how many rounds a new database is begun: what is checked after each grows with what was written. */
const ROUNDS_PER_DATABASE = 10;

test(`a server that is killed under load ${ROUNDS} times keeps every acknowledged write, and no half of one`, {
  timeout: LIMIT + 240_000,
}, async () => {
  const random = seededRandom('kill -9');
  const tallies: Tally[] = [];
  const deadline = performance.now() + LIMIT;
  let done = 0;
  for (; done < ROUNDS && performance.now() < deadline; done += ROUNDS_PER_DATABASE)
    tallies.push(await killRepeatedly(Math.min(ROUNDS_PER_DATABASE, ROUNDS - done), random));
  const { acknowledged, applied, dropped, retried, replayed } = summed(tallies);
  console.log(
    `kill -9: ${Math.min(done, ROUNDS)} of ${ROUNDS} rounds, ${acknowledged} writes acknowledged, 0 lost; of ${applied + dropped} without an answer, ${applied} were done and ${dropped} not; ${retried} of them asked again and done once; ${replayed} answers given again`,
  );
  expect(acknowledged).toBeGreaterThan(done * 5);
});

/** Lets clients write to one database, kills the server at random moments, and looks each time at what is there. */
async function killRepeatedly(rounds: number, random: ReturnType<typeof seededRandom>): Promise<Tally> {
  const { path, key } = await smallWorld();
  let current: Ask | undefined;
  const ask: Ask = (asked) => current!(asked);
  const importer = importClient(path, random, ask);
  const clients: Client[] = [
    ...Array.from({ length: WRITERS }, (_, index) => eventClient(`c${index}`, random, ask)),
    textClient(ask),
    httpImportClient(ask),
    importer,
  ];
  for (let round = 0; round <= rounds; round += 1) {
    const { child, end, address } = await serve(path);
    current = asking(address, key);
    const checked = runOn(path, ['check']);
    await Promise.all(clients.map((client) => client.settle()));
    expect(await checked).toMatchObject({ code: 0, errors: '' });
    if (round < rounds) {
      const writing = Promise.all(clients.map((client) => client.write()));
      await setTimeout(random.between(20, 1500));
      child.kill('SIGKILL');
      await importer.kill();
      await writing;
    } else {
      child.kill('SIGTERM');
    }
    await end;
  }
  return summed(clients.map(({ tally }) => tally));
}
