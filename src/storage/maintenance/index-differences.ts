import Database from 'better-sqlite3';
import { MOMENT_MASK } from '../interval-index.ts';
import { asStorageError } from '../sqlite/errors.ts';
import { openForWalking } from './walking.ts';

/** A number to add to a sum of the index: the count of a term, the tallies of a month, the records of a word; or tallies of no term, to delete. */
export type Correction =
  | { table: 'terms'; field: string; value: string; more: number }
  | { table: 'tallies'; field: string; value: string; type: string; month: number; more: number[] }
  | { table: 'vocabulary'; type: string; field: string; value: string; more: number }
  | { table: 'no term'; term: number };

/** A posting that should not be there, and the moment it is of. */
export type WrongPosting = { moment: number; term: number; level: number; position: number; endDay: number };

/**
 * The differences between an index and its rebuild. They are kept in a file, since they may be as large as the index, and each list is read from
 * it page by page: memory does not grow with it.
 */
export type IndexDifferences = {
  corrections: () => Iterable<Correction>;
  /** Keys of moments, in ascending order, whose postings or full text differ. */
  moments: () => Iterable<number>;
  /** Rowids of the full text that differ, in ascending order: keys of records without a moment with a minus, then positions of moments. */
  texts: () => Iterable<number>;
  /** Rowids of `nearby` that differ, in ascending order, which are those of `lookups`. */
  lookups: () => Iterable<number>;
  wrongPostings: (moment: number) => WrongPosting[];
  close: () => void;
};

type Row = (string | number | null)[];

const TABLES = `CREATE TABLE postings (moment INTEGER, term INTEGER, level INTEGER, position INTEGER, end_day INTEGER);
  CREATE TABLE corrections (json TEXT); CREATE TABLE moments (id INTEGER PRIMARY KEY); CREATE TABLE texts (id INTEGER PRIMARY KEY);
  CREATE TABLE lookups (id INTEGER PRIMARY KEY);`;

/** Compares the index in the files `kept` and `rebuilt`, two copies of one moment, and keeps what differs in the file `found`. Throws `storage-unusable`. */
export function indexDifferences(
  paths: { kept: string; rebuilt: string; found: string },
  progress: (rows: number) => void,
): IndexDifferences {
  const [kept, rebuilt, found] = [openForWalking(paths.kept), openForWalking(paths.rebuilt), new Database(paths.found)];
  try {
    found.exec(TABLES);
    found.transaction(() => collect(kept, rebuilt, found, progress))();
    found.exec('CREATE INDEX postings_by_moment ON postings (moment)');
  } catch (error) {
    found.close();
    throw asStorageError(error);
  } finally {
    kept.close();
    rebuilt.close();
  }
  const keysOf = (table: string) => (): Iterable<number> => paged<number>(found, `SELECT id, id FROM ${table} WHERE id > ? ORDER BY id`);
  const wrong = found.prepare<[number], WrongPosting>(
    'SELECT moment, term, level, position, end_day AS endDay FROM postings WHERE moment = ?',
  );
  return {
    *corrections() {
      const texts = paged<string>(found, 'SELECT rowid, json FROM corrections WHERE rowid > ? ORDER BY rowid');
      for (const json of texts) yield JSON.parse(json) as Correction; // @NOTE `collect` wrote it
    },
    moments: keysOf('moments'),
    texts: keysOf('texts'),
    lookups: keysOf('lookups'),
    wrongPostings: (moment) => wrong.all(moment),
    close: () => void found.close(),
  };
}

/** The rows that are read at a time. */
const PAGE = 500;

/** The second columns of a query that takes the rows whose first column, a whole number, is above a parameter, and orders them by it. */
function* paged<Value>(connection: Database.Database, sql: string): Generator<Value> {
  const page = connection.prepare<[after: number], [key: number, value: Value]>(`${sql} LIMIT ${PAGE}`).raw();
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = page.all(after);
    for (const [, value] of rows) yield value;
    if (rows.length < PAGE) return;
    after = rows.at(-1)![0];
  }
}

