import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { OPERATIONS } from '../../src/http/routes.ts';
import { readConfig } from '../../src/config.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { ConstraintError, type Engine } from '../../src/storage/port.ts';
import { sharedApp } from '../helpers/app.ts';
import { operations } from '../helpers/contract.ts';
import { NOW } from '../helpers/fixtures.ts';

/** A fault of the service tells the client that there was one, and nothing about the service. */

const service = sharedApp();
const SECRET = 'SELECT hash FROM api_keys -- /srv/annals/secret.db';

const FAULTS: [what: string, fault: unknown][] = [
  ['an error', new Error(SECRET)],
  ['a broken constraint', new ConstraintError(SECRET)],
  ['an error with a code', Object.assign(new TypeError(SECRET), { code: 'SQLITE_ERROR' })],
  ['an error with a cause', new Error(SECRET, { cause: new Error(SECRET) })],
  ['an error that claims a status', Object.assign(new Error(SECRET), { status: 200, headers: { 'x-secret': SECRET } })],
  ['a text', SECRET],
  ['nothing at all', undefined],
];

/** The real service on an engine that can do nothing. */
async function failing(fault: unknown): Promise<FastifyInstance> {
  const reject = () => Promise.reject(fault);
  const engine: Engine = {
    address: { url: 'file:nowhere.db', known: undefined },
    size: reject,
    read: reject,
    write: reject,
    load: reject,
    version: reject,
    refuseSuperseded: reject,
    waiting: () => 0,
    onCommit: () => undefined,
    close: async () => undefined,
  };
  return buildApp({ annals: openAnnals(engine, () => NOW), config: readConfig({ LOG_LEVEL: 'silent', MAX_DELAY: '0' }) });
}

const PLAIN = {
  type: '/problems/internal',
  title: 'Something went wrong here',
  status: 500,
  detail: expect.stringMatching(/^the service failed on this request; the log has the reason under [\w.-]+$/),
  instance: expect.stringMatching(/^\/requests\/[\w.-]+$/),
};

describe.each(FAULTS)('when the database fails with %s,', (_what, fault) => {
  test('every operation returns 500 with a reference to the log, and without the reason', async () => {
    const app = await failing(fault);
    let failed = 0;
    for (const { method, example, path, id } of OPERATIONS) {
      const response = await app.inject({
        method,
        url: method === 'GET' ? example.address : path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'csto'),
        headers: { authorization: `Bearer ${service.writeKey}`, 'content-type': 'application/json' },
        payload: method === 'GET' ? undefined : '{}',
      });
      if (id === 'getHealth') expect(response.statusCode).toBe(200);
      else {
        expect([response.statusCode, response.json()], id).toEqual([500, PLAIN]);
        expect(response.headers['content-type']).toBe('application/problem+json');
        failed += 1;
      }
      expect(`${JSON.stringify(response.headers)}${response.body}`, id).not.toMatch(
        /SELECT|secret|\.db|\.ts|\.js\b|node_modules| at |stack/,
      );
    }
    expect(failed).toBe(operations.length - 1);
    await app.close();
  });
});

test('each failure has its own reference', async () => {
  const app = await failing(new Error(SECRET));
  const details = [await app.inject('/readyz'), await app.inject('/readyz')].map((response) => response.body);
  expect(new Set(details).size).toBe(2);
  await app.close();
});
