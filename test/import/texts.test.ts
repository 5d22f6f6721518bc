import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { noProgress } from '../../src/domain/progress.ts';
import { paragraphsOf } from '../../src/domain/text/paragraphs.ts';
import { modelOf } from '../../src/model/models.ts';
import type { Annals } from '../../src/records/annals.ts';
import { check } from '../../src/records/check.ts';
import { create } from '../../src/records/create.ts';
import { exportRecords, newestChange } from '../../src/records/export.ts';
import { putText } from '../../src/records/put-text.ts';
import { reindex } from '../../src/records/reindex.ts';
import { readText } from '../../src/records/source-text.ts';
import { findRecord } from '../../src/records/stored-record.ts';
import type { Engine } from '../../src/storage/port.ts';
import type { Json } from '../helpers/contract.ts';
import { temporaryAnnals } from '../helpers/database.ts';
import { storeAt } from '../helpers/store.ts';
import { tamper } from '../helpers/tamper.ts';
import { counted, exported, importLines } from '../helpers/transfer.ts';

const TEXT = '\uFEFFTitle\r\n\r\n  The cafe\u0301 in  Nukus\u2028opened\r\nlast';
const sha256 = createHash('sha256').update(TEXT).digest('hex');

const book = { type: 'source', id: 'book', kind: 'book', title: 'Book' };
const citing = (id: string, ...phrases: string[]) => ({
  type: 'event',
  id,
  kind: 'war',
  title: `The event ${id}`,
  citations: phrases.map((phrase) => ({ source: 'book', paragraph: 2, phrase })),
});

/** A change of the source in a report. */
const change = (field: string, from: string, to: string) => ({ record: { type: 'source', id: 'book' }, field, from, to });

/** The description of a text in a report. */
const described = (bytes: number) => JSON.stringify({ form: 'verbatim', bytes, view: 'trimmed-lines' });

/** A warning of a report about a citation of an event. */
const warning = (line: number, id: string, citation: number, message: string) => ({
  file: 'test.ndjson',
  line,
  record: { type: 'event', id },
  pointer: `/citations/${citation}/phrase`,
  message,
});

let annals: Annals & { path: string };
beforeEach(async () => {
  annals = await temporaryAnnals();
});

const record = async (type: 'source' | 'event', id: string, of: Annals = annals): Promise<Json> =>
  JSON.parse((await findRecord(of.engine, modelOf[type], id)).document.toString());
const text = async (id = 'book', of: Annals = annals): Promise<string> =>
  (await readText(of.engine, await findRecord(of.engine, modelOf.source, id))).toString();
const results = async (id: string, of: Annals = annals): Promise<unknown[]> =>
  (await record('event', id, of)).citations.map(({ verified }: Json) => verified);
const sound = async (): Promise<void> => expect((await check(storeAt(annals.path), noProgress)).findings).toEqual([]);

