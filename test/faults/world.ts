import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openAnnals } from '../../src/records/annals.ts';
import { createKey } from '../../src/records/keys/api-keys.ts';
import { putText } from '../../src/records/put-text.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { NOW, RANDOM } from '../helpers/fixtures.ts';
import { importLines } from '../helpers/transfer.ts';
import { storeAt } from '../helpers/store.ts';

/** The source whose text stays, and the one whose text a client changes. */
export const STEADY_SOURCE = 'steady';
export const CHANGING_SOURCE = 'changing';

const LINES = [
  { type: 'actor', id: 'csto', kind: 'organization', name: 'CSTO' },
  { type: 'source', id: STEADY_SOURCE, kind: 'book', title: 'Steady' },
  { type: 'source', id: CHANGING_SOURCE, kind: 'book', title: 'Changing' },
  {
    type: 'event',
    id: 'citing',
    kind: 'visit',
    title: 'Citing',
    citations: [{ source: CHANGING_SOURCE, paragraph: 2, phrase: 'first words' }],
  },
];

/** A small database that is gone when the test is over, and a key to write to it. */
export async function smallWorld(): Promise<{ path: string; key: string }> {
  const path = join(temporaryFolder(), 'annals.db');
  await storeAt(path).migrate({ now: NOW, random: RANDOM });
  const engine = await storeAt(path).open();
  const annals = openAnnals(engine, () => NOW);
  await importLines(annals, LINES);
  await putText(annals, STEADY_SOURCE, Buffer.from('The first words.\n'));
  const { token } = await createKey(annals, { label: 'faults', scope: 'write' }, randomBytes);
  await engine.close();
  return { path, key: token };
}
