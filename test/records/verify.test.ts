import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { paragraphsOf } from '../../src/domain/text/paragraphs.ts';
import { modelOf } from '../../src/model/models.ts';
import { readText } from '../../src/records/source-text.ts';
import { findRecord } from '../../src/records/stored-record.ts';
import { verifyStored, verifyTexts } from '../../src/records/verify.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals, temporaryFolder } from '../helpers/database.ts';
import { tamper } from '../helpers/tamper.ts';
import { importLines } from '../helpers/transfer.ts';

const TEXT = 'The  first paragraph.\n\n  It began in March with\tmuch noise. \r\n\nIn 2007 it ended.\nNothing more.\n';
const sha256 = createHash('sha256').update(TEXT).digest('hex');
const source = { type: 'source', id: 'book', kind: 'book', title: 'Book', sha256, paragraphs: 4 };
const text = { name: 'book.txt', bytes: Buffer.from(TEXT) };

const citing = (...citations: Record<string, unknown>[]) => ({
  type: 'event',
  id: 'e',
  kind: 'war',
  title: 'E',
  citations: citations.map((citation) => ({ source: 'book', ...citation })),
});

async function verified(...lines: Record<string, unknown>[]) {
  const annals = await temporaryAnnals();
  await importLines(annals, lines);
  return verifyTexts(annals.engine, [text]);
}

test('citations in their paragraphs agree, with any white space', async () => {
  const found = await verified(
    source,
    citing({ paragraph: 2, phrase: 'March with much' }, { paragraph: 3, phrase: 'In  2007' }, { phrase: 'Nothing' }, {}),
  );
  expect(found).toEqual({
    texts: [{ source: 'book', file: 'book.txt', paragraphs: 4, cited: 2, citations: 4, uncited: [] }],
    mismatches: [],
    without: [],
  });
});

test('paragraphs with a number or a month and without a citation are listed', async () => {
  const { texts, mismatches } = await verified(source, citing({ paragraph: 1 }));
  expect({ uncited: texts[0]?.uncited, mismatches }).toEqual({ uncited: [2, 3], mismatches: [] });
});

test.each([
  ['a paragraph that is not there', { paragraph: 5 }, 'event "e", citation 1: source "book" has no paragraph 5, the last is 4'],
  [
    'a phrase in another paragraph',
    { paragraph: 2, phrase: 'it ended' },
    'event "e", citation 1: "it ended" does not stand in paragraph 2 of source "book", but in paragraph 3',
  ],
  ['a phrase that is nowhere', { phrase: 'it Ended' }, 'event "e", citation 1: "it Ended" does not stand in source "book"'],
])('%s is a mismatch', async (_what, citation, sentence) => {
  expect((await verified(source, citing(citation))).mismatches).toEqual([sentence]);
});

test('a phrase of more than ten words is a mismatch, also without a text', async () => {
  const { mismatches } = await verified(
    source,
    { type: 'source', id: 'other', kind: 'book', title: 'Other' },
    citing({ source: 'other', phrase: 'one two three four five six seven eight nine ten eleven' }),
  );
  expect(mismatches).toEqual(['event "e", citation 1: its phrase has 11 words, more than 10']);
});

test('a source without its text, a text without its source, and a wrong count are mismatches', async () => {
  const lost = { ...source, id: 'lost', sha256: '0'.repeat(64) };
  expect((await verified({ ...source, paragraphs: 5 }, lost)).mismatches).toEqual([
    'source "book": it says 5 paragraphs, book.txt has 4',
    `source "lost": no file has its SHA-256, ${'0'.repeat(64)}`,
  ]);
  expect((await verified({ type: 'source', kind: 'book', title: 'None' })).mismatches).toEqual([
    `book.txt: no source has its SHA-256, ${sha256}`,
  ]);
});

test('all citations are checked, also of more than one page', async () => {
  const events = Array.from({ length: 30 }, (_, event) => ({
    ...citing(...Array.from({ length: 100 }, () => ({ paragraph: 9 }))),
    id: `e-${event}`,
  }));
  const { texts, mismatches } = await verified(source, ...events);
  expect(mismatches).toHaveLength(3000);
  expect(texts[0]?.citations).toBe(3000);
});

