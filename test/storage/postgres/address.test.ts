import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { nameOf, parseAddress } from '../../../src/storage/postgres/address.ts';

test('a URL names servers, role, database, schema and encryption', () => {
  expect(parseAddress('postgres://an%40nals:p%2F%3Aw@one:6000,[::1],10.0.0.1/his%20tory?schema=other&sslmode=verify-full')).toEqual({
    servers: [
      { host: 'one', port: 6000 },
      { host: '::1', port: 5432 },
      { host: '10.0.0.1', port: 5432 },
    ],
    user: 'an@nals',
    password: 'p/:w',
    database: 'his tory',
    schema: 'other',
    sslmode: 'verify-full',
  });
});

test('all but the scheme may be left out', () => {
  expect(parseAddress('postgresql://')).toEqual({
    servers: [{ host: 'localhost', port: 5432 }],
    user: undefined,
    password: undefined,
    database: undefined,
    schema: 'annals',
    sslmode: 'disable',
  });
});

test('the name of a database has everything but the password', () => {
  expect(nameOf(parseAddress('postgres://annals:secret@one,two:6000/history'))).toBe(
    'postgres://annals@one:5432,two:6000/history?schema=annals',
  );
});

describe('a URL is refused', () => {
  test.each([
    ['of an unknown parameter', 'postgres://h/d?shema=a', 'has the unknown parameter "shema": did you mean schema?'],
    ['of another unknown parameter', 'postgres://h/d?timeout=1', 'has the unknown parameter "timeout": give schema or sslmode'],
    ['of a parameter given twice', 'postgres://h/d?schema=a&schema=b', 'has the parameter "schema" twice: give it once'],
    ['of an unknown sslmode', 'postgres://h/d?sslmode=prefer', 'has sslmode=prefer: give disable, require, verify-full'],
    ['of a schema that needs quotes', 'postgres://h/d?schema=My', 'has schema=My: give lower-case letters, digits and _'],
    ['of a port that is none', 'postgres://h:99999/d', /^DATABASE_URL has something else than a port from 1 to 65535 after the host "h"/],
    ['of a port 0', 'postgres://h:0/d', /after the host "h"/],
    ['of a host that is missing', 'postgres://one,,two/d', /lacks the name or address of a host/],
    ['of a path', 'postgres://h/d/e', /cannot be read: give postgres:/],
    ['of a percent sign', 'postgres://u:p%w@h/d', /has a % that is no percent-encoding/],
  ])('because %s', (_, url, message) => {
    expect(() => parseAddress(url)).toThrow(typeof message === 'string' ? `DATABASE_URL ${message}` : message);
  });
});

test.each([
  'postgres://u:secret@pass@h/d',
  'postgres://u:secret/pass@h/d',
  'postgres://u:secret/pass@h',
  'postgres://u:secret?pass@h/d',
  'postgres://u:secret',
  'postgres://u:secret%@h/d',
  'postgres://u:secret@h/d?shema=x',
  'postgres://u:secret@h:x/d',
  'postgres://u:secret@h/d/e',
])('the message about %s shows nothing of the password', (url) => {
  expect(() => parseAddress(url)).toThrow(/^DATABASE_URL (?:(?!secret|pass@).)*$/);
});

test.each(['postgress://u:secret@h/d', 'mysql://u:se:cret/@h/d', 'u:secret@h'])('nor does that about %s, which is no such URL', (url) => {
  expect(() => readConfig({ DATABASE_URL: url })).toThrow(/^(?!.*(?:secret|cret))DATABASE_URL is ".*:\*\*\*@h/);
});
