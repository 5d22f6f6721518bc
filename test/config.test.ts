import { expect, test } from 'vitest';
import { options, readConfig } from '../src/config.ts';

test('every option has its default when no variable is set', () => {
  expect(readConfig({})).toEqual({
    PORT: 3000,
    HOST: '127.0.0.1',
    DATABASE_URL: 'file:data/annals.db',
    DATABASE_CONNECTIONS: 4,
    READ_ACCESS: 'open',
    REQUIRE_IF_MATCH: 'false',
    LOG_LEVEL: 'info',
    BODY_LIMIT: 1_048_576,
    TRUST_PROXY: 'none',
    RATE_LIMIT: 1_000_000,
    WRITE_RATE_LIMIT: 600_000,
    REQUEST_TIMEOUT: 60_000,
    STALL_TIMEOUT: 30_000,
    KEEP_ALIVE_TIMEOUT: 72_000,
    MAX_CONNECTIONS: 10_000,
    MAX_REQUESTS: 1000,
    MAX_WAITING_WRITES: 1000,
    MAX_DELAY: 1000,
    READ_THREADS: 'auto',
    READ_QUEUE: 64,
    QUERY_TIMEOUT: 10_000,
    ANSWER_CACHE_BYTES: 33_554_432,
    IMPORT_LIMIT: 268_435_456,
    IMPORT_WAIT: 60_000,
  });
});

test('variables are read; empty variables and those of other programs are ignored', () => {
  expect(readConfig({ PORT: '0', READ_ACCESS: 'key', READ_THREADS: '2', HOST: '', HOME: '/root' })).toMatchObject({
    PORT: 0,
    READ_THREADS: 2,
    READ_ACCESS: 'key',
    HOST: '127.0.0.1',
  });
});

test.each([
  [{ PORT: 'abc' }, 'PORT is "abc": give a whole number from 0 to 65535'],
  [{ PORT: '70000' }, 'PORT is "70000": give a whole number from 0 to 65535'],
  [{ PORT: '-1' }, 'PORT is "-1": give a whole number from 0 to 65535'],
  [{ READ_THREADS: '65' }, 'READ_THREADS is "65": give auto or a whole number from 0 to 64'],
  [
    { DATABASE_URL: 'mysql://db' },
    'DATABASE_URL is "mysql://db": give "file:" and a path, such as file:data/annals.db, or "postgres://" with user, hosts and database, such as postgres://annals@localhost/annals',
  ],
  [{ TRUST_PROXY: 'loopback,10.0.0.0/33' }, /TRUST_PROXY is "loopback,10.0.0.0\/33": give none, or addresses and networks/],
  [{ TRUST_PROXY: 'proxy.example' }, /TRUST_PROXY is "proxy.example": give none, or addresses and networks/],
  [
    { REQUEST_TIMEOUT: '0', MAX_REQUESTS: '0' },
    /REQUEST_TIMEOUT is "0": give a whole number of milli.*; MAX_REQUESTS is "0": give a whole/,
  ],
  [{ READ_ACCESS: 'all', BODY_LIMIT: '1' }, /READ_ACCESS is "all": give open or key; BODY_LIMIT is "1": give a whole number of bytes/],
])('%o is refused with the values that are valid', (environment, message) => {
  expect(() => readConfig(environment)).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(message) }),
  );
});

test.each(['none', 'loopback', '10.1.2.3', '10.0.0.0/8,::1,fd00::/8', 'uniquelocal,linklocal'])('TRUST_PROXY may be %s', (value) => {
  expect(readConfig({ TRUST_PROXY: value })).toMatchObject({ TRUST_PROXY: value });
});

test('every option has a description', () => {
  for (const option of options) {
    expect(option.description).toMatch(/\.$/);
    expect(option.default).not.toBe('');
  }
});
