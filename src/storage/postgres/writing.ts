import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { AnnalsError } from '../../domain/errors.ts';
import { type Pending, writeQueue } from '../../domain/concurrency/write-queue.ts';
import { byOrderAtEnd, type KnownVersions, type Statement, statement } from '../port.ts';
import { indexedOtherwise, migratedPast } from '../superseded.ts';
import { asStorageError, ConnectionLost, isTransient, outcomeUnknown } from './errors.ts';
import { bind, type BoundStatement } from './parameters.ts';
import type { Outcome, Session } from './pipeline.ts';
import type { SessionPool } from './pool.ts';

/** The first statement of whatever changes the database: it waits for the process that writes, and tells caches that something was committed. */
export const NEXT_VERSION = 'UPDATE commits SET version = version + 1';

/**
 * The statements that begin a transaction: it waits for its turn, as one process writes at a time, and later reads see that something was committed. Each
 * statement after that sees what was committed before.
 */
const BEGIN = [statement('BEGIN'), statement(NEXT_VERSION)].map(bind);
const COMMIT = bind(statement('COMMIT'));
const ROLLBACK = bind(statement('ROLLBACK'));

/** The newest migration and the version that the index notes, which no other process changes during the transaction. */
const VERSIONS = bind(statement('SELECT (SELECT max(number) FROM migrations), (SELECT version FROM index_definition WHERE id = 1)'));

/** Checks references, which are else checked at the commit. */
const CHECK_REFERENCES = bind(statement('SET CONSTRAINTS ALL IMMEDIATE'));
const DEFER_REFERENCES = bind(statement('SET CONSTRAINTS ALL DEFERRED'));
const SAVEPOINT = bind(statement('SAVEPOINT batch'));
const RELEASE = bind(statement('RELEASE batch'));
const UNDO = bind(statement('ROLLBACK TO batch'));

/**
 * A part of a process that makes one transaction after the other: its name, which no other has, and the number of its last transaction. It writes nothing
 * to a database of other versions than those in `known`.
 */
export type Writer = { readonly id: string; transaction: number; readonly known: KnownVersions | undefined };

/** A writer that has made no transaction. */
export const newWriter = (known: KnownVersions | undefined): Writer => ({ id: randomUUID(), transaction: 0, known });

const NOTE_TRANSACTION =
  'INSERT INTO writers (id, transaction) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET transaction = excluded.transaction';

/** Begins a transaction and runs the first statements in it. Throws `storage-migrated`, the error of a guard and that of the server. */
export async function begin(session: Session, writer: Writer, statements: readonly Statement[] = []): Promise<Outcome[]> {
  const { id, known } = writer;
  writer.transaction += 1;
  const opening = [...BEGIN, bind(statement(NOTE_TRANSACTION, id, writer.transaction))];
  const head = known ? [...opening, VERSIONS] : opening;
  const { outcomes, error } = await session.run([...head, ...statements.map(bind), ...(statements.length > 0 ? [CHECK_REFERENCES] : [])]);
  const own = outcomes.slice(head.length);
  if (known) refuseVersions(known, outcomes[opening.length]);
  checkGuards(statements, own);
  if (error) throw error;
  return own;
}

function refuseVersions(known: KnownVersions, versions: Outcome | undefined): void {
  const [[schema, index] = [null, null]] = versions?.rows ?? [];
  if (schema !== null && Number(schema) > known.schema) throw migratedPast(Number(schema), known.schema);
  if (index !== null && !known.index.includes(Number(index))) throw indexedOtherwise(Number(index));
}

/** Throws `storage-migrated` once a newer program has migrated the database. */
export async function refuseOtherVersions(session: Session, known: KnownVersions): Promise<void> {
  const { outcomes, error } = await session.run([VERSIONS]);
  if (error) throw error;
  refuseVersions(known, outcomes[0]);
}

