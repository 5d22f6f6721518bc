import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textIssue } from '../../src/domain/json/json.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { paragraphsOf } from '../../src/domain/text/paragraphs.ts';
import { check } from '../../src/records/check.ts';
import { reindexBeside } from '../../src/records/reindex-beside.ts';
import { seededApp, sharedApp } from '../helpers/app.ts';
import type { Answered, Json } from '../helpers/contract.ts';
import { etagHeaderOf } from '../helpers/etags.ts';
import { samples } from '../helpers/samples.ts';
import { storeAt } from '../helpers/store.ts';
import { tamper } from '../helpers/tamper.ts';

const service = sharedApp();

const TEXT = 'Title of the text\n\n  First  paragraph, with words.\r\n\r\nSecond\tparagraph: “quoted”.\n';
const PARAGRAPHS = ['Title of the text', 'First  paragraph, with words.', 'Second\tparagraph: “quoted”.'];

let sources = 0;

/** A source of its own for a test. */
async function newSource(): Promise<string> {
  const { body } = await service.ask({
    method: 'POST',
    url: '/v1/sources',
    body: { ...samples.source.least, id: `text-${(sources += 1)}` },
  });
  return body.id as string; // @NOTE the contract says so
}

const put = (source: string, body: string | Buffer, type = 'text/plain'): Promise<Answered> =>
  service.ask({ method: 'PUT', url: `/v1/sources/${source}/text`, body, headers: { 'content-type': type } });

/** An event that cites a source in these places. */
async function citing(id: string, citations: object[]): Promise<Json> {
  const { status, body, text } = await service.ask({ method: 'POST', url: '/v1/events', body: { ...samples.event.least, id, citations } });
  expect(status, text).toBe(201);
  return body;
}

const read = async (id: string): Promise<Json> => (await service.ask({ url: `/v1/events/${id}` })).body;
const verifiedIn = ({ citations }: Json): unknown[] => citations.map(({ verified }: Json) => verified);