describe('a line of a source with its text', () => {
  test('stores it byte for byte, and citations of all lines are held against it', async () => {
    const lines = [citing('before', 'caf\u00e9 in Nukus'), { ...book, text: TEXT }, citing('after', 'opened', 'closed')];
    expect(await importLines(annals, lines)).toMatchObject({ created: 3, reverified: 0, moreUnverified: 0 });
    expect(await text()).toBe(TEXT);
    expect(await record('source', 'book')).toMatchObject({
      sha256,
      paragraphs: 3,
      revision: 1,
      storedText: { form: 'verbatim', bytes: Buffer.byteLength(TEXT), view: 'trimmed-lines' },
    });
    expect([await results('before'), await results('after')]).toEqual([[true], [true, false]]);
    expect(await importLines(annals, lines)).toMatchObject({ unchanged: 3 });
    await sound();
  });

  test('replaces a text that is stored, and every record that cites it says so', async () => {
    await importLines(annals, [{ ...book, text: TEXT }, citing('one', 'opened'), citing('two', 'opened'), citing('three', 'other')]);
    const lines = [{ ...book, text: 'Title\nother' }, citing('two', 'opened'), citing('new', 'other')];
    const options = { onExisting: 'replace' } as const;
    const planned = await importLines(annals, lines, { ...options, mode: 'check' });
    expect(await text()).toBe(TEXT);
    const report = await importLines(annals, lines, options);
    expect(planned).toEqual(report);
    expect(report).toMatchObject({ created: 1, updated: 1, unchanged: 1, reverified: 3 });
    expect(report.changes).toEqual([
      change('/sha256', JSON.stringify(sha256), expect.any(String)),
      change('/paragraphs', '3', '2'),
      change('/text', described(Buffer.byteLength(TEXT)), described(11)),
    ]);
    expect(await text()).toBe('Title\nother');
    const all = ['one', 'two', 'three', 'new'];
    expect(await Promise.all(all.map((id) => results(id)))).toEqual([[false], [false], [true], [true]]);
    expect(await Promise.all(all.map(async (id) => (await record('event', id)).revision))).toEqual([2, 2, 2, 1]);
    await sound();
  });

  test('is a conflict where another text is stored, or is left out', async () => {
    await importLines(annals, [{ ...book, text: TEXT }]);
    const other = { ...book, text: 'Other' };
    await expect(importLines(annals, [other])).rejects.toMatchObject({
      code: 'import-conflict',
      issues: [{ line: 1, message: expect.stringContaining('/text is {"form":"verbatim","bytes":') as unknown }],
    });
    expect(await importLines(annals, [other], { onExisting: 'keep' })).toMatchObject({ kept: 1 });
    expect(await text()).toBe(TEXT);
    await sound();
  });

  test('adds a text to a source that states its hash only', async () => {
    await importLines(annals, [{ ...book, sha256, paragraphs: 3 }, citing('one', 'opened')]);
    await expect(importLines(annals, [{ ...book, text: TEXT }])).rejects.toMatchObject({ code: 'import-conflict' });
    expect(await importLines(annals, [{ ...book, text: TEXT }], { onExisting: 'replace' })).toMatchObject({
      updated: 1,
      reverified: 1,
      changes: [{ field: '/text', to: expect.any(String) as unknown }],
    });
    expect([await text(), await results('one'), (await record('source', 'book')).revision]).toEqual([TEXT, [true], 2]);
    await sound();
  });

  test('verifies the citations of a record that changes beside it, and of a source that cites itself', async () => {
    const own = { ...book, citations: [{ source: 'book', paragraph: 2, phrase: 'other' }] };
    await importLines(annals, [{ ...own, text: TEXT }, citing('one', 'opened')]);
    await importLines(
      annals,
      [
        { ...own, text: 'Title\nother' },
        { ...citing('one', 'opened', 'other'), note: 'Changed.' },
      ],
      { onExisting: 'replace' },
    );
    expect(await results('one')).toEqual([false, true]);
    expect((await record('source', 'book')).citations).toMatchObject([{ verified: true }]);
    await sound();
  });
});

/** The database, to which something is written just before the batch of the first attempt of an import. */
function racing(write: () => Promise<unknown>): Annals {
  let isFirst = true;
  const load: Engine['load'] = async (statements) => {
    if (isFirst) {
      isFirst = false;
      await write();
    }
    return annals.engine.load(statements);
  };
  return { ...annals, engine: { ...annals.engine, load } };
}

describe('an import of a text is planned anew', () => {
  beforeEach(() => importLines(annals, [{ ...book, text: TEXT }]));
  const lines = [{ ...book, text: 'Title\nother' }];

  test('when a record that cites the source was written meanwhile', async () => {
    const { type: _type, ...late } = citing('late', 'opened');
    const other = racing(() => create(annals, modelOf.event, late));
    expect(await importLines(other, lines, { onExisting: 'replace' })).toMatchObject({ updated: 1, reverified: 1 });
    expect([await text(), await results('late')]).toEqual(['Title\nother', [false]]);
    await sound();
  });

  test('when another text was stored meanwhile', async () => {
    const other = racing(() => putText(annals, 'book', Buffer.from('Third')));
    const { changes } = await importLines(other, lines, { onExisting: 'replace' });
    expect(changes.at(-1)).toMatchObject({ field: '/text', from: described(5) });
    expect(await text()).toBe('Title\nother');
    await sound();
  });
});

