import { expect, test } from 'vitest';
import { options, readConfig } from '../src/config.ts';

test('without any variable every option has its default', () => {
  expect(readConfig({})).toEqual({
    PORT: 3000,
    HOST: '127.0.0.1',
    DATABASE_URL: 'file:data/annals.db',
    READ_ACCESS: 'open',
    REQUIRE_IF_MATCH: 'false',
    LOG_LEVEL: 'info',
    BODY_LIMIT: 1_048_576,
    IMPORT_LIMIT: 268_435_456,
  });
});

test('variables that are given are read, empty ones and those of others are not', () => {
  expect(readConfig({ PORT: '0', READ_ACCESS: 'key', HOST: '', HOME: '/root' })).toMatchObject({
    PORT: 0,
    READ_ACCESS: 'key',
    HOST: '127.0.0.1',
  });
});

test.each([
  [{ PORT: 'abc' }, 'PORT is "abc": give a whole number from 0 to 65535'],
  [{ PORT: '70000' }, 'PORT is "70000": give a whole number from 0 to 65535'],
  [{ PORT: '-1' }, 'PORT is "-1": give a whole number from 0 to 65535'],
  [{ DATABASE_URL: 'postgres://db' }, 'DATABASE_URL is "postgres://db": give "file:" and a path, such as file:data/annals.db'],
  [{ READ_ACCESS: 'all', BODY_LIMIT: '1' }, /READ_ACCESS is "all": give open or key; BODY_LIMIT is "1": give a whole number of bytes/],
])('%o is refused with what to give', (environment, message) => {
  expect(() => readConfig(environment)).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(message) }),
  );
});

test('every option says what it is for', () => {
  for (const option of options) {
    expect(option.description).toMatch(/\.$/);
    expect(option.default).not.toBe('');
  }
});
