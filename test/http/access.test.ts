import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../src/http/routes.ts';
import type { Operation } from '../../src/http/contract/operation.ts';
import { type Scope, SCOPES } from '../../src/domain/scope.ts';
import { createKey, revokeKey } from '../../src/records/keys/api-keys.ts';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';
import { operations } from '../helpers/contract.ts';
import { NOW } from '../helpers/fixtures.ts';

/** Credentials that are tried on every operation, with open reading and with reading by key. */

const CREDENTIALS = ['none', 'malformed', 'wrong', 'expired', 'revoked', ...SCOPES] as const;
type Credential = (typeof CREDENTIALS)[number];

/** Expected statuses of each scope, in the order of the credentials; `in` is any status but 401 and 403. */
const EXPECTED: Record<string, (401 | 403 | 'in')[]> = {
  //                    none  malf. wrong exp.  rev.  read  write admin
  'none where open': ['in', 'in', 'in', 'in', 'in', 'in', 'in', 'in'],
  'none where key': ['in', 'in', 'in', 'in', 'in', 'in', 'in', 'in'],
  'read where open': ['in', 'in', 'in', 'in', 'in', 'in', 'in', 'in'],
  'read where key': [401, 401, 401, 401, 401, 'in', 'in', 'in'],
  'write where open': [401, 401, 401, 401, 401, 403, 'in', 'in'],
  'write where key': [401, 401, 401, 401, 401, 403, 'in', 'in'],
  'admin where open': [401, 401, 401, 401, 401, 403, 403, 'in'],
  'admin where key': [401, 401, 401, 401, 401, 403, 403, 'in'],
};

/** Expected scopes of operations outside /v1, stated independently of the code. */
const OUTSIDE: Record<string, string> = { 'GET /healthz': 'none', 'GET /readyz': 'none' };
const expectedScope = ({ method, path }: Operation): string | undefined =>
  path.startsWith('/v1/') ? (method === 'GET' ? 'read' : 'write') : OUTSIDE[`${method} ${path}`];

/** A service and a key of every sort. */
function withKeys(environment: Record<string, string>): TestApp & { tokens: Record<Credential, string | undefined> } {
  const shared = sharedApp(environment) as TestApp & { tokens: Record<Credential, string | undefined> }; // @NOTE the tokens are added below
  beforeAll(async () => {
    const { annals } = shared;
    const make = async (scope: Scope, clock = annals.clock) =>
      createKey({ ...annals, clock }, { label: scope, scope, expiresAt: clock() + 1000 }, randomBytes);
    const revoked = await make('admin');
    await revokeKey(annals, revoked.id);
    shared.tokens = {
      none: undefined,
      malformed: 'let-me-in',
      wrong: (await strangersKey()).token,
      expired: (await make('admin', () => NOW - 1000)).token,
      revoked: revoked.token,
      read: (await make('read')).token,
      write: (await make('write')).token,
      admin: (await make('admin')).token,
    };
  });
  return shared;
}

/** A key of another service: in form and checksum like ours. */
async function strangersKey() {
  const other = await seededApp();
  const made = await createKey(other.annals, { label: 'stranger', scope: 'admin' }, randomBytes);
  await other.close();
  return made;
}

/** No rate limits: the tests send many wrong keys, and compare responses with headers. */
const UNLIMITED = { RATE_LIMIT: '0', WRITE_RATE_LIMIT: '0' };

const services = { open: withKeys({ READ_ACCESS: 'open', ...UNLIMITED }), key: withKeys({ READ_ACCESS: 'key', ...UNLIMITED }) };

describe.each(['open', 'key'] as const)('where reading is %s,', (access) => {
  const service = services[access];

  const askEach = async (scope: string, request: { method?: Operation['method']; url: string; body?: unknown }) => {
    const told = await Promise.all(
      CREDENTIALS.map(async (credential) => {
        const { status, headers } = await service.ask({ ...request, as: service.tokens[credential] ?? 'nobody' });
        expect(status, `${request.url} with ${credential}`).toBeLessThan(500);
        expect(status).not.toBe(429);
        if (status === 401 || status === 403) expect(headers['www-authenticate']).toMatch(/^Bearer realm="annals"/);
        return status === 401 || status === 403 ? status : 'in';
      }),
    );
    expect(Object.fromEntries(CREDENTIALS.map((credential, at) => [credential, told[at]]))).toEqual(
      Object.fromEntries(CREDENTIALS.map((credential, at) => [credential, EXPECTED[`${scope} where ${access}`]![at]])),
    );
  };

  test.each(operations.map(({ operation }) => operation.operationId))('%s admits the keys that its scope allows', async (id) => {
    const operation = OPERATIONS.find((each) => each.id === id)!;
    const { method, path, scope } = operation;
    expect(scope, `${id} is in the table of this test`).toBe(expectedScope(operation));
    await askEach(scope, {
      method,
      url: path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'no-such-record'),
      ...(method === 'GET' ? {} : { body: {} }),
    });
  });

  test('the metrics admit only keys with the scope admin', () => askEach('admin', { url: '/metrics' }));

  test.each(['/', '/docs', '/docs/static/swagger-ui.css', '/openapi.json', '/problems/missing-key', '/nowhere', '/page/style.css'])(
    '%s needs no key',
    (url) => askEach('none', { url }),
  );
});