describe('a line of a source without a text', () => {
  beforeEach(() => importLines(annals, [{ ...book, text: TEXT }, citing('one', 'opened')]));

  test('leaves the stored text alone, with the fields that follow from it', async () => {
    expect(await importLines(annals, [book])).toEqual(counted({ unchanged: 1 }));
    expect(await importLines(annals, [{ ...book, note: 'New.' }], { onExisting: 'replace' })).toMatchObject({
      updated: 1,
      changes: [{ field: '/note' }],
    });
    expect(await text()).toBe(TEXT);
    expect(await record('source', 'book')).toMatchObject({ sha256, paragraphs: 3, note: 'New.', storedText: { form: 'verbatim' } });
    expect(await results('one')).toEqual([true]);
    await sound();
  });

  test('is wrong where it contradicts the stored text, in a dry run too', async () => {
    const line = { ...book, sha256: '0'.repeat(64), paragraphs: 7 };
    for (const mode of ['check', 'write'] as const)
      await expect(importLines(annals, [line], { onExisting: 'replace', mode })).rejects.toMatchObject({
        code: 'invalid-import',
        issues: ['sha256', 'paragraphs'].map((field) => ({
          line: 1,
          pointer: `/${field}`,
          message: 'is not that of the stored text of the source "book": leave it out, or send the text with the line',
        })),
      });
    expect(await importLines(annals, [line], { onExisting: 'keep' })).toMatchObject({ kept: 1 });
  });
});

describe('a text in a line is refused', () => {
  test.each<[string, object, string, string]>([
    ['without an id', { id: undefined, text: 'A' }, '/id', 'is required with a text: give the id of the source'],
    ['that has no paragraph', { text: ' \n' }, '/text', 'has no paragraph: send at least one line that is not empty'],
    ['with a control character', { text: 'a\u0007' }, '/text', 'holds the control character U+0007: leave it out'],
    [
      'longer than 7 MiB',
      { text: 'a'.repeat(7 * 2 ** 20 + 1) },
      '/text',
      'is longer than 7 MiB: it has 7,340,033 bytes. Store it in parts, each as the text of a source of its own',
    ],
    [
      'of another hash',
      { text: 'A', sha256: '0'.repeat(64) },
      '/sha256',
      'is not the SHA-256 of the text in this line: leave it out, or send the text that it is of',
    ],
    [
      'of another number of paragraphs',
      { text: 'A', paragraphs: 2 },
      '/paragraphs',
      'is not the number of paragraphs of the text in this line: leave it out, or send the text that it is of',
    ],
    ['that is a number', { text: 7 }, '/text', 'give the text as a string, or the paragraphs of one as a list of strings'],
    [
      'as paragraphs without a hash',
      { text: ['A'] },
      '/sha256',
      'is required with a list of paragraphs: give that of the text that they are of, or the whole text as a string',
    ],
    [
      'as lines that are no paragraphs',
      { text: ['A', ' B'], sha256 },
      '/text/1',
      'is not one paragraph: give a line without white space around it, or the whole text as a string',
    ],
  ])('%s', async (_what, fields, pointer, message) => {
    await expect(importLines(annals, [{ ...book, ...fields }])).rejects.toMatchObject({ issues: [{ line: 1, pointer, message }] });
  });

  test('of a record that is no source', async () => {
    await expect(importLines(annals, [{ ...citing('one'), text: 'A' }])).rejects.toMatchObject({ issues: [{ pointer: '/text' }] });
  });
});

describe('the report of an import', () => {
  test('names each phrase that does not stand in its paragraph, and where it stands', async () => {
    await importLines(annals, [{ ...book, text: TEXT }]);
    const { unverified: warnings, moreUnverified } = await importLines(annals, [citing('one', 'opened', 'last'), citing('two', 'nowhere')]);
    expect([warnings, moreUnverified]).toEqual([
      [
        warning(1, 'one', 1, '"last" does not stand in paragraph 2 of source "book", but in paragraph 3'),
        warning(2, 'two', 0, '"nowhere" does not stand in paragraph 2 of source "book"'),
      ],
      0,
    ]);
  });

  test('counts what it does not list', async () => {
    const report = await importLines(annals, [{ ...book, text: TEXT }, citing('one', ...Array<string>(130).fill('nowhere'))]);
    expect([report.created, report.unverified.length, report.moreUnverified]).toEqual([2, 100, 30]);
  });
});

