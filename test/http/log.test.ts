import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { runOn } from '../helpers/command.ts';
import { temporaryDatabase } from '../helpers/database.ts';
import { served } from '../helpers/served.ts';

/** The service saying all it can, and what it has said so far. */
async function serveLoudly(path: string) {
  let said = '';
  const { address, stop: end } = await served(path, { LOG_LEVEL: 'trace' }, { write: (line) => void (said += line) });
  const stop = async () => {
    await end();
    return said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [])); // @NOTE pino writes objects
  };
  return { address, said: () => said, stop };
}

async function makeKey(path: string, ...options: string[]): Promise<{ token: string; id: string }> {
  const { output, errors } = await runOn(path, ['keys', 'create', '--label', 'logged', ...options]);
  return { token: output.trim(), id: /the key (\w+);/.exec(errors)![1]! };
}

test('the log has no key, right or wrong, sent in any place; it has the id of the key', async () => {
  const path = await temporaryDatabase();
  const { token, id } = await makeKey(path);
  const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
  const { address, said, stop } = await serveLoudly(path);
  const ask = (url: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${address}${url}`, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
  const json = { 'content-type': 'application/json' };
  const authorized = { ...json, authorization: `Bearer ${token}` };
  expect((await ask('/v1/places', authorized, '{"kind":"city","name":"Termez"}')).status).toBe(201);
  expect((await ask('/v1/places', authorized, `{"${token}":`)).status).toBe(400);
  expect((await ask('/v1/places', { ...json, authorization: `Bearer ${wrong}` }, '{}')).status).toBe(401);
  expect((await ask(`/v1/places?key=${token}`)).status).toBe(400);
  expect((await ask(`/v1/places?key=${wrong.replace('_', '%5F')}`)).status).toBe(400);
  expect((await ask(`/v1/actors/${token}`)).status).toBe(404);
  expect((await ask(`/${token}`, { cookie: token, 'x-api-key': token, referer: `${address}/?key=${token}` })).status).toBe(404);
  const lines = await stop();
  expect(lines.length, 'each request is in the log').toBeGreaterThanOrEqual(7);
  for (const each of [token, wrong]) {
    const secret = each.slice('annals_'.length);
    expect(said()).not.toContain(secret.slice(0, 10));
    expect(said().toLowerCase()).not.toContain(createHash('sha256').update(each).digest('hex'));
  }
  expect(lines.flatMap(({ key }) => key ?? [])).toEqual([id, id]);
});

test('the log has the reason of a failure under the reference that the client got', async () => {
  const path = await temporaryDatabase();
  const { token } = await makeKey(path);
  const { address, stop } = await serveLoudly(path);
  const vandal = new Database(path);
  vandal.exec('DROP TABLE api_keys');
  vandal.close();
  const answer = await fetch(`${address}/v1/places`, { method: 'POST', body: '{}', headers: { authorization: `Bearer ${token}` } });
  const problem = (await answer.json()) as { detail: string }; // @NOTE every problem has a detail
  expect([answer.status, JSON.stringify(problem)]).toEqual([500, expect.not.stringMatching(/api_keys|table/)]);
  const lines = await stop();
  const reason = lines.find(({ msg }) => msg === 'unexpected error');
  expect(reason).toMatchObject({ err: { message: 'no such table: api_keys', stack: expect.stringContaining('authenticate-key') } });
  expect(problem.detail).toMatch(new RegExp(` under ${String(reason!['reqId'] ?? reason!['requestId'])}$`));
});