test('a stored text gives its source a SHA-256, a number of paragraphs and a new revision, and is read as it came', async () => {
  const source = await newSource();
  const stored = await put(source, TEXT);
  expect([stored.status, stored.headers['etag']]).toEqual([200, etagHeaderOf(source, 2)]);
  expect(stored.body).toMatchObject({
    id: source,
    paragraphs: 3,
    sha256: createHash('sha256').update(TEXT).digest('hex'),
    revision: 2,
    storedText: { form: 'verbatim', bytes: Buffer.byteLength(TEXT), view: 'trimmed-lines' },
  });
  expect((await service.ask({ url: `/v1/sources/${source}` })).text).toBe(stored.text);
  const text = await service.ask({ url: `/v1/sources/${source}/text` });
  expect([text.status, text.headers['content-type'], text.text]).toEqual([200, 'text/plain; charset=utf-8', TEXT]);
  const { body } = await service.ask({ url: `/v1/sources/${source}/paragraphs` });
  expect(body.items.map(({ text: each }: Json) => each)).toEqual(PARAGRAPHS);
  const again = await service.ask({ url: `/v1/sources/${source}/text`, headers: { 'if-none-match': text.headers['etag']! } });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('every citation shows whether its paragraph has its phrase, and only records that change get a new revision', async () => {
  const source = await newSource();
  const other = await newSource();
  await citing(`${source}-a`, [
    { source, paragraph: 2, phrase: 'First paragraph, with' },
    { source, paragraph: 3, phrase: 'Second paragraph: “quoted”' },
    { source, paragraph: 3, phrase: 'first paragraph' },
    { source, paragraph: 4, phrase: 'Title' },
    { source, phrase: 'Title' },
    { source, paragraph: 1 },
    { source: other, paragraph: 1, phrase: 'Title' },
  ]);
  await citing(`${source}-b`, [{ source }]);
  expect(verifiedIn(await read(`${source}-a`))).toEqual(Array.from({ length: 7 }, () => undefined));

  await put(source, TEXT);
  const first = await read(`${source}-a`);
  expect([first.revision, ...verifiedIn(first)]).toEqual([2, true, true, false, false, undefined, undefined, undefined]);
  expect((await read(`${source}-b`)).revision).toBe(1);

  await put(source, TEXT);
  expect((await read(`${source}-a`)).revision, 'the same text changes no answer').toBe(2);

  await put(source, 'First paragraph, with words.\nSecond paragraph: “quoted”.');
  const moved = await read(`${source}-a`);
  expect([moved.revision, ...verifiedIn(moved)]).toEqual([3, false, false, false, false, undefined, undefined, undefined]);

  const { body } = await service.ask({ url: `/v1/events/${source}-a/history` });
  expect(body.items.map(({ record }: Json) => verifiedIn(record)[0])).toEqual([undefined, true, false]);
});

test('a citation that is added or patched after the text is verified at once', async () => {
  const source = await newSource();
  await put(source, TEXT);
  const created = await citing(`${source}-late`, [
    { source, paragraph: 1, phrase: 'Title of the text' },
    { source, paragraph: 2, phrase: 'First paragraph, with' },
    { source, paragraph: 9, phrase: 'First paragraph, with' },
  ]);
  expect(verifiedIn(created)).toEqual([true, true, false]);
  const noted = await service.ask({ method: 'PATCH', url: `/v1/events/${source}-late`, body: { note: 'A patch elsewhere.' } });
  expect([noted.status, verifiedIn(noted.body)]).toEqual([200, [true, true, false]]);
  const patch = { citations: [{ source, paragraph: 2, phrase: 'Title of the text' }] };
  const { body } = await service.ask({ method: 'PATCH', url: `/v1/events/${source}-late`, body: patch });
  expect(verifiedIn(body)).toEqual([false]);
  const refused = await service.ask({
    method: 'PATCH',
    url: `/v1/events/${source}-late`,
    body: { citations: [{ source, verified: true }] },
  });
  expect([refused.status, refused.body.errors[0].message]).toEqual([400, 'field "verified" is set by the service: leave it out']);
});

test.each([
  ['before', 0],
  ['after', 1],
])('a citation that is written concurrently, just %s the text, is verified', async (_when, at) => {
  const source = await newSource();
  const id = `${source}-meanwhile`;
  const requests: (() => Promise<unknown>)[] = [() => put(source, TEXT)];
  requests.splice(at, 0, () => citing(id, [{ source, paragraph: 1, phrase: 'Title of the text' }]));
  await Promise.all(requests.map((request) => request()));
  expect(verifiedIn(await read(id))).toEqual([true]);
});

test('a source that cites itself is verified by its text, which may be stored under a name of the source', async () => {
  const source = await newSource();
  await service.ask({
    method: 'PATCH',
    url: `/v1/sources/${source}`,
    body: { title: `Named ${source}`, citations: [{ source, paragraph: 1, phrase: 'Title' }] },
  });
  const stored = await put(encodeURIComponent(`named ${source}`), TEXT);
  expect([stored.status, verifiedIn(stored.body)]).toEqual([200, [true]]);
});

/** Pieces of texts: byte order marks, ends of lines of every kind, and characters that normalization would change. */
const piece = fc.oneof(
  fc.constantFrom('\uFEFF', '\r\n', '\n', '\r', '\n\n', '\t', ' ', '\f', '\u2028', '\u2029', '\u00a0', 'e\u0301', '\u212b', 'fi\ufb01'),
  fc.string({ unit: 'grapheme', maxLength: 5 }).filter((text) => textIssue(text) === undefined),
);
const anyText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('property: a text is served byte for byte, and its SHA-256 is that of the source; HEAD says as much', async () => {
  const source = await newSource();
  const url = `/v1/sources/${source}/text`;
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const bytes = Buffer.from(text);
      const stored = await put(source, bytes);
      if (paragraphsOf(text).length === 0) {
        expect(stored.status).toBe(400);
        return;
      }
      expect(stored.status, stored.text).toBe(200);
      const { rawPayload } = await service.app.inject(url);
      expect(rawPayload.equals(bytes)).toBe(true);
      expect(stored.body.sha256).toBe(createHash('sha256').update(rawPayload).digest('hex'));
      expect(stored.body.storedText).toEqual({ form: 'verbatim', bytes: bytes.length, view: 'trimmed-lines' });
      const head = await service.app.inject({ method: 'HEAD', url });
      expect([head.statusCode, head.headers['content-length'], head.payload]).toEqual([200, String(bytes.length), '']);
    }),
    { numRuns: 60 },
  );
});

test('a phrase stands in its paragraph where the text has canonically equivalent characters', async () => {
  const source = await newSource();
  await citing(`${source}-before`, [{ source, paragraph: 1, phrase: 'caf\u00e9 in Nukus' }]);
  await put(source, 'The cafe\u0301 in Nukus\n');
  expect(verifiedIn(await read(`${source}-before`))).toEqual([true]);
  expect(verifiedIn(await citing(`${source}-after`, [{ source, paragraph: 1, phrase: 'The caf\u00e9' }]))).toEqual([true]);
});

