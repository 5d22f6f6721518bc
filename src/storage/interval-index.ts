import { statement, type Statement } from './port.ts';
import { bufferText, JOIN_PIECES, KEEP_PIECES, TEXT_BUFFER } from './text-pieces.ts';

/** The key of the moment at a position, in SQL. */
export const MOMENT_MASK = 2 ** 25 - 1;

/** The records whose derived rows are taken out or put in: all with keys from `first` to `last`. */
export type KeyRange = { first: number; last: number };

/** The terms of the moments at hand, first by name, then by key with all that the derived tables want to know of the moment. */
const SCRATCH = [
  'CREATE TEMP TABLE IF NOT EXISTS named (moment INTEGER, field TEXT, value TEXT)',
  `CREATE TEMP TABLE IF NOT EXISTS scratch (moment INTEGER, term INTEGER, related INTEGER, type TEXT, level INTEGER, position INTEGER,
  end_day INTEGER, start_month INTEGER, end_month INTEGER, crosses_month INTEGER, crosses_year INTEGER, crosses_decade INTEGER, crosses_century INTEGER)`,
  // As the view of that name, with participants in the order of `index/entry.ts`.
  `CREATE TEMP VIEW IF NOT EXISTS record_text (record, type, title, names, body) AS
  SELECT r.id, r.type, r.title,
    (SELECT group_concat(name, ' ; ') FROM names n WHERE n.record_id = r.id),
    concat_ws(' ; ', r.kind,
      v.summary, v.note, g.summary, g.note, g.symbol, t.summary, t.note, t.symbols,
      a.description, a.note, s.summary, s.note, s.authors, s.publisher, s.symbol, p.note,
      (SELECT group_concat(topic, ' ; ') FROM topics x WHERE x.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', label, printf('%.15g', value), unit), ' ; ') FROM figures f WHERE f.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', x.slug, b.slug, q.as_stated), ' ; ' ORDER BY coalesce(m.ordinal, -1), q.ordinal) FROM participations q
        LEFT JOIN moments m ON m.id = q.moment_id
        JOIN records x ON x.id = q.actor_id LEFT JOIN records b ON b.id = q.on_behalf_of_id WHERE q.record_id = r.id),
      (SELECT group_concat(concat_ws(' ; ', x.slug, m.as_stated), ' ; ') FROM moments m
        LEFT JOIN records x ON x.id = m.place_id WHERE m.record_id = r.id))
    FROM records r
    LEFT JOIN events v ON v.record_id = r.id
    LEFT JOIN agreements g ON g.record_id = r.id
    LEFT JOIN meetings t ON t.record_id = r.id
    LEFT JOIN actors a ON a.record_id = r.id
    LEFT JOIN sources s ON s.record_id = r.id
    LEFT JOIN places p ON p.record_id = r.id`,
];

const NAME = `INSERT INTO named SELECT moment, field, value FROM moment_terms WHERE record BETWEEN :first AND :last`;

/** What a relation says of the record it points to, unless that one says it too, or is yet to be put in and will then say it itself. */
const NAME_TARGETS = `INSERT INTO named
  SELECT DISTINCT m.id, 'related', f.type || '/' || f.slug
    FROM relations n CROSS JOIN records f ON f.id = n.record_id CROSS JOIN moments m ON m.record_id = n.to_id
    WHERE n.record_id BETWEEN :first AND :last AND n.to_id NOT BETWEEN :firstAbsent AND :lastAbsent
      AND NOT EXISTS (SELECT 1 FROM relations b WHERE b.record_id = n.to_id AND b.to_id = n.record_id)`;

const NEW_TERMS = 'INSERT OR IGNORE INTO terms (field, value) SELECT DISTINCT field, value FROM named';

/** +1200000 months (100,000 years) makes integer division round down before the year 0. */
const FILL = `INSERT INTO scratch
  SELECT m.id, k.id, n.field = 'related', r.type, m.level, m.position, m.end_max, m.start_month, m.end_month,
    m.start_month_max > m.start_month,
    (m.start_month_max + 1200000) / 12 > (m.start_month + 1200000) / 12,
    (m.start_month_max + 1200000) / 120 > (m.start_month + 1200000) / 120,
    (m.start_month_max + 1200000) / 1200 > (m.start_month + 1200000) / 1200
    FROM named n
    CROSS JOIN terms k ON k.field = n.field AND k.value = n.value
    CROSS JOIN moments m ON m.id = n.moment
    CROSS JOIN records r ON r.id = m.record_id`;