test('the command fails on a mismatch, and with --strict on paragraphs without a citation', async () => {
  const annals = await temporaryAnnals();
  const folder = join(temporaryFolder(), 'texts');
  mkdirSync(folder);
  writeFileSync(join(folder, 'book.txt'), TEXT);
  await importLines(annals, [source, citing({ paragraph: 3 })]);
  const summary = 'book (book.txt): 4 paragraphs, 1 of them cited, 1 citations; with a number or a month but not cited: 2\n';
  expect(await runOn(annals.path, ['verify', '--texts', folder])).toEqual({ code: 0, output: summary, errors: '' });
  expect(await runOn(annals.path, ['verify', '--texts', folder, '--strict'])).toEqual({
    code: 1,
    output: `${summary}strict: 1 record that cites these texts, with 0 participants, 0 dates, 0 names\n`,
    errors: 'annals: 1 paragraph with a number or a month, not cited\n',
  });
  await importLines(annals, [citing({ paragraph: 3, phrase: 'nowhere' })], { onExisting: 'replace' });
  expect(await runOn(annals.path, ['verify', '--texts', folder])).toEqual({
    code: 1,
    output: summary,
    errors: 'event "e", citation 1: "nowhere" does not stand in paragraph 3 of source "book"\nannals: 1 mismatch with the texts\n',
  });
  expect(await runOn(annals.path, ['verify', '--texts', '/nowhere'])).toEqual({
    code: 1,
    output: '',
    errors: 'annals: /nowhere does not exist\n',
  });
});

describe('without a folder', () => {
  const stored = { ...source, sha256: undefined, paragraphs: undefined, text: TEXT };

  test('citations are held against the stored texts', async () => {
    const annals = await temporaryAnnals();
    await importLines(annals, [
      stored,
      { type: 'source', id: 'bare', kind: 'book', title: 'Bare' },
      citing({ paragraph: 3, phrase: 'In 2007' }, { paragraph: 9 }, { phrase: 'it Ended' }, { source: 'bare', paragraph: 1 }),
    ]);
    expect(await verifyStored(annals.engine)).toEqual({
      texts: [{ source: 'book', file: 'stored', paragraphs: 4, cited: 1, citations: 3, uncited: [2] }],
      mismatches: [
        'event "e", citation 2: source "book" has no paragraph 9, the last is 4',
        'event "e", citation 3: "it Ended" does not stand in source "book"',
      ],
      without: ['bare'],
    });
  });

  test('a stored text that was damaged is a mismatch', async () => {
    const annals = await temporaryAnnals();
    await importLines(annals, [stored, citing({ paragraph: 3 })]);
    tamper(annals.path, "UPDATE texts SET bytes = CAST('Other' AS BLOB)");
    expect((await verifyStored(annals.engine)).mismatches).toEqual([
      `source "book": its stored text has the SHA-256 ${createHash('sha256').update('Other').digest('hex')}, and not ${sha256}`,
      'source "book": its stored paragraphs are not those of its stored text',
    ]);
  });

  test('the command fails on a mismatch, with --strict on paragraphs without a citation, and where no text is stored', async () => {
    const annals = await temporaryAnnals();
    expect(await runOn(annals.path, ['verify'])).toEqual({
      code: 1,
      output: '',
      errors: 'annals: no text of any source is stored: store them, or give the folder of the texts with --texts\n',
    });
    await importLines(annals, [stored, citing({ paragraph: 3 })]);
    const summary = 'book (stored): 4 paragraphs, 1 of them cited, 1 citations; with a number or a month but not cited: 2\n';
    expect(await runOn(annals.path, ['verify'])).toEqual({ code: 0, output: summary, errors: '' });
    expect(await runOn(annals.path, ['verify', '--strict'])).toMatchObject({
      code: 1,
      errors: 'annals: 1 paragraph with a number or a month, not cited\n',
    });
    await importLines(annals, [citing({ paragraph: 3, phrase: 'nowhere' })], { onExisting: 'replace' });
    expect(await runOn(annals.path, ['verify'])).toEqual({
      code: 1,
      output: summary,
      errors: 'event "e", citation 1: "nowhere" does not stand in paragraph 3 of source "book"\nannals: 1 mismatch with the texts\n',
    });
  });
});

test.each(['verbatim', 'paragraphs'])('the file that the service serves is that of its source: %s', async (form) => {
  const annals = await temporaryAnnals();
  await importLines(annals, [
    { ...source, text: form === 'verbatim' ? TEXT : paragraphsOf(TEXT) },
    citing({ paragraph: 3, phrase: 'In 2007' }),
  ]);
  const bytes = await readText(annals.engine, await findRecord(annals.engine, modelOf.source, 'book'));
  expect(bytes.equals(Buffer.from(TEXT))).toBe(form === 'verbatim');
  expect(await verifyTexts(annals.engine, [{ name: 'served.txt', bytes }])).toEqual({
    texts: [{ source: 'book', file: 'served.txt', paragraphs: 4, cited: 1, citations: 1, uncited: [2] }],
    mismatches: [],
    without: [],
  });
  expect((await verifyTexts(annals.engine, [text])).mismatches, 'the file that came').toEqual([]);
});
