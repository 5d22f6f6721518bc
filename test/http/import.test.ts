import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededApp, sharedApp, type TestApp } from '../helpers/app.ts';
import type { Answered } from '../helpers/contract.ts';
import { importsIn, lines, ownTemporaryFolder, visits } from '../helpers/imports.ts';
import { counted } from '../helpers/transfer.ts';

const service = sharedApp();
const small = sharedApp({ IMPORT_LIMIT: '2000' });

const NDJSON = { 'content-type': 'application/x-ndjson' };

const post = (body: string, { url = '/v1/import', to = service, headers = NDJSON }: Partial<Posting> = {}): Promise<Answered> =>
  to.ask({ method: 'POST', url, body, headers });
type Posting = { url: string; to: TestApp; headers: Record<string, string> };

const visitsOf = async (group: string): Promise<number> => {
  const { status, body } = await service.ask({ url: `/v1/events?actor=group-${group}` });
  return status === 200 ? (body.total as number) : 0; // @NOTE the contract says so
};

test('records are created, replaced where they differ, and left as they are', async () => {
  const before = await service.ask({ url: '/v1/timeline?limit=1' });
  const first = await post(lines(visits('alpha', 20)));
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ dryRun: false, created: 21, updated: 0, unchanged: 0, kept: 0, moreAssigned: 0 });
  expect(first.body.assigned).toHaveLength(20);
  expect(first.body.assigned[3]).toEqual({ line: 4, record: { type: 'event', id: 'visit-3-of-alpha' } });
  expect(await visitsOf('alpha')).toBe(20);
  expect((await service.ask({ url: '/v1/timeline?limit=1' })).headers['etag']).not.toBe(before.headers['etag']);
  const changed = visits('alpha', 22).map((record, index) =>
    index === 3 ? { ...record, id: 'visit-3-of-alpha', note: 'Changed.' } : record,
  );
  const changes = [{ record: { type: 'event', id: 'visit-3-of-alpha' } as const, field: '/note', to: '"Changed."' }];
  expect((await post(lines(changed), { url: '/v1/import?onExisting=replace' })).body).toMatchObject({
    dryRun: false,
    created: 2,
    updated: 1,
    unchanged: 20,
    changes,
  });
  expect((await post(lines(changed))).body).toMatchObject({ created: 0, updated: 0, unchanged: 23, changes: [] });
  expect((await service.ask({ url: '/v1/events/visit-3-of-alpha' })).body).toMatchObject({ note: 'Changed.', revision: 2 });
});

test('a dry run reports its changes, and writes nothing', async () => {
  const dry = await post(lines(visits('beta', 3)), { url: '/v1/import?dryRun=true' });
  expect(dry.status).toBe(200);
  expect(dry.body).toMatchObject({ dryRun: true, created: 4, updated: 0, unchanged: 0, assigned: [{ line: 1 }, { line: 2 }, { line: 3 }] });
  expect((await service.ask({ url: '/v1/actors/group-beta' })).status).toBe(404);
  expect((await post(lines(visits('beta', 3)), { url: '/v1/import?dryRun=false' })).body).toMatchObject({ dryRun: false, created: 4 });
});

test('NDJSON may have the type of JSONL, lack its last newline, hold empty lines, and be empty', async () => {
  const headers = { 'content-type': 'application/jsonl; charset=utf-8' };
  expect((await post(`\n${lines(visits('gamma', 1)).trimEnd()}`, { headers })).body).toMatchObject({ created: 2 });
  expect((await post('')).body).toEqual({ dryRun: false, ...counted({}) });
});

test('`onExisting` decides whether an existing record that differs is refused, kept or replaced', async () => {
  const body = lines([{ type: 'actor', id: 'csto', kind: 'organization', name: 'CSTO' }]);
  const before = (await service.ask({ url: '/v1/actors/csto' })).text;
  for (const url of ['/v1/import', '/v1/import?onExisting=refuse', '/v1/import?dryRun=true']) {
    const refused = await post(body, { url });
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/import-conflict']);
    expect(refused.body.errors).toEqual([
      {
        line: 1,
        pointer: '/id',
        sent: '"csto"',
        message: expect.stringMatching(/^the actor "csto" exists already and differs: \/name is /) as string,
      },
    ]);
  }
  const kept = await post(body, { url: '/v1/import?onExisting=keep' });
  expect([kept.status, kept.body]).toEqual([200, { dryRun: false, ...counted({ kept: 1 }) }]);
  expect((await service.ask({ url: '/v1/actors/csto' })).text).toBe(before);
  const would = await post(body, { url: '/v1/import?onExisting=replace&dryRun=true' });
  expect(would.body).toMatchObject({ dryRun: true, updated: 1 });
  expect(would.body.changes).toContainEqual({
    record: { type: 'actor', id: 'csto' },
    field: '/name',
    from: expect.any(String),
    to: '"CSTO"',
  });
  expect((await service.ask({ url: '/v1/actors/csto' })).text).toBe(before);
});