/** Puts into `found` all in which the two indexes differ. */
function collect(kept: Database.Database, rebuilt: Database.Database, found: Database.Database, progress: (rows: number) => void): void {
  const adder = (table: string) => found.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?)`);
  const [addCorrection, addMoment, addText, addLookup] = ['corrections', 'moments', 'texts', 'lookups'].map(adder) as [
    Database.Statement,
    Database.Statement,
    Database.Statement,
    Database.Statement,
  ]; // @NOTE four names
  const addPosting = found.prepare('INSERT INTO postings VALUES (?, ?, ?, ?, ?)');
  let rows = 0;
  const counted = () => progress(++rows);
  const walk = (sql: string, width: number, group = (each: Iterable<Row>): Iterable<Row> => each) =>
    differing(group(rowsOf(kept, sql)), group(rowsOf(rebuilt, sql)), width, counted);

  for (const correction of corrections(walk)) addCorrection.run(JSON.stringify(correction));
  for (const { was, is } of walk('SELECT term, level, position, end_day FROM postings ORDER BY term, level, position', 3)) {
    const [term, level, position, endDay] = (was ?? is)!;
    const moment = Number(position) % (MOMENT_MASK + 1);
    addMoment.run(moment);
    if (was) addPosting.run(moment, term, level, position, endDay);
  }
  for (const { was, is } of walk("SELECT term, doc, iif(col = 'tags', 'tags', col || offset) FROM temp.words ORDER BY term", 2, byDocument))
    addText.run((was ?? is)![1]);
  for (const { was, is } of walk('SELECT id, hex(sz) FROM search_docsize ORDER BY id', 1)) addText.run((was ?? is)![0]);
  found.prepare('INSERT OR IGNORE INTO moments SELECT id & ? FROM texts WHERE id >= 0').run(MOMENT_MASK);
  for (const { was, is } of walk('SELECT term, doc, offset FROM temp.trigrams ORDER BY term', 2, byDocument))
    addLookup.run((was ?? is)![1]);
  for (const { was, is } of walk('SELECT id, hex(sz) FROM nearby_docsize ORDER BY id', 1)) addLookup.run((was ?? is)![0]);
}

type Pair = { was?: Row; is?: Row };
type Walk = (sql: string, width: number) => Iterable<Pair>;

const TALLIES = `SELECT t.term, t.type, t.month, t.started, t.ended, t.crosses_month, t.crosses_year, t.crosses_decade, t.crosses_century, k.field, k.value
  FROM monthly_counts t LEFT JOIN terms k ON k.id = t.term ORDER BY t.term, t.type, t.month`;

/** The numbers to add to the sums, so that they are right whatever others add to them meanwhile. */
function* corrections(walk: Walk): Generator<Correction> {
  for (const { was, is } of walk('SELECT id, field, value, count FROM terms ORDER BY id', 3)) {
    const [, field, value] = (was ?? is)!;
    yield { table: 'terms', field: String(field), value: String(value), more: numberAt(is, 3) - numberAt(was, 3) };
  }
  for (const { was, is } of walk(TALLIES, 3)) {
    const [term, type, month, , , , , , , field, value] = (was ?? is)!;
    if (field === null) {
      yield { table: 'no term', term: Number(term) };
      continue;
    }
    const more = [3, 4, 5, 6, 7, 8].map((column) => numberAt(is, column) - numberAt(was, column));
    yield { table: 'tallies', field: String(field), value: String(value), type: String(type), month: Number(month), more };
  }
  for (const { was, is } of walk('SELECT type, field, value, records FROM vocabulary ORDER BY type, field, value', 3)) {
    const [type, field, value] = (was ?? is)!.map(String) as [string, string, string]; // @NOTE the columns named there
    yield { table: 'vocabulary', type, field, value, more: numberAt(is, 3) - numberAt(was, 3) };
  }
}

const numberAt = (row: Row | undefined, column: number): number => Number(row?.[column] ?? 0);

const rowsOf = (connection: Database.Database, sql: string): Iterable<Row> => connection.prepare(sql).raw().iterate() as Iterable<Row>; // @NOTE raw mode answers arrays

/** Rows of one word in one document, joined to one row with all its places. Tags are a set, whose order means nothing. */
function* byDocument(rows: Iterable<Row>): Generator<Row> {
  let open: { term: string | number | null; doc: string | number | null; places: (string | number | null)[] } | undefined;
  for (const [term, doc, place] of rows as Iterable<[string, number, string | number]>) {
    // @NOTE the columns that `collect` names
    if (open?.term === term && open.doc === doc) {
      open.places.push(place);
      continue;
    }
    if (open) yield [open.term, open.doc, open.places.join(' ')];
    open = { term, doc, places: [place] };
  }
  if (open) yield [open.term, open.doc, open.places.join(' ')];
}

/** The rows that only one of two walks has, or of which they differ; both are in the order of their first `width` columns. */
function* differing(kept: Iterable<Row>, rebuilt: Iterable<Row>, width: number, counted: () => void): Generator<Pair> {
  const [one, other] = [kept[Symbol.iterator](), rebuilt[Symbol.iterator]()];
  try {
    let [was, is] = [one.next(), other.next()];
    while (!was.done || !is.done) {
      counted();
      const order = was.done ? 1 : is.done ? -1 : compareKeys(was.value, is.value, width);
      if (order !== 0)
        yield order < 0 ? { was: was.value as Row } : { is: is.value as Row }; // @NOTE the one that is first is not done
      else if (!isSame(was.value as Row, is.value as Row)) yield { was: was.value as Row, is: is.value as Row }; // @NOTE neither is done
      if (order <= 0) was = one.next();
      if (order >= 0) is = other.next();
    }
  } finally {
    one.return?.();
    other.return?.();
  }
}

const isSame = (one: Row, other: Row): boolean => one.every((value, column) => value === other[column]);

function compareKeys(one: Row, other: Row, width: number): number {
  for (let column = 0; column < width; column += 1) {
    const [a, b] = [one[column]!, other[column]!];
    if (a === b) continue;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    // SQLite compares texts by the bytes of their UTF-8.
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  }
  return 0;
}
