import { expect, onTestFinished, test } from 'vitest';
import { openAnnals } from '../../../src/records/annals.ts';
import { noProgress } from '../../../src/domain/progress.ts';
import { reindex } from '../../../src/records/reindex.ts';
import { create } from '../../../src/records/create.ts';
import { update } from '../../../src/records/update.ts';
import { modelOf } from '../../../src/model/models.ts';
import { type Statement, statement } from '../../../src/storage/port.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { NOW } from '../../helpers/fixtures.ts';
import { exported, importLines } from '../../helpers/transfer.ts';
import { storeAt } from '../../helpers/store.ts';

const { actor } = modelOf;

const state = (id: string, ...values: string[]) => ({
  type: 'actor',
  id,
  kind: 'state',
  name: id,
  identifiers: values.map((value) => ({ scheme: 'test', value })),
});

const fault = (line: number, value: string, whose: string) => ({
  line,
  pointer: '/identifiers/0',
  sent: `{"scheme":"test","value":"${value}"}`,
  message: `"test:${value}" is an identifier of the ${whose} already: leave it out here, or take it from that one first`,
});

test('one of several concurrent writers in two processes that give the same identifier succeeds', async () => {
  const annals = await temporaryAnnals();
  const engine = await storeAt(annals.path).open();
  onTestFinished(() => engine.close());
  const both = [annals, openAnnals(engine, () => NOW)];
  for (const id of ['one', 'two']) await create(annals, actor, state(id));
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 20 }, (_, index) => create(both[index % 2]!, actor, state(`s-${index}`, 'Q1'))),
    ...['one', 'two'].map((id, index) => update(both[index]!, actor, id, { identifiers: state('', 'Q1').identifiers })),
  ]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'identifier-taken' });
  const [holders] = await annals.engine.read([statement("SELECT record_id FROM identifiers WHERE value = 'Q1'")]);
  expect(holders).toHaveLength(1);
});

test('an import that gives an identifier to a second record is refused with its line and the first record', async () => {
  const annals = await temporaryAnnals();
  await create(annals, actor, state('stored', 'Q1'));
  const lines = [state('a', 'Q2'), state('b', 'q1'), state('c', 'q2', 'Q3'), { ...state('p', 'Q1'), type: 'place', kind: 'city' }];
  await expect(importLines(annals, lines)).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [fault(2, 'q1', 'actor "stored"'), fault(3, 'q2', 'actor "a" in line 1')],
  });
});

test('a replaced record of an import has the identifiers of its line', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [state('a', 'Q1'), state('b', 'Q2')]);
  const replace = { onExisting: 'replace' } as const;
  const lines = [state('b', 'Q1'), state('c', 'Q2'), state('a', 'Q3')];
  expect(await importLines(annals, lines, replace)).toMatchObject({ created: 1, updated: 2, unchanged: 0 });
  await expect(importLines(annals, [state('d', 'Q3'), state('a', 'Q3')], replace)).rejects.toMatchObject({
    issues: [fault(1, 'Q3', 'actor "a" in line 2')],
  });
});

test('a kept record of an import has its stored identifiers', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [state('a', 'Q1')]);
  const lines = [state('a', 'Q2'), state('b', 'Q1')];
  await expect(importLines(annals, lines, { onExisting: 'keep' })).rejects.toMatchObject({ issues: [fault(2, 'Q1', 'actor "a"')] });
  expect(await importLines(annals, [lines[0]!, state('c', 'Q2')], { onExisting: 'keep' })).toMatchObject({ created: 1, kept: 1 });
});

test('records that already share an identifier can be imported unchanged, and no third record gets it', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, [state('a', 'Q1'), state('b', 'Q2')]);
  await annals.engine.write([statement("UPDATE identifiers SET value = 'Q1'")]);
  await reindex(annals, noProgress);
  const lines = (await exported(annals)).split('\n').slice(0, -1);
  expect(await importLines(annals, lines)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
  await expect(importLines(annals, [...lines, state('c', 'Q1')])).rejects.toMatchObject({
    issues: [fault(3, 'Q1', 'actor "a" in line 1')],
  });
});

test('an import starts again and reports the fault when another record gets its identifier meanwhile', async () => {
  const annals = await temporaryAnnals();
  let batches = 0;
  const load = async (statements: Iterable<Statement>) => {
    if (++batches === 1) await create(annals, actor, state('first', 'Q1'));
    return annals.engine.load(statements);
  };
  const raced = { ...annals, engine: { ...annals.engine, load } };
  await expect(importLines(raced, [state('second', 'Q1')])).rejects.toMatchObject({ issues: [fault(1, 'Q1', 'actor "first"')] });
  expect(batches).toBe(1);
});