test('a text is no field of a record', async () => {
  const refused = await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, text: 'A' } });
  expect([refused.status, refused.body.errors[0].message]).toEqual([
    400,
    'field "text" is no field of the record: store the text with PUT /v1/sources/{id}/text, or import the record with POST /v1/import',
  ]);
});

test('a line of an import brings the text of its source, and the answer names phrases that do not stand in it', async () => {
  const citations = ['red', 'blue'].map((phrase) => ({ source: 'text-of-a-line', paragraph: 1, phrase }));
  const lines = [
    { ...samples.event.least, type: 'event', id: 'cites-a-line', citations },
    { ...samples.source.least, type: 'source', id: 'text-of-a-line', text: 'red\r\n\r\nblue' },
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const imported = await service.ask({ method: 'POST', url: '/v1/import', headers: { 'content-type': 'application/x-ndjson' }, body });
  expect([imported.status, imported.body.unverified]).toEqual([
    200,
    [
      {
        line: 1,
        record: { type: 'event', id: 'cites-a-line' },
        pointer: '/citations/1/phrase',
        message: '"blue" does not stand in paragraph 1 of source "text-of-a-line", but in paragraph 2',
      },
    ],
  ]);
  expect((await service.ask({ url: '/v1/sources/text-of-a-line/text' })).text).toBe('red\r\n\r\nblue');
  const exported = await service.app.inject('/v1/export?type=source');
  expect(exported.body).toContain('"text":"red\\r\\n\\r\\nblue"}\n');
});

test('the description of a text is set by the service', async () => {
  const refused = await service.ask({ method: 'POST', url: '/v1/sources', body: { ...samples.source.least, storedText: {} } });
  expect([refused.status, refused.body.errors[0].message]).toEqual([400, 'field "storedText" is set by the service: leave it out']);
});

test('a text of which only the paragraphs are kept says so, is served by paragraphs, and is kept whole when it is put again', async () => {
  const source = await newSource();
  const { body: stored } = await put(source, TEXT);
  tamper(service.path, `DELETE FROM texts WHERE source_id = (SELECT id FROM records WHERE type = 'source' AND slug = '${source}')`);
  await reindexBeside(service.annals, storeAt(service.path), noProgress);
  const lines = `${PARAGRAPHS.join('\n')}\n`;
  expect((await service.ask({ url: `/v1/sources/${source}` })).body).toMatchObject({
    sha256: stored.sha256,
    paragraphs: 3,
    revision: stored.revision,
    storedText: { form: 'paragraphs', bytes: Buffer.byteLength(lines), view: 'trimmed-lines' },
  });
  expect((await service.ask({ url: `/v1/sources/${source}/text` })).text).toBe(lines);
  expect((await put(source, TEXT)).body).toMatchObject({ revision: stored.revision + 1, storedText: { form: 'verbatim' } });
  expect((await put(source, TEXT)).body.revision, 'the same text again').toBe(stored.revision + 1);
  expect((await service.ask({ url: `/v1/sources/${source}/text` })).text).toBe(TEXT);
  expect((await check(storeAt(service.path), noProgress)).findings).toEqual([]);
});

describe('a body that is not a text is refused:', () => {
  test.each([
    ['bytes in another encoding', Buffer.from('Za\xbf\xf3\xb3\xe6', 'latin1'), 'the text is not UTF-8: convert it first'],
    ['UTF-16', Buffer.from('\uFEFFtext', 'utf16le'), 'UTF-8'],
    ['a text cut within a character', Buffer.from('é').subarray(0, 1), 'UTF-8'],
    ['nothing', '', 'the text has no paragraph: send at least one line that is not empty'],
    ['white space', ' \n\t\n', 'the text has no paragraph'],
    ['NUL', 'a\u0000b', 'U+0000'],
    ['an escape sequence', 'a\u001b[0mb', 'U+001B'],
  ])('%s', async (_what, bytes, message) => {
    const source = await newSource();
    const refused = await put(source, bytes);
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    expect(refused.body.detail).toContain(message);
    expect((await service.ask({ url: `/v1/sources/${source}` })).body.revision).toBe(1);
  });

  test('another content type', async () => {
    const source = await newSource();
    for (const type of ['application/json', 'text/html', 'application/octet-stream', 'nonsense']) {
      const refused = await put(source, TEXT, type);
      expect([refused.status, refused.body.detail], type).toEqual([
        415,
        `the content type "${type}" is not accepted here: send text/plain`,
      ]);
    }
    expect((await put(source, TEXT, 'TEXT/Plain; charset=UTF-8')).status).toBe(200);
  });

  test('a text that no import could bring', async () => {
    const { ask, close } = await seededApp({ BODY_LIMIT: '10000000' });
    const url = '/v1/sources/unrcca-website-timeline/text';
    const send = (body: string) => ask({ method: 'PUT', url, body, headers: { 'content-type': 'text/plain' } });
    const parts = 'store it in parts, each as the text of a source of its own';
    expect((await send('a'.repeat(7 * 2 ** 20 + 1))).body.detail).toBe(
      `the text is longer than 7 MiB: it has 7,340,033 bytes. S${parts.slice(1)}`,
    );
    expect((await send('a\n'.repeat(1_000_001))).body.detail).toBe(`the text has 1,000,001 paragraphs, more than 1,000,000: ${parts}`);
    expect((await send('a'.repeat(7 * 2 ** 20))).status).toBe(200);
    await close();
  });

  test('more than the limit', async () => {
    expect((await put(await newSource(), 'a'.repeat(1_048_577))).status).toBe(413);
  });
});

test('a missing text is 404, also of an unknown source', async () => {
  const source = await newSource();
  const none = await service.ask({ url: `/v1/sources/${source}/text` });
  expect([none.status, none.body.detail]).toEqual([
    404,
    `no text of the source "${source}" is stored: put one with PUT /v1/sources/${source}/text`,
  ]);
  expect((await put('never-written', TEXT)).status).toBe(404);
});

test('storing the same text again writes nothing', async () => {
  const text = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'One line.\n' } as const;
  await service.ask({ method: 'POST', url: '/v1/sources', body: { id: 'text-again', kind: 'book', title: 'Text again' } });
  const first = await service.ask({ ...text, url: '/v1/sources/text-again/text' });
  const again = await service.ask({ ...text, url: '/v1/sources/text-again/text' });
  expect([first.body.revision, again.body.revision]).toEqual([2, 2]);
});

