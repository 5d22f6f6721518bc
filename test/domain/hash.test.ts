import { expect, test } from 'vitest';
import { fnv1a } from '../../src/domain/hash.ts';

// The values of the authors' own test vectors, draft-eastlake-fnv, appendix C.
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the hash of "%s" is that of the standard', (text, hash) => expect(fnv1a(text)).toBe(hash));