/** Throws the error of the first guard that counts other rows than it should. */
export function checkGuards(statements: readonly Statement[], outcomes: readonly Outcome[]): void {
  for (const [index, { guard }] of statements.entries()) {
    const outcome = outcomes[index];
    if (guard && outcome && guard.rows !== outcome.count) throw guard.error;
  }
}

/** Commits a transaction, which is never cancelled. Throws `outcome-unknown` where the connection is lost meanwhile. */
export async function commit(session: Session): Promise<void> {
  const { error } = await session.run([COMMIT]).catch((lost: unknown) => {
    throw lost instanceof ConnectionLost ? outcomeUnknown(lost) : lost;
  });
  if (error) throw error;
}

/** The longest time that is spent to find out whether a transaction was committed, in milliseconds, and the pause between two attempts. */
const INQUIRY = { time: 30_000, pause: 500 };

/**
 * Returns true if the last transaction of a writer was committed, whose COMMIT was not answered: by the new primary if there is one. The transaction may
 * still be under way, and holds the lock then, for which this waits. Throws `cause` if nobody answers in time.
 */
export async function wasCommitted(sessions: SessionPool, { id, transaction }: Writer, cause: unknown): Promise<boolean> {
  const ask = bind(statement('SELECT 1 FROM writers WHERE id = ? AND transaction = ?', id, transaction));
  for (const until = performance.now() + INQUIRY.time; ; await setTimeout(INQUIRY.pause)) {
    try {
      return await sessions.with(async (session) => {
        // The commit of this transaction waits for the standbys, to which the other one may not have come yet.
        const { outcomes, error } = await session.run([...BEGIN, ask, COMMIT]);
        if (error) throw error;
        return outcomes.at(-2)!.count === 1;
      });
    } catch {
      if (performance.now() > until) throw cause;
    }
  }
}

