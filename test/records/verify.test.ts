import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyTexts } from '../../src/records/verify.ts';
import { runOn } from '../helpers/command.ts';
import { temporaryAnnals, temporaryFolder } from '../helpers/database.ts';
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
    output: summary,
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
