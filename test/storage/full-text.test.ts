import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { integersJson } from '../../src/domain/json/json.ts';
import type { Phrase, TextExpression } from '../../src/domain/full-text/text-query.ts';
import { insertParagraphs } from '../../src/index/paragraph-rows.ts';
import { HALVES_OF } from '../../src/index/position-sql.ts';
import { deleteText, putText } from '../../src/index/writer.ts';
import { rankMatches, type RowHalves } from '../../src/query/search/ranking.ts';
import { dialect } from '../../src/storage/dialect.ts';
import type { TextMatch } from '../../src/storage/full-text/text-match.ts';
import { migrate } from '../../src/storage/maintenance/migrations.ts';
import { type Engine, type Statement, statement } from '../../src/storage/port.ts';
import { sqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { NOW, RANDOM, SQLITE_MIGRATIONS } from '../helpers/fixtures.ts';
import { emptyEngineOn } from '../helpers/pglite.ts';

let pglite: PGlite;
beforeAll(async () => {
  pglite = await PGlite.create();
});
afterAll(() => pglite.close());

/** Empty databases of both engines. */
async function bothEngines(): Promise<{ sqlite: Engine; postgres: Engine }> {
  const path = join(temporaryFolder(), 'annals.db');
  const connection = new Database(path);
  await migrate(connection, SQLITE_MIGRATIONS, { now: NOW, random: RANDOM });
  connection.close();
  const engines = { sqlite: sqliteEngine(path), postgres: await emptyEngineOn(pglite) };
  onTestFinished(async () => {
    await engines.sqlite.close();
    await engines.postgres.close();
  });
  return engines;
}

/** Numbers from 0 up to a number, the same for a seed. */
function drawn(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

type Draw = ReturnType<typeof drawn>;

/** Few words, some of which begin as others do: low numbers are drawn more often. */
const WORDS = ['of', 'peace', 'peaceful', 'pe', 'treaty', 'treaties', 'é', 'ärger', '和', '平', 'x1', '1945', 'zone', 'zones', 'accord'];
const wordOf = (draw: Draw): string => WORDS[Math.min(draw(WORDS.length), draw(WORDS.length))]!;

/** Words, some marks between two parts, and empty parts. */
const textOf = (draw: Draw, most: number): string =>
  Array.from({ length: draw(most) }, () => [wordOf(draw), '_', ''][Math.max(0, draw(12) - 9)]).join(' ');

const TAGS = ['_t1', '_t2', '_l3', '_yevent'];

function putRandom(draw: Draw, row: bigint): Statement {
  const columns = { title: textOf(draw, 5), names: textOf(draw, 6), body: textOf(draw, 30) };
  return putText(row, columns, TAGS.filter(() => draw(2) === 0).join(' '));
}

const repeated = (word: string, times: number): string => Array(times).fill(word).join(' ');

/** A row whose columns have up to thousands of words, one of them now and then hundreds of times in a row. */
function putLong(draw: Draw, row: bigint): Statement {
  const sizes = [4, 40, 700, 5000];
  const column = () => textOf(draw, sizes[draw(sizes.length)]!) + (draw(5) === 0 ? ` ${repeated('zones', 300)} end` : '');
  const columns = { title: textOf(draw, 5), names: column().trim(), body: column().trim() };
  return putText(row, columns, TAGS.filter(() => draw(2) === 0).join(' '));
}

/** A phrase of several words, which most rows do not have. */
const longPhraseOf = (draw: Draw): Phrase => {
  const words = Array.from({ length: 2 + draw(4) }, () => wordOf(draw));
  return draw(6) === 0 ? { words, prefix: true } : { words };
};

/** A condition of phrases, with others and tags beside them, or without them. */
function longMatchOf(draw: Draw): TextMatch {
  const [one, other] = [longPhraseOf(draw), longPhraseOf(draw)];
  const kind = draw(6);
  if (kind === 0) return { having: phraseOf(draw, true), without: one };
  if (kind === 1) return { having: one, without: { any: [other, { tag: '_t1' }] } };
  if (kind === 2) return { all: [{ any: [one, other] }, { tag: '_t2' }] };
  if (kind === 3) return { inTitleOrNames: one };
  return kind === 4 ? { all: [one, phraseOf(draw, true)] } : one;
}

/** A phrase, now and then one that ends with a beginning. */
function phraseOf(draw: Draw, prefixes: boolean): Phrase {
  const words = Array.from({ length: 1 + Math.min(draw(3), draw(3)) }, () => wordOf(draw));
  return prefixes && draw(6) === 0 ? { words, prefix: true } : { words };
}

/** A phrase whose last word is a beginning, as all phrases with the words that begin so. */
const spelledOut = ({ words }: Phrase): TextExpression => ({
  any: WORDS.filter((word) => word.startsWith(words.at(-1)!)).map((word) => ({ words: [...words.slice(0, -1), word] })),
  beginning: { words, prefix: true },
});

/** A condition; for a rank, one without beginnings, which are spelled out first, and that leaves nothing out, as FTS5 then loses the places of some phrases. */
function matchOf(draw: Draw, isForRank: boolean): TextMatch {
  const prefixes = !isForRank;
  const clauses = Array.from({ length: 1 + draw(3) }, () => {
    if (draw(6) === 0) return spelledOut(phraseOf(draw, false));
    return draw(2) === 0 ? phraseOf(draw, prefixes) : { any: Array.from({ length: 1 + draw(3) }, () => phraseOf(draw, prefixes)) };
  });
  const all: TextMatch = { all: clauses };
  const kind = draw(6);
  if (kind === 0) return { all: [all, { tag: TAGS[draw(TAGS.length)]! }] };
  if (kind === 1 && !isForRank) return { having: all, without: phraseOf(draw, prefixes) };
  if (kind === 2) return { inTitle: all };
  return kind === 3 ? { inTitleOrNames: all } : all;
}

const ROW = dialect.textRow('s');
const MATCHING = `SELECT ${ROW} FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':match')}`;

const matching = (match: TextMatch): Statement => ({ sql: `${MATCHING} ORDER BY ${ROW}`, params: [{ match }] });

const counting = (match: TextMatch, most: number): Statement => ({
  sql: ('words' in match ? dialect.wordCount : dialect.textCount)(':match', most),
  params: [{ match }],
});

const ranked = (match: TextMatch, rows: readonly bigint[]): Statement => ({
  sql: `${MATCHING} AND ${dialect.textCheckedRow('s')} IN ${dialect.list(':rows', 'integer')}
    ORDER BY ${dialect.textRank('s', ':match', [8, 6, 1, 0])}, ${ROW} DESC`,
  params: [{ match, rows: integersJson(rows) }],
});

const anyOf = (draw: Draw): TextExpression => ({ any: Array.from({ length: 1 + draw(2) }, () => phraseOf(draw, false)) });

const halves = (match: TextMatch): Statement<RowHalves> => ({
  sql: `SELECT ${HALVES_OF(ROW)} FROM ${dialect.textFrom('s')} WHERE ${dialect.textMatches('s', ':match')} ORDER BY ${ROW} DESC`,
  params: [{ match }],
});

const wordsFrom = (prefix: string, most: number): Statement => ({
  sql: dialect.textWords(':prefix', ':end', ':most'),
  params: [{ prefix, end: `${prefix}\u{10FFFF}`, most }],
});

/** Letters in a row. */
const letters = (text: string): TextMatch => ({ words: [text] });

const nearest = (match: TextMatch): Statement => ({ sql: dialect.nearestNames(':match', 20), params: [{ match }] });

async function expectSame({ sqlite, postgres }: { sqlite: Engine; postgres: Engine }, statements: readonly Statement[]): Promise<number> {
  const [expected, found] = await Promise.all([sqlite.read(statements), postgres.read(statements)]);
  for (const [index, rows] of found.entries()) expect(rows, JSON.stringify(statements[index]!.params)).toEqual(expected[index]);
  return expected.flat().length;
}

describe('the full text of both engines', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('has the same rows in the same order, with random texts and queries of seed %i', async (seed) => {
    const engines = await bothEngines();
    const draw = drawn(seed);
    const rows = Array.from({ length: 120 }, (_, index) => BigInt(index - 60) * 1_000_003n);
    const batches = [
      rows.map((row) => putRandom(draw, row)),
      rows.flatMap((row) => (draw(3) === 0 ? [deleteText(row), putRandom(draw, row)] : [])),
      rows.flatMap((row) => (draw(5) === 0 ? [deleteText(row)] : [])),
    ];
    for (const batch of batches) for (const engine of Object.values(engines)) await engine.write(batch);
    const found = await expectSame(
      engines,
      Array.from({ length: 200 }, (_, index) => (index < 100 ? matching(matchOf(draw, false)) : ranked(matchOf(draw, true), rows))),
    );
    expect(found).toBeGreaterThan(1000);
    const words = WORDS.map((word): TextMatch => ({ words: [word] }));
    const counted = [
      ...words,
      { words: ['nowhere'] },
      ...words.map((word) => ({ any: [word, words[0]!] })),
      ...words.map(() => matchOf(draw, false)),
    ];
    await expectSame(
      engines,
      counted.flatMap((match) => [1, 20, 1000].map((most) => counting(match, most))),
    );
    await expectSame(
      engines,
      ['p', 'pe', 'treat', 'z', '和', 'q'].flatMap((prefix) => [wordsFrom(prefix, 2), wordsFrom(prefix, 100)]),
    );
  });

  test.each([1, 2, 3])('has the same rows in the same order where some are too long for one vector, with seed %i', async (seed) => {
    const engines = await bothEngines();
    const draw = drawn(seed);
    const rows = Array.from({ length: 40 }, (_, index) => BigInt(index - 20) * 1_000_003n);
    const batches = [
      rows.map((row) => putLong(draw, row)),
      rows.flatMap((row) => (draw(4) === 0 ? [deleteText(row), putLong(draw, row)] : [])),
    ];
    for (const batch of batches) for (const engine of Object.values(engines)) await engine.write(batch);
    const queries = Array.from({ length: 120 }, (_, index) =>
      index < 70 ? matching(longMatchOf(draw)) : ranked(matchOf(draw, true), rows),
    );
    expect(await expectSame(engines, queries)).toBeGreaterThan(1000);
    const [[inParts]] = await engines.postgres.read([statement('SELECT count(*) FROM search WHERE parts IS NOT NULL')]);
    expect(inParts![0]).toBeGreaterThan(10);
  });

  test('ranks a row alike that has a word 256 times or far more, in each column', async () => {
    const engines = await bothEngines();
    const often = [1, 200, 255, 256, 300, 511, 4001];
    const texts = often.flatMap((times) => [
      { title: 'a', names: '', body: repeated('peace', times) },
      { title: 'a', names: repeated('peace', times), body: 'treaty peace' },
      { title: repeated('peace treaty', times), names: '', body: 'x1' },
    ]);
    for (const engine of Object.values(engines))
      await engine.write(texts.map((columns, index) => putText(BigInt(index + 1), columns, '_t1')));
    const rows = texts.map((_, index) => BigInt(index + 1));
    const words = ['peace', 'treaty', 'a', 'x1', 'zone'].map((word): TextMatch => ({ words: [word] }));
    const phrases = [
      ['peace', 'peace'],
      ['treaty', 'peace'],
      ['peace', 'treaty', 'peace'],
      ['peace', 'peace', 'peace', 'peace'],
    ];
    const matches: TextMatch[] = [...words, ...phrases.map((each) => ({ words: each }))];
    await expectSame(
      engines,
      [...matches, { any: words }, { inTitle: words[0]! }, { inTitleOrNames: words[0]! }].map((match) => ranked(match, rows)),
    );
  });

  test.each([1, 2, 3])('ranks the rows of compounds beside other words alike, with seed %i', async (seed) => {
    const engines = await bothEngines();
    const draw = drawn(seed);
    const rows = Array.from({ length: 150 }, (_, index) => BigInt(index + 1) * 1_000_003n);
    for (const engine of Object.values(engines)) await engine.write(rows.map((row) => putRandom(drawn(seed + Number(row)), row)));
    let found = 0;
    for (let query = 0; query < 40; query += 1) {
      const clauses = Array.from({ length: 1 + draw(2) }, () => ({ any: [{ all: [anyOf(draw), anyOf(draw)] }, phraseOf(draw, false)] }));
      const text = { clauses, excluded: [], asked: clauses };
      const candidates = () => ({ moments: [halves({ all: clauses })] });
      const [expected, is] = await Promise.all(
        [engines.sqlite, engines.postgres].map((engine) => rankMatches(engine, { text, after: undefined, candidates })),
      );
      expect(is!.rows, JSON.stringify(clauses)).toEqual(expected!.rows);
      found += is!.rows.length;
    }
    expect(found).toBeGreaterThan(1000);
  });

  test('forgets words that no text has any more, and has paragraphs', async () => {
    const engines = await bothEngines();
    const text = ['The zone of peace.', 'A treaty, "peace".'];
    for (const engine of Object.values(engines)) {
      await engine.write([putText(3n, { title: 'rare', names: '', body: '' }, '_yevent')]);
      await engine.write([deleteText(3n), ...insertParagraphs(7, text, 'en')]);
    }
    await expectSame(engines, [
      wordsFrom('a', 100),
      wordsFrom('r', 100),
      matching({ words: ['peace'] }),
      matching({ words: ['rare'] }),
      matching({ words: ['of', 'peace'] }),
    ]);
    const [words] = await engines.postgres.read([wordsFrom('a', 100)]);
    expect(words).toEqual([['a']]);
  });

  test('finds the same names near others, in the same order', async () => {
    const engines = await bothEngines();
    const draw = drawn(5);
    const names = [`o'brien`, 'a\\b "c', 'ab', ...Array.from({ length: 60 }, () => textOf(draw, 4).replaceAll('_', 'and'))];
    const batch = names.map((name, index) => statement(dialect.insertName('?', '?'), BigInt(index + 1), name));
    const removed = statement(`DELETE FROM nearby WHERE ${dialect.nameRow()} IN ${dialect.list('?', 'integer')}`, '[7, 9, 11]');
    for (const engine of Object.values(engines)) {
      await engine.write(batch);
      await engine.write([removed]);
    }
    const queries: TextMatch[] = [
      letters(''),
      letters('peace'),
      letters(`o'b`),
      { all: ['peace', 'treat'].map(letters) },
      { any: ['pea', 'eac', 'ace', 'ful', 'zon'].map(letters) },
      { any: ['tre', 'rea', 'eat', 'ati', 'of '].map(letters) },
    ];
    expect(await expectSame(engines, queries.map(nearest))).toBeGreaterThan(20);
  });
});
