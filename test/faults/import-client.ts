import { strict as assert } from 'node:assert';
import { setTimeout } from 'node:timers/promises';
import type { Random } from '../bench/world/random.ts';
import { ended, start } from '../helpers/command.ts';
import type { Ask } from './ask.ts';
import { type Client, nothingDone } from './client.ts';

/** How many records an import has. */
const BATCH = 20;

/**
 * Imports one batch a round with a process of its own, which waits for its input until a random moment of the round, and in every other
 * round is killed with the server.
 */
export function importClient(path: string, random: Random, ask: Ask): Client & { kill: () => Promise<void> } {
  const tally = nothingDone();
  const topics = new Map<string, number>();
  let running: { kill: () => void; end: Promise<unknown> } | undefined;
  let inDoubt: string | undefined;
  let next = 1;

  return {
    tally,
    async write() {
      const topic = `batch-${next++}`;
      const lines = Array.from({ length: BATCH }, (_, line) => ({
        type: 'event',
        id: `${topic}-${line}`,
        kind: 'import',
        title: topic,
        topics: [topic],
      }));
      const input = setTimeout(random.between(0, 1500)).then(() => lines.map((line) => JSON.stringify(line)).join('\n'));
      const child = start(['import', '-'], { environment: { DATABASE_URL: `file:${path}` }, input });
      inDoubt = topic;
      const end = ended(child).then(({ code }) => {
        if (code === null) return;
        assert.equal(code, 0);
        topics.set(topic, BATCH);
        inDoubt = undefined;
        tally.acknowledged += 1;
      });
      running = { kill: () => void child.kill('SIGKILL'), end };
      await end;
    },
    async kill() {
      if (random.next() < 0.5) running?.kill();
      await running?.end;
    },
    async settle() {
      if (inDoubt !== undefined) {
        const found = await countOf(ask, inDoubt);
        assert.ok(found === 0 || found === BATCH, `${found} of ${BATCH} records of an import are there`);
        tally[found === 0 ? 'dropped' : 'applied'] += 1;
        topics.set(inDoubt, found);
        inDoubt = undefined;
      }
      for (const [topic, count] of topics) assert.equal(await countOf(ask, topic), count, `an import is lost: ${topic}`);
    },
  };
}

async function countOf(ask: Ask, topic: string): Promise<number> {
  const answer = await ask({ method: 'GET', path: `/v1/events?topic=${topic}&limit=1` });
  assert.equal(answer?.status, 200);
  return JSON.parse(answer.body).total;
}