describe('a field that follows from the text', () => {
  test.each([
    ['sha256', { sha256: '0'.repeat(64) }],
    ['sha256', { sha256: null }],
    ['paragraphs', { paragraphs: 7 }],
    ['paragraphs', { paragraphs: null }],
  ])('is not changed with the record: %s to %j', async (field, patch) => {
    const source = await newSource();
    const url = `/v1/sources/${source}`;
    expect((await service.ask({ method: 'PATCH', url, body: { sha256: '1'.repeat(64), paragraphs: 99 } })).status).toBe(200);
    const stored = await put(source, TEXT);
    const refused = await service.ask({ method: 'PATCH', url, body: { note: 'New.', ...patch } });
    expect([refused.status, refused.body.type]).toEqual([400, '/problems/invalid-request']);
    const message = `"${field}" of the source "${source}" is that of its stored text: leave it as it is, or put another text to ${url}/text`;
    expect(refused.body.errors).toEqual([{ pointer: `/${field}`, message }]);
    expect((await service.ask({ url })).text).toBe(stored.text);
    const { sha256, paragraphs } = stored.body;
    expect((await service.ask({ method: 'PATCH', url, body: { note: 'New.', sha256, paragraphs } })).status).toBe(200);
  });

  test('is not changed by an import either', async () => {
    const source = await newSource();
    const stored = await put(source, TEXT);
    const ask = (fields: object) =>
      service.ask({
        method: 'POST',
        url: '/v1/import?onExisting=replace',
        headers: { 'content-type': 'application/x-ndjson' },
        body: JSON.stringify({ ...samples.source.least, type: 'source', id: source, note: 'Imported.', ...fields }),
      });
    const refused = await ask({ sha256: '0'.repeat(64) });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [
        {
          line: 1,
          pointer: '/sha256',
          sent: JSON.stringify('0'.repeat(64)),
          message: `is not that of the stored text of the source "${source}": leave it out, or send the text with the line`,
        },
      ],
    ]);
    expect((await ask({})).body).toMatchObject({ updated: 1, changes: [{ field: '/note' }] });
    const { sha256, paragraphs } = stored.body;
    expect((await ask({ sha256, paragraphs })).body).toMatchObject({ unchanged: 1 });
  });
});
