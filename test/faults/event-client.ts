import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../bench/world/random.ts';
import { type Client, type InDoubt, nothingDone } from './client.ts';
import type { Ask } from './ask.ts';
import { STEADY_SOURCE } from './world.ts';

/** An event as its writer knows it: the token of the last write and the revision; nothing when there is none. */
type Known = { token: string; revision: number } | undefined;

/** Creates, changes and deletes events of its own. `ask` goes to whichever server runs. */
export function eventClient(name: string, random: Random, ask: Ask): Client {
  const tally = nothingDone();
  const events = new Map<string, Known>();
  let inDoubt: InDoubt<Known> | undefined;
  let next = 1;

  async function writeOne(): Promise<boolean> {
    const token = `${name}x${next++}`;
    const living = [...events.keys()].filter((id) => events.get(id));
    const chance = random.next();
    if (living.length === 0 || chance < 0.4) return put('POST', '/v1/events', 201, `e-${token}`, token);
    const id = random.pick(living);
    if (chance < 0.85) return put('PATCH', `/v1/events/${id}`, 200, id, token);
    inDoubt = { of: id, before: events.get(id), after: undefined };
    return acknowledge((await ask({ method: 'DELETE', path: `/v1/events/${id}` }))?.status, 204);
  }

  async function put(method: string, path: string, status: number, id: string, token: string): Promise<boolean> {
    const before = events.get(id);
    inDoubt = { of: id, before, after: { token, revision: (before?.revision ?? 0) + 1 } };
    return acknowledge((await ask({ method, path, body: JSON.stringify(eventOf(id, token)) }))?.status, status);
  }

  function acknowledge(status: number | undefined, wanted: number): boolean {
    if (status === undefined) return false;
    assert.equal(status, wanted, `a write to ${inDoubt!.of} was answered ${status}`);
    events.set(inDoubt!.of, inDoubt!.after);
    inDoubt = undefined;
    tally.acknowledged += 1;
    return true;
  }

  return {
    tally,
    async write() {
      while (await writeOne());
    },
    async settle() {
      if (inDoubt) {
        const { of, before, after } = inDoubt;
        const found = await readEvent(ask, of);
        const isApplied = isDeepStrictEqual(found, after);
        assert.ok(isApplied || isDeepStrictEqual(found, before), `${of} is neither as before nor as after its last write`);
        tally[isApplied ? 'applied' : 'dropped'] += 1;
        events.set(of, found);
        inDoubt = undefined;
      }
      for (const [id, known] of events) assert.deepEqual(await readEvent(ask, id), known, `an acknowledged write to ${id} is lost`);
    },
  };
}

/** An event whose every part bears the token of the write that made it, so that a half-written one would show. */
const eventOf = (id: string, token: string): object => ({
  id,
  kind: 'visit',
  title: `Visit ${token}`,
  summary: `Said ${token}`,
  date: { edtf: '2001-05', asStated: token },
  topics: [`t-${token}`],
  participants: [{ actor: 'csto', role: `r-${token}` }],
  citations: [{ source: STEADY_SOURCE, paragraph: 1, phrase: 'first words' }],
});

/** What the server says of an event, every part of which must be of one write. */
async function readEvent(ask: Ask, id: string): Promise<Known> {
  const answer = await ask({ method: 'GET', path: `/v1/events/${id}` });
  if (answer?.status === 404) return undefined;
  assert.equal(answer?.status, 200);
  const { revision, title, summary, date, topics, participants } = JSON.parse(answer.body);
  const token = String(date.asStated);
  assert.deepEqual(
    { title, summary, topics, role: participants[0].role },
    { title: `Visit ${token}`, summary: `Said ${token}`, topics: [`t-${token}`], role: `r-${token}` },
    `${id} is half written`,
  );
  return { token, revision };
}
