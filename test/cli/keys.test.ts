import { expect, test } from 'vitest';
import { temporaryDatabase } from '../helpers/database.ts';
import { runOn } from '../helpers/command.ts';

const DAY = 86_400_000;

/** Creates a key and returns its id with its token. */
async function create(path: string, ...options: string[]): Promise<{ id: string; token: string }> {
  const { code, output, errors } = await runOn(path, ['keys', 'create', '--label', 'the map', ...options]);
  expect({ code, errors }).toEqual({
    code: 0,
    errors: expect.stringMatching(/^made the key \w{8}; keep its token, which is not shown again\n$/),
  });
  return { id: /the key (\w+);/.exec(errors)![1]!, token: output.trim() };
}

/** The rows of `keys list` by id. */
async function listed(path: string): Promise<Record<string, string[]>> {
  const { output } = await runOn(path, ['keys', 'list']);
  const rows = output
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'));
  return Object.fromEntries(rows.map(([id, ...cells]) => [id!, cells]));
}

test('a new database has no key', async () => {
  const path = await temporaryDatabase();
  await runOn(path, ['seed']);
  expect(await runOn(path, ['keys', 'list'])).toEqual({ code: 0, output: '', errors: '' });
});

test('a key is shown once, listed without its token, and revoked', async () => {
  const path = await temporaryDatabase();
  const { id, token } = await create(path, '--scope', 'read');
  expect(token).toMatch(/^annals_[0-9a-z]{39}$/);
  const instant = expect.stringMatching(/^\d{4}-\S+Z$/);
  expect(await listed(path)).toEqual({ [id]: ['read', instant, '-', '-', '-', 'the map'] });
  expect(await runOn(path, ['keys', 'revoke', id])).toMatchObject({ code: 0 });
  expect(await listed(path)).toEqual({ [id]: ['read', instant, '-', '-', instant, 'the map'] });
  expect(await runOn(path, ['keys', 'revoke', 'nobody'])).toEqual({ code: 1, output: '', errors: 'annals: there is no key "nobody"\n' });
});

test('a key has the scope and the expiry that it is created with', async () => {
  const path = await temporaryDatabase();
  const made = [
    await create(path),
    await create(path, '--scope', 'admin', '--expires', '2099-01-01'),
    await create(path, '--scope', 'write', '--expires', '2099-01-01T12:00:00+05:00'),
    await create(path, '--expires', '30d'),
  ];
  const rows = await listed(path);
  expect(made.slice(0, 3).map(({ id }) => [rows[id]![0], rows[id]![2]])).toEqual([
    ['write', '-'],
    ['admin', '2099-01-01T00:00:00.000Z'],
    ['write', '2099-01-01T07:00:00.000Z'],
  ]);
  const [, created, expires] = rows[made[3]!.id]!;
  expect(Math.abs(Date.parse(expires!) - Date.parse(created!) - 30 * DAY)).toBeLessThan(60_000);
});

test('a rotated key gets a successor with its label and scope, and stays valid for a day or for the given time', async () => {
  const path = await temporaryDatabase();
  for (const [options, overlap] of [
    [[], DAY],
    [['--overlap', '2h'], 7_200_000],
  ] as const) {
    const old = await create(path, '--scope', 'read');
    const { code, output, errors } = await runOn(path, ['keys', 'rotate', old.id, ...options]);
    const [, id, until] = /^made the key (\w{8}); keep its token, which is not shown again; \w{8} works until (\S+)\n$/.exec(errors)!;
    expect(code).toBe(0);
    expect(output).toMatch(/^annals_[0-9a-z]{39}\n$/);
    expect(output.trim()).not.toBe(old.token);
    const rows = await listed(path);
    expect([rows[id!]![0], rows[id!]!.at(-1), rows[old.id]![2]]).toEqual(['read', 'the map', until]);
    expect(Date.parse(until!) - Date.parse(rows[id!]![1]!)).toBe(overlap);
    expect(await runOn(path, ['keys', 'rotate', old.id])).toMatchObject({
      code: 1,
      errors: `annals: the key "${old.id}" was replaced by "${id}": rotate that one\n`,
    });
  }
});

test.each([
  [
    ['create', '--label', 'x', '--expires', 'soon'],
    2,
    '"soon" is not an instant: give an instant such as 2026-11-21T10:00:00Z, or a day; or a length of time such as 30d.',
  ],
  [['create', '--label', 'x', '--expires', '2027-02-28T24:00:00Z'], 2, 'has an hour 24: write 2027-03-01T00:00:00Z'],
  [['create', '--label', 'x', '--expires', '2020-01-01'], 1, 'a key cannot end in the past: 2020-01-01T00:00:00.000Z has gone by'],
  [['rotate', 'x', '--overlap', '1 day'], 2, 'Give a whole number and s, m, h or d, such as 24h.'],
  [['rotate', 'nobody'], 1, 'there is no key "nobody"'],
  [['rotate'], 2, "missing required argument 'id'"],
])('annals keys %j exits with %i and says why', async (args, code, message) => {
  const ended = await runOn(await temporaryDatabase(), ['keys', ...args]);
  expect(ended).toMatchObject({ code, output: '', errors: expect.stringContaining(message) });
});
