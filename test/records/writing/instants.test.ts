import { expect, test } from 'vitest';
import { storeText } from '../../../src/records/writing/texts.ts';
import { create, remove, update } from '../../../src/records/writing/write.ts';
import { resourceOf } from '../../../src/resources/index.ts';
import { statement } from '../../../src/storage/engine.ts';
import { temporaryAnnals } from '../../helpers/database.ts';
import { NOW } from '../../helpers/fixtures.ts';
import { importLines } from '../../helpers/transfer.ts';

const { event, source } = resourceOf;
const HOUR = 3_600_000;

test('when the clock is set back, no change is older than the one before it', async () => {
  let now = NOW;
  const annals = await temporaryAnnals(() => now);
  await create(annals, source, { id: 'book', kind: 'book', title: 'A book' });
  const citations = [{ source: 'book', paragraph: 1, phrase: 'first words' }];
  await create(annals, event, { id: 'before', kind: 'visit', title: 'Before', citations });
  now -= HOUR;
  await create(annals, event, { id: 'after', kind: 'visit', title: 'After' });
  await update(annals, event, 'before', { topics: ['trade'] });
  await storeText(annals, 'book', Buffer.from('first words of it'));
  const lines = [
    { type: 'event', id: 'imported', kind: 'visit', title: 'Imported' },
    { type: 'event', id: 'after', kind: 'visit', title: 'Again' },
  ];
  await importLines(annals, lines, { onExisting: 'replace' });
  await remove(annals, event, 'imported');
  const [changes, records] = await annals.engine.read([
    statement<[number]>('SELECT at FROM changes ORDER BY sequence'),
    statement<[string, number, number]>('SELECT slug, created_at, updated_at FROM records ORDER BY id'),
  ]);
  expect(changes).toEqual(changes.map(() => [NOW]));
  expect(records).toEqual(['book', 'before', 'after'].map((id) => [id, NOW, NOW]));
  now += 2 * HOUR;
  await update(annals, event, 'after', { topics: ['trade'] });
  expect(await annals.engine.read([statement('SELECT max(at) FROM changes')])).toEqual([[[NOW + HOUR]]]);
});

test('a record that was updated later than the log tells is not updated before that', async () => {
  const annals = await temporaryAnnals();
  await create(annals, event, { id: 'late', kind: 'visit', title: 'Late' });
  await annals.engine.write([statement('UPDATE records SET updated_at = ?', NOW + HOUR)]);
  await update(annals, event, 'late', { topics: ['trade'] });
  expect(await annals.engine.read([statement('SELECT updated_at FROM records')])).toEqual([[[NOW + HOUR]]]);
});