/** A visit that a dataset states. */
const harbourVisit = (number: number) => ({
  type: 'event',
  id: `harbour-visit-${number}`,
  kind: 'visit',
  title: `Harbour visit ${number}`,
  citations: [{ source: 'Harbour log' }],
});

test('`replaceSource` deletes the records of a source that are not in the import any more', async () => {
  const source = { type: 'source', id: 'harbour-log', kind: 'dataset', title: 'Harbour log' };
  const url = '/v1/import?replaceSource=Harbour%20log';
  // The first import brings the source: there is nothing to delete.
  expect((await post(lines([source, harbourVisit(1), harbourVisit(2)]), { url })).body).toEqual({
    dryRun: false,
    ...counted({ created: 3 }),
  });
  const deletions = [{ type: 'event', id: 'harbour-visit-2' }] as const;
  const done = { created: 1, unchanged: 1, deleted: 1, deletions: [...deletions] };
  const next = lines([harbourVisit(1), harbourVisit(3)]);
  expect((await post(next, { url: `${url}&dryRun=true` })).body).toEqual({ dryRun: true, ...counted(done) });
  expect((await service.ask({ url: '/v1/events/harbour-visit-2' })).status).toBe(200);
  expect((await post(next, { url })).body).toEqual({ dryRun: false, ...counted(done) });
  expect((await service.ask({ url: '/v1/events/harbour-visit-2' })).status).toBe(404);
  expect((await service.ask({ url: '/v1/events?source=harbour-log' })).body).toMatchObject({ total: 2 });
  expect((await service.ask({ url: '/v1/events/harbour-visit-2/history' })).body.items).toMatchObject([
    { action: 'created' },
    { action: 'deleted' },
  ]);
  const referring = { type: 'event', id: 'follow-up', kind: 'visit', title: 'Follow-up' };
  const relations = [{ type: 'follows', record: { type: 'event', id: 'harbour-visit-3' } }];
  await post(lines([{ ...referring, relations }]));
  const refused = await post(lines([harbourVisit(1)]), { url });
  expect([refused.status, refused.body.type]).toEqual([409, '/problems/still-referenced']);
  expect(refused.body.errors).toEqual([{ message: 'the event "follow-up" refers to the event "harbour-visit-3"' }]);
  const unknown = await post(lines([harbourVisit(1)]), { url: '/v1/import?replaceSource=harbour-logs' });
  expect([unknown.status, unknown.body.type]).toEqual([400, '/problems/unknown-reference']);
  expect(unknown.body.errors).toMatchObject([{ parameter: 'replaceSource', didYouMean: ['harbour-log'] }]);
});

/** A speech of that date, without an id. */
const speech = (edtf: string): string => lines([{ type: 'event', kind: 'speech', title: 'Opening speech', date: { edtf } }]);

test('a line without an id does not overwrite a record of the same title', async () => {
  expect((await post(speech('2016'))).body).toMatchObject({ created: 1, updated: 0 });
  expect((await post(speech('2017'))).body).toMatchObject({ created: 1, updated: 0 });
  expect((await post(speech('2016'))).body).toMatchObject({ unchanged: 1, assigned: [{ line: 1, record: { id: 'opening-speech' } }] });
  expect((await service.ask({ url: '/v1/events/opening-speech' })).body).toMatchObject({ date: { edtf: '2016' }, revision: 1 });
  expect((await service.ask({ url: '/v1/events/opening-speech-2' })).body).toMatchObject({ date: { edtf: '2017' } });
});

describe('an import with faults writes nothing and reports', () => {
  test('each fault with its line and pointer', async () => {
    const body = lines([...visits('delta', 2), { type: 'event', kind: 'No Slug', title: 'x', date: { edtf: '2013-02-29' } }]);
    for (const url of ['/v1/import', '/v1/import?dryRun=true']) {
      const refused = await post(
        `${body}{"type":\n{"type":"evnt"}\n${lines([{ type: 'place', kind: 'city', name: 'X', partOf: ['Tashkent', 'Nowhere'] }])}`,
        {
          url,
        },
      );
      expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-import']);
      expect(refused.body.detail).toBe('nothing was imported, because 4 things are wrong');
      expect(refused.body.errors).toMatchObject([
        { line: 4, pointer: '/kind' },
        { line: 5, message: expect.stringContaining('is not JSON') as string },
        { line: 6, pointer: '/type', didYouMean: ['event'] },
        { line: 7, pointer: '/partOf/1', message: expect.stringContaining('there is no place "Nowhere"') as string },
      ]);
    }
    expect((await service.ask({ url: '/v1/actors/group-delta' })).status).toBe(404);
  });

  test('the first hundred faults, and their number', async () => {
    const refused = await post('{}\n'.repeat(250));
    expect(refused.body.detail).toBe('nothing was imported, because 250 things are wrong (the first 100 are shown)');
    expect(refused.body.errors).toHaveLength(100);
  });

  test.each(['{}', '{"type":"actor"}', 'x'])(
    'of very many lines such as %s only the first faults, and that it stopped reading',
    async (line) => {
      const refused = await post(`${line}\n`.repeat(200_000));
      const read = line === '{"type":"actor"}' ? 500 : 1000;
      const detail = `nothing was imported, because at least 1000 things are wrong (the first 100 are shown): reading stopped at line ${read}, and what follows was not looked at`;
      expect([refused.status, refused.body.type, refused.body.detail]).toEqual([400, '/problems/invalid-import', detail]);
      expect(refused.body.errors).toHaveLength(100);
    },
  );
});

