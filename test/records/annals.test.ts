import { expect, test } from 'vitest';
import { statement } from '../../src/storage/port.ts';
import { MOMENT_MAX } from '../../src/domain/time/levels.ts';
import { temporaryAnnals } from '../helpers/database.ts';

test('keys are allocated up to the last safe key, and none beyond it', async () => {
  const { engine, idAllocator } = await temporaryAnnals();
  await engine.write([statement("UPDATE sequences SET next = ? WHERE name = 'moment'", MOMENT_MAX - 99)]);
  await expect(idAllocator.take('moment', 101)).rejects.toMatchObject({ code: 'moments-used-up' });
  expect(await idAllocator.take('moment', 100)).toBe(MOMENT_MAX - 99);
  const message = expect.stringMatching(
    /^this database has used up its 536,870,911 keys of moments, .*"annals export".* into a new database/,
  );
  for (let attempt = 0; attempt < 3; attempt += 1)
    await expect(idAllocator.take('moment', 1)).rejects.toMatchObject({ code: 'moments-used-up', message });
  expect(await idAllocator.take('record', 1)).toBe(1);
});

test('keys are reserved in growing blocks, so that few writes wait for them', async () => {
  const { engine, idAllocator } = await temporaryAnnals();
  let reservations = 0;
  engine.onCommit(() => (reservations += 1));
  const taken: number[] = [];
  for (let count = 0; count < 1000; count += 1) taken.push(await idAllocator.take('record', 1));
  expect(new Set(taken).size).toBe(1000);
  expect(reservations).toBe(5);
});
