import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedNames } from '../../../src/domain/json/json-names.ts';

const pointers = (text: string) => repeatedNames(text).map(({ pointer }) => pointer);

test.each([
  ['{"a":1,"a":1}', ['/a']],
  ['{"a":1,"b":2,"a":3,"b":4,"a":5}', ['/a', '/b', '/a']],
  ['{"a":1,"\\u0061":2}', ['/a']],
  ['{"a\\\\":1,"a\\\\":2}', ['/a\\']],
  ['{"a\\"":1,"a":2}', []],
  ['{"":1,"":2}', ['/']],
  ['{"a/b~":1,"a/b~":2}', ['/a~1b~0']],
  ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
  [' { "a" \t:\n1 , "a"\r: 2 } ', ['/a']],
  ['[{"a":1},{"a":1}]', []],
  ['[[],[0,{"a":[1,2,{"b":1,"b":2}],"a":1}]]', ['/1/1/a/2/b', '/1/1/a']],
  ['{"a":{"a":{"a":"a"}}}', []],
  ['{"a":"b","b":"a","c":["a","b","c"]}', []],
  ['{"a":"{\\"x\\":1,\\"x\\":2}"}', []],
  ['"a"', []],
  ['', []],
])('finds the names that an object has more than once: %s', (text, expected) => {
  expect(pointers(text)).toEqual(expected);
});

test('JSON.stringify writes no repeated name, and a repeated name that is added is found at its place', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }), { minKeys: 1, maxKeys: 20 }), (value) => {
      for (const indent of [0, 2]) expect(repeatedNames(JSON.stringify({ value }, undefined, indent))).toEqual([]);
      const [name] = Object.keys(value);
      const twice = `{"x":[${JSON.stringify(value).slice(0, -1)},${JSON.stringify(name)}:0}]}`;
      expect(pointers(twice)).toEqual([`/x/0/${name!.replaceAll('~', '~0').replaceAll('/', '~1')}`]);
    }),
  );
});

test('many names, long strings and deep nesting take linear time', () => {
  const many = `{${Array.from({ length: 100_000 }, (_, index) => `"name${index}":${index}`).join(',')}}`;
  const quoted = `{"a":"${'\\\\\\"'.repeat(500_000)}"}`;
  const start = performance.now();
  expect(pointers(many)).toEqual([]);
  expect(pointers(quoted)).toEqual([]);
  expect(pointers(`${'{"a":'.repeat(400_000)}1${'}'.repeat(400_000)}`)).toEqual([]);
  expect(pointers(`{${'"a":1,'.repeat(100_000)}"a":1}`)).toHaveLength(20);
  expect(performance.now() - start).toBeLessThan(1000);
});