test('the table above names every operation', () => {
  expect(OPERATIONS.map(({ id }) => id)).toEqual(expect.arrayContaining(operations.map(({ operation }) => operation.operationId)));
  expect(operations).toHaveLength(OPERATIONS.length);
});

describe('a route that declares no scope', () => {
  test.each(['GET', 'POST', 'OPTIONS'] as const)('stops the service from starting: %s', async (method) => {
    const { app, close } = await seededApp();
    app.route({ method, url: '/forgotten', handler: async () => 'open to all' });
    await expect(app.ready()).rejects.toThrow(`these routes declare no scope: ${method} /forgotten`);
    await close();
  });

  test('is found in a plugin as well', async () => {
    const { app, close } = await seededApp();
    await app.register(async (plugin) => void plugin.get('/forgotten', async () => 'open to all'), { prefix: '/plugin' });
    await expect(app.ready()).rejects.toThrow('/plugin/forgotten');
    await close();
  });
});

describe('no configuration allows a write without a key:', () => {
  const HOSTS = ['127.0.0.1', '0.0.0.0', '::'];
  const settings = ['open', 'key'].flatMap((READ_ACCESS) => HOSTS.map((HOST) => ({ READ_ACCESS, HOST })));

  test.each(settings)('%o', async (environment) => {
    const { ask, close } = await seededApp(environment);
    const changes = OPERATIONS.filter(({ method }) => method !== 'GET');
    expect(changes.length).toBeGreaterThan(15);
    for (const { id, method, path } of changes) {
      for (const as of ['nobody', ''])
        expect(
          (await ask({ method, url: path.replace('{vocabulary}', 'topic').replace(/\{(?:id|slug)\}/, 'csto'), body: {}, as })).status,
          id,
        ).toBe(401);
    }
    await close();
  });
});

describe('a client that may not read', () => {
  const service = services.key;
  const asked = async (url: string, as = 'nobody', method: 'GET' | 'HEAD' | 'DELETE' | 'OPTIONS' = 'GET') => {
    const { status, text, headers } = await service.ask({ method, url, as });
    // Each request has an id of its own; nothing else may differ.
    const id = String(headers['x-request-id']);
    const telling = Object.entries(headers).filter(([name]) => !['date', 'x-request-id'].includes(name));
    return { status, text: text.replaceAll(id, 'the id'), headers: telling };
  };

  test.each(['nobody', 'let-me-in'])('as %s gets the same bytes for records that exist and records that do not', async (as) => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS'] as const) {
      const there = await asked('/v1/actors/csto', as, method);
      for (const url of ['/v1/actors/never-was', '/v1/actors/Kazahstan']) expect(await asked(url, as, method), method).toEqual(there);
    }
    expect(await asked('/v1/events?actor=csto', as)).toEqual(await asked('/v1/events?actor=Kazahstan&unheard-of=1', as));
  });

  test('cannot tell a key that never existed from a malformed key', async () => {
    expect(await asked('/v1/events', service.tokens.wrong)).toEqual(await asked('/v1/events', service.tokens.malformed));
  });

  test('is told that its key is expired or revoked', async () => {
    const [expired, revoked] = [
      await service.ask({ url: '/v1/events', as: service.tokens.expired! }),
      await service.ask({ url: '/v1/events', as: service.tokens.revoked! }),
    ];
    for (const { body, headers } of [expired, revoked])
      expect([body.type, headers['www-authenticate']]).toEqual(['/problems/invalid-key', 'Bearer realm="annals", error="invalid_token"']);
    expect(expired.body.detail).toBe('this key expired at 2026-11-21T10:00:00.000Z: ask the operator for another');
    expect(revoked.body.detail).toBe('this key was revoked at 2026-11-21T10:00:00.000Z: ask the operator for another');
  });
});
