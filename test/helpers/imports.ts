import { readdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './database.ts';

/** Records as NDJSON. */
export const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** Visits of a group, none of which has an id. */
export const visits = (group: string, count: number): object[] => [
  ...Array.from({ length: count }, (_, number) => ({
    type: 'event',
    kind: 'visit',
    title: `Visit ${number} of ${group}`,
    date: { edtf: '2001-02' },
    participants: [{ actor: `Group ${group}`, role: 'participant' }],
  })),
  { type: 'actor', id: `group-${group}`, kind: 'group', name: `Group ${group}` },
];

/** Replaces the system's folder for temporary files until the test is over. */
export function ownTemporaryFolder(): string {
  const [folder, before] = [temporaryFolder(), process.env['TMPDIR']];
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return folder;
}

/** The folders of imports in a folder of temporary files. */
export const importsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('annals-'));