/** Rolls a transaction back; one whose connection is lost has ended with it. */
export async function rollBack(session: Session): Promise<void> {
  try {
    await session.run([ROLLBACK]);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

type PendingBatch = Pending<readonly Statement[]>;

/** A statement of one of several batches that share a transaction. */
type Ordered = { statement: Statement; batch: number };

/** Batches in the order in which they run: the statements of each, then those of all that are to stand at the end. */
function inOrder(batches: readonly (readonly Statement[])[]): Ordered[] {
  const all = batches.flatMap((batch, index) => batch.map((each) => ({ statement: each, batch: index })));
  const atEnd = all.filter((each) => each.statement.atEnd !== undefined);
  return [
    ...all.filter((each) => each.statement.atEnd === undefined),
    ...atEnd.toSorted((one, other) => byOrderAtEnd(one.statement, other.statement)),
  ];
}

/** The rows of the last statement of each batch that has any. */
function lastRows(ordered: readonly Ordered[], outcomes: readonly Outcome[], batches: number): unknown[][][] {
  const rows: unknown[][][] = Array.from({ length: batches }, () => []);
  for (const [index, { statement: own, batch }] of ordered.entries())
    if (own.atEnd === undefined) rows[batch] = outcomes[index]?.rows ?? rows[batch]!;
  return rows;
}

const doNothing = (): void => undefined;

/** The number of times that a transaction is run which other transactions keep from being made. */
const ATTEMPTS = 5;

/**
 * Group commit: batches that wait at the same time share one transaction, and are resolved after its commit. `limit` is the number that may
 * wait; one more is rejected with `overloaded`.
 */
export function groupCommit(sessions: SessionPool, limit: number, writer: Writer) {
  const { write, settled, waiting, onCommit, noteCommit } = writeQueue(limit, commitQueue);
  /** Settles the batches of the transaction that is being committed. */
  let settle: () => void = doNothing;

  async function commitQueue(queue: PendingBatch[]): Promise<void> {
    // Every request that is already readable joins the group.
    await new Promise((resolve) => setImmediate(resolve));
    let group: PendingBatch[] = [];
    try {
      await sessions.with(async (session) => {
        group.push(...queue.splice(0));
        await commitGroup(session, group);
      });
    } catch (error) {
      if (group.length === 0) group = queue.splice(0);
      await settleUnanswered(group, error);
    }
  }

  /** Settles a group whose COMMIT was not answered by what the database says of it; rejects it after any other error. */
  async function settleUnanswered(group: readonly PendingBatch[], error: unknown): Promise<void> {
    try {
      if (!isOutcomeUnknown(error)) throw error;
      const isDone = await wasCommitted(sessions, writer, error);
      if (!isDone) throw new ConnectionLost('the connection was lost', { cause: error });
      settle();
    } catch (known) {
      for (const { reject } of group) reject(asStorageError(known));
    }
  }

  async function commitGroup(session: Session, group: readonly PendingBatch[]): Promise<void> {
    for (let made = 1; ; made += 1) {
      try {
        const isDone = await commitTogether(session, group);
        if (!isDone) await commitApart(session, group);
        return;
      } catch (error) {
        await rollBack(session);
        if (!isTransient(error) || made >= ATTEMPTS) throw error;
      }
    }
  }

  /** Commits a group of which nothing is refused, as most are. Returns whether it did; throws the error of a batch that was alone. */
  async function commitTogether(session: Session, group: readonly PendingBatch[]): Promise<boolean> {
    const ordered = inOrder(group.map(({ batch }) => batch));
    let outcomes: Outcome[];
    try {
      outcomes = await begin(
        session,
        writer,
        ordered.map((each) => each.statement),
      );
    } catch (error) {
      if (group.length === 1 || !isOfOneBatch(error)) throw error;
      await rollBack(session);
      return false;
    }
    await commitAndSettle(session, () => {
      for (const [index, rows] of lastRows(ordered, outcomes, group.length).entries()) group[index]!.resolve(rows);
      noteCommit(group.length);
    });
    return true;
  }

  /** Commits the batches of a group that nothing refuses, each within a savepoint. */
  async function commitApart(session: Session, group: readonly PendingBatch[]): Promise<void> {
    await begin(session, writer);
    const outcomes: (() => void)[] = [];
    for (const each of group) outcomes.push(await runApart(session, each));
    await commitAndSettle(session, () => {
      for (const each of outcomes) each();
      noteCommit(group.length);
    });
  }

  async function commitAndSettle(session: Session, settleAll: () => void): Promise<void> {
    settle = settleAll;
    await commit(session);
    settle();
  }

  return { write, settled, waiting, onCommit };
}

/** Returns false for an error that refuses whatever is written now. */
const isOfOneBatch = (error: unknown): boolean => {
  const known = asStorageError(error);
  return !(error instanceof ConnectionLost || isTransient(error) || (known instanceof AnnalsError && known !== error) || isMigrated(error));
};

export const isOutcomeUnknown = (error: unknown): boolean => error instanceof AnnalsError && error.code === 'outcome-unknown';

const isMigrated = (error: unknown): boolean => error instanceof AnnalsError && error.code === 'storage-migrated';

/** Runs one batch in a savepoint, and returns the function that settles it after the commit. */
async function runApart(session: Session, { batch, resolve, reject }: PendingBatch): Promise<() => void> {
  const ordered = inOrder([batch]);
  const statements = ordered.map((each) => each.statement);
  try {
    const opening: BoundStatement[] = [DEFER_REFERENCES, SAVEPOINT];
    const { outcomes, error } = await session.run([...opening, ...statements.map(bind), CHECK_REFERENCES]);
    const own = outcomes.slice(opening.length);
    checkGuards(statements, own);
    if (error) throw error;
    await session.run([RELEASE]);
    const [rows] = lastRows(ordered, own, 1);
    return () => resolve(rows!);
  } catch (error) {
    if (!isOfOneBatch(error)) throw error;
    await session.run([UNDO, RELEASE]);
    return () => reject(asStorageError(error));
  }
}