test('a body as long as the limit is accepted, and one more byte is refused', async () => {
  const body = lines(visits('epsilon', 1)).padEnd(2000, '\n');
  expect((await post(body, { to: small })).status).toBe(200);
  const refused = await post(`${body}\n`, { to: small });
  expect([refused.status, refused.body.detail]).toEqual([
    413,
    expect.stringMatching(/^the import is longer than 2,000 bytes: (it has [0-9,]+\. S|s)end less at a time$/),
  ]);
});

test('concurrent imports run one after the other', async () => {
  const groups = ['zeta', 'eta', 'theta'];
  const answers = await Promise.all(groups.map((group) => post(lines(visits(group, 30)))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await Promise.all(groups.map(visitsOf))).toEqual([30, 30, 30]);
});

const hurried = sharedApp({ IMPORT_WAIT: '50' });

test('a body that waits too long is not imported, and its client is told when to retry', async () => {
  const groups = ['nu', 'xi'];
  const answers = await Promise.all(groups.map((group) => post(lines(visits(group, 30)), { to: hurried })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
  const refused = answers.findIndex(({ status }) => status === 503);
  expect([answers[refused]!.body.type, answers[refused]!.headers['retry-after']]).toEqual(['/problems/import-busy', '1']);
  expect(answers[refused]!.body.detail).toContain('this one waited 50 ms for others: nothing of it was imported');
  expect((await hurried.ask({ url: `/v1/actors/group-${groups[refused]}` })).status).toBe(404);
  expect((await post(lines(visits(groups[refused]!, 30)), { to: hurried })).body).toMatchObject({ created: 31 });
});

test('other changes are made during an import, and none is lost', async () => {
  const importing = post(lines(visits('iota', 400)));
  const created = await Promise.all(
    Array.from({ length: 40 }, (_, number) =>
      service.ask({ method: 'POST', url: '/v1/events', body: { kind: 'visit', title: `Meanwhiled ${number}` } }),
    ),
  );
  expect(created.map(({ status }) => status)).toEqual(created.map(() => 201));
  expect((await importing).body).toMatchObject({ created: 401 });
  expect((await service.ask({ url: '/v1/events?q=Meanwhiled' })).body.total).toBe(40);
});

test('an import removes its temporary files after success and failure', async () => {
  const folder = ownTemporaryFolder();
  expect((await post(lines(visits('kappa', 2)))).status).toBe(200);
  expect((await post('{}')).status).toBe(400);
  expect((await post('\n'.repeat(2001), { to: small })).status).toBe(413);
  expect(importsIn(folder)).toEqual([]);
});

describe('without a folder for temporary files', () => {
  const log = new PassThrough();
  let written = '';
  log.on('data', (bytes) => (written += String(bytes)));
  let logged: TestApp & { close: () => Promise<void> };
  beforeAll(async () => {
    logged = await seededApp({ LOG_LEVEL: 'info' }, log);
    return () => logged.close();
  });

  test.each([
    ['that exists', (folder: string) => join(folder, 'nowhere'), 'does not exist'],
    ['that is one', (folder: string) => join(folder, 'file'), 'is not a folder'],
  ])('%s an import is refused: the log names the folder and the reason, the problem no path', async (_what, at, why) => {
    const folder = ownTemporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    process.env['TMPDIR'] = at(folder);
    const refused = await post('{}', { to: logged });
    expect([refused.status, refused.body.type]).toEqual([507, '/problems/temporary-unusable']);
    expect(refused.text).not.toContain(folder);
    expect(written).toContain(`${at(folder)}, where temporary files are kept, ${why}: name another folder in TMPDIR`);
    process.env['TMPDIR'] = folder;
    expect((await post('', { to: logged })).status).toBe(200);
  });
});
