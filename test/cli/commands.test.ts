import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDatabase, temporaryFolder } from '../helpers/database.ts';
import { run, runOn } from '../helpers/command.ts';

const COMMANDS = [
  'serve',
  'migrate',
  'seed',
  'import',
  'export',
  'keys',
  'verify',
  'reindex',
  'check',
  'backup',
  'restore',
  'new-generation',
  'openapi',
];

test('a call without a command shows the commands and is wrong usage', async () => {
  const { code, errors } = await run([]);
  expect(code).toBe(2);
  for (const command of COMMANDS) expect(errors).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test.each([...COMMANDS, 'keys create', 'keys rotate', 'keys list', 'keys revoke'])(
  '"%s --help" explains it and does nothing',
  async (command) => {
    const { code, output, errors } = await run([...command.split(' '), '--help']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(new RegExp(`^Usage: annals ${command}`));
    expect(output.split('\n')[2]).toMatch(/^[A-Z]/);
  },
);

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, output: `${version}\n`, errors: '' });
});

test.each([
  [['improt'], /unknown command 'improt'/],
  [['import'], /missing required argument 'file'/],
  [['seed', '--if-emtpy'], /unknown option '--if-emtpy'/],
  [['export', '--type', 'evnt'], /Give one of code, place, actor, source, agreement, meeting, event/],
  [['keys', 'create'], /required option '--label <label>' not specified/],
  [['keys', 'create', '--label', 'x', '--scope', 'all'], /Allowed choices are read, write, admin/],
])('annals %j is wrong usage, and the error says why', async (args, message) => {
  const { code, errors } = await run(args);
  expect(code).toBe(2);
  expect(errors).toMatch(message);
});

test('a wrong option is refused with the values that it takes', async () => {
  const { code, errors } = await run(['serve'], { environment: { PORT: 'http' } });
  expect({ code, errors }).toEqual({ code: 2, errors: 'annals: PORT is "http": give a whole number from 0 to 65535\n' });
});

test('serve --seed makes a database once, and seeds it only when it is empty', async () => {
  const path = join(temporaryFolder(), 'deep', 'annals.db');
  expect(await runOn(path, ['migrate'])).toMatchObject({ code: 0, output: expect.stringContaining('applied 0001-') });
  expect(await runOn(path, ['migrate'])).toMatchObject({ code: 0, output: expect.stringContaining('already') });
  expect(await runOn(path, ['seed'])).toMatchObject({ code: 0, output: expect.stringMatching(/^created \d+ records\n$/) });
  expect(await runOn(path, ['seed'])).toMatchObject({
    code: 1,
    errors: 'annals: the database holds records already: seeds go into an empty one\n',
  });
  expect(await runOn(path, ['seed', '--if-empty'])).toEqual({ code: 0, output: '', errors: '' });
});

test('files and standard input are imported together, or checked only', async () => {
  const [path, folder] = [await temporaryDatabase(), temporaryFolder()];
  const file = join(folder, 'a.ndjson');
  writeFileSync(file, '{"type":"actor","id":"a","kind":"state","name":"A","partOf":"B"}\n');
  const input = '{"type":"actor","id":"b","kind":"group","name":"B"}';
  expect(await runOn(path, ['import', '--dry-run', file, '-'], { input })).toEqual({
    code: 0,
    output: 'this would be 2 created, 0 updated, 0 unchanged\n',
    errors: '',
  });
  expect(await runOn(path, ['import', file, '-'], { input })).toMatchObject({ code: 0, output: '2 created, 0 updated, 0 unchanged\n' });
  expect(await runOn(path, ['import', '-', file], { input })).toMatchObject({ code: 0, output: '0 created, 0 updated, 2 unchanged\n' });
});

/** The input of an import: an actor of that name. */
const actorLine = (name: string) => ({ input: `{"type":"actor","id":"a","kind":"state","name":"${name}"}` });

test('`--on-existing` decides whether an existing record that differs is refused, kept or replaced', async () => {
  const path = await temporaryDatabase();
  await runOn(path, ['import', '-'], actorLine('A'));
  const refused = await runOn(path, ['import', '-'], actorLine('B'));
  expect({ ...refused, errors: refused.errors.split('\n') }).toEqual({
    code: 1,
    output: '',
    errors: [
      'annals: nothing was imported, because one record exists already and differs: give onExisting=replace or onExisting=keep (in the command --on-existing)',
      '  standard input:1: /id the actor "a" exists already and differs: /name is "A" and would be "B"',
      '',
    ],
  });
  const kept = await runOn(path, ['import', '--on-existing', 'keep', '-'], actorLine('B'));
  expect(kept.output).toBe('0 created, 0 updated, 0 unchanged, 1 kept as they are\n');
  const replace = ['import', '--on-existing', 'replace'];
  const changes = '0 created, 1 updated, 0 unchanged\n  actor a: /name "A" -> "B"\n';
  expect((await runOn(path, [...replace, '--dry-run', '-'], actorLine('B'))).output).toBe(`this would be ${changes}`);
  expect((await runOn(path, [...replace, '-'], actorLine('B'))).output).toBe(changes);
  expect(await runOn(path, ['import', '--on-existing', 'merge', '-'], actorLine('C'))).toMatchObject({ code: 2 });
});

