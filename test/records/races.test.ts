import { beforeEach, expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { modelOf } from '../../src/model/models.ts';
import { type Annals, openAnnals } from '../../src/records/annals.ts';
import { check } from '../../src/records/check.ts';
import { create } from '../../src/records/create.ts';
import { putText } from '../../src/records/put-text.ts';
import { remove } from '../../src/records/remove.ts';
import { findRecord, retried } from '../../src/records/stored-record.ts';
import { update } from '../../src/records/update.ts';
import { WriteConflict } from '../../src/storage/port.ts';
import { revisionsOf } from '../../src/storage/tables/texts.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { storeAt } from '../helpers/store.ts';
import { importLines } from '../helpers/transfer.ts';

const { event, actor, source } = modelOf;

let annals: Annals & { path: string };
const citations = [{ source: 'book', paragraph: 1, phrase: 'first words' }];
beforeEach(async () => {
  annals = await temporaryAnnals();
  await importLines(annals, [
    { type: 'actor', id: 'a', kind: 'group', name: 'A' },
    { type: 'actor', id: 'b', kind: 'group', name: 'B' },
    { type: 'source', id: 'book', kind: 'book', title: 'The book' },
    { type: 'event', id: 'e', kind: 'visit', title: 'E', date: { edtf: '2001' }, participants: [{ actor: 'a', role: 'host' }], citations },
  ]);
});

/** The service, where another change is made after the first write has read what it depends on, and before it is committed. */
function racedBy(change: () => Promise<unknown>): Annals {
  let isFirst = true;
  const write: Annals['engine']['write'] = async (steps) => {
    if (isFirst) {
      isFirst = false;
      await change();
    }
    return annals.engine.write(steps);
  };
  return { ...annals, engine: { ...annals.engine, write }, mutex: (_key, work) => work() };
}

/** An event as stored. */
const stored = async (id: string): Promise<Record<string, unknown>> =>
  JSON.parse((await findRecord(annals.engine, event, id)).document.toString('utf8')) as Record<string, unknown>; // @NOTE `renderRecord` wrote it

const findings = async () => (await check(storeAt(annals.path), noProgress)).findings;

test('a text that is stored during a change verifies the citations of the changed record', async () => {
  const raced = racedBy(() => putText(annals, 'book', Buffer.from('first words of it')));
  await update(raced, event, 'e', { note: 'Read again.' });
  expect(await stored('e')).toMatchObject({ note: 'Read again.', revision: 3, citations: [{ ...citations[0], verified: true }] });
  const again = racedBy(() => putText(annals, 'book', Buffer.from('other words')));
  await update(again, event, 'e', { citations: [...citations, { source: 'book', paragraph: 1, phrase: 'other words' }] });
  expect(await stored('e')).toMatchObject({ revision: 5, citations: [{ verified: false }, { verified: true }] });
  await create(
    racedBy(() => putText(annals, 'book', Buffer.from('first words'))),
    event,
    { id: 'f', kind: 'visit', title: 'F', citations },
  );
  expect(await stored('f')).toMatchObject({ revision: 1, citations: [{ verified: true }] });
  expect(await findings()).toEqual([]);
});

test('a source that is changed while its text is stored has both the change and the text', async () => {
  await putText(annals, 'book', Buffer.from('first words'));
  const raced = racedBy(() => putText(annals, 'book', Buffer.from('other words\n\nand more')));
  await update(raced, source, 'book', { summary: 'Read again.' });
  const { document } = await findRecord(annals.engine, source, 'book');
  expect(JSON.parse(document.toString('utf8'))).toMatchObject({ summary: 'Read again.', paragraphs: 2, revision: 4 });
  await expect(update(annals, source, 'book', { paragraphs: 3 })).rejects.toMatchObject({ code: 'invalid-request' });
});

test('a record that is written while a text is stored is verified against the new text', async () => {
  const changed = racedBy(() => update(annals, event, 'e', { note: 'Read again.' }));
  await putText(changed, 'book', Buffer.from('first words of it'));
  expect(await stored('e')).toMatchObject({ note: 'Read again.', citations: [{ verified: true }] });
  const created = racedBy(() => create(annals, event, { id: 'f', kind: 'visit', title: 'F', citations }));
  await putText(created, 'book', Buffer.from('other words'));
  expect(await stored('f')).toMatchObject({ revision: 2, citations: [{ verified: false }] });
  expect(await findings()).toEqual([]);
});

test('a record that is deleted during a write that refers to it is not referred to', async () => {
  const participants = [{ actor: 'b', role: 'guest' }];
  const deletion = () => remove(annals, actor, 'b');
  await expect(update(racedBy(deletion), event, 'e', { participants })).rejects.toMatchObject({ code: 'unknown-reference' });
  await create(annals, actor, { id: 'b', kind: 'group', name: 'B' });
  const creation = create(racedBy(deletion), event, { kind: 'visit', title: 'F', participants });
  await expect(creation).rejects.toMatchObject({ code: 'unknown-reference' });
  expect(await stored('e')).toMatchObject({ revision: 1 });
  expect(await findings()).toEqual([]);
});

test('a record that gets a reference during its deletion is kept', async () => {
  const raced = racedBy(() => update(annals, event, 'e', { participants: [{ actor: 'b', role: 'guest' }] }));
  await expect(remove(raced, actor, 'b')).rejects.toMatchObject({ code: 'still-referenced' });
  expect(await findings()).toEqual([]);
});

test('a reference that is removed during a change does not return when its target is deleted', async () => {
  const raced = racedBy(async () => {
    await update(annals, event, 'e', { participants: null });
    await remove(annals, actor, 'a');
  });
  await update(raced, event, 'e', { title: 'Another' });
  expect(await stored('e')).toEqual(expect.not.objectContaining({ participants: expect.anything() }));
  expect(await stored('e')).toMatchObject({ title: 'Another', revision: 3 });
  expect(await findings()).toEqual([]);
});

test('a record that is deleted during its change is not found by id or name', async () => {
  const raced = racedBy(async () => {
    await remove(annals, actor, 'b');
    await create(annals, actor, { id: 'c', kind: 'group', name: 'B' });
  });
  await expect(update(raced, actor, 'b', { description: 'Changed.' })).rejects.toMatchObject({ code: 'not-found' });
  expect((await findRecord(annals.engine, actor, 'c')).revision).toBe(1);
});

test('a record is changed by its name, and a source gets its text', async () => {
  expect(await update(annals, actor, 'B', { description: 'Changed.' })).toMatchObject({ id: 'b', revision: 2 });
  expect(await putText(annals, 'The Book', Buffer.from('first words'))).toMatchObject({ id: 'book', revision: 2 });
  await remove(annals, actor, 'B');
  await expect(remove(annals, actor, 'B')).rejects.toMatchObject({ code: 'not-found' });
  await expect(update(annals, source, 'The books', {})).rejects.toMatchObject({
    code: 'not-found',
    issues: [{ parameter: 'id', didYouMean: ['book'] }],
  });
});

test('an import and a concurrent change make no cycle of actors', async () => {
  let isFirst = true;
  const load: Annals['engine']['load'] = async (statements) => {
    if (isFirst) {
      isFirst = false;
      await update(annals, actor, 'b', { partOf: 'a' });
    }
    return annals.engine.load(statements);
  };
  const raced = { ...annals, engine: { ...annals.engine, load } };
  const lines = [{ type: 'actor', id: 'a', kind: 'group', name: 'A', partOf: 'b' }];
  await expect(importLines(raced, lines, { mode: 'write', onExisting: 'replace' })).rejects.toMatchObject({
    code: 'invalid-import',
    issues: [{ pointer: '/partOf' }],
  });
  expect(await findings()).toEqual([]);
});

test('a change that always meets a write conflict ends after its last attempt', async () => {
  let attempts = 0;
  const attempt = () => {
    attempts += 1;
    return Promise.reject(new WriteConflict());
  };
  await expect(retried(attempt, 5)).rejects.toMatchObject({ code: 'storage-busy' });
  expect(attempts).toBe(5);
});

test('many concurrent changes of one record in two processes are all made', async () => {
  const engine = await storeAt(annals.path).open();
  const other = openAnnals(engine, annals.clock);
  const changes = Array.from({ length: 40 }, (_, index) =>
    update(index % 2 === 0 ? annals : other, event, 'e', { note: `Note ${index}.` }),
  );
  await Promise.all(changes);
  await engine.close();
  expect(await stored('e')).toMatchObject({ revision: 41 });
});

test('a citation is verified by a text that is stored between the reads of it and of the revision of its source', async () => {
  const { sql } = revisionsOf([]);
  const read: Annals['engine']['read'] = async (statements) => {
    if (statements.some((each) => each.sql === sql)) await putText(annals, 'book', Buffer.from('first words\n'));
    return annals.engine.read(statements);
  };
  await create({ ...annals, engine: { ...annals.engine, read } }, event, { id: 'late', kind: 'visit', title: 'Late', citations });
  expect(await stored('late')).toMatchObject({ citations: [{ verified: true }] });
});