/** Imports an export into an empty database, and exports that. */
async function again(lines: string): Promise<{ annals: Annals; lines: string }> {
  const other = await temporaryAnnals();
  await importLines(other, lines.trim().split('\n'));
  return { annals: other, lines: await exported(other) };
}

describe('an export', () => {
  test('has the texts, and makes the same database again', async () => {
    await importLines(annals, [{ ...book, text: TEXT }, { ...book, id: 'bare' }, citing('one', 'opened', 'nowhere')]);
    const lines = await exported(annals);
    expect(lines.split('\n').filter((line) => line.includes('"text":'))).toHaveLength(1);
    const next = await again(lines);
    expect(next.lines).toBe(lines);
    expect(await text('book', next.annals)).toBe(TEXT);
    expect(await results('one', next.annals)).toEqual([true, false]);
    expect(await importLines(annals, lines.trim().split('\n'))).toMatchObject({ unchanged: 3 });
  });

  test('has the paragraphs of a text of which no more is kept', async () => {
    await importLines(annals, [{ ...book, text: TEXT }, citing('one', 'opened', 'nowhere')]);
    tamper(annals.path, 'DELETE FROM texts');
    await reindex(annals, noProgress);
    const lines = await exported(annals);
    expect(JSON.parse(lines.split('\n')[0]!)).toMatchObject({ sha256, text: paragraphsOf(TEXT) });
    const next = await again(lines);
    expect(next.lines).toBe(lines);
    expect(await record('source', 'book', next.annals)).toMatchObject({ sha256, storedText: { form: 'paragraphs' } });
    expect(await text('book', next.annals)).toBe(await text());
    expect(await results('one', next.annals)).toEqual([true, false]);
    expect(await importLines(annals, lines.trim().split('\n'))).toEqual({
      ...counted({ unchanged: 2 }),
      unverified: expect.any(Array) as unknown,
    });
    expect(await importLines(annals, [{ ...book, text: TEXT }], { onExisting: 'replace' })).toMatchObject({ updated: 1, reverified: 0 });
    expect(await text()).toBe(TEXT);
    await sound();
  });

  test('leaves out a text that was replaced after it began', async () => {
    await importLines(annals, [{ ...book, text: TEXT }]);
    const { at } = await newestChange(annals.engine);
    await putText(annals, 'book', Buffer.from('Other'));
    let lines = '';
    for await (const line of exportRecords(annals.engine, { types: ['source'], at }, noProgress)) lines += line;
    expect(JSON.parse(lines)).toEqual({ ...book, sha256, paragraphs: 3 });
  });

  const piece = fc.oneof(
    fc.constantFrom('\uFEFF', '\r\n', '\n', '\r', '\t', ' ', '\f', '\u2028', '\u00a0', 'e\u0301', '"', '\\', 'Nukus'),
    fc.string({ unit: 'grapheme' }),
  );
  const anyText = fc
    .array(piece, { minLength: 1, maxLength: 10 })
    .map((pieces) => `${pieces.join('')}x`)
    .filter((each) => !/[\p{Cc}]/u.test(each.replaceAll(/[\r\n\t\f]/g, '')));

  test('property: any texts come out as they went in, again and again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 4 }), async (texts) => {
        const first = await temporaryAnnals();
        await importLines(
          first,
          texts.map((each, index) => ({ ...book, id: `book-${index}`, text: each })),
        );
        const lines = await exported(first);
        const next = await again(lines);
        expect(next.lines).toBe(lines);
        for (const [index, each] of texts.entries()) expect(await text(`book-${index}`, next.annals)).toBe(each);
      }),
      { numRuns: 12 },
    );
  });
});
