import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameKey } from '../../src/domain/text/name.ts';
import { noProgress } from '../../src/domain/progress.ts';
import { openAnnals } from '../../src/records/annals.ts';
import { reindex } from '../../src/records/reindex.ts';
import { temporaryFolder } from '../helpers/database.ts';
import { NOW } from '../helpers/fixtures.ts';
import { changedWorld, importedWorld, type World, writtenWorld } from './oracle/world.ts';
import { storeAt } from '../helpers/store.ts';

const COUNTS = { place: 8, actor: 14, source: 4, agreement: 60, meeting: 40, event: 100 };

const NAMED = 'terms k ON k.id = x.term';

/** Everything derived, without what depends on the order of writing: the keys of terms. Every row of the full texts is read from their index. */
const DUMPS = {
  terms: 'SELECT field, value, count FROM terms WHERE count > 0',
  postings: `SELECT k.field, k.value, x.level, CAST(x.position AS TEXT), x.end_day FROM postings x LEFT JOIN ${NAMED}`,
  tallies: `SELECT k.field, k.value, x.type, x.month, x.started, x.ended, x.crosses_month, x.crosses_year, x.crosses_decade, x.crosses_century, x.begun
    FROM monthly_counts x LEFT JOIN ${NAMED}`,
  vocabulary: 'SELECT type, field, value, records FROM vocabulary',
  texts: "SELECT CAST(doc AS TEXT), col, term, offset FROM search_instances WHERE col <> 'tags'",
  tags: `SELECT CAST(x.doc AS TEXT), coalesce(k.field || '=' || k.value, x.term) FROM search_instances x
    LEFT JOIN terms k ON x.term GLOB 't[0-9]*' AND k.id = CAST(substr(x.term, 2) AS INTEGER) WHERE x.col = 'tags'`,
  nearby: 'SELECT doc, term FROM nearby_instances',
};

type Dumps = Record<keyof typeof DUMPS, string[]>;

function dump(path: string): Dumps {
  const connection = new Database(path);
  try {
    for (const table of ['search', 'nearby'])
      connection.exec(`CREATE VIRTUAL TABLE temp.${table}_instances USING fts5vocab (main, ${table}, instance)`);
    const rowsOf = (sql: string) =>
      connection
        .prepare(sql)
        .raw()
        .all()
        .map((row) => JSON.stringify(row))
        .toSorted();
    return Object.fromEntries(Object.entries(DUMPS).map(([name, sql]) => [name, rowsOf(sql)])) as Dumps;
  } finally {
    connection.close();
  }
}

/** The dumps of a copy whose derived tables were rebuilt. */
async function dumpRebuilt({ path }: World): Promise<Dumps> {
  const copy = join(temporaryFolder(), 'copy.db');
  const original = new Database(path);
  await original.backup(copy);
  original.close();
  const engine = await storeAt(copy).open();
  await reindex(
    openAnnals(engine, () => NOW),
    noProgress,
  );
  await engine.close();
  return dump(copy);
}

describe.each([
  ['written one by one, changed and deleted', writtenWorld],
  ['imported at once', importedWorld],
  ['imported, then changed and deleted', changedWorld],
])('the derived tables of a world %s', (_how, makeWorld) => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld(21, COUNTS);
  });
  afterAll(() => world.close());

  test('equal a rebuild from the relational tables', async () => {
    const [kept, rebuilt] = [dump(world.path), await dumpRebuilt(world)];
    for (const name of Object.keys(DUMPS) as (keyof Dumps)[]) {
      expect(kept[name].length, name).toBeGreaterThan(20);
      expect(kept[name], name).toEqual(rebuilt[name]);
    }
  });

  test('have the number of postings in each term, and no month without a start or an end', async () => {
    const [wrong, empty] = await world.annals.engine.read([
      {
        sql: 'SELECT field, value FROM terms t WHERE count <> (SELECT count(*) FROM postings p WHERE p.term = t.id)',
        params: [],
      },
      { sql: 'SELECT term, type, month FROM monthly_counts WHERE started = 0 AND ended = 0 AND begun = 0', params: [] },
    ]);
    expect({ wrong, empty }).toEqual({ wrong: [], empty: [] });
  });

  test('have a key for the name of each actor, place and source, and for the other names of each agreement', async () => {
    const [rows] = await world.annals.engine.read([
      { sql: 'SELECT l.type, r.slug, l.key FROM lookups l LEFT JOIN records r ON r.id = l.record_id', params: [] },
    ]);
    const expected = [...world.documents.values()].flatMap(({ type, id, name, title, ...rest }) => {
      const { names = [], symbols = [], symbol } = rest as { names?: { name: string }[]; symbols?: string[]; symbol?: string }; // @NOTE the world's records have no more
      const own = ['actor', 'place', 'source'].includes(type) ? [name ?? title!] : [];
      const keys = [...own, ...(symbol === undefined ? [] : [symbol]), ...symbols, ...names.map((each) => each.name)].map(nameKey);
      return [...new Set(keys)].map((key) => [type, id, key]);
    });
    expect(rows.map((row) => JSON.stringify(row)).toSorted()).toEqual(expected.map((row) => JSON.stringify(row)).toSorted());
  });
});
