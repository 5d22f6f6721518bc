import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../helpers/database.ts';
import { databaseOfNobody, runAsNobody } from '../helpers/nobody.ts';
import { runProcess, runProcessOn } from '../helpers/processes.ts';
import { serve } from '../helpers/server.ts';

// Other tests run commands in the process of the tests. Here each is run as users run it: arguments, streams and exit code of a process.

test('a database goes through every command, each in a process of its own', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  const [path, copy, texts] = [join(folder, 'annals.db'), join(folder, 'copy.db'), join(folder, 'texts')];
  const done = async (...args: string[]) => {
    const { code, output, errors } = await runProcessOn(path, args);
    expect({ code, errors }, args.join(' ')).toEqual({ code: 0, errors: expect.stringMatching(/^$|^made the key /) });
    return output;
  };
  expect(await done('migrate')).toContain('applied 0001-');
  expect(await done('seed')).toMatch(/^created \d+ records\n$/);
  const sha256 = createHash('sha256').update('A paragraph.\n').digest('hex');
  const input = `{"type":"source","id":"note","kind":"note","title":"Note","sha256":"${sha256}","paragraphs":1}`;
  expect(await runProcessOn(path, ['import', '-'], { input })).toEqual({
    code: 0,
    output: '1 created, 0 updated, 0 unchanged\n',
    errors: '',
  });
  expect((await done('export', '--type', 'source')).split('\n')).toContainEqual(expect.stringMatching(/^\{"type":"source","id":"note",/));
  expect(await done('keys', 'create', '--label', 'test')).toMatch(/^annals_\w+\n$/);
  expect(await done('reindex')).toMatch(/^rebuilt the derived data of \d+ records\n$/);
  expect(await done('backup', copy)).toBe(`copied ${path}, as it was at the start, to ${copy}\n`);
  expect(await done('restore', copy)).toContain(`restored ${path} from ${copy}\n`);
  await done('new-generation');
  expect(await done('check')).toMatch(/ are as they should be\n$/);
  expect(JSON.parse(await done('openapi'))).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  mkdirSync(texts);
  writeFileSync(join(texts, 'note.txt'), 'A paragraph.\n');
  const verified = await runProcessOn(path, ['verify', '--texts', texts]);
  expect([verified.code, verified.output]).toEqual([1, expect.stringContaining('note (note.txt): 1 paragraphs, 0 of them cited')]);
  expect(verified.errors).toMatch(/^source .*\nannals: \d+ mismatch(es)? with the texts\n$/s);
});

test('serve prints an address and a curl line, and both work', async () => {
  const { printed, address, child, end } = await serve(join(temporaryFolder(), 'annals.db'), ['--seed']);
  expect(printed).toMatch(/^loaded \d+ records from seeds\/\nAnnals serves http/);
  expect((await fetch(`${address}/`)).status).toBe(200);
  const [, line] = /curl '([^']+)'/.exec(printed)!;
  const answer = await fetch(line!);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ items: expect.arrayContaining([expect.anything()]) });
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0, errors: '' });
});

test('--empty leaves the seeds out, even with --seed', async () => {
  const { printed, address, child, end } = await serve(join(temporaryFolder(), 'annals.db'), ['--seed', '--empty']);
  expect(printed).toMatch(/^Annals serves http/);
  expect(await (await fetch(`${address}/v1/timeline`)).json()).toMatchObject({ items: [], total: 0 });
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0, errors: '' });
});

test.each([
  ['file', 0o444, 0o755],
  ['folder', 0o644, 0o555],
])('a database whose %s is read-only ends it with a code of its own', async (_what, fileMode, folderMode) => {
  expect(await runAsNobody(await databaseOfNobody(fileMode, folderMode), ['import', '-'])).toEqual({
    code: 12,
    output: '',
    errors: 'annals: the database file or its folder is read-only: let this program write to both\n',
  });
});

test('a used port is named in the error', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address!.port : 0;
  const path = join(temporaryFolder(), 'annals.db');
  expect(await runProcessOn(path, ['serve'], { environment: { PORT: String(port) } })).toEqual({
    code: 14,
    output: '',
    errors: `annals: another program listens on port ${port} of 127.0.0.1: stop it, or give another PORT\n`,
  });
});

test.each([32, 128, 511])('a process with a limit of only %d files exits with an error', async (openFiles) => {
  const { code, output, errors } = await runProcess(['serve'], { openFiles });
  expect([code, output, errors]).toEqual([
    1,
    '',
    `annals: this process may open ${openFiles} files, and needs 512 at least: raise the limit, such as with "ulimit -n 4096"\n`,
  ]);
});
