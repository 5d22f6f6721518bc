import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { asking } from '../../faults/ask.ts';
import { startPostgres } from '../../postgres/server.ts';
import { event, expectSound, get, makeTemplate, numbered, send, type Template, twoProcesses } from './world.ts';

let template: Template;
beforeAll(async () => {
  const server = await startPostgres();
  template = await makeTemplate(server);
  return () => server.stop();
});

/** For how long a process may still know a key that another has revoked, in milliseconds: well below the second that the manual names. */
const KNOWN_FOR = 500;

test('a new key opens both processes at once, and none within a second of its revocation by a third one', async () => {
  const { one, other, run } = await twoProcesses(template, { READ_ACCESS: 'key', RATE_LIMIT: '0' });
  for (const round of numbered(3)) {
    const { output, errors } = await run('keys', 'create', '--label', `key ${round}`, '--scope', 'write');
    const [, id] = /made the key (\S+);/.exec(errors)!;
    const asks = [one, other].map(({ served }) => ({ ask: asking(served.address, output.trim()) }));
    const write = async (which: 0 | 1, name: string) =>
      (await send(asks[which]!, 'POST', '/v1/events', event(`k-${round}-${which}-${name}`))).status;
    expect(await Promise.all([write(0, 'new'), write(1, 'new')])).toEqual([201, 201]);
    // Both ask all the time, so that they know the key when it is revoked.
    const end = new AbortController();
    const known = [0, 1].map(async (which) => {
      while (!end.signal.aborted) await get(asks[which]!, '/v1/events?limit=1');
    });
    expect(await run('keys', 'revoke', id!)).toMatchObject({ code: 0 });
    await setTimeout(KNOWN_FOR);
    const answers = await Promise.all(
      asks.flatMap((each) => [get(each, '/v1/events?limit=1'), send(each, 'POST', '/v1/events', event(`late-${round}`))]),
    );
    end.abort();
    await Promise.all(known);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(answers[0]!.body).toContain('revoked');
  }
  expect(JSON.parse((await get(one, '/v1/events?limit=1')).body).total).toBe(6);
});

test('each process counts requests for itself: what one has refused another one answers', async () => {
  const limit = 5;
  const { one, other } = await twoProcesses(template, { RATE_LIMIT: String(limit), WRITE_RATE_LIMIT: String(limit) });
  for (const from of [one, other]) {
    const reads = [];
    const writes = [];
    for (const round of numbered(limit + 1)) {
      reads.push(await get(from, '/v1/events?limit=1'));
      writes.push(await send(from, 'POST', '/v1/events', { kind: 'visit', title: `Visit ${round}` }));
    }
    expect(reads.map(({ status }) => status)).toEqual([...numbered(limit).map(() => 200), 429]);
    expect(writes.map(({ status }) => status)).toEqual([...numbered(limit).map(() => 201), 429]);
    expect(reads.at(-1)!.headers['ratelimit']).toMatch(/^"read";r=0;t=\d+$/);
  }
});

test('every database is sound after all of this', expectSound);
