import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { owner, removeLeftovers } from '../../../src/storage/temporary-files.ts';
import { temporaryFolder } from '../../helpers/database.ts';

const HOUR = 3_600_000;
const [machine, pid, began] = owner().split('-') as [string, string, string]; // @NOTE its three parts

/** The number of a process that has ended. */
async function ended(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

/** A folder with such names in it: a temporary folder that holds a file, or a file. */
function folderWith(...names: string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    if (!name.startsWith('annals-')) writeFileSync(join(folder, name), 'a');
    else {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'import.ndjson'), 'a');
    }
  }
  return folder;
}

test('leftovers of an ended process are removed', async () => {
  const gone = `${machine}-${await ended()}-1234`;
  const names = [`annals-${gone}-aB3xyz`, `annals.db.${gone}.partial`, `annals.db.${gone}.restoring`, `annals.db.${gone}.partial-journal`];
  const folder = folderWith(...names);
  expect(removeLeftovers(folder, Date.now())).toBe(4);
  expect(readdirSync(folder)).toEqual([]);
});

test('leftovers with the id of a later process are removed', () => {
  const folder = folderWith(`annals-${machine}-${pid}-${Number(began) - 1}-aB3xyz`);
  expect(removeLeftovers(folder, Date.now())).toBe(1);
});

test('files of a running process are kept at any age', () => {
  const names = [`annals-${owner()}-aB3xyz`, `annals.db.${owner()}.partial`];
  const folder = folderWith(...names);
  expect(removeLeftovers(folder, Date.now() + 1000 * 24 * HOUR)).toBe(0);
  expect(readdirSync(folder).toSorted()).toEqual(names);
});

test('files of another container are kept until a day after their last change', () => {
  const folder = folderWith('annals-00000000-1-1-aB3xyz', 'annals.db.00000000-1-1.partial');
  const now = Date.now();
  expect(removeLeftovers(folder, now + 23 * HOUR)).toBe(0);
  const old = new Date(now - 30 * HOUR);
  utimesSync(join(folder, 'annals-00000000-1-1-aB3xyz'), old, old);
  expect(removeLeftovers(folder, now)).toBe(0);
  expect(removeLeftovers(folder, now + 25 * HOUR)).toBe(2);
});

test('files of other names are kept at any age, and a link is removed without its target', async () => {
  const gone = `${machine}-${await ended()}-1234`;
  const others = ['annals-backup', 'annals-test-aB3xyz', `annals-${gone}`, 'annals.db', 'annals.db.partial', 'x.partial', `${gone}.db`];
  const folder = folderWith(...others);
  const elsewhere = folderWith('kept');
  symlinkSync(elsewhere, join(folder, `annals-${gone}-aB3xyz`));
  expect(removeLeftovers(folder, Date.now() + 1000 * 24 * HOUR)).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(others.toSorted());
  expect(readdirSync(elsewhere)).toEqual(['kept']);
});

test('a missing folder has no leftovers', () => {
  expect(removeLeftovers(join(temporaryFolder(), 'nowhere'), Date.now())).toBe(0);
});