const COUNT_TERMS = (sign: '+' | '-') => `UPDATE terms SET count = count ${sign} g.n
  FROM (SELECT term, count(*) AS n FROM scratch GROUP BY term) g WHERE g.term = terms.id`;

/** What stands after tallies that may be there already. */
export const ADD_TALLIES = `ON CONFLICT DO UPDATE SET started = started + excluded.started, ended = ended + excluded.ended,
    crosses_month = crosses_month + excluded.crosses_month, crosses_year = crosses_year + excluded.crosses_year,
    crosses_decade = crosses_decade + excluded.crosses_decade, crosses_century = crosses_century + excluded.crosses_century`;

const TALLY_STARTS = (sign: '+' | '-') => `INSERT INTO monthly_counts
  SELECT term, type, start_month, ${sign}count(*), ${sign}sum(end_month = start_month),
    ${sign}sum(crosses_month), ${sign}sum(crosses_year), ${sign}sum(crosses_decade), ${sign}sum(crosses_century)
    FROM scratch WHERE true GROUP BY term, type, start_month
  ${ADD_TALLIES}`;

/** Most moments end in the month they start in, and are counted with their starts. */
const TALLY_ENDS = (sign: '+' | '-') => `INSERT INTO monthly_counts
  SELECT term, type, end_month, 0, ${sign}count(*), 0, 0, 0, 0 FROM scratch WHERE end_month <> start_month GROUP BY term, type, end_month
  ON CONFLICT DO UPDATE SET ended = ended + excluded.ended`;

/** The tags of a moment in the full text: its type, its level and its terms, as `PUT_ENTRY_TEXT` writes them. */
export const tagsOf = ({ type, level }: { type: string; level: number }, terms: ReadonlySet<number>): string =>
  // Joined, and not appended to, which would make a tree of its parts.
  `y${type} l${level} t${[...terms].join(' t')}`;

/** What stands after words that may be there already. */
export const ADD_WORDS = 'ON CONFLICT DO UPDATE SET records = records + excluded.records';

const COUNT_WORDS = `INSERT INTO vocabulary
  SELECT type, field, value, count(*) FROM record_words WHERE record BETWEEN :first AND :last GROUP BY type, field, value
  ${ADD_WORDS}`;

const PUT_ENTRY_TEXT = `INSERT INTO search (rowid, title, names, body, tags)
  SELECT m.position, t.title, t.names, t.body, g.tags
    FROM (SELECT moment, 'y' || type || ' l' || level || ' ' || group_concat('t' || term, ' ') AS tags
        FROM scratch WHERE NOT related GROUP BY moment) g
    CROSS JOIN moments m ON m.id = g.moment
    CROSS JOIN record_text t ON t.record = m.record_id
    ORDER BY m.position`;

/** In the order of their rowids, as above: FTS5 writes all it holds whenever a rowid is smaller than the one before. */
const PUT_OTHER_TEXT = `INSERT INTO search (rowid, title, names, body, tags)
  SELECT -r.id, t.title, t.names, t.body, 'y' || t.type FROM records r CROSS JOIN record_text t ON t.record = r.id
    WHERE r.id BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM moments m WHERE m.record_id = r.id)
    ORDER BY r.id DESC`;

const PUT_SCRATCH = [
  NEW_TERMS,
  FILL,
  COUNT_TERMS('+'),
  'INSERT INTO postings SELECT term, level, position, end_day FROM scratch ORDER BY 1, 2, 3',
  TALLY_STARTS('+'),
  TALLY_ENDS('+'),
].map((sql) => statement(sql));

const TAKE_SCRATCH = [
  FILL,
  COUNT_TERMS('-'),
  'DELETE FROM postings WHERE (term, level, position) IN (SELECT term, level, position FROM scratch)',
  TALLY_STARTS('-'),
  TALLY_ENDS('-'),
  'DELETE FROM monthly_counts WHERE term IN (SELECT term FROM scratch) AND started = 0 AND ended = 0',
].map((sql) => statement(sql));

const EMPTY_SCRATCH = [statement('DELETE FROM scratch'), statement('DELETE FROM named')];

/**
 * The statements that put in all derived rows of records whose relational rows and lookups are written. `absent` are all records that
 * are written but not in the index; those of the range are among them.
 */
function putInIndex(range: KeyRange, absent: KeyRange): Statement[] {
  const of = (sql: string): Statement => ({ sql, params: [{ ...range, firstAbsent: absent.first, lastAbsent: absent.last }] });
  return [
    ...SCRATCH.map((sql) => statement(sql)),
    of(NAME),
    of(NAME_TARGETS),
    ...PUT_SCRATCH,
    of(COUNT_WORDS),
    statement(PUT_ENTRY_TEXT),
    of(PUT_OTHER_TEXT),
    putTrigrams(range),
    ...EMPTY_SCRATCH,
  ];
}

