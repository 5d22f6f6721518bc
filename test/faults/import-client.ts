import { strict as assert } from 'node:assert';
import { setTimeout } from 'node:timers/promises';
import type { Random } from '../bench/world/random.ts';
import { ended, start } from '../helpers/processes.ts';
import type { Ask } from './ask.ts';
import { type Client, nothingDone } from './client.ts';

/** The import of a batch: `load` returns true when the import was acknowledged, and `goesOn` returns true when another batch follows. */
type Importing = { batch: number; load: (lines: string) => Promise<boolean>; goesOn: () => boolean };

/** Imports batches, each under a topic of its own, by which it is counted. */
function batchClient(name: string, ask: Ask, { batch, load, goesOn }: Importing): Client {
  const tally = nothingDone();
  const topics = new Map<string, number>();
  let inDoubt: string | undefined;
  let next = 1;

  return {
    tally,
    async write() {
      do {
        const topic = `${name}-${next++}`;
        inDoubt = topic;
        if (!(await load(linesOf(topic, batch)))) return;
        topics.set(topic, batch);
        inDoubt = undefined;
        tally.acknowledged += 1;
      } while (goesOn());
    },
    async settle() {
      if (inDoubt !== undefined) {
        const found = await countOf(ask, inDoubt);
        assert.ok(found === 0 || found === batch, `${found} of ${batch} records of an import are there`);
        tally[found === 0 ? 'dropped' : 'applied'] += 1;
        topics.set(inDoubt, found);
        inDoubt = undefined;
      }
      for (const [topic, count] of topics) assert.equal(await countOf(ask, topic), count, `an import is lost: ${topic}`);
    },
  };
}

/**
 * Imports one batch a round with a process of its own, which waits for its input until a random moment of the round, and in every other
 * round is killed with the server.
 */
export function importClient(path: string, random: Random, ask: Ask): Client & { kill: () => Promise<void> } {
  let running: { kill: () => void; end: Promise<number | null> } | undefined;
  const client = batchClient('batch', ask, {
    batch: 20,
    goesOn: () => false,
    async load(lines) {
      const input = setTimeout(random.between(0, 1500)).then(() => lines);
      const child = start(['import', '-'], { environment: { DATABASE_URL: `file:${path}` }, input });
      const end = ended(child).then(({ code, errors }) => {
        assert.ok(code === null || code === 0, errors);
        return code;
      });
      running = { kill: () => void child.kill('SIGKILL'), end };
      return (await end) === 0;
    },
  });
  return {
    ...client,
    async kill() {
      if (random.next() < 0.5) running?.kill();
      await running?.end;
    },
  };
}

/** Imports one batch after the other over HTTP, until the server is gone in the middle of one. */
export function httpImportClient(ask: Ask): Client {
  return batchClient('sent', ask, {
    batch: 200,
    goesOn: () => true,
    async load(body) {
      const answer = await ask({ method: 'POST', path: '/v1/import', body, headers: { 'content-type': 'application/x-ndjson' } });
      if (!answer) return false;
      assert.equal(answer.status, 200, answer.body);
      return true;
    },
  });
}

/** A batch as it is imported. */
function linesOf(topic: string, batch: number): string {
  const record = (line: number) => ({ type: 'event', id: `${topic}-${line}`, kind: 'import', title: topic, topics: [topic] });
  return Array.from({ length: batch }, (_, line) => JSON.stringify(record(line))).join('\n');
}

async function countOf(ask: Ask, topic: string): Promise<number> {
  const answer = await ask({ method: 'GET', path: `/v1/events?topic=${topic}&limit=1` });
  assert.equal(answer?.status, 200);
  return JSON.parse(answer.body).total;
}
