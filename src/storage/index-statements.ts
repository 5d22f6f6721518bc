import { type Statement, statement } from './port.ts';
import type { IndexedMoment } from './index-block.ts';
import { type IndexChange, type Indexed, standingOf } from './index-change.ts';
import { ADD_TALLIES, ADD_WORDS, tagsOf } from './interval-index.ts';
import { type Tally, tally } from './tally.ts';

/** The key of a term, which it gets when it is new. */
export type TermOf = (field: string, value: string) => number;

type Posting = { term: number; moment: IndexedMoment };
type Text = [rowid: number, record: number, tags: string];

/**
 * The statements that change the index for some records, when their relational rows are written: all in the order of its keys, and each row once,
 * however many of the records change it. What is the same before and after is left alone.
 */
export function* indexStatements(changes: readonly IndexChange[], termOf: TermOf): Generator<Statement> {
  const taken: Posting[] = [];
  const put: Posting[] = [];
  const words = new Map<string, number>();
  const goneTexts: number[] = [];
  const texts: Text[] = [];
  for (const { record, type, before, after } of changes) {
    const postings = postingsOf(after, termOf);
    for (const [name, posting] of postingsOf(before, termOf)) if (!postings.delete(name)) taken.push(posting);
    put.push(...postings.values());
    for (const word of before?.words ?? []) count(words, [type, ...word].join('\n'), -1);
    for (const word of after?.words ?? []) count(words, [type, ...word].join('\n'), 1);
    if (before) goneTexts.push(...rowidsOf(record, before));
    if (after) texts.push(...textsOf(record, type, after, termOf));
  }
  yield* postingStatements(taken.toSorted(inOrder), put.toSorted(inOrder));
  yield* tallyStatements(taken, put);
  yield* countStatements(taken, put);
  yield* wordStatements(words);
  yield* textStatements(goneTexts, texts);
}

/** A posting for each term of each moment, by a name: two with the same are the same in all that the index says. */
function postingsOf(indexed: Indexed | undefined, termOf: TermOf): Map<string, Posting> {
  const postings = new Map<string, Posting>();
  for (const moment of indexed?.moments ?? []) {
    const standing = standingOf(moment);
    for (const [field, value] of moment.said) {
      const term = termOf(field, value);
      postings.set(`${term} ${standing}`, { term, moment });
    }
  }
  return postings;
}

const inOrder = (one: Posting, other: Posting): number =>
  one.term - other.term || one.moment.level - other.moment.level || one.moment.position - other.moment.position;

function* postingStatements(taken: readonly Posting[], put: readonly Posting[]): Generator<Statement> {
  for (const { term, moment } of taken)
    yield statement('DELETE FROM postings WHERE term = ? AND level = ? AND position = ?', term, moment.level, moment.position);
  // One by one: for a statement with many rows SQLite would copy each page that it changes, in case it fails.
  for (const { term, moment } of put)
    yield statement('INSERT INTO postings VALUES (?, ?, ?, ?)', term, moment.level, moment.position, moment.endMax);
}

function* tallyStatements(taken: readonly Posting[], put: readonly Posting[]): Generator<Statement> {
  const tallies = new Map<string, { term: number; type: string; months: Map<number, Tally> }>();
  const add = ({ term, moment }: Posting, sign: 1 | -1): void => {
    const { type, startMonth, startMonthMax, endMonth } = moment;
    const name = `${term} ${type}`;
    const known = tallies.get(name) ?? { term, type, months: new Map<number, Tally>() };
    tallies.set(name, known);
    tally(known.months, startMonth, startMonthMax, endMonth, sign);
  };
  for (const posting of taken) add(posting, -1);
  for (const posting of put) add(posting, 1);
  for (const { term, type, months } of [...tallies.values()].toSorted((one, other) => one.term - other.term))
    for (const [month, row] of months) {
      if (row.every((number) => number === 0)) continue;
      yield statement(`INSERT INTO monthly_counts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ${ADD_TALLIES}`, term, type, month, ...row);
      if (row[0] >= 0 && row[1] >= 0) continue;
      yield statement(
        'DELETE FROM monthly_counts WHERE term = ? AND type = ? AND month = ? AND started = 0 AND ended = 0',
        term,
        type,
        month,
      );
    }
}

function* countStatements(taken: readonly Posting[], put: readonly Posting[]): Generator<Statement> {
  const counts = new Map<number, number>();
  for (const { term } of taken) count(counts, term, -1);
  for (const { term } of put) count(counts, term, 1);
  for (const [term, more] of counts) if (more !== 0) yield statement('UPDATE terms SET count = count + ? WHERE id = ?', more, term);
}

function* wordStatements(words: ReadonlyMap<string, number>): Generator<Statement> {
  for (const [word, more] of words) {
    if (more === 0) continue;
    const named = word.split('\n');
    yield statement(`INSERT INTO vocabulary VALUES (?, ?, ?, ?) ${ADD_WORDS}`, ...named, more);
    if (more < 0) yield statement('DELETE FROM vocabulary WHERE type = ? AND field = ? AND value = ? AND records = 0', ...named);
  }
}

/** The rows of the full text that a record has: one for each moment, or one by its key. */
function rowidsOf(record: number, { moments }: Indexed): number[] {
  return moments.length === 0 ? [-record] : moments.map(({ position }) => position);
}

function textsOf(record: number, type: string, indexed: Indexed, termOf: TermOf): Text[] {
  const { moments } = indexed;
  if (moments.length === 0) return [[-record, record, `y${type}`]];
  return moments.map((moment) => {
    const terms = new Set(moment.said.map(([field, value]) => termOf(field, value)));
    return [moment.position, record, tagsOf(moment, terms)];
  });
}

/** FTS5 writes all it holds at each statement, and whenever a rowid is smaller than the one before. */
function* textStatements(gone: readonly number[], texts: readonly Text[]): Generator<Statement> {
  if (gone.length > 0) yield statement('DELETE FROM search WHERE rowid IN (SELECT value FROM json_each(?))', JSON.stringify(gone));
  if (texts.length === 0) return;
  const put = `INSERT INTO search (rowid, title, names, body, tags)
    SELECT j.value ->> 0, t.title, t.names, t.body, j.value ->> 2 FROM json_each(?) j CROSS JOIN record_text t ON t.record = j.value ->> 1`;
  yield statement(put, JSON.stringify(texts.toSorted(([one], [other]) => one - other)));
}

function count<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