/**
 * The statements that put in what is missing of a record's postings, take out those `wrong` ones that it should not have, and put in its full text
 * anew. They go by its rows as they are when they run; sums are not touched.
 */
export function mendRecord(
  range: KeyRange,
  wrong: readonly { term: number; level: number; position: number; endDay: number }[],
): Statement[] {
  const of = (sql: string): Statement => ({ sql, params: [{ ...range }] });
  return [
    ...SCRATCH.map((sql) => statement(sql)),
    of(NAME),
    statement(NEW_TERMS),
    statement(FILL),
    ...wrong.map((posting): Statement => ({ sql: TAKE_WRONG, params: [posting] })),
    statement('INSERT OR IGNORE INTO postings SELECT term, level, position, end_day FROM scratch'),
    of('DELETE FROM search WHERE rowid IN (SELECT position FROM moments WHERE record_id BETWEEN :first AND :last)'),
    of('DELETE FROM search WHERE rowid IN (SELECT -id FROM records WHERE id BETWEEN :first AND :last)'),
    statement(PUT_ENTRY_TEXT),
    of(PUT_OTHER_TEXT),
    ...EMPTY_SCRATCH,
  ];
}

const TAKE_WRONG = `DELETE FROM postings WHERE term = :term AND level = :level AND position = :position AND end_day = :endDay
  AND NOT EXISTS (SELECT 1 FROM scratch s WHERE s.term = :term AND s.level = :level AND s.position = :position AND s.end_day = :endDay)`;

/** The statement that puts in the trigrams of what records are filed under. */
export function putTrigrams(range: KeyRange): Statement {
  return {
    sql: 'INSERT INTO nearby (rowid, key) SELECT id, key FROM lookups WHERE record_id BETWEEN :first AND :last',
    params: [{ ...range }],
  };
}

/** The statement that takes them out; it must run before the lookups change. */
export function takeTrigrams(range: KeyRange): Statement {
  const filed = 'SELECT id FROM lookups WHERE record_id BETWEEN :first AND :last';
  return { sql: `DELETE FROM nearby WHERE rowid IN (${filed})`, params: [{ ...range }] };
}

/** The statements that put in what relations say, of any number of records. */
export function* putRelations(all: KeyRange): Generator<Statement> {
  for (const range of blocksOf(all)) {
    yield* nameRelations(range, all);
    yield* PUT_SCRATCH;
    yield* EMPTY_SCRATCH;
  }
}

/** The statements that take out what relations say of records; they must run before the relational rows change. */
export function takeRelations(range: KeyRange): Statement[] {
  return [...nameRelations(range, range), ...TAKE_SCRATCH, ...EMPTY_SCRATCH];
}

function nameRelations(range: KeyRange, absent: KeyRange): Statement[] {
  const of = (sql: string): Statement => ({ sql, params: [{ ...range, firstAbsent: absent.first, lastAbsent: absent.last }] });
  return [...SCRATCH.map((sql) => statement(sql)), of(`${NAME} AND field = 'related'`), of(NAME_TARGETS)];
}

/** How many records are sorted at once: enough to write in long runs, few enough to sort in memory. */
const BLOCK = 50_000;

/** As `putInIndex`, for any number of records in bounded memory. */
function* putAllInIndex(all: KeyRange): Generator<Statement> {
  yield* KEEP_PIECES;
  yield bufferText(TEXT_BUFFER.bulk);
  for (const range of blocksOf(all)) yield* putInIndex(range, all);
  yield bufferText(TEXT_BUFFER.usual);
  yield* JOIN_PIECES;
}

function* blocksOf({ first, last }: KeyRange): Generator<KeyRange> {
  for (let next = first; next <= last; next += BLOCK) yield { first: next, last: Math.min(next + BLOCK - 1, last) };
}

/**
 * The statements that rebuild every derived table from the relational ones; `last` is the largest key, lookups must be right already.
 * Terms keep their keys, so that what was derived before and after can be compared row by row.
 */
export function* rebuildIndex(last: number): Generator<Statement> {
  yield statement('UPDATE terms SET count = 0');
  for (const table of ['postings', 'monthly_counts', 'vocabulary']) yield statement(`DELETE FROM ${table}`);
  for (const table of ['search', 'nearby']) yield statement(`INSERT INTO ${table} (${table}) VALUES ('delete-all')`);
  yield* putAllInIndex({ first: 1, last });
}