/** The line of an actor that cites a source. */
const citingActor = (id: string) => `{"type":"actor","id":"${id}","kind":"group","name":"${id}","citations":[{"source":"s"}]}\n`;

test('`--replace-source` deletes the records of a source that are not in the files, or says what refers to them', async () => {
  const path = await temporaryDatabase();
  const source = '{"type":"source","id":"s","kind":"dataset","title":"S"}\n';
  await runOn(path, ['import', '-'], { input: source + citingActor('one') + citingActor('two') });
  const replace = ['import', '--replace-source', 's'];
  const input = citingActor('one');
  const report = '0 created, 0 updated, 1 unchanged, 1 deleted\n  actor two: deleted\n';
  expect(await runOn(path, [...replace, '--dry-run', '-'], { input })).toEqual({ code: 0, output: `this would be ${report}`, errors: '' });
  expect(await runOn(path, [...replace, '-'], { input })).toEqual({ code: 0, output: report, errors: '' });
  expect((await runOn(path, ['export'])).output).not.toContain('two');
  await runOn(path, ['import', '-'], { input: '{"type":"actor","id":"part","kind":"group","name":"Part","partOf":"one"}' });
  const refused = await runOn(path, [...replace, '-'], { input: '' });
  expect(refused).toMatchObject({ code: 1, output: '' });
  expect(refused.errors).toMatch(
    /^annals: nothing was imported, because one reference [^\n]*\n {2}the actor "part" refers to the actor "one"\n$/,
  );
  expect(await runOn(path, ['import', '--replace-source', 'S of old', '-'], { input })).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^annals: there is no source "S of old"[^\n]*\n$/) as string,
  });
});

test('bad lines are listed with their file and number', async () => {
  const path = await temporaryDatabase();
  const { code, output, errors } = await runOn(path, ['import', '-'], { input: '{"type":"actor","kind":"state","name":"A"}\n\nno\n{}' });
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(errors).toMatch(
    /^annals: nothing was imported, because 2 things are wrong\n {2}standard input:3: is not JSON.*\n {2}standard input:4: \/type is required.*\n$/,
  );
  expect((await runOn(path, ['export'])).output).toBe('');
});

test('a missing file is named in the error', async () => {
  const path = await temporaryDatabase();
  expect(await runOn(path, ['import', '/nowhere/a.ndjson'])).toEqual({
    code: 1,
    output: '',
    errors: 'annals: /nowhere/a.ndjson does not exist\n',
  });
});

test.each([
  ['does not exist', 'nowhere'],
  ['is not a folder', 'file'],
])('an import with a TMPDIR that %s says so', async (why, name) => {
  const folder = temporaryFolder();
  const [path, TMPDIR] = [await temporaryDatabase(), join(folder, name)];
  writeFileSync(join(folder, 'file'), '');
  const { code, errors } = await runOn(path, ['import', '-'], { environment: { TMPDIR } });
  expect([code, errors]).toEqual([3, `annals: ${TMPDIR}, where temporary files are kept, ${why}: name another folder in TMPDIR\n`]);
});

test('an export goes to standard output or to a file, whole or by type', async () => {
  const [path, folder] = [await temporaryDatabase(), temporaryFolder()];
  await runOn(path, ['seed']);
  const whole = await runOn(path, ['export']);
  expect(whole).toMatchObject({ code: 0, errors: '' });
  expect(await runOn(path, ['export', join(folder, 'all.ndjson')])).toEqual({ code: 0, output: '', errors: '' });
  expect(readFileSync(join(folder, 'all.ndjson'), 'utf8')).toBe(whole.output);
  const some = (await runOn(path, ['export', '--type', 'place', '--type', 'source'])).output.trim().split('\n');
  expect(new Set(some.map((line) => JSON.parse(line).type))).toEqual(new Set(['place', 'source']));
});

test('reindex rebuilds derived data and does not change records', async () => {
  const path = await temporaryDatabase();
  await runOn(path, ['seed']);
  const before = (await runOn(path, ['export'])).output;
  expect(await runOn(path, ['reindex'])).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^rebuilt the derived data of \d+ records\n$/),
  });
  expect((await runOn(path, ['export'])).output).toBe(before);
});

test('the OpenAPI document needs no database', async () => {
  const { code, output } = await run(['openapi'], { environment: { DATABASE_URL: 'file:/nowhere/annals.db' } });
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  expect(output.endsWith('}\n')).toBe(true);
});
