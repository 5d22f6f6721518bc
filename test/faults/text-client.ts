import { strict as assert } from 'node:assert';
import type { Ask } from './ask.ts';
import { type Client, nothingDone } from './client.ts';
import { CHANGING_SOURCE } from './world.ts';

/** Puts one text after the other in the place of that of a source, which an event cites. */
export function textClient(ask: Ask): Client {
  const tally = nothingDone();
  const path = `/v1/sources/${CHANGING_SOURCE}/text`;
  const headers = { 'content-type': 'text/plain' };
  let known: string | undefined;
  let inDoubt: string | undefined;
  let next = 1;

  async function read(): Promise<string | undefined> {
    const answer = await ask({ method: 'GET', path });
    return answer?.status === 200 ? answer.body : undefined;
  }

  return {
    tally,
    async write() {
      for (;;) {
        // Every other text has the words that are cited, so that the event that cites them is written anew each time.
        inDoubt = `Text ${next}\n${next++ % 2 ? 'with the first words' : 'without them'}\n`;
        const answer = await ask({ method: 'PUT', path, body: inDoubt, headers });
        if (!answer) return;
        assert.equal(answer.status, 200, answer.body);
        known = inDoubt;
        inDoubt = undefined;
        tally.acknowledged += 1;
      }
    },
    async settle() {
      const found = await read();
      if (inDoubt !== undefined) {
        const isApplied = found === inDoubt;
        tally[isApplied ? 'applied' : 'dropped'] += 1;
        if (isApplied) known = found;
        inDoubt = undefined;
      }
      assert.equal(found, known, 'an acknowledged text is lost');
    },
  };
}
