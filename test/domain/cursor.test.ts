import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/domain/cursor.ts';

const QUERY = 'events?actor=csto';

/** A cursor of any payload, with the checksum that belongs to it: what somebody makes who has read the source. */
function forged(payload: string): string {
  const checksum = createHash('sha256').update(QUERY).update('\n').update(payload).digest('base64url').slice(0, 16);
  return Buffer.from(checksum + payload).toString('base64url');
}

test('a cursor gives back its place, for its query only', () => {
  const cursor = encodeCursor(['ashgabat', 17], QUERY);
  expect(decodeCursor(cursor, QUERY, 2)).toEqual(['ashgabat', 17]);
  expect(() => decodeCursor(cursor, 'events?actor=nato', 2)).toThrow('belongs to another query');
});

test('a cursor that is forged as the service would make it is the same cursor', () => {
  expect(forged('["ashgabat",17]')).toBe(encodeCursor(['ashgabat', 17], QUERY));
});

test.each(['{}', '5', 'notjson', '', '[1', '[NaN]', '{"0":1}', '[]', '[1,2,3]', '[null,1]', '[1e400,1]', '[[1],1]', '["a",0.5]'])(
  'a forged cursor of %s is refused',
  (payload) => {
    expect(() => decodeCursor(forged(payload), QUERY, 2)).toThrow('was changed');
  },
);
