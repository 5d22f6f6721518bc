import { expect, test } from 'vitest';
import { temporaryAnnals } from '../helpers/database.ts';
import { importLines } from '../helpers/transfer.ts';

const actor = (id: string, name: string, names: object[] = []) => ({
  type: 'actor',
  id,
  kind: 'group',
  name,
  ...(names.length > 0 && { names }),
});
const visit = (participant: string) => ({
  type: 'event',
  kind: 'visit',
  title: 'A visit',
  participants: [{ actor: participant, role: 'a' }],
});

test('a line is warned of a name that a stored record or another line has', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [actor('stored', 'Shared')]);
  const { warnings, moreWarnings } = await importLines(annals, [
    actor('alone', 'Alone'),
    actor('first', 'SHARED'),
    actor('second', 'Second', [{ name: 'Twice', kind: 'official' }]),
    actor('third', 'Third', [{ name: 'Twice', kind: 'variant' }]),
  ]);
  expect(moreWarnings).toBe(0);
  expect(warnings).toEqual([
    {
      file: 'test.ndjson',
      line: 2,
      record: { type: 'actor', id: 'first' },
      pointer: '/name',
      name: 'SHARED',
      means: 'first',
      message: '"SHARED" is also a name of stored (group): from now on "SHARED" means first, and "Shared" means stored',
      candidates: [{ type: 'actor', id: 'stored', kind: 'group', title: 'Shared' }],
    },
    expect.objectContaining({
      line: 3,
      pointer: '/names/0/name',
      means: 'second',
      candidates: [{ type: 'actor', id: 'third', title: 'Twice' }],
    }),
    expect.objectContaining({
      line: 4,
      pointer: '/names/0/name',
      means: 'second',
      candidates: [{ type: 'actor', id: 'second', title: 'Twice' }],
    }),
  ]);
});

test('a record that is replaced is warned of its new names only, one that stays of none', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [actor('one', 'Same'), actor('two', 'Same'), actor('three', 'Other')]);
  const lines = [actor('one', 'Same'), { ...actor('two', 'Same'), note: 'Changed.' }, actor('three', 'Same')];
  const { updated, warnings } = await importLines(annals, lines, { onExisting: 'replace' });
  expect([updated, warnings.map(({ line, record }) => [line, record.id])]).toEqual([2, [[3, 'three']]]);
  expect((await importLines(annals, lines)).warnings).toEqual([]);
});

test('a name that is the id of another line means the record of that', async () => {
  const annals = await temporaryAnnals();
  const { warnings } = await importLines(annals, [actor('one', 'two'), actor('two', 'Second')]);
  expect(warnings).toMatchObject([{ line: 1, name: 'two', means: 'two', candidates: [{ id: 'two' }] }]);
});

test('warnings beyond the first hundred are counted', async () => {
  const annals = await temporaryAnnals();
  const lines = Array.from({ length: 130 }, (_, index) => actor(`same-${index}`, 'Same'));
  const { warnings, moreWarnings } = await importLines(annals, lines, { mode: 'check' });
  expect([warnings.length, moreWarnings]).toEqual([100, 30]);
});

test('a reference by name means the official name before a variant, of lines and stored records alike', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [actor('stored-official', 'Alpha'), actor('stored-variant', 'Other', [{ name: 'Beta', kind: 'variant' }])]);
  await importLines(annals, [
    actor('line-variant', 'Yet another', [{ name: 'Alpha', kind: 'variant' }]),
    actor('line-official', 'Beta'),
    { ...visit('alpha'), id: 'of-alpha' },
    { ...visit('beta'), id: 'of-beta' },
  ]);
  const [rows] = await annals.engine.read([
    {
      sql: 'SELECT e.slug, a.slug FROM participations p JOIN records e ON e.id = p.record_id JOIN records a ON a.id = p.actor_id ORDER BY 1',
      params: [],
    },
  ]);
  expect(rows).toEqual([
    ['of-alpha', 'stored-official'],
    ['of-beta', 'line-official'],
  ]);
});

const to = (type: string, id: string) => ({ type: 'follows', record: { type, id } });

test('lines refer to entries by symbol and by title, in any order', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [{ type: 'agreement', id: 'stored', kind: 'treaty', title: 'A stored treaty', symbol: 'ST/1' }]);
  const report = await importLines(annals, [
    {
      ...visit('someone'),
      participants: [],
      id: 'referring',
      relations: [
        to('agreement', 'ST/1'),
        to('agreement', 'a stored treaty'),
        to('agreement', 'ln 1'),
        to('event', 'THE LAST, at last'),
        to('event', 'Unnamed line'),
      ],
    },
    { type: 'agreement', id: 'of-line', kind: 'treaty', title: 'A treaty', symbol: 'LN/1' },
    { type: 'event', id: 'last', kind: 'visit', title: 'The last, at last' },
    { type: 'event', kind: 'visit', title: 'Unnamed line' },
  ]);
  expect(report).toMatchObject({ created: 4, warnings: [] });
  const [rows] = await annals.engine.read([
    { sql: 'SELECT t.slug FROM relations x JOIN records t ON t.id = x.to_id ORDER BY x.ordinal', params: [] },
  ]);
  expect(rows.flat()).toEqual(['stored', 'stored', 'of-line', 'last', 'unnamed-line']);
  await expect(
    importLines(annals, [{ ...visit('x'), participants: [], id: 'wrong', relations: [to('event', 'The very last')] }]),
  ).rejects.toMatchObject({ code: 'invalid-import', issues: [{ line: 1, pointer: '/relations/0/record' }] });
});
