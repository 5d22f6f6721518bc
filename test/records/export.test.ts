import { expect, test } from 'vitest';
import type { Annals } from '../../src/records/annals.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { exportRecords, newestChange } from '../../src/records/export.ts';
import { create } from '../../src/records/create.ts';
import { remove } from '../../src/records/remove.ts';
import { update } from '../../src/records/update.ts';
import { modelOf } from '../../src/model/models.ts';
import { RECORD_TYPES } from '../../src/domain/record-type.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { exported, importLines } from '../helpers/transfer.ts';

const event = (id: string) => ({ type: 'event', id, kind: 'war', title: `The event ${id}` });
const ids = Array.from({ length: 350 }, (_, index) => `event-${String(index).padStart(3, '0')}`);

/** Changes what an export has passed and what it has yet to come to, in every way there is. */
async function changeAround(annals: Annals): Promise<void> {
  const { event: events, actor: actors } = modelOf;
  for (const id of ['event-000', 'event-300']) {
    await update(annals, events, id, { title: 'Another title' }, undefined);
    await update(annals, events, id, { title: 'And another' }, undefined);
  }
  for (const id of ['event-001', 'event-301', 'event-349']) await remove(annals, events, id, undefined);
  await create(annals, events, { id: 'event-301', kind: 'peace', title: 'Made again' });
  await create(annals, actors, { id: 'new', kind: 'state', name: 'New' });
  await create(annals, events, { id: 'event-302-new', kind: 'war', title: 'New', participants: [{ actor: 'new', role: 'host' }] });
}

test('an export has every record as it was when the export began', async () => {
  const annals = await temporaryAnnals();
  await importLines(annals, ids.map(event));
  const before = await exported(annals);
  const lines = exportRecords(annals.engine, { types: RECORD_TYPES, ...(await newestChange(annals.engine)) }, noProgress);
  let text = String((await lines.next()).value);
  await changeAround(annals);
  for await (const more of lines) text += more;
  expect(text).toBe(before);
  const after = await exported(annals);
  expect(after).not.toBe(before);
  const again = await temporaryAnnals();
  await importLines(again, text.trim().split('\n'));
  expect(await exported(again)).toBe(before);
});

test('an export of an empty database is empty', async () => {
  expect(await exported(await temporaryAnnals())).toBe('');
});
