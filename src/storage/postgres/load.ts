import { dialect } from '../dialect.ts';
import { type LoadPhase, type Statement, statement, type Value } from '../port.ts';
import { asStorageError, ConnectionLost } from './errors.ts';
import { bind, type BoundStatement } from './parameters.ts';
import type { Outcome, Session } from './pipeline.ts';
import type { SessionPool } from './pool.ts';
import { begin, checkGuards, commit, isOutcomeUnknown, rollBack, wasCommitted, type Writer } from './writing.ts';

/** The number of statements, and the number of values in them, that are sent together: memory does not grow with a load. */
const TOGETHER = { statements: 500, values: 50_000 };

/** Runs batches of very many rows, each in a transaction of its own. Their statements are sent as they are made; rows of one table go by COPY. */
export function bulkLoader(sessions: SessionPool, writer: Writer): (statements: Iterable<Statement>) => Promise<unknown[][]> {
  async function load(session: Session, statements: Iterable<Statement>, keep: (rows: unknown[][]) => void): Promise<void> {
    await begin(session, writer);
    try {
      keep(await runInOrder(session, statements));
      await commit(session);
    } catch (error) {
      await rollBack(session);
      // The statements are made once: no other session can run them again.
      throw error instanceof ConnectionLost ? asStorageError(error) : error;
    }
  }

  return async (statements) => {
    let loaded: unknown[][] = [];
    try {
      await sessions.with((session) => load(session, statements, (rows) => (loaded = rows)));
    } catch (error) {
      if (!isOutcomeUnknown(error) || !(await wasCommitted(sessions, writer, error))) throw asStorageError(error);
    }
    return loaded;
  };
}

/** Runs statements in the order in which they are made, and returns the rows of the last that has any. */
async function runInOrder(session: Session, statements: Iterable<Statement>): Promise<unknown[][]> {
  let last: unknown[][] = [];
  for (const group of groupsOf(withPhases(statements))) {
    const outcomes = await runGroup(session, group);
    last = outcomes.findLast(({ rows }) => rows)?.rows ?? last;
  }
  return last;
}

/**
 * Statements that prepare for phases of a load, and end them. The words of very many texts are counted at the end, and reach their index in blocks of
 * 64 MB, which take a seventh of the time of single texts.
 */
const PHASES: Partial<Record<LoadPhase, readonly Statement[]>> = {
  index: [
    statement("SET LOCAL annals.counts_words_later = 'yes'"),
    statement("SET LOCAL gin_pending_list_limit = '64MB'"),
    statement("SET LOCAL work_mem = '64MB'"),
    statement('ALTER INDEX search_by_word SET (fastupdate = on)'),
  ],
  'index-end': [
    statement("SELECT gin_clean_pending_list('search_by_word')"),
    statement('ALTER INDEX search_by_word SET (fastupdate = off)'),
    statement('CALL count_all_words()'),
  ],
};

function* withPhases(statements: Iterable<Statement>): Generator<Statement> {
  for (const each of statements) {
    if (each.phase) yield* PHASES[each.phase] ?? [];
    else yield each;
  }
}

function* groupsOf(statements: Iterable<Statement>): Generator<Statement[], void> {
  let group: Statement[] = [];
  let values = 0;
  for (const each of statements) {
    group.push(each);
    values += each.params.length;
    if (group.length < TOGETHER.statements && values < TOGETHER.values) continue;
    yield group;
    group = [];
    values = 0;
  }
  if (group.length > 0) yield group;
}

async function runGroup(session: Session, group: readonly Statement[]): Promise<Outcome[]> {
  const sent: BoundStatement[] = [];
  /** The statements whose guards can be checked, each by its outcome: rows of a COPY are all inserted, or none. */
  const checked: Statement[] = [];
  for (let index = 0; index < group.length; ) {
    const end = endOfRows(group, index);
    sent.push(end > index ? copyOf(group.slice(index, end)) : bind(group[index]!));
    checked.push(end > index ? { sql: '', params: [] } : group[index]!);
    index = Math.max(end, index + 1);
  }
  const { outcomes, error } = await session.run(sent);
  checkGuards(checked, outcomes);
  if (error) throw error;
  return outcomes;
}

/** The end of the statements from an index on that insert rows into one table. */
function endOfRows(group: readonly Statement[], from: number): number {
  const table = tableOf(group[from]!);
  if (table === undefined) return from;
  const end = group.findIndex((each, index) => index > from && tableOf(each) !== table);
  return end === -1 ? group.length : end;
}

/** The statement that inserts a row of the full text, and where its values go. */
const TEXT = { insert: dialect.insertText(), table: 'search (row, words, length, parts)' };

/** The table with the columns into which a statement inserts its values as they are; undefined for others. */
const tableOf = ({ sql, inserts }: Statement): string | undefined => inserts?.table ?? (sql === TEXT.insert ? TEXT.table : undefined);

/** The COPY of the rows that statements insert. */
function copyOf(statements: readonly Statement[]): BoundStatement {
  const table = tableOf(statements[0]!);
  return { text: `COPY ${table} FROM STDIN`, types: [], values: [], rows: Buffer.from(statements.map(linesOf).join('')) };
}

/** The lines of the rows that a statement inserts: one for a row of the full text. */
function linesOf(inserting: Statement): string {
  const { inserts } = inserting;
  if (!inserts) return `${bind(inserting).values.map(fieldOf).join('\t')}\n`;
  let lines = '';
  for (const [index, value] of (inserting.params as readonly Value[]).entries()) // @NOTE `inserts` says so
    lines += fieldOf(value) + ((index + 1) % inserts.width === 0 ? '\n' : '\t');
  return lines;
}

/** A value in the text format of COPY. */
function fieldOf(value: Value): string {
  if (value === null) return '\\N';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return typeof value === 'string' ? value.replaceAll(SPECIAL, (letter) => ESCAPES[letter]!) : String(value);
}

const SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
