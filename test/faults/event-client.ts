import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../bench/world/random.ts';
import type { Answer, Ask, Asked } from './ask.ts';
import { type Client, nothingDone } from './client.ts';
import { STEADY_SOURCE } from './world.ts';

/** An event as its writer knows it: the token of the last write and the revision; nothing when there is none. */
type Known = { token: string; revision: number } | undefined;

/** One write: how it is asked, what it is answered, and what it makes of which event. */
type Write = { asked: Asked; status: number; of: string; before: Known; after: Known };

/**
 * Creates, changes and deletes events of its own; creations and changes carry an Idempotency-Key. `ask` goes to whichever server runs.
 * After a crash what had no answer is asked again, and so is some of what had one.
 */
export function eventClient(name: string, random: Random, ask: Ask): Client {
  const tally = nothingDone();
  const events = new Map<string, Known>();
  const answered: { write: Write; answer: Answer }[] = [];
  let inDoubt: Write | undefined;
  let next = 1;

  function nextWrite(): Write {
    const token = `${name}x${next++}`;
    const living = [...events.keys()].filter((id) => events.get(id));
    const chance = random.next();
    if (living.length === 0 || chance < 0.4) return put('POST', '/v1/events', 201, `e-${token}`, token);
    const id = random.pick(living);
    if (chance < 0.85) return put('PATCH', `/v1/events/${id}`, 200, id, token);
    return { asked: { method: 'DELETE', path: `/v1/events/${id}` }, status: 204, of: id, before: events.get(id), after: undefined };
  }

  function put(method: string, path: string, status: number, of: string, token: string): Write {
    const before = events.get(of);
    const asked = { method, path, body: JSON.stringify(eventOf(of, token)), headers: { 'idempotency-key': token } };
    return { asked, status, of, before, after: { token, revision: (before?.revision ?? 0) + 1 } };
  }

  function acknowledge(write: Write, answer: Answer): void {
    assert.equal(answer.status, write.status, `a write to ${write.of} was answered ${answer.status}: ${answer.body}`);
    events.set(write.of, write.after);
    if (isKeyed(write)) answered.push({ write, answer });
  }

  /** Finds out what became of the write that had no answer, and asks for it again if that is safe: it is done once, whatever became of it. */
  async function resolve(write: Write): Promise<void> {
    const { of, before, after } = write;
    const found = await readEvent(ask, of);
    const isApplied = isDeepStrictEqual(found, after);
    assert.ok(isApplied || isDeepStrictEqual(found, before), `${of} is neither as before nor as after its last write`);
    tally[isApplied ? 'applied' : 'dropped'] += 1;
    events.set(of, found);
    if (!isKeyed(write)) return;
    const answer = await ask(write.asked);
    assert.ok(answer, 'a write that is asked again has no answer');
    assert.equal(
      answer.headers['idempotent-replayed'],
      isApplied ? 'true' : undefined,
      `${of} was ${isApplied ? '' : 'not '}written before`,
    );
    acknowledge(write, answer);
    assert.deepEqual(
      await revisionsOf(ask, of),
      Array.from({ length: after!.revision }, (_, index) => index + 1),
    );
    tally.retried += 1;
  }

  async function replay({ write, answer }: (typeof answered)[number]): Promise<void> {
    const again = await ask(write.asked);
    assert.equal(again?.headers['idempotent-replayed'], 'true', `an acknowledged write to ${write.of} is forgotten`);
    assert.deepEqual(told(again), told(answer), `an acknowledged write to ${write.of} is answered otherwise`);
    tally.replayed += 1;
  }

  return {
    tally,
    async write() {
      for (;;) {
        inDoubt = nextWrite();
        const answer = await ask(inDoubt.asked);
        if (!answer) return;
        acknowledge(inDoubt, answer);
        inDoubt = undefined;
        tally.acknowledged += 1;
      }
    },
    async settle() {
      if (inDoubt) await resolve(inDoubt);
      inDoubt = undefined;
      const last = answered.at(-1);
      if (last) for (const each of [last, random.pick(answered)]) await replay(each);
      for (const [id, known] of events) assert.deepEqual(await readEvent(ask, id), known, `an acknowledged write to ${id} is lost`);
    },
  };
}

const isKeyed = ({ asked }: Write): boolean => asked.headers !== undefined;

/** The parts of a response that identify a write. */
const told = ({ status, headers, body }: Answer) => ({ status, body, etag: headers['etag'], location: headers['location'] });

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

/** The state of an event on the server, every part of which must be of one write. */
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

/** The revisions that the change log has of an event, the oldest first. */
async function revisionsOf(ask: Ask, id: string): Promise<number[]> {
  const answer = await ask({ method: 'GET', path: `/v1/events/${id}/history?limit=200` });
  assert.equal(answer?.status, 200, answer?.body);
  const { items } = JSON.parse(answer.body) as { items: { revision: number }[] }; // @NOTE the contract says so
  return items.map(({ revision }) => revision).toSorted((one, other) => one - other);
}
